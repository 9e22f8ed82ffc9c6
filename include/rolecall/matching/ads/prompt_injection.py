"""Prompt injection: lines of an ad or a CV that speak to a machine instead of a reader. They are not read, and that is said."""

from __future__ import annotations

import re

ADDRESSED = re.compile(
    r"""\b(?:ignor\w*|disregard\w*|forget|override|bypass)\b[^.\n]{0,40}\b(?:instruction|prompt|rule|guideline|criteri|requirement|context|above)\w*
|\b(?:ignorier\w*|vergiss|missachte)\b[^.\n]{0,40}\b(?:anweisung|vorgabe|regel)\w*
|\b(?:ignore[rz]?|oublie[rz]?)\b[^.\n]{0,40}\b(?:instruction|consigne)\w*
|\b(?:ignor[ae]|olvida)\b[^.\n]{0,40}\b(?:instruccion|regla)\w*
|\b(?:match|fit|candidate)[\s_-]?score\b|\bcan[\s_]?auto[\s_]?apply\b|\balready[\s_]?applied\b
|\bscore\b[^.\n]{0,40}\b(?:of\s+)?(?:1\.0+|100\s*%|10/10|maximum|highest|perfect)
|\b(?:rate|rank|score|give|assign|return|output|respond|answer|print|set)\b[^.\n]{0,60}
  \b(?:1\.0+|100\s*%|10/10|perfect\ match|top\ candidate|highest\ (?:score|rank))
|^[^\S\n]*(?:\#+[^\S\n]*)?(?:system|assistant|user|instruction|prompt|developer)\s*(?:(?:\(\w*\)?|\w+\)?|\))\s*)?[:>\]]
|<\s*(?:/\s*)?(?:job|system|instruction|prompt|assistant|user|score|cv|resume)\b[^>\n]{0,500}>
|\[\s*(?:/\s*)?(?:inst|system|prompt)\s*\]|<\|[^|\n]{1,40}\|>
|\b(?:as\ an?|you\ are\ an?|dear|attention|hey|note\ to)
  \ (?:ai|llm|language\ model|chatbot|matching\ engine|recruiting\ (?:ai|bot)|ats\ (?:bot|system))\b
|\blanguage\ model\b[^.\n]{0,60}\b(?:must|should|shall|rate|rank|score)\b""",
    re.I | re.X | re.M,
)

CUES = (
    "ignor", "disregard", "forget", "override", "bypass", "vergiss", "missachte", "oubli", "olvida", "score", "auto", "already", "perfect",
    "100%", "100 %", "1.0", "10/10", "highest", "system", "assistant", "user", "instruct", "prompt", "developer:", "<job", "</", "<cv",
    "<resume", "<|", "[inst", "[/inst", " ai", " llm", "language model", "chatbot", "matching engine",
)  # fmt: skip
"""A line without one of these cannot be such a line; most lines are settled here."""

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
"""Characters that a reader does not see: soft hyphens, zero-width signs, direction marks, tags."""


def blank_prompt_injection(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with every such line blanked out, of the same length so that spans stay true, and the spans of those lines."""
    if not text.isascii() and INVISIBLE.search(text):
        text = INVISIBLE.sub(" ", text)
    if not _may_speak(text):
        return text, ()
    ignored: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        if _may_speak(line) and ADDRESSED.search(line):
            ignored.append((start, start + len(line)))
        start += len(line) + 1
    pieces, done = [], 0
    for first, end in ignored:
        pieces += [text[done:first], " " * (end - first)]
        done = end
    return "".join([*pieces, text[done:]]), tuple(ignored)


def strip_prompt_injection(text: str) -> tuple[str, list[str]]:
    """The text without the lines that speak to a machine, and those lines; the text itself and ``[]`` where there are none."""
    blanked, spans = blank_prompt_injection(text)
    if not spans:
        return text, []
    kept, done = [], 0
    for start, end in spans:
        kept.append(blanked[done:start])
        done = end + 1  # with its line break
    return "".join([*kept, blanked[done:]]), [text[start:end] for start, end in spans]


def _may_speak(text: str) -> bool:
    low = text.lower()
    return any(cue in low for cue in CUES)
