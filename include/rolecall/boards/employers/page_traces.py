"""Traces: everything of a page that leads to a board, found in its links, frames, scripts and widgets; ``pages.py`` judges them."""

from __future__ import annotations

import itertools
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards.employers.addresses import SYSTEMS, Employer, Kind, address, joined, of_address
from rolecall.boards.employers.page_words import APPLY, CAREERS, DISOWNED, GENUINE
from rolecall.boards.employers.script_traces import PACKED_HTTP, of_script, unpacked
from rolecall.boards.employers.traces import (
    MAX_TRACES,
    MENTION,
    REST,
    WORD,
    Trace,
    is_slug,
    is_sure,
    leads_to,
    mentioned,
    of_value,
    rank_of,
)
from rolecall.text.html import not_too_deep, squeeze

MENU_WORDS = 40
"""Characters that a menu's entry has at most."""

APPLIES = re.compile(r"/(?:apply|application|applications/new|candidate/new)/?(?:[?#]|$)|#app(?:ly|lication)?$", re.I)
"""How an address ends that leads to an ad's form."""

MAX_WORDS = 5_000
"""Words of one tag."""

WHOLE_TAG = re.compile(r"""[^\s>"'=]++(?:\s++[^\s"'=>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+\s*+""")
"""A tag up to its ``>``, written so that nothing of what follows can belong to it."""

CARRIERS = {"iframe": "src", "frame": "src", "embed": "src", "object": "data", "script": "src", "form": "action"}

CLICKED = frozenset({"button", "li", "tr", "td", "span", "p", "article", "option", "input"})
"""Elements that lead somewhere when clicked, rather than show it."""

ATTRIBUTES = frozenset({"id", "class", "style", "src", "title", "alt", "role", "name", "type", "href", "slot", "part"})

LAZY = re.compile(r"data-(?:[a-z]{1,20}-){0,3}(?:src|url|href|original)")
"""Where a page keeps an address until a reader agrees, or comes near."""

BLOCKS = frozenset({
    "p", "li", "td", "th", "dd", "dt", "div", "section", "article", "aside", "header", "footer", "main", "nav", "body", "figcaption", "h1",
    "h2", "h3", "h4", "h5", "h6", "center", "html", "form", "fieldset", "summary", "details",
})  # fmt: skip
"""Elements that hold a paragraph or an entry."""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
BREAKS = frozenset({"ul", "ol", "dl", "table", "tbody", "tr", "hr", "iframe", "script", "style"})

CLAUSE = re.compile(r"(?<=[.!?;:])\s|\s[–—-]\s")

MENUS = frozenset({"nav", "header", "footer"})

CLOSED = frozenset({"a", "script", "style", "noscript", "template", "title", "option"})
"""Elements whose text is no reading matter, or is read elsewhere."""

SAMPLES = frozenset({"code", "pre", "samp", "kbd", "textarea", "xmp", "blockquote"})
"""Elements that show addresses to readers."""

CAREERS_SITES = {"recruiteecdn.com": "recruitee", "teamtailor-cdn.com": "teamtailor"}
"""Where careers sites on an employer's own domain take their styles and scripts from → whose they are."""

SITES_FILES = {**CAREERS_SITES, "assets.cdn.personio.de": "personio", "assets-cdn.breezy.hr": "breezy"}

OWN_POSTINGS = {"personio": re.compile(r"/job/\d+"), "breezy": re.compile(r"/p/[0-9a-f]{12,40}(?:-[^/]*)?")}
"""What postings are called on careers sites whose files do not say that they are for one."""

WIDGET_SITES = {**CAREERS_SITES, "ashbyprd.com": "ashby", "ripplingcdn.com": "rippling"}
"""The same for whatever else is loaded from there."""

BEFORE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/-"
"""What an address has before its domain."""


