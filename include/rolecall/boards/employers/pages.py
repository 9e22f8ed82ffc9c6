"""Which employer's board a careers page shows: read off its links, frames, scripts, JSON-LD and data attributes. Never guessed.

Everything of a page that leads to a board is a *trace*: a **carrier** (a frame, an interface, a feed, a widget's settings: the page shows
the board's jobs), a **posting** or the **board** itself. A page may name boards of others: a link to a friend's posting, a customer in a
vendor's advertisement, a sample in an article. So a link alone counts only where the slug is the page's own name, or where a page about
its jobs leads to nobody else; and where two boards could be meant, neither is. Nothing of a page is executed; what it writes for readers
is not read as an address.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards.employers.addresses import SYSTEMS, Employer, Kind, Seen, address, is_vendors, joined, of_address
from rolecall.boards.jsonld import loads, nodes, types
from rolecall.text.html import as_text, not_too_deep, squeeze

MAX_HTML = 3_000_000
"""Characters of a page that are read."""

MAX_NODES = 60_000
MAX_SCRIPT = 1_500_000
"""Characters of all inline scripts that are read."""

MAX_WORDS = 5_000
"""Words of one tag."""

WHOLE_TAG = re.compile(r"""[^\s>"'=]++(?:\s++[^\s"'=>]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)*+\s*+""")
"""A tag up to its ``>``, written so that nothing of what follows can belong to it."""

MAX_SETTINGS = 50_000
MANY = 30
"""Traces of a page for which the words around a link are read."""

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
LAZY = ("data-src", "data-lazy-src", "data-url", "data-href", "data-iframe-src", "data-embed-url", "data-original", "data-cmp-src")
SAMPLES = frozenset({"code", "pre", "samp", "kbd", "textarea", "xmp", "blockquote"})
"""Elements that show addresses to readers."""

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

FOREIGN = re.compile(
    r"partner|parent|sister|friend|portfolio|investor|customer|client|powered|template|example|mother|mutter|schwester|tochter|kunde|freunde"
    r"|partenaire|cliente?s|socio|elsewhere|other compan|another compan|not us",
    re.I,
)
"""Words beside a link that leads to somebody else."""

NEAR = 400
"""Characters before a setting in which a system's name counts for it."""

CAREERS = re.compile(
    r"(?<![a-z])(?:careers?|carri[eè]res?|karriere\w{0,12}|karriär|kariera|jobb?s?|job-?offers?|vacanc\w{1,3}|vacatures?|openings?|open-?roles|"
    r"positions|stellen\w{0,12}|hiring|join(?:-?us|-?our-?team)?|work-?(?:with|at|for)-?\w{1,20}|werken-?bij\w{0,20}|emplois?|empleos?|"
    r"recrut\w{0,8}|trabaj\w{0,10}|lavora\w{0,10}|praca|rekry\w{0,8}|ledige|talent|opportunit\w{1,4})(?![a-z])",
    re.I,
)
ARTICLE = re.compile(
    r"(?:/|\.|^)(?:blog|news|newsroom|press|article|articles|posts?|stories|magazine|docs?|guides?|tutorials?|questions|customers"
    r"|case-stud(?:y|ies)|integrations?|comparison|compare|alternatives|reviews?|podcast|wiki)(?:/|\.|$)",
    re.I,
)
ARTICLE_TYPES = {
    "Article",
    "BlogPosting",
    "NewsArticle",
    "TechArticle",
    "Blog",
    "HowTo",
    "QAPage",
    "Review",
}
ORGANISATIONS = {"Organization", "Corporation", "LocalBusiness", "WebSite", "NGO", "EducationalOrganization", "OnlineBusiness"}
COPYRIGHT = re.compile(r"(?:©|\(c\)|copyright)(?:\s|©|\d|[-–]){0,20}(?:by\s)?\s{0,3}([^\d\s|.©][^|.©\n]{1,59})", re.I)
COMMON = frozenset([
    "www", "the", "and", "job", "jobs", "career", "careers", "karriere", "team", "group", "hq", "inc", "llc", "ltd", "gmbh",
    "limited", "plc", "corp", "corporation", "company", "companies", "co", "hiring", "talent", "work", "working", "join", "about",
    "home", "official", "global", "international", "com", "net", "org", "io", "app", "dev", "people", "site", "website", "page",
    "web", "online", "info", "blog", "news", "de", "eu", "us", "uk", "fr", "nl", "es", "it", "at", "ch",
])  # fmt: skip
HOSTS_OF_MANY = frozenset([
    "notion", "webflow", "wixsite", "github", "gitlab", "vercel", "netlify", "google", "sites", "medium", "substack", "wordpress",
    "squarespace", "carrd", "framer", "pages", "example", "localhost",
])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trace:
    """Something of a page that leads to a board.

    :param words: a link's text and that of what it is in
    :param rank: 0: an address told; more: a setting's value, the less sure the more
    """

    employer: Employer
    kind: Kind
    words: str = ""
    rank: int = 0


def of_page(url: str, html: str) -> Employer | None:
    """The employer whose jobs a page shows, or ``None``: nobody's, or more than one could be meant.

    Time and memory grow with the page's length, of which :data:`MAX_HTML` characters are read.

    :param url: where the page is; decides whose page it is
    """
    if is_vendors(url):
        return None
    page = CareersPage(url, html[:MAX_HTML])
    boards = candidates(page)
    own = [one for one in boards if one.own]
    if own:
        others = [one for one in boards if not one.own and one.carrier]
        return strongest(own) if not others else None
    carriers = [one for one in boards if one.carrier]
    if len(carriers) == 1 and not page.is_article:
        return carriers[0].employer
    if carriers or page.is_article or not page.is_about_jobs or len(boards) != 1:
        return None
    only = boards[0]
    enough = only.linked or only.postings >= 2
    return only.employer if enough and not only.is_named_as_another(page) else None


def strongest(own: list[EmployerCandidate]) -> Employer | None:
    """The one of the page's own boards that carries its list, if there is just one."""
    for holds in (lambda one: one.carrier, lambda one: one.postings >= 2, lambda one: True):
        found = [one for one in own if holds(one)]
        if found:
            return found[0].employer if len(found) == 1 else None
    return None


@dataclass(slots=True)
class EmployerCandidate:
    """One board that a page has traces of."""

    traces: list[Trace]
    own: bool
    """Its slug is the page's own name."""

    @property
    def employer(self) -> Employer:
        """As most of its traces write it, with the most frequent of its sites."""
        written = Counter(one.employer.slug for one in self.traces).most_common(1)[0][0]
        first = next(one.employer for one in self.traces if one.employer.slug == written)
        sites = Counter((one.employer.site, one.employer.region) for one in self.traces if one.employer.site)
        where = (
            sites.most_common(1)[0][0]
            if sites
            else (first.site, first.region or next((t.employer.region for t in self.traces if t.employer.region), ""))
        )
        return replace(first, site=where[0], region=where[1], posting="")

    @property
    def told(self) -> bool:
        """Whether an address says so; settings alone may speak of a house of glass."""
        return any(not one.rank for one in self.traces)

    @property
    def carrier(self) -> bool:
        """Whether the page shows this board's jobs."""
        return any(one.kind == "carrier" for one in self.traces)

    @property
    def postings(self) -> int:
        """Postings that the page leads to."""
        return len({one.employer.posting for one in self.traces if one.employer.posting})

    @property
    def linked(self) -> bool:
        """Whether the page leads to the board itself."""
        return any(one.kind == "board" for one in self.traces)

    def is_named_as_another(self, page: CareersPage) -> bool:
        """Whether the page speaks of the board's employer by name, as one speaks of somebody else."""
        name = core(self.employer.slug)
        told = [one.words for one in self.traces]
        named = len(name) >= 4 and any(name in letters(one) for one in (*told, page.title))
        return named or any(FOREIGN.search(one) for one in told)


def candidates(page: CareersPage) -> list[EmployerCandidate]:
    """The boards a page has traces of, those with most first."""
    found: dict[tuple[str, str], list[Trace]] = {}
    for trace in page.traces:
        found.setdefault(trace.employer.key, []).append(trace)
    made = [EmployerCandidate(traces, page.is_called(traces[0].employer.slug)) for traces in found.values()]
    made = [one for one in made if one.told or (page.is_about_jobs and (one.own or one.employer.system in page.loaded))]
    return sorted(made, key=lambda one: -len(one.traces))


class CareersPage:
    """A page, its traces, and what it says of itself.

    :param url: where it is
    """

    def __init__(self, url: str, html: str) -> None:
        self.url = url
        self.title = self.headline = ""
        self.names: list[str] = []
        """What the site calls itself."""
        self.is_article = bool(ARTICLE.search(self._place()))
        self.loaded: set[str] = set()
        """Systems of which the page loads something that names nobody: a widget."""
        html, wide = thinned(not_too_deep(html))
        self.traces = surest([*self._read(LexborHTMLParser(html)), *(trace for text in wide for trace in of_script(unescape(text)))])

    def _read(self, tree: LexborHTMLParser) -> list[Trace]:
        """Everything that leads to a board, in the page's order; scripts last."""
        traces: list[Trace] = []
        scripts: list[tuple[str, str]] = []
        size = 0
        for number, node in enumerate(tree.root.traverse() if tree.root is not None else ()):
            if number > MAX_NODES or len(traces) > MAX_TRACES:
                break
            if node.tag == "script" and not (node.attributes.get("src") or "").strip():
                text = node.text() or ""
                size += len(text)
                if size <= MAX_SCRIPT:
                    scripts.append((node.attributes.get("type") or "", text))
                continue
            self._note(node)
            traces.extend(of_node(node, self.url, near=len(traces) < MANY))
            self.loaded.update(loaded_by(node))
        for kind, text in scripts:
            if "ld+json" in kind.lower():
                self._note_jsonld(text)
            traces.extend(of_script(text))
        if body := tree.body:
            self.names.extend(found[1] for found in COPYRIGHT.finditer(body.text(separator=" ")[-3_000:]))
        return [*traces[:MAX_TRACES], *self._of_widgets(scripts, {one.employer.system for one in traces})]

    def _of_widgets(self, scripts: list[tuple[str, str]], known: set[str]) -> Iterator[Trace]:
        """A widget is loaded, and somewhere else on the page are its settings: one value that is the page's own name."""
        if len(self.loaded) != 1 or self.loaded & known:
            return
        values = {value for _, text in scripts for _, _, _, value in slugs_of(flat(text).replace('\\"', '"')) if self.is_called(value)}
        if len(values) == 1:
            yield Trace(Employer(min(self.loaded), values.pop()), "carrier", rank=4)

    def _place(self) -> str:
        parts = address(self.url)
        return f"{parts.hostname}{parts.path}" if parts else ""

    def _note(self, node: LexborNode) -> None:
        """What an element says of the page itself."""
        if node.tag == "title" and not self.title and node.parent is not None and node.parent.tag == "head":
            self.title = squeeze(node.text())[:300]
        elif node.tag == "h1" and not self.headline:
            self.headline = squeeze(node.text())[:300]
        elif node.tag == "meta":
            given = node.attributes
            name, value = (given.get("property") or given.get("name") or "").lower(), given.get("content") or ""
            if name in ("og:site_name", "application-name", "apple-mobile-web-app-title"):
                self.names.append(value[:100])
            self.is_article = self.is_article or (name == "og:type" and value.lower() == "article")

    def _note_jsonld(self, text: str) -> None:
        """Names of whoever publishes the page; the employer of a posting may be somebody else."""
        every = list(nodes(loads(text)))
        hiring = {id(node.get("hiringOrganization")) for node in every}
        for node in every:
            kinds = types(node)
            self.is_article = self.is_article or bool(kinds & ARTICLE_TYPES)
            if kinds & ORGANISATIONS and id(node) not in hiring:
                self.names.extend(as_text(node.get(name))[:100] for name in ("name", "legalName", "alternateName"))

    @property
    def is_about_jobs(self) -> bool:
        """Whether the page is there for its jobs."""
        place = self._place().replace("_", "-")
        return any(CAREERS.search(text) for text in (place, self.title, self.headline))

    @cached_property
    def _hosts(self) -> list[str]:
        parts = address(self.url)
        labels = (parts.hostname or "").lower().split(".")[:-1] if parts else []
        return [core(one) for one in labels if one not in COMMON and one not in HOSTS_OF_MANY and len(core(one)) > 1]

    def is_called(self, slug: str) -> bool:
        """Whether a slug is the page's own name: its host's, or what the site calls itself; its title's where it says nothing else."""
        name = core(slug)
        if any(alike(name, host) for host in self._hosts):
            return True
        told = [core(one) for one in self.names if core(one)]
        if told:
            return any(alike(name, one) for one in told)
        title = [core(part) for part in re.split(r"[|·•–—:]| - ", self.title)]
        return (
            not self.is_article
            and not any(alike(part, host) for part in title for host in self._hosts)
            and any(alike(name, one) for one in title)
        )


def letters(text: str) -> str:
    """Letters and digits of a text in lower case."""
    return re.sub(r"[\W_]", "", unquote(unescape(text)).casefold())


def core(name: str) -> str:
    """What tells a name from others: without words that many names have, without what stands around it."""
    words = [word for word in re.split(r"[\W_]+", unquote(unescape(name[:200])).casefold()) if word]
    kept = [word for word in words if word not in COMMON] or words
    text = "".join(kept)
    for end in ("careers", "career", "jobs", "hiring", "gmbh", "inc", "hq", "group", "ltd"):
        if text.endswith(end) and len(text) - len(end) >= 3:
            text = text.removesuffix(end)
    for start in ("join", "workat", "team", "get", "the"):
        if text.startswith(start) and len(text) - len(start) >= 4:
            text = text.removeprefix(start)
    return text.rstrip("0123456789") or text


def alike(one: str, other: str) -> bool:
    """Whether two cores are one name: equal, or one begins or ends with the other and is not much longer."""
    short, long = sorted((one, other), key=len)
    if short == long:
        return bool(short)
    return len(short) >= 4 and (long.startswith(short) or long.endswith(short)) and len(long) <= 3 * len(short)


# ── traces ──────────────────────────────────────────────────────────────────────────────────────────────────


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
    mentions = [(name, value) for name, value in given.items() if MENTION.search(value)]
    told = " ".join([tag, *given, *(value[:200] for name, value in given.items() if name not in ("href", "content"))])
    if (not mentions and not WORD.search(told)) or is_sample(node):
        return
    for name, value in mentions:
        if tag in ("a", "area"):
            yield from linked(node, value, base, near)
        elif tag in CARRIERS and (name == CARRIERS[tag] or name in LAZY):
            yield from carried(value, base)
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
    yield from of_settings(tag, told, given)


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
        yield Trace(seen.employer, kind, f"{node.attributes.get('title') or ''} {words_around(node) if near else node.text()[:300]}")


def words_around(node: LexborNode) -> str:
    """The words of a link and of what it stands in, as long as that is no whole page."""
    words = node.text(separator=" ")
    for _ in range(3):
        if node.parent is None or node.parent.tag in ("body", "html", "main", "ul", "ol", "nav", "footer", "header"):
            break
        node = node.parent
        more = node.text(separator=" ")
        if len(more) > 500:
            break
        words = more
    return words[:500]


def inner_address(value: str) -> str:
    """The address a redirector's parameter holds; empty where there is none."""
    found = re.search(r"[=?&](https?(?:://|%3A%2F%2F)[^&\s]{4,500})", value, re.I)
    return unquote(found[1]) if found else ""


def carried(value: str, base: str) -> Iterator[Trace]:
    """A frame's, script's or form's trace: the page shows what is there."""
    seen = of_address(joined(base, value)) or of_address(inner_address(value))
    if seen is not None:
        yield Trace(seen.employer, "carrier")


def of_link_tag(given: dict[str, str], value: str, base: str) -> Iterator[Trace]:
    """A feed or the page's own address carry; what is only loaded from there is no trace."""
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


def of_settings(tag: str, told: str, given: dict[str, str]) -> Iterator[Trace]:
    """An element that names a system and, in another of its attributes, a slug: ``<div data-ats="lever" data-account="acme">``."""
    systems = {str(found.lastgroup) for found in WORD.finditer(told)}
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
        told, trace = of_literal(text, found)
        if trace is not None:
            traces.append(trace)
        elif "api" in told:
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
    """A script with its escaped slashes, ampersands and equal signs as they are meant."""
    for escaped, meant in ESCAPED:
        text = text.replace(escaped, meant)
    return text


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
    told: Kind = "posting" if seen.employer.posting else "board"
    if text[max(0, begin - 40) : begin].rstrip("\\'\" =").endswith("src"):
        told = "carrier"
    elif text[begin - 2 : begin - 1] != "\\":  # within another string it is what a reader sees, or a link
        told = seen.kind
    return value, Trace(seen.employer, told)


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
