"""Texts of the outside world: characters, HTML, words, dates, money, places. Nothing here knows a board or a person."""

__all__ = ["dates", "display", "html", "money", "places", "words"]
