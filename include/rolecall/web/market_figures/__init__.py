"""The figures of the market, drawn: from the first day on, day by day, as a page and as a PDF."""

__all__ = ["drawings", "market_page"]
