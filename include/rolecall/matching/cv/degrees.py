"""Degrees in four languages and their order: a trade or an associate degree, a bachelor's, a master's, a doctorate."""

from __future__ import annotations

import re
from enum import IntEnum


class Degree(IntEnum):
    """The level of a degree; a higher one meets what a lower one is asked for."""

    TRADE = 1
    BACHELOR = 2
    MASTER = 3
    DOCTOR = 4

    @property
    def shown(self) -> str:
        """The level in words."""
        return {1: "a trade or associate degree", 2: "a bachelor's degree", 3: "a master's degree", 4: "a doctorate"}[self.value]


OFFICE = (
    r"(?!\s{0,2}-?\s{0,2}(?:office|word|excel|access|power|sql|project|windows|outlook|teams|dynamics|dos|visio|exchange|azure|suite)\b)"
)
NAMED: tuple[tuple[Degree, re.Pattern[str]], ...] = (
    (
        Degree.DOCTOR,
        re.compile(
            r"\b(?:Ph\.?\s?D\b|D\.?Phil\b|(?i:doctorate\b|doctoral degree|doctor\s+(?:of|in)\b|doctorat\b|doctorado|docteure? "
            r"(?:en|ès)|promotion zum"
            r"|promoviert|dr\.\s?(?:rer|phil|ing|med|jur|iur)\b))"
        ),
    ),
    (
        Degree.MASTER,
        re.compile(
            r"\b(?:M\.?\s?Sc\b|M\.?B\.?A\b|M\.?\s?Eng\b|M\.?\s?Tech\b|M\.?\s?Ed\b|M\.?\s?Phil\b|MCA\b|M\.C\.A|M\.?\s?Com\b"
            r"|LL\.?M\b|M\.\s?[AES]\b|MA\b(?= in\b)"
            rf"|MS\b(?= in\b){OFFICE}|(?i:master(?:['’]?s)?\s+(?:degree|of\b|in\b|en\b)|master['’]s\b|masters\b|masterstudium"
            rf"|master(?=\s+\w+,)|magister|staatsexamen"
            r"|diplom-?(?:ingenieur|informatik|kauf|physik|biolog|psycholog|volkswirt|mathemat)\w*|dipl\.-|mastère|maîtrise"
            r"|diplôme d['’]ingénieur"
            r"|m[áa]ster (?:en|universitario)|maestría))"
        ),
    ),
    (
        Degree.BACHELOR,
        re.compile(
            r"\b(?:B\.?\s?Sc\b|B\.?\s?Eng\b|B\.?\s?Tech\b|B\.?B\.?A\b|B\.?\s?Com\b|B\.?\s?Ed\b|BCA\b|B\.C\.A|B\.?F\.?A\b"
            r"|B\.\s?[AES]\b|BA\b(?= in\b|,| \()|BS\b(?= in\b|,| [A-Z])"
            r"|BE\b(?= in\b|,| \()|(?i:bachelor(?:['’]?s)?\b|licence (?:en|de|professionnelle)|licenciatura|licenciad[oa]|grado "
            r"en|grado universitario|graduado en"
            r"|ingenier[íi]a (?:inform|industrial|civil|mec|elec|t[ée]cnica)|undergraduate degree))"
        ),
    ),
    (
        Degree.TRADE,
        re.compile(
            r"\b(?:A\.?A\.?S\b|A\.S\.|BTS\b|DUT\b|CAP\b(?= [a-zà-ü])|(?i:associate(?:['’]?s)?\s+(?:degree|of\b|in\b)|ausbildung "
            r"(?:zu|als)|gesellenbrief|meisterbrief"
            r"|facharbeiterbrief|formación profesional|ciclo formativo|técnico superior|diploma in\b|diplôme d['’](?:état|infirmi)))"
        ),
    ),
)


def degree_in(text: str) -> tuple[Degree, tuple[int, int]] | None:
    """The highest degree that a text names, and where; ``None`` where it names none of a known level."""
    for degree, pattern in NAMED:
        found = pattern.search(text)
        if found:
            return degree, found.span()
    return None


def least_degree_in(text: str) -> Degree | None:
    """The lowest degree that a text names: what ``Bachelor's or Master's degree`` asks for."""
    return next((degree for degree, pattern in reversed(NAMED) if pattern.search(text)), None)