def thinned(html: str) -> tuple[str, list[str]]:
    """The page without tags that may have more than :data:`MAX_WORDS` attributes, and what was in these: the parser compares each attribute
    with all before it, and attributes of that size hold JSON."""
    kept, wide = [], []
    for piece in html.split("<"):
        if len(piece) > 2 * MAX_WORDS and len(piece.split(None, MAX_WORDS)) > MAX_WORDS:
            head = piece.partition(">")[0]
            if len(head.split(None, MAX_WORDS)) > MAX_WORDS or not WHOLE_TAG.fullmatch(head):
                wide.append(piece)
                continue
        kept.append(piece)
    return "<".join(kept), wide


def of_node(node: LexborNode, base: str, *, near: bool = True) -> Iterator[Trace]:
    """The traces in one element's attributes.

    :param near: read the words around a link
    """
    tag, given = node.tag or "", {name: value.strip() for name, value in node.attributes.items() if value}
    mentions = [(name, value) for name, value in given.items() if mentioned(value)]
    words = " ".join([tag, *given, *(value[:200] for name, value in given.items() if name not in ("href", "content"))])
    packed = [value for value in given.values() if len(value) > 40 and any(one in value for one in PACKED_HTTP)]
    if not (mentions or packed or WORD.search(words)) or is_sample(node):
        return
    for value in packed:
        yield from (one for inner in unpacked(value) for one in of_script(inner))
    for name, value in mentions:
        value = unquote(value) if "%22" in value else value
        if tag in ("a", "area"):
            yield from linked(node, value, base, near)
        elif tag in CARRIERS and (name == CARRIERS[tag] or LAZY.fullmatch(name)):
            shown = near and tag != "script"
            around, next_to = (unlinked(container(node)), paragraph(node)) if shown else ("", "")
            yield from (replace(one, beside=around, next_to=next_to) for one in carried(value, base))
        elif tag == "link":
            yield from of_link_tag(given, value, base)
        elif tag == "meta":
            yield from of_meta(given, value)
        elif tag in ("img", "source", "picture", "video") or name in ("style", "srcset"):
            continue
        elif name == "srcdoc":
            yield from of_srcdoc(value, base)
        elif name.startswith("on"):
            yield from of_script(value)
        elif (seen := of_value(value)) is not None:
            shows = seen.kind == "board" and (name.startswith("data-") or "-" in tag) and tag not in CLICKED
            yield Trace(seen.employer, "carrier" if shows else seen.kind)
        elif value[:1] not in ("{", "["):  # an expression, a piece of HTML
            shown = tag in CARRIERS and name.strip(":").rpartition(":")[2].endswith("src")
            yield from (replace(one, kind="carrier") if shown else one for one in of_script(value))
    for value in given.values():
        value = unquote(value) if value[:3].upper() in ("%7B", "%5B") else value
        if value[:1] in ("{", "["):
            yield from of_script(value)
    yield from of_settings(tag, words, given)


def in_words(text: str, block: str) -> Iterator[Trace]:
    """The traces in a text that people read: addresses of boards, whole, without the punctuation behind them.

    :param block: the words of the paragraph it is in
    """
    for found in itertools.islice(MENTION.finditer(text), MAX_TRACES):
        head = text[max(0, found.start() - 200) : found.start()]
        begin = found.start() - len(head) + len(head.rstrip(BEFORE))
        rest = REST.match(text, found.end())
        stop = rest.end() if rest else found.end()
        seen = of_address(text[begin:stop].rstrip(".,;:!?)]}…\"'"))
        if seen is not None and seen.kind != "carrier":
            words = f"{text[:begin]} {text[stop:]}"[:500]
            yield Trace(seen.employer, seen.kind, words, words, block)


def inline_script(node: LexborNode) -> str:
    """The text of a script that is in the page: also in an address of its own, where plugins put it that delay scripts."""
    source = (node.attributes.get("src") or node.attributes.get("data-src") or "").strip()
    if not source.startswith("data:"):
        return "" if (node.attributes.get("src") or "").strip() else (node.text() or "")
    head, _, body = source.partition(",")
    with suppress(ValueError):
        return b64decode(body + "=" * (-len(body) % 4)).decode() if head.endswith(";base64") else unquote(body)
    return ""


