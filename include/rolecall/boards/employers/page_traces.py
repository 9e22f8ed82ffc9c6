"""Traces: everything of a page that leads to a board, found in its links, frames, scripts and widgets; ``pages.py`` judges them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards.employers.addresses import SYSTEMS, Employer, Kind, Seen, address, joined, of_address
from rolecall.text.html import not_too_deep

MAX_WORDS = 5_000
"""Words of one tag."""

WHOLE_TAG = re.compile(r"""[^\s>"'=]++(?:\s++[^\s"'=>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+\s*+""")
"""A tag up to its ``>``, written so that nothing of what follows can belong to it."""

MAX_SETTINGS = 50_000
MAX_TRACES = 3_000
"""Traces kept of a page; a page with more is a directory."""

CARRIERS = {"iframe": "src", "frame": "src", "embed": "src", "object": "data", "script": "src", "form": "action"}
CLICKED = frozenset({"button", "li", "tr", "td", "span", "p", "article", "option", "input"})
"""Elements that lead somewhere when clicked, rather than show it."""

ATTRIBUTES = frozenset({"id", "class", "style", "src", "title", "alt", "role", "name", "type", "href", "slot", "part"})
ESCAPED = (
    ("\\/", "/"),
    ("\\u002F", "/"),
    ("\\u002f", "/"),
    ("\\x2F", "/"),
    ("\\u0026", "&"),
    ("&amp;", "&"),
    ("\\u003D", "="),
    ("\\u003d", "="),
)
COMMENTED_OUT = re.compile(r"^[ \t]*+//[^\n]*+$|^[ \t]*+/\*(?:[^*]++|\*(?!/))*+\*/", re.M)
LAZY = ("data-src", "data-lazy-src", "data-url", "data-href", "data-iframe-src", "data-embed-url", "data-original", "data-cmp-src")
CLOSED = frozenset({"a", "script", "style", "noscript", "template", "title", "option"})
"""Elements whose text is no reading matter, or is read elsewhere."""

SAMPLES = frozenset({"code", "pre", "samp", "kbd", "textarea", "xmp", "blockquote"})
"""Elements that show addresses to readers."""

CAREERS_SITES = {"recruiteecdn.com": "recruitee", "teamtailor-cdn.com": "teamtailor"}
"""Where careers sites on an employer's own domain take their styles and scripts from → whose they are."""

DOMAINS = "|".join(re.escape(domain) for domain in SYSTEMS)
MENTION = re.compile(rf"(?:{DOMAINS})(?![\w-]|\.\w)", re.I)
"""A system's domain anywhere in a text."""

BEFORE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:/-"
"""What an address has before its domain."""

REST = re.compile(r"[^\s\"'`<>\\|^]{0,600}")
VARIABLE = re.compile(
    r"""\$\{\s{0,4}(?:[\w$]{1,40}\.){0,4}([A-Za-z_$][\w$]{0,60})\s{0,4}\}"""
    r"""|["']\s{0,4}\+\s{0,4}(?:[\w$]{1,40}\.){0,4}([A-Za-z_$][\w$]{0,60})\s{0,4}(?:\+\s{0,4}["']|(?=[;,)\n]))"""
)
"""A variable within an address: ``${board}``, ``" + board + "``."""

WORDS = {
    "greenhouse": "greenhouse|grnhse", "lever": r"lever(?!ag)", "ashby": "ashby", "workable": "workable",
    "smartrecruiters": "smart[-_ ]?recruiters", "recruitee": "recruitee", "personio": "personio", "teamtailor": "team[-_ ]?tailor",
    "bamboohr": "bamboo[-_ ]?hr", "breezy": "breezy", "workday": "(?:my)?workday(?:jobs|site)?", "rippling": "rippling",
    "gem": r"gem(?![a-z])",
}  # fmt: skip
"""How a page's own names say which system it uses."""

WORD = re.compile(
    "|".join(f"(?P<{name}>{'(?<![a-z])' if name in ('gem', 'lever') else ''}(?:{word}))" for name, word in WORDS.items()), re.I
)
SLUG_NAMES = (
    re.compile(
        r"(?<!dash)(?<!key)(?<!clip)(?<!on)(?<!bill)board(?!ing)|token|slug|account|sub[-_]?domain|tenant|handle|careers?[-_]?site", re.I
    ),
    re.compile(r"company|client|customer|employer|organi[sz]ation|(?<![a-z])org(?![a-z])", re.I),
)
"""Names of settings that hold a slug, the surest first."""

NO_SLUG_NAME = re.compile(
    r"department|dept|location|office|lang|locale|theme|version|colou?r|filter|layout|limit|target|container|query|mode|secret|key|pass|csrf"
    r"|session|user|email|phone|address|country|css|class|board-?type|company-?(?:size|type)|token-?type",
    re.I,
)
NOT_A_SLUG = re.compile(
    r"(?:true|false|null|none|undefined|on|off|yes|no|auto|default|all|jobs?|careers?|[a-z]{2}(?:[-_][a-z]{2})?|\d+(?:px|%|rem|em)?)", re.I
)
VALUE = re.compile(r"[a-z0-9](?:[a-z0-9_.&-]|%20){1,80}", re.I)
RANDOM = re.compile(r"\d+|[0-9a-f]{16,}|(?=[^0-9]{0,80}\d)(?=[^A-Z]{0,80}[A-Z])(?=[^a-z]{0,80}[a-z])[\w-]{20,}")
"""Numbers and keys are no names."""

SETTING = re.compile(r"""(?<![\w$])["']?([A-Za-z_$][\w$-]{0,60})["']?\s{0,4}[:=]\s{0,4}["']([^"'\\\n<>]{2,300})["']""")
"""``name: "value"`` of a script or of JSON."""

NEAR = 400
"""Characters before a setting in which a system's name counts for it."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of a page that leads to a board.

    :param words: a link's text and that of what it is in
    :param beside: of these, what may speak of somebody else: a posting's title does not
    :param rank: 0: read from an address; above: from a setting's value, the less sure the higher
    """

    employer: Employer
    kind: Kind
    words: str = ""
    beside: str = ""
    rank: int = 0


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


def surest(traces: list[Trace]) -> list[Trace]:
    """The traces without settings where something surer is known of the same system."""
    best: dict[str, int] = {}
    for one in traces:
        best[one.employer.system] = min(one.rank, best.get(one.employer.system, one.rank))
    sure = {one.employer.key for one in traces if one.rank == best[one.employer.system]}
    return [one for one in traces if one.employer.key in sure]


def of_node(node: LexborNode, base: str, *, near: bool = True) -> Iterator[Trace]:
    """The traces in one element's attributes.

    :param near: read the words around a link
    """
    tag, given = node.tag or "", {name: value.strip() for name, value in node.attributes.items() if value}
    mentions = [(name, value) for name, value in given.items() if mentioned(value)]
    words = " ".join([tag, *given, *(value[:200] for name, value in given.items() if name not in ("href", "content"))])
    if (not mentions and not WORD.search(words)) or is_sample(node):
        return
    for name, value in mentions:
        if tag in ("a", "area"):
            yield from linked(node, value, base, near)
        elif tag in CARRIERS and (name == CARRIERS[tag] or name in LAZY):
            around = unlinked(container(node)) if near and tag != "script" else ""
            yield from (replace(one, beside=around) for one in carried(value, base))
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
    for value in given.values():
        if value[:1] in ("{", "["):
            yield from of_script(value)
    yield from of_settings(tag, words, given)


def mentioned(value: str) -> bool:
    """Whether a system's domain is in a value, its dots as they are or encoded."""
    return bool(MENTION.search(value) or ("%2e" in value.lower() and MENTION.search(unquote(value))))


def in_words(text: str) -> Iterator[Trace]:
    """The traces in a text that people read: addresses of boards, whole, without the punctuation behind them."""
    for found in itertools.islice(MENTION.finditer(text), MAX_TRACES):
        head = text[max(0, found.start() - 200) : found.start()]
        begin = found.start() - len(head) + len(head.rstrip(BEFORE))
        rest = REST.match(text, found.end())
        stop = rest.end() if rest else found.end()
        seen = of_address(text[begin:stop].rstrip(".,;:!?)]}…\"'"))
        if seen is not None and seen.kind != "carrier":
            words = f"{text[:begin]} {text[stop:]}"[:500]
            yield Trace(seen.employer, seen.kind, words, words)


def served_by(node: LexborNode) -> list[str]:
    """The system whose careers site a page is: it takes its styles or scripts for one from there."""
    name = {"link": "href", "script": "src"}.get(node.tag or "")
    parts = address(node.attributes.get(name) or "") if name else None
    if parts is None or "career" not in f"{parts.hostname}{parts.path}".lower():
        return []
    return [system for domain, system in CAREERS_SITES.items() if (parts.hostname or "").endswith(domain)]


def loaded_by(node: LexborNode) -> list[str]:
    """The system whose script an element loads without naming anybody."""
    source = (node.attributes.get("src") or "") if node.tag == "script" else ""
    found = MENTION.search(source)
    return [SYSTEMS[found[0].lower()][0]] if found and of_address(source) is None else []


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
    seen = of_address(joined(base, value)) or of_address(inner_address(value))
    if seen is not None:
        kind: Kind = "posting" if seen.employer.posting else "board"
        title = node.attributes.get("title") or ""
        around = container(node) if near else node
        words = f"{title} {around.text(separator=' ')[:500]}"
        yield Trace(seen.employer, kind, words, words if kind == "board" else unlinked(around))


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


def inner_address(value: str) -> str:
    """The address that a redirector's holds, in a parameter or in its path, encoded or not; empty where there is none."""
    text = unquote(unquote(value))
    found = re.search(r"https?:(?://|/)[^&\s]{4,500}", text[8:], re.I)
    return found[0].split("__;")[0] if found else ""


def carried(value: str, base: str) -> Iterator[Trace]:
    """A frame's, script's or form's trace: the page shows what is there."""
    seen = of_address(joined(base, value)) or of_address(inner_address(value))
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
            yield Trace(Employer(system, value), "carrier", rank=rank)


def rank_of(name: str) -> int:
    """How surely a setting of that name holds a slug: 1 is surest, 0 not at all."""
    if NO_SLUG_NAME.search(name):
        return 0
    for rank, one in enumerate(SLUG_NAMES, 1):
        if one.search(name):
            return rank
    return 3 if any(found.end() == len(name) for found in WORD.finditer(name)) else 0


def is_slug(value: str) -> bool:
    """Whether a setting's value can be a slug."""
    if NOT_A_SLUG.fullmatch(value) or RANDOM.fullmatch(value) or WORD.fullmatch(value):
        return False
    return bool(VALUE.fullmatch(value)) and not value.lower().endswith(
        (".js", ".css", ".json", ".html", ".com", ".io", ".co", ".hr", ".de")
    )


def of_value(value: str) -> Seen | None:
    """The board whose address a value is, as a whole; it may lack its scheme."""
    return of_address(value) if len(value) <= 1_000 and not re.search(r"[\s<>]", value) else None


def of_script(text: str) -> list[Trace]:
    """The traces in a script or in JSON: addresses that are a string of their own, a widget's settings. Texts of articles are neither."""
    if not WORD.search(text):
        return []
    text = with_values(flat(text))
    traces: list[Trace] = []
    open_ended: set[str] = set()
    for found in itertools.islice(MENTION.finditer(text), MAX_TRACES):
        address, trace = of_literal(text, found)
        if trace is not None:
            traces.append(trace)
        elif "api" in address:
            open_ended.add(SYSTEMS[found[0].lower()][0])
    text = text.replace('\\"', '"')
    slugs = slugs_of(text)
    if len(open_ended) == 1 and len({value for _, _, _, value in slugs}) == 1:  # an interface's beginning, and the one name it can be about
        traces.append(Trace(Employer(open_ended.pop(), slugs[0][3]), "carrier", rank=1))
    return [*traces, *of_script_settings(text, slugs)]


def with_values(text: str) -> str:
    """A script with the values of its variables where addresses have them."""
    values = {found[1]: found[2] for found in itertools.islice(SETTING.finditer(text), MAX_SETTINGS) if VALUE.fullmatch(found[2])}

    def filled(found: re.Match[str]) -> str:
        value = values.get(found[1] or found[2])
        if value is None:
            return found[0]
        return value if found[1] or found[0][-1] in "'\"" else f'{value}"'

    return VARIABLE.sub(filled, text) if values else text


def slugs_of(text: str) -> list[tuple[int, int, str, str]]:
    """The settings of a script that can hold a slug: (where, rank, name, value)."""
    settings = itertools.islice(SETTING.finditer(text), MAX_SETTINGS)
    return [(one.start(), rank, one[1], one[2]) for one in settings if (rank := rank_of(one[1])) and is_slug(one[2])]


def flat(text: str) -> str:
    """A script without what is commented out, its escaped slashes, ampersands and equal signs as they are meant."""
    for escaped, meant in ESCAPED:
        text = text.replace(escaped, meant)
    return COMMENTED_OUT.sub("", text)


def of_literal(text: str, found: re.Match[str]) -> tuple[str, Trace | None]:
    """The address that begins a string of a script, or the attribute of a tag written in one; and its trace where it is a board's."""
    head = text[max(0, found.start() - 200) : found.start()]
    begin = found.start() - len(head) + len(head.rstrip(BEFORE))
    opened = text[begin - 1 : begin]
    if opened not in ("'", '"', "`") or not opened:
        return "", None
    rest = REST.match(text, found.end())
    stop = rest.end() if rest else found.end()
    value = text[begin:stop]
    seen = of_address(value)
    if seen is None:
        return value, None
    kind: Kind = "posting" if seen.employer.posting else "board"
    if text[max(0, begin - 40) : begin].rstrip("\\'\" =").endswith("src"):
        kind = "carrier"
    elif text[begin - 2 : begin - 1] != "\\":  # within another string it is what a reader sees, or a link
        kind = seen.kind
    return value, Trace(seen.employer, kind)


def of_script_settings(text: str, slugs: list[tuple[int, int, str, str]]) -> Iterator[Trace]:
    """``leverJobsOptions = {accountName: "acme"}``, ``{"ats": "greenhouse", "boardToken": "acme"}``: a system, and a slug near it."""
    for start, rank, name, value in slugs[:MAX_TRACES]:
        systems = {str(one.lastgroup) for one in WORD.finditer(name)}
        if not systems:
            before = re.split(r"[};]", text[max(0, start - NEAR) : start])[-1]
            behind = re.split(r"[};]", text[start + len(name) : start + NEAR])[0]
            systems = {str(one.lastgroup) for one in WORD.finditer(f"{before} {behind}")}
        if len(systems) == 1:
            yield Trace(Employer(systems.pop(), value), "carrier", rank=rank)
