"""A page as a tree that forms can be read from: elements in document order, what hides them, their texts.

Lexbor parses (a megabyte in 10 ms); everything here is a loop over its nodes, so that a hostile page costs what it is long.
Declarative shadow roots are opened: what a person sees inside them stands in the tree where its host stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from operator import itemgetter
from typing import Literal

from selectolax.lexbor import LexborHTMLParser

from rolecall.errors import InvalidInput
from rolecall.text.html import MAX_OPEN, is_deep, squeeze

MAX_NODES = 200_000
"""Nodes that are read of one page; the largest recorded one has 30,000."""

MAX_TEXT = 2_000
"""Characters of one element's text that are looked at: longer ones are paragraphs, not questions."""

MAX_LEVELS = 60
"""Elements above one that are looked at; the deepest recorded page has 34 in all."""

MAX_BELOW = 2_000
"""Elements and texts inside one that are looked at for its words; the largest recorded list of options has 252."""

NO_TEXT = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe", "object"})
SHADOW = re.compile(r"<(/?)template(?=[^<>]{0,200}shadowroot|>)", re.I)
HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
AWAY = re.compile(
    r"(?:left|right|top|text-indent|margin-left)\s*:\s*-\s*\d{3,}|clip(?:-path)?\s*:\s*(?:rect|inset)|opacity\s*:\s*0(?:\.0+)?\s*(?:;|!|$)",
    re.I,
)
SMALL = re.compile(r"(?:^|[;\s])(?:width|height|max-height|font-size)\s*:\s*[01](?:px)?\s*(?:;|!|$)", re.I)
HIDING_CLASSES = frozenset({"hidden", "d-none", "hide", "is-hidden", "ng-hide", "u-hidden", "invisible", "displaynone", "display-none"})
AWAY_CLASSES = frozenset({"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "screenreader", "offscreen", "off-screen"})

POINTING = ("aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "list", "form")
"""Attributes that name other elements by their id."""

Hidden = Literal["", "away", "hidden"]


class Element:
    """One element: its tag, its attributes, its place.

    :ivar own_id: its id as the page has it, which others may have too
    :ivar place: its number in document order; ``end`` is the number behind its last descendant
    :ivar children: elements and texts, in order
    """

    __slots__ = ("__dict__", "attributes", "children", "end", "hiding", "own_hiding", "own_id", "parent", "place", "tag")

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None, place: int) -> None:
        self.tag = tag
        self.attributes = attributes
        self.own_id = attributes.get("id", "")
        self.parent = parent
        self.place = place
        self.end = place + 1
        self.children: list[Element | str] = []
        own = self.own_hiding = hides(tag, attributes)
        above: Hidden = parent.hiding if parent is not None else ""
        self.hiding: Hidden = "hidden" if "hidden" in (own, above) else "away" if "away" in (own, above) else ""

    def __getitem__(self, name: str) -> str:
        """An attribute, ``""`` where it is not there."""
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @cached_property
    def classes(self) -> frozenset[str]:
        """The classes in small letters."""
        return frozenset(self["class"].lower().split())

    @property
    def above(self) -> Iterator[Element]:
        """Its ancestors, nearest first, :data:`MAX_LEVELS` at most."""
        one, level = self.parent, 0
        while one is not None and level < MAX_LEVELS:
            yield one
            one, level = one.parent, level + 1

    def holds(self, other: Element) -> bool:
        """Whether the other is this one or below it."""
        return self.place <= other.place < self.end

    @cached_property
    def text(self) -> str:
        """Its visible text on one line, cut at :data:`MAX_TEXT`; options of lists, scripts and pictures are none."""
        return self.text_without(frozenset())

    def text_without(self, left_out: frozenset[int], *, hidden_too: bool = False) -> str:
        """Its text without the elements of the given places."""
        pieces: list[str] = []
        length = seen = 0
        stack: list[Element | str] = [self]
        while stack and length < MAX_TEXT and seen < MAX_BELOW:
            one, seen = stack.pop(), seen + 1
            if isinstance(one, str):
                pieces.append(one)
                length += len(one)
            elif (
                one.tag in NO_TEXT
                or (one.tag in ("select", "textarea", "datalist", "button") and one is not self)
                or one.place in left_out
                or (one is not self and one.own_hiding == "hidden" and not hidden_too)
            ):
                continue
            else:
                if one.tag not in INLINE:
                    pieces.append(" ")
                    stack.append(" ")
                stack.extend(reversed(one.children[:MAX_BELOW]))
        return squeeze("".join(pieces)[:MAX_TEXT])


INLINE = frozenset({"a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "u"})


def hides(tag: str, attributes: dict[str, str]) -> Hidden:
    """Whether an element hides itself: not shown at all, or shown where nobody looks."""
    if tag == "input" and attributes.get("type", "").lower() == "hidden":
        return "hidden"
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return "hidden"
    style = attributes.get("style", "")
    classes = attributes.get("class", "")
    if style and HIDING.search(style[:1000]):
        return "hidden"
    names = set(classes.lower().split()) if classes else set()
    if names & HIDING_CLASSES:
        return "hidden"
    if (style and (AWAY.search(style[:1000]) or len(SMALL.findall(style[:1000])) >= 2)) or names & AWAY_CLASSES:
        return "away"
    return ""


class FormPage:
    """A parsed page.

    :raises InvalidInput: its tags nest deeper than any real page's
    """

    def __init__(self, html: str) -> None:
        self.html = html
        self.elements: list[Element] = []
        self.scripts: list[tuple[dict[str, str], str]] = []
        self.texts: list[tuple[int, Element, str]] = []
        if is_deep(html):
            raise InvalidInput("content", f"has more than {MAX_OPEN:,} tags in each other", fix="look at the page; apply by hand")
        parser = LexborHTMLParser(SHADOW.sub(r"<\1x-shadow", html) if "shadowroot" in html else html)
        known: dict[int, Element] = {}
        root = parser.root
        if root is None:
            return
        for node in root.traverse(include_text=True):
            if len(self.elements) >= MAX_NODES:
                break
            tag = node.tag or ""
            parent = known.get(node.parent.mem_id) if node.parent is not None else None
            if tag == "-text":
                if parent is not None:
                    if parent.tag == "script":
                        self.scripts.append((parent.attributes, node.text_content or ""))
                    else:
                        text = node.text_content or ""
                        parent.children.append(text)
                        if text.strip():
                            self.texts.append((len(self.elements), parent, text))
            elif node.is_element_node and tag:
                found = {name: value or "" for name, value in node.attributes.items()}
                one = Element(tag, found, parent, len(self.elements))
                known[node.mem_id] = one
                if parent is not None:
                    parent.children.append(one)
                self.elements.append(one)
        self.part_ids()
        for one in reversed(self.elements):
            if one.parent is not None and one.end > one.parent.end:
                one.parent.end = one.end

    def part_ids(self) -> None:
        """An id that several elements have is the first one's; each other gets one of its own, as do the words that point at it.

        Shadow roots have ids of their own, so what points and what is meant are in the same one. In a page that breaks the rule, the
        first label that names an id is meant for the first element that has it, the second for the second.
        """
        named: dict[str, list[Element]] = {}
        for one in self.elements:
            if one["id"]:
                named.setdefault(one["id"], []).append(one)
        several = {name: found for name, found in named.items() if len(found) > 1}
        if not several:
            return
        roots: dict[int, int] = {}
        for one in self.elements:
            above = one.parent
            roots[one.place] = -1 if above is None else above.place if above.tag == "x-shadow" else roots[above.place]
        first: dict[tuple[int, str], str] = {}
        for name, found in several.items():
            for number, one in enumerate(found):
                new = f"{name}~{number + 1}" if number else name
                first.setdefault((roots[one.place], name), new)
                one.attributes["id"] = new
        pointing: dict[tuple[int, str], list[Element]] = {}
        for one in self.elements:
            for attribute in POINTING:
                if one[attribute]:
                    names = (first.get((roots[one.place], name), name) for name in one[attribute].split())
                    one.attributes[attribute] = " ".join(names)
            if one.tag == "label" and one["for"] in several:
                pointing.setdefault((roots[one.place], one["for"]), []).append(one)
        for (root, name), labels in pointing.items():
            meant = [one for one in several[name] if roots[one.place] == root]
            for number, label in enumerate(labels):
                if meant:
                    label.attributes["for"] = meant[number if len(labels) == len(meant) else 0]["id"]

    @cached_property
    def by_id(self) -> dict[str, Element]:
        """Id → the first element that has it."""
        found: dict[str, Element] = {}
        for one in self.elements:
            if one["id"]:
                found.setdefault(one["id"], one)
        return found

    @cached_property
    def labels_for(self) -> dict[str, list[Element]]:
        """Id → the labels that name it."""
        found: dict[str, list[Element]] = {}
        for one in self.elements:
            if one.tag == "label" and one["for"]:
                found.setdefault(one["for"], []).append(one)
        return found

    def said_between(self, start: int, stop: int, most: int = 60) -> list[tuple[int, Element, str]]:
        """The last texts that stand behind element ``start`` and before element ``stop``, with the element each is in."""
        low = bisect_left(self.texts, start + 1, key=itemgetter(0))
        high = bisect_right(self.texts, stop, key=itemgetter(0))
        return self.texts[max(low, high - most) : high]

    def below(self, element: Element, most: int = MAX_BELOW) -> list[Element]:
        """The element and those below it, in order, ``most`` at most."""
        return self.elements[element.place : min(element.end, element.place + most)]
