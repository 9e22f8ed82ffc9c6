"""Ads in words: a title, and the description as the HTML that boards keep of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any

from sandbox.data import InventedCompany, InventedPlace, InventedRole, facts

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CAD": "CA$", "AUD": "A$", "PLN": "PLN ", "SEK": "SEK ", "DKK": "DKK ", "CHF": "CHF "}


@dataclass(frozen=True, slots=True)
class AdText:
    """A title and a description."""

    title: str
    html: str


def money(pay: tuple[int, int], currency: str, interval: str) -> str:
    """``€62,000.00/yr - €78,000.00/yr``."""
    return " - ".join(f"{SYMBOLS[currency]}{amount:,}.00/{interval}" for amount in pay)


SPOKEN = {
    "en": ("{sign}{low} to {sign}{high} {per}", ",", {"yr": "a year", "hr": "an hour"}),
    "de": ("{low} bis {high} {sign} {per}", ".", {"yr": "im Jahr", "hr": "pro Stunde"}),
    "fr": ("{low} à {high} {sign} {per}", " ", {"yr": "par an", "hr": "de l'heure"}),
    "es": ("{low}–{high} {sign} {per}", ".", {"yr": "al año", "hr": "por hora"}),
}


def spoken(pay: tuple[int, int], currency: str, interval: str, language: str) -> str:
    """A range in a sentence of that language."""
    form, dot, units = SPOKEN[language]
    low, high = (f"{amount:,}".replace(",", dot) for amount in pay)
    sign = SYMBOLS[currency] if language == "en" else SYMBOLS[currency].strip()
    return form.format(low=low, high=high, sign=sign, per=units[interval])


def compose(
    role: InventedRole, level: str, company: InventedCompany, place: InventedPlace, mode: str, pay: Any, currency: str, dice: Random
) -> AdText:
    """Writes one ad."""
    slots = {name: dice.choice(choices) for name, choices in role.tools.items()}
    low, high = facts()["levels"][level]["years"]
    slots |= {"years": str(max(1, dice.randint(low, high))), "company": company.name, "city": place.city or place.country}
    title = dice.choice(role.titles[level]).format(**slots)
    if mode == "remote" and dice.random() < 0.3:
        title += dice.choice([" (Remote)", " - Remote", ", remote"])
    phrases = facts()[role.language]
    area = facts()["areas"].get(place.code, {}).get(role.language, place.country)
    where = dice.choice(phrases[mode]).format(area=area, city=_city(place, role.language))
    intro = f"{company.name} {company.what[role.language]}. {dice.choice(role.pitch).format(**slots)}"
    closing = [dice.choice(phrases["close"])]
    if pay:
        closing.insert(0, dice.choice(phrases["pay"]).format(range=spoken(pay, currency, role.interval, role.language)))
    sections = [
        (dice.choice(phrases["duties"]), _some(role.duties, dice, 4, 6, slots)),
        (dice.choice(phrases["must"]), _first_and_some(role.must, dice, 4, 6, slots)),
        (dice.choice(phrases["nice"]), _some(role.nice, dice, 2, 3, slots)),
        (dice.choice(phrases["offer"]), _some(phrases["benefits"], dice, 3, 5, slots)),
    ]
    return AdText(title, layout(company, [intro, where], sections, closing))


def _city(place: InventedPlace, language: str) -> str:
    return place.local if place.local and language != "en" else place.city


def _some(lines: Sequence[str], dice: Random, least: int, most: int, slots: dict[str, str]) -> list[str]:
    """Some of the lines, in their order."""
    count = min(len(lines), dice.randint(least, most))
    chosen = set(dice.sample(range(len(lines)), count))
    return [line.format(**slots) for index, line in enumerate(lines) if index in chosen]


def _first_and_some(lines: Sequence[str], dice: Random, least: int, most: int, slots: dict[str, str]) -> list[str]:
    """The first line, which asks for experience, and some of the others."""
    return [lines[0].format(**slots), *_some(lines[1:], dice, least - 1, most - 1, slots)]


def layout(company: InventedCompany, intro: list[str], sections: list[tuple[str, list[str]]], closing: list[str]) -> str:
    """The description's HTML in the employer's house style: lists, paragraphs, or lines that only look like a list."""
    style = sum(map(ord, company.name)) % 4
    gap = "<br><br>"
    if style == 0:
        body = "".join(f"<strong>{escape(head)}{gap}</strong><ul>{_items(lines)}</ul>" for head, lines in sections)
        return f"{escape(' '.join(intro))}{gap}{body}{gap.join(map(escape, closing))}{gap}"
    if style == 1:
        body = "".join(f"<p><strong>{escape(head)}</strong></p><ul>{_items(lines)}</ul>" for head, lines in sections)
        return f"{_paragraphs(intro)}<p><br></p>{body}{_paragraphs(closing)}"
    if style == 2:
        body = "<br>".join(f"<strong><u>{escape(head.upper())}</u></strong><br>{_bullets(lines)}" for head, lines in sections)
        return f"{gap.join(map(escape, intro))}{gap}{body}<br>{'<br>'.join(map(escape, closing))}"
    about, where = map(escape, intro)
    body = "".join(f"<strong>{escape(head)}:<br></strong><ul>{_items(lines)}</ul><br>" for head, lines in sections)
    return f"<strong>{escape(company.name)}<br></strong>{about}{gap}{body}{where}{gap}{gap.join(map(escape, closing))}"


def _paragraphs(lines: list[str]) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _bullets(lines: list[str]) -> str:
    return "".join(f"• {escape(line)}<br>" for line in lines)


def _items(lines: list[str]) -> str:
    return "".join(f"<li>{escape(line)}</li>" for line in lines)