def served_by(node: LexborNode) -> list[str]:
    """The system whose careers site a page is: it takes its styles or scripts for one from there."""
    name = {"link": "href", "script": "src"}.get(node.tag or "")
    parts = address(node.attributes.get(name) or "") if name else None
    if parts is None:
        return []
    host, for_one = parts.hostname or "", "career" in f"{parts.hostname}{parts.path}".lower()
    return [system for domain, system in SITES_FILES.items() if f".{host}".endswith(f".{domain}") and (for_one or system in OWN_POSTINGS)]


def listed_by(node: LexborNode, base: str) -> list[str]:
    """The systems whose careers sites write addresses of postings on the page's own host as a link does."""
    value = (node.attributes.get("href") or "").strip() if node.tag == "a" else ""
    target, here = address(joined(base, value)) if value else None, address(base)
    if target is None or here is None or target.hostname != here.hostname:
        return []
    return [system for system, shape in OWN_POSTINGS.items() if shape.fullmatch(target.path)]


def loaded_by(node: LexborNode) -> list[str]:
    """The system whose script an element loads without naming anybody."""
    source = (node.attributes.get("src") or "") if node.tag == "script" else ""
    found = MENTION.search(source)
    if found:
        return [SYSTEMS[found[0].lower()][0]] if of_address(source) is None else []
    parts = address(source) if source else None
    return [system for domain, system in WIDGET_SITES.items() if parts and f".{parts.hostname}".endswith(f".{domain}")]


def is_sample(node: LexborNode | None) -> bool:
    """Whether an element stands in a sample for readers."""
    for _ in range(40):
        if node is None:
            return False
        if node.tag in SAMPLES:
            return True
        node = node.parent
    return False


def linked(node: LexborNode, value: str, base: str, near: bool) -> Iterator[Trace]:
    """A link's trace with its words; also behind a redirector's parameter."""
    mailed = value.lower().startswith("mailto:")
    seen = of_address(value.partition("@")[2].partition("?")[0]) if mailed else leads_to(base, value)
    if seen is not None:
        posting = seen.employer.posting
        kind: Kind = "posting" if posting else "board"
        title = node.attributes.get("title") or ""
        around = container(node) if near else node
        words = f"{title} {around.text(separator=' ')[:500]}"
        own = squeeze(node.text(separator=" "))
        yield Trace(
            seen.employer,
            kind,
            words,
            words if kind == "board" else unlinked(around),
            paragraph(node) if near else "",
            is_sure=bool(posting) and bool(APPLY.search(own) or APPLIES.search(value)),
            in_menu=near and not posting and len(own) <= MENU_WORDS and bool(CAREERS.search(own)) and is_in_menu(node),
        )


def paragraph(node: LexborNode) -> str:
    """The words of the paragraph or entry an element stands in, with what leads to it: ``Known fakes:``, and a list below. Of a sentence
    that says which address is the right one, that sentence."""
    top = node
    while top.parent is not None and top.tag not in BLOCKS and top.parent.tag not in BLOCKS:
        top = top.parent
    before, behind = [*beside(top, back=True)], [*beside(top, back=False)]
    own, words = words_of(node), squeeze(" ".join([*reversed(before), words_of(top), *behind]))
    for clause in CLAUSE.split(words):
        if own and own in clause and GENUINE.search(clause) and not DISOWNED.search(clause):
            return clause
    entry = top.parent if top.parent is not None and top.parent.tag == "li" else None
    if entry is not None or words == own:
        led = before_block(entry.parent if entry is not None and entry.parent is not None else top)
        if led is None and top.parent is not None:
            led = before_block(top.parent)
        said = words_of(led)
        if entry is not None or said.endswith(":") or (led is not None and led.tag in HEADINGS):
            words = f"{said[-300:]} {words}"
    return words[:1_000]


def beside(node: LexborNode, *, back: bool) -> Iterator[str]:
    """The words that stand in one line with an element, nearest first."""
    for _ in range(50):
        found = node.prev if back else node.next
        if found is None or found.tag in BLOCKS or found.tag in BREAKS:
            return
        node = found
        yield words_of(node)


