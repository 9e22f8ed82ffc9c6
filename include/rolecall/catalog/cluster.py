"""Entity resolution: which postings are one job. A function of the postings as they are and of what people ruled; order and batches do
not matter.

1. **Families.** Ads that share a key (:func:`rolecall.catalog.profile.keys`), directly or by way of others, are a family: a job never
   reaches beyond its family.
2. **Copies.** Ads of a family that say the same in every fact are one node.
3. **Pairs.** Nodes are compared by evidence (:mod:`rolecall.catalog.evidence`). In a family of more than :data:`MAX_NODES` nodes only
   those that agree in employer, work and place, or have one number or address, are; where even those are more, each stays a job
   of its own: openings, not copies.
4. **Jobs.** Nodes that are the same job by a pair, directly or by way of others, are one job, unless two of them contradict each other:
   then who would belong to both sides stays alone, and the doubts are noted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal

from rolecall.catalog.evidence import EvidencePiece, Verdict, compare
from rolecall.catalog.profile import ComparedAd, Profile, keys, profile
from rolecall.catalog.texts import Text
from rolecall.models import JobPosting

MAX_NODES = 150
"""Different ads that are compared pair by pair."""

CLEARLY = 0.5
"""Points by which an ad must fit one job better than another that contradicts it, to belong to it."""

MAX_DOUBTS = 5
"""Doubts kept for one job: the likeliest."""

Ruling = Literal["same", "different"]
Pair = tuple[int, int]
"""Two nodes of a family, or two ads, the smaller first."""


@dataclass(frozen=True)
class Joined:
    """Why an ad belongs to its job: its strongest evidence, and the ad of the job that it is shared with."""

    other: Profile
    verdict: Verdict


@dataclass
class Jobs:
    """The jobs that a family of candidates was resolved into.

    :param jobs: ads of each job, smallest first, by its smallest
    :param why: ad id → its tie, for every ad that is not alone
    :param doubts: pairs of jobs (by number in ``jobs``) that may be one
    """

    jobs: list[list[Profile]] = field(default_factory=list)
    why: dict[int, Joined] = field(default_factory=dict)
    doubts: dict[Pair, Verdict] = field(default_factory=dict)


def families(keys_of: Mapping[int, Iterable[int]]) -> list[list[int]]:
    """Candidates to be one job: connected components of ads (by id) that share keys. Union-find."""
    root = {one: one for one in keys_of}

    def top(one: int) -> int:
        while root[one] != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    first: dict[int, int] = {}
    for one, its_keys in keys_of.items():
        for key in its_keys:
            root[top(one)] = top(first.setdefault(key, one))
    groups: dict[int, list[int]] = defaultdict(list)
    for one in keys_of:
        groups[top(one)].append(one)
    return list(groups.values())


def resolve_family(family: Sequence[Profile], read: Callable[[Profile], str], rulings: Mapping[Pair, Ruling] | None = None) -> Jobs:
    """The jobs of one family.

    :param read: an ad's description, asked for where texts have to be compared
    :param rulings: what people said of two ads (by id, smaller first)
    """
    return _Family(sorted(family, key=lambda one: one.name), read, rulings or {}).resolve()


class _Family:
    """One family on its way to jobs; nodes are numbers in the order of their smallest ads."""

    def __init__(self, ads: Sequence[Profile], read: Callable[[Profile], str], rulings: Mapping[Pair, Ruling]) -> None:
        self.read, self.rulings = read, rulings
        self.texts: dict[str, Text] = {}
        self.verdicts: dict[Pair, Verdict] = {}
        ruled: dict[int, list[Pair]] = defaultdict(list)
        for one, other in sorted(rulings):
            ruled[one].append((other, rulings[one, other] == "same"))
            ruled[other].append((one, rulings[one, other] == "same"))
        self.nodes = self._copies(ads, ruled)

    def _copies(self, ads: Sequence[Profile], ruled: Mapping[int, list[Pair]]) -> list[list[Profile]]:
        """Ads that say the same, together where that is enough to be one job: two ads that both say nothing of the employer are not."""
        found: dict[tuple[object, ...], list[Profile]] = defaultdict(list)
        for ad in ads:
            found[(tuple(ruled.get(ad.ad.id, ())), *ad.signature)].append(ad)
        self.copied = {group[0].signature: compare(group[0], group[0], self._text) for group in found.values() if len(group) > 1}
        nodes: list[list[Profile]] = []
        for group in found.values():
            alone = len(group) > 1 and self.copied[group[0].signature].outcome != "same"
            nodes += [[ad] for ad in group] if alone else [group]
        return sorted(nodes, key=lambda node: node[0].name)

    def resolve(self) -> Jobs:
        for one, other in self._candidates():
            self._judge(one, other)
        same = {pair for pair, verdict in self.verdicts.items() if verdict.outcome == "same"}
        groups = sorted(group for part in _components(range(len(self.nodes)), same) for group in self._consistent(part, same))
        return self._result(groups)

    def _candidates(self) -> Iterator[Pair]:
        if len(self.nodes) <= MAX_NODES:
            yield from combinations(range(len(self.nodes)), 2)
            return
        groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number, (first, *_) in enumerate(self.nodes):
            groups["cell", first.cell].append(number)
            if first.requisition:
                groups["requisition", first.requisition].append(number)
            if first.link:
                groups["link", first.link].append(number)
        near = {pair for group in groups.values() if len(group) <= MAX_NODES for pair in combinations(group, 2)}
        number_of = {ad.ad.id: number for number, node in enumerate(self.nodes) for ad in node}
        for one, other in self.rulings:
            if one in number_of and other in number_of:
                near.add(_pair(number_of[one], number_of[other]))
        yield from sorted(near)

    def _judge(self, one: int, other: int) -> Verdict:
        pair = _pair(one, other)
        if pair not in self.verdicts:
            first, second = self.nodes[pair[0]][0], self.nodes[pair[1]][0]
            self.verdicts[pair] = self._ruled(first, second) or compare(first, second, self._text)
        return self.verdicts[pair]

    def _ruled(self, one: Profile, other: Profile) -> Verdict | None:
        ruling = self.rulings.get(_pair(one.ad.id, other.ad.id))
        if ruling is None:
            return None
        weight, said = (100.0, "a person said that they are one job") if ruling == "same" else (-100.0, "a person split them")
        return Verdict(ruling, weight, (EvidencePiece("ruling", weight, said, ruling == "different"),), decisive=True)

    def _text(self, ad: Profile) -> Text | None:
        if not ad.ad.text:
            return None
        if ad.ad.text not in self.texts:
            self.texts[ad.ad.text] = Text(self.read(ad))
        return self.texts[ad.ad.text]

    def _consistent(self, part: list[int], same: set[Pair]) -> Iterator[list[int]]:
        """A component that contradicts itself falls apart where it is weakest: ties that are as strong as others to the other side go
        first, then the weakest ones, until nothing contradicts. Strong pairs stay together whatever a third ad fits."""
        clashes = self._clashes(part)
        if not clashes:
            yield part
            return
        inside = set(part)
        ties = {pair for pair in same if pair[0] in inside}
        ties -= self._torn(ties, clashes)
        pending = _components(part, ties)
        while pending:
            group = pending.pop()
            members = set(group)
            if not any(one in members and other in members for one, other in clashes):
                yield group
                continue
            mine = {pair for pair in ties if pair[0] in members}
            least = min(self._strength(pair) for pair in mine)
            ties -= {pair for pair in mine if self._strength(pair) == least}
            pending += _components(group, ties & mine)

    def _strength(self, pair: Pair) -> tuple[bool, float]:
        return (self.verdicts[pair].decisive, self.verdicts[pair].score)

    def _torn(self, ties: set[Pair], clashes: set[Pair]) -> set[Pair]:
        """Ties of ads that fit two sides which contradict each other, except to a side that they clearly fit better; two such ads may
        belong to either side, too."""
        beside: dict[int, set[int]] = defaultdict(set)
        for one, other in ties:
            beside[one].add(other)
            beside[other].add(one)
        dropped: set[Pair] = set()
        between: set[int] = set()
        for node, others in beside.items():
            for one, other in combinations(sorted(others), 2):
                if _pair(one, other) not in clashes:
                    continue
                mine, yours = _pair(node, one), _pair(node, other)
                a, b = self._strength(mine), self._strength(yours)
                apart = (a[1] - b[1]) if a[0] == b[0] else CLEARLY * (1 if a[0] else -1)
                dropped |= {yours} if apart >= CLEARLY else {mine} if apart <= -CLEARLY else {mine, yours}
                between |= {node} if abs(apart) < CLEARLY else set()
        return dropped | {pair for pair in ties if between.issuperset(pair) and not self.verdicts[pair].decisive}

    def _clashes(self, part: Sequence[int]) -> set[Pair]:
        """Pairs of the part that contradict each other; of a large one only those that were compared."""
        if len(part) <= MAX_NODES:
            for pair in combinations(part, 2):
                self._judge(*pair)
        inside = set(part)
        return {
            pair for pair, verdict in self.verdicts.items() if (verdict.outcome == "different" or verdict.apart) and inside.issuperset(pair)
        }

    def _result(self, groups: list[list[int]]) -> Jobs:
        found = Jobs([sorted((ad for node in group for ad in self.nodes[node]), key=lambda ad: ad.name) for group in groups])
        group_of = {node: number for number, group in enumerate(groups) for node in group}
        best: dict[int, tuple[float, int, int]] = {}
        doubts: dict[Pair, Verdict] = {}
        for (one, other), verdict in sorted(self.verdicts.items()):
            together = _pair(group_of[one], group_of[other])
            if together[0] == together[1]:
                for node, beside in ((one, other), (other, one)):
                    if verdict.outcome == "same" and (node not in best or (-verdict.score, beside) < best[node][:2]):
                        best[node] = (-verdict.score, beside, node)
            elif verdict.outcome != "different" and (together not in doubts or verdict.score > doubts[together].score):
                doubts[together] = verdict
        for number, node_ads in enumerate(self.nodes):
            first = node_ads[0]
            if number in best:
                beside = best[number][1]
                found.why[first.ad.id] = Joined(self.nodes[beside][0], self.verdicts[_pair(number, beside)])
            for copy in node_ads[1:]:
                found.why[copy.ad.id] = Joined(first, self.copied[copy.signature])
            if number not in best and len(node_ads) > 1:
                found.why[first.ad.id] = Joined(node_ads[1], self.copied[first.signature])
        found.doubts = _likeliest(doubts)
        return found


def _likeliest(doubts: Mapping[Pair, Verdict]) -> dict[Pair, Verdict]:
    """At most :data:`MAX_DOUBTS` a job, likeliest first."""
    kept: dict[Pair, Verdict] = {}
    many: dict[int, int] = defaultdict(int)
    for pair, verdict in sorted(doubts.items(), key=lambda item: (-item[1].score, item[0])):
        if many[pair[0]] < MAX_DOUBTS and many[pair[1]] < MAX_DOUBTS:
            kept[pair] = verdict
            many[pair[0]] += 1
            many[pair[1]] += 1
    return kept


def _pair(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def _components(nodes: Iterable[int], pairs: Iterable[Pair]) -> list[list[int]]:
    """Nodes that pairs lead to each other, each group in order."""
    keys_of: dict[int, list[int]] = {node: [] for node in nodes}
    for number, (one, other) in enumerate(pairs):
        if one in keys_of:
            keys_of[one].append(number)
            keys_of[other].append(number)
    return [sorted(group) for group in families(keys_of)]


def cluster(postings: Iterable[JobPosting]) -> list[set[tuple[str, str]]]:
    """The jobs of postings in memory: sets of (board, external id), in a fixed order."""
    given = list(postings)
    profiles = [profile(ComparedAd.of(posting, number)) for number, posting in enumerate(given)]
    keys_of = {number: keys(one, given[number].description) for number, one in enumerate(profiles)}
    found: list[list[Profile]] = []
    for family in families(keys_of):
        if len(family) == 1:
            found.append([profiles[family[0]]])
        else:
            found += resolve_family([profiles[number] for number in family], lambda one: given[one.ad.id].description or "").jobs
    return [{ad.name for ad in job} for job in sorted(found, key=lambda job: job[0].name)]
