"""Lines that speak to a machine, and signs of fraud: false ones on real ads, and how many of invented true ones are found."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from judge.measure import Row, Skipped, share
from rolecall.catalog.validation import scams
from rolecall.matching import strip_prompt_injection

HERE = Path(__file__).parent
ESCAPED = re.compile(r"\\u([0-9a-f]{4})")
EVERY = 5
"""Of the sentences of ads, every fifth in the short form."""


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """False alarms by ad (a sentence of ``skillspan`` counts as one), and what is found of the invented lines that were held out."""
    texts = list(real_texts(shared))
    if texts:
        looked_at = texts[::EVERY] if short else texts
        false = [float(bool(strip_prompt_injection(text)[1])) for text in looked_at]
        yield Row(
            "real ads", "with a line taken for a machine's", *share(false), "", None, len(false), 1 / 5000, real=True, less_is_better=True
        )
        signs = (scams.asks_payment, scams.asks_bank_data, scams.messenger_only, scams.unrealistic_pay)
        flagged = [float(any(sign(text) for sign in signs)) for text in looked_at]
        yield Row("real ads", "with a sign of fraud", *share(flagged), "", None, len(flagged), 0.001, real=True, less_is_better=True)
    else:
        yield Skipped("real ads", f"neither captures nor realdata is in {shared}")
    found = [
        float(strip_prompt_injection(f"You bake.\n{line}\nYou mind ovens.") == ("You bake.\nYou mind ovens.", [line]))
        for line in injected("held")
    ]
    yield Row("lines to a machine, held out", "found, and nothing else", *share(found), "", None, len(found), 0.98, real=False)

    signs = (scams.asks_payment, scams.asks_bank_data, scams.messenger_only, scams.unrealistic_pay)
    fakes = lines("invented_scams.txt", "held")
    seen = [float(any(sign(fake) for sign in signs)) for fake in fakes]
    yield Row("fraudulent ads, held out", "with a sign found", *share(seen), "", None, len(seen), 0.8, real=False)


def injected(half: str) -> list[str]:
    """The invented lines of one half."""
    return [ESCAPED.sub(lambda found: chr(int(found[1], 16)), line) for line in lines("injected_lines.txt", half)]


def lines(name: str, half: str) -> list[str]:
    """What one half of a file beside this one has."""
    return (HERE / name).read_text(encoding="utf-8").partition(f"={half}\n")[2].partition("\n=")[0].splitlines()


def real_texts(shared: Path) -> Iterator[str]:
    """Real ads as plain text, and sentences of ads."""
    for file in sorted((shared / "captures" / "ashby").glob("*.json")):
        for job in json.loads(file.read_text(encoding="utf-8"))["jobs"]:
            yield f"{job.get('title')}\n{job.get('descriptionPlain') or ''}"
    for name in ("adzuna_cut/dev.jsonl", "field_match/ads_dev.jsonl", "skillspan/dev.json", "skillspan/train.json"):
        file = shared / "realdata" / name
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            told = json.loads(line)
            if "tokens" in told:
                yield " ".join(told["tokens"])
            else:
                yield "\n".join(value for value in told.values() if isinstance(value, str))