def before_block(block: LexborNode) -> LexborNode | None:
    """The element before another."""
    before = block.prev
    while before is not None and before.tag in ("-text", "-comment") and not (before.text() or "").strip():
        before = before.prev
    return before


def words_of(node: LexborNode | None) -> str:
    """What readers see of an element, on one line; nothing of one that is as long as a page."""
    if node is None or node.tag in ("script", "style", "-comment"):
        return ""
    words = node.text(separator=" ")
    if len(words) > 20_000:
        return ""
    for script in node.css("script, style") if node.tag != "-text" else ():
        words = words.replace(script.text(separator=" "), " ", 1)
    return squeeze(words)


def is_in_menu(node: LexborNode) -> bool:
    """Whether an element is in a site's menu or foot."""
    for _ in range(12):
        if node.parent is None:
            return False
        node = node.parent
        if node.tag in MENUS:
            return True
    return False


def container(node: LexborNode) -> LexborNode:
    """What a link stands in, as long as that is no whole page."""
    for _ in range(3):
        parent = node.parent
        if parent is None or parent.tag in ("body", "html", "main", "ul", "ol", "nav", "footer", "header"):
            break
        if len(parent.text(separator=" ")) > 500:
            break
        node = parent
    return node


def unlinked(node: LexborNode) -> str:
    """The words of an element that lead nowhere."""
    words = node.text(separator=" ")
    for link in node.css("a"):
        words = words.replace(link.text(separator=" "), " ", 1)
    return words[:500]


def carried(value: str, base: str) -> Iterator[Trace]:
    """A frame's, script's or form's trace: the page shows what is there."""
    seen = leads_to(base, value)
    if seen is not None:
        yield Trace(seen.employer, "carrier")


def of_link_tag(given: dict[str, str], value: str, base: str) -> Iterator[Trace]:
    """A carrier where the tag names a feed of a board, or a board as the page's own address; what is only loaded from there is no trace."""
    seen, kinds = of_address(joined(base, value)), given.get("rel", "").lower().split()
    if seen is not None and ("canonical" in kinds or ("alternate" in kinds and seen.kind == "carrier")):
        yield Trace(seen.employer, "carrier")


def of_meta(given: dict[str, str], value: str) -> Iterator[Trace]:
    """The page's own address, or where it sends the reader at once."""
    name = (given.get("property") or given.get("name") or given.get("http-equiv") or "").lower()
    if name == "refresh":
        value = value.partition("=")[2].strip(" '\"")
    elif name not in ("og:url", "twitter:url") and not WORD.search(name):
        return
    seen = of_value(value)
    if seen is not None:
        yield Trace(seen.employer, "carrier")


def of_srcdoc(value: str, base: str) -> Iterator[Trace]:
    """A frame whose page is written in its attribute."""
    tree = LexborHTMLParser(not_too_deep(value[:100_000]))
    for number, node in enumerate(tree.root.traverse() if tree.root is not None else ()):
        if number > 1_000:
            return
        if node.tag in CARRIERS and (target := node.attributes.get(CARRIERS[node.tag])):
            yield from carried(target, base)


def of_settings(tag: str, words: str, given: dict[str, str]) -> Iterator[Trace]:
    """An element that names a system and, in another of its attributes, a slug: ``<div data-ats="lever" data-account="acme">``."""
    systems = {str(found.lastgroup) for found in WORD.finditer(words)}
    if tag in CLICKED or tag in ("a", "img", "link", "body", "html") or len(systems) != 1:
        return
    system = systems.pop()
    if tag == "meta":
        given = {given.get("name") or given.get("property") or "": given.get("content") or ""}
    for name, value in given.items():
        rank = rank_of(name)
        if rank and name not in ATTRIBUTES and is_slug(value):
            yield Trace(Employer(system, value), "carrier", rank=rank, is_sure=is_sure(system, name, rank))
