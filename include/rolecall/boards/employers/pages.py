"""Which employer's board a careers page shows: read off its links, frames, scripts, JSON-LD and data attributes. Never guessed.

Everything of a page that leads to a board is a *trace*: a **carrier** (a frame, an interface, a feed, a widget's settings: the page shows
the board's jobs), a **posting** or the **board** itself. A page may name boards of others: a link to a friend's posting, a customer in a
vendor's advertisement, a sample in an article. So a link alone counts only where the slug is the page's own name, or where a page about
its jobs leads to nobody else; and where two boards could be meant, neither is. Nothing of a page is executed; what it writes for readers
is not read as an address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from html import unescape
from typing import Any
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards.employers.addresses import OWN_HOST, Employer, address, is_search, is_vendors
from rolecall.boards.employers.employer_names import COMMON, alike, core, letters
from rolecall.boards.employers.page_traces import (
    CLOSED,
    OWN_POSTINGS,
    in_words,
    inline_script,
    is_sample,
    listed_by,
    loaded_by,
    of_node,
    paragraph,
    served_by,
    thinned,
)
from rolecall.boards.employers.page_words import CAREERS, DISOWNED, ELSEWHERE, FOREIGN, OTHERS_JOBS, OURS, SHOWN_OFF
from rolecall.boards.employers.script_traces import VARIABLE, flat, of_script, slugs_of, values_of, vendors_in
from rolecall.boards.employers.traces import DOCUMENTED, MAX_TRACES, MENTION, Trace, is_slug, of_value, rank_of, surest
from rolecall.boards.jsonld import loads, nodes, types
from rolecall.text.html import as_dict, as_text, not_too_deep, squeeze

MAX_HTML = 3_000_000
"""Characters of a page that are read."""

MAX_NODES = 60_000
MAX_SCRIPT = 1_500_000
"""Characters of all inline scripts that are read."""

MANY = 30
"""Traces of a page for which the words around a link are read."""

NAMED_COMPANY = re.compile(r"""["'](?:company|employer|organi[sz]ation)[_-]?name["']\s{0,4}:\s{0,4}["']([^"'\\\n]{2,80})["']""", re.I)
"""Whose postings a page's data has."""

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
PLACEHOLDERS = frozenset([
    "acme", "acmeinc", "acmecorp", "board", "boardname", "boardtoken", "client", "clientname", "company", "companyid", "companyname",
    "companyslug", "customer", "demo", "demoaccount", "employer", "example", "examplecompany", "mycompany", "myorg", "organization",
    "sample", "slug", "subdomain", "template", "tenant", "test", "yourboard", "yourboardtoken", "yourcompany", "yourcompanyname", "yourorg",
    "yoursubdomain", "xxx",
    "ashby", "bamboohr", "breezy", "breezyhr", "gem", "greenhouse", "lever", "personio", "recruitee", "rippling", "smartrecruiters",
    "teamtailor", "tellent", "workable", "workday",
])  # fmt: skip
"""What instructions put where the employer's own name belongs; and vendors, to whose own board their badges lead."""

TEMPLATE = re.compile(r"<(/?)template(?![\w-])", re.I)
"""What a page keeps until it is shown (a frame until cookies are agreed to); the parser would leave it out."""

TITLE_PARTS = re.compile(r"[|·•–—:]| - ")
HOSTS_OF_MANY = frozenset([
    "notion", "webflow", "wixsite", "github", "gitlab", "vercel", "netlify", "google", "sites", "medium", "substack", "wordpress",
    "squarespace", "carrd", "framer", "pages", "example", "localhost",
])  # fmt: skip


def of_page(url: str, html: str) -> Employer | None:
    """The employer whose jobs a page shows, or ``None``: nobody's, or more than one could be meant.

    Time and memory grow with the page's length, of which :data:`MAX_HTML` characters are read.

    :param url: where the page is; decides whose page it is
    """
    if is_vendors(url) or (is_search(url) and "search" in url):
        return None
    page = CareersPage(url, html[:MAX_HTML])
    boards = candidates(page)
    own = [one for one in boards if one.own]
    if own:
        others = [one for one in boards if not one.own and one.carrier and not one.is_shown_for_another]
        return strongest(own, page) if not others else None
    carriers = [one for one in boards if one.carrier]
    about_jobs = page.is_about_jobs and not page.is_article and not SHOWN_OFF.search(page.heading)
    if len(carriers) == 1 and about_jobs and not carriers[0].is_shown_for_another:
        return carriers[0].employer
    if not page.traces and len(page.served) == 1:
        return Employer(min(page.served), page.host)
    boards = [one for one in boards if not one.is_elsewhere]
    if carriers or len(boards) != 1:
        return None
    only = boards[0]
    if only.is_named_as_another(page):
        return None
    listed = only.linked or only.postings >= 2 or only.is_sure
    return only.employer if only.in_menu or (listed and about_jobs and not OTHERS_JOBS.search(page.heading)) else None


def strongest(own: list[EmployerCandidate], page: CareersPage) -> Employer | None:
    """The one of the page's own boards that carries its list, if there is just one; of several on one system (``acme``, ``acme-students``)
    the one that has the page's name and nothing else."""
    for holds in (lambda one: one.carrier, lambda one: one.postings >= 2, lambda one: True):
        found = [one for one in own if holds(one)]
        if len({one.employer.system for one in found}) == 1 < len(found):
            found = [one for one in found if page.is_just_called(one.employer.slug)]
        if found or any(map(holds, own)):
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
        sites = Counter(one.employer.site for one in self.traces if one.employer.site)
        site = sites.most_common(1)[0][0] if sites else first.site
        regions = Counter(one.employer.region for one in self.traces if one.employer.region and one.employer.site in (site, ""))
        region = regions.most_common(1)[0][0] if regions else next((t.employer.region for t in self.traces if t.employer.region), "")
        return replace(first, site=site, region=region, posting="")

    @property
    def has_address(self) -> bool:
        """Whether an address of the board is among its traces: a setting alone may be an ordinary word (``greenhouse``, ``lever``)."""
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

    @property
    def is_sure(self) -> bool:
        """Whether the page has what nobody has for another's board."""
        return any(one.is_sure for one in self.traces)

    @property
    def in_menu(self) -> bool:
        """Whether the site's menu calls it its jobs."""
        return any(one.in_menu for one in self.traces)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the words next to every address of it speak of somebody else."""
        return not self.own and all(ELSEWHERE.search(one.next_to) or FOREIGN.search(one.beside) for one in self.traces)

    @property
    def is_shown_for_another(self) -> bool:
        """Whether the words around all that shows its jobs speak of somebody else: a recruiter's client, a partner."""
        return all(FOREIGN.search(one.beside) for one in self.traces if one.kind == "carrier")

    def is_named_as_another(self, page: CareersPage) -> bool:
        """Whether the page speaks of the board's employer by name, as one speaks of somebody else."""
        name = core(self.employer.slug)
        linked = [one.words for one in self.traces]
        named = name in page.companies or (len(name) >= 4 and any(name in letters(one) for one in (*linked, page.title)))
        return named or all(FOREIGN.search(one.beside) for one in self.traces)


def candidates(page: CareersPage) -> list[EmployerCandidate]:
    """The boards a page has traces of, those with most first."""
    found: dict[tuple[str, str], list[Trace]] = {}
    for trace in page.traces:
        if not DISOWNED.search(trace.next_to):
            found.setdefault(trace.employer.key, []).append(trace)
    made = [EmployerCandidate(traces, page.is_called(traces[0].employer.slug)) for traces in found.values()]
    made = [one for one in made if one.own or letters(one.employer.slug) not in PLACEHOLDERS]
    here = page.loaded | page.served | page.scripted
    made = [one for one in made if one.has_address or (page.is_about_jobs and (one.own or one.is_sure or one.employer.system in here))]
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
        self.scripted: set[str] = set()
        """Systems whose own addresses a script of the page has."""
        self.companies: set[str] = set()
        """Cores of the names of companies that its data has."""
        self.offers: list[dict[str, Any]] = []
        """Postings as JSON-LD has them."""
        self.served: set[str] = set()
        """Systems whose careers site the page is, on a domain of the employer's."""
        html, wide = thinned(not_too_deep(TEMPLATE.sub(r"<\1div", html)))
        self.traces = surest([*self._read(LexborHTMLParser(html)), *(trace for text in wide for trace in of_script(unescape(text)))])

    def _read(self, tree: LexborHTMLParser) -> list[Trace]:
        """Everything that leads to a board, in the page's order; scripts last."""
        traces: list[Trace] = []
        scripts: list[tuple[str, str]] = []
        attributes: dict[str, str] = {}
        shaped: set[str] = set()
        size = 0
        for number, node in enumerate(tree.root.traverse() if tree.root is not None else ()):
            if number > MAX_NODES or len(traces) > MAX_TRACES:
                break
            text = inline_script(node) if node.tag == "script" else ""
            if text.strip():
                size += len(text)
                if size <= MAX_SCRIPT:
                    scripts.append((node.attributes.get("type") or "", text))
                continue
            self._note(node)
            attributes |= {
                name[5:]: value for name, value in node.attributes.items() if name.startswith("data-") and value and is_slug(value)
            }
            traces.extend(of_node(node, self.url, near=len(traces) < MANY))
            self.loaded.update(loaded_by(node))
            self.served.update(served_by(node))
            shaped.update(listed_by(node, self.url) if len(shaped) < len(OWN_POSTINGS) else ())
        for one in (found for _, text in scripts for found in NAMED_COMPANY.finditer(text)):
            self.companies.add(core(one[1]))
        self.served -= OWN_POSTINGS.keys() - shaped
        asks = any(MENTION.search(text) and VARIABLE.search(text) for _, text in scripts)
        said = values_of((text for _, text in scripts), attributes) if asks else {}
        for kind, text in scripts:
            if "ld+json" in kind.lower():
                self._note_jsonld(text)
            traces.extend(of_script(text, said))
            self.scripted |= vendors_in(text)
        if body := tree.body:
            words = body.text(separator=" ")
            self.names.extend(found[1] for found in COPYRIGHT.finditer(words[-3_000:]))
            if MENTION.search(words):
                traces.extend(self._in_words(body))
        traces.extend(self._of_offers())
        known = {one.employer.system for one in traces}
        return [*traces[:MAX_TRACES], *self._of_widgets(scripts, attributes, known)]

    def _of_offers(self) -> Iterator[Trace]:
        """Boards that postings of the page's own employer are on, as JSON-LD has them."""
        for offer in self.offers[:MAX_TRACES]:
            employer = as_dict(offer.get("hiringOrganization"))
            if self._is_site_of(as_text(employer.get("name"))):
                values = [as_text(offer.get("url")), as_text(offer.get("@id")), as_text(employer.get("sameAs"))]
                yield from (Trace(seen.employer, "carrier") for seen in map(of_value, values) if seen is not None)

    def _of_widgets(self, scripts: list[tuple[str, str]], attributes: dict[str, str], known: set[str]) -> Iterator[Trace]:
        """A widget is loaded, and somewhere else on the page are its settings: one value that is the page's own name."""
        systems = self.loaded | self.served
        if len(systems) != 1 or systems & known:
            return
        said = [(name, value) for _, text in scripts for _, _, name, value in slugs_of(flat(text).replace('\\"', '"'))]
        said += [(name, value) for name, value in attributes.items() if rank_of(name)]
        values = {value for name, value in said if self.is_called(value) or DOCUMENTED.get(name.replace("_", "-")) in systems}
        if len(values) == 1:
            yield Trace(Employer(systems.pop(), values.pop()), "carrier", rank=4)

    def _in_words(self, body: LexborNode) -> Iterator[Trace]:
        """Addresses that stand in the page's text, outside of links and samples: of its own board, or of one it calls its own."""
        blocks = 0
        for number, node in enumerate(body.traverse(include_text=True)):
            if number > MAX_NODES:
                return
            if node.tag != "-text" or node.parent is None or node.parent.tag in CLOSED or not MENTION.search(text := node.text()):
                continue
            if not is_sample(node.parent):
                blocks += 1
                block = paragraph(node) if blocks <= MANY else ""
                spoken = bool(OURS.search(block) and CAREERS.search(block))
                yield from (one for one in in_words(text, block) if self.is_called(one.employer.slug) or spoken)

    def _place(self) -> str:
        parts = address(self.url)
        return f"{parts.hostname}{unquote(parts.path)}" if parts else ""

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
        self.offers.extend(node for node in every if "JobPosting" in types(node))
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

    @property
    def heading(self) -> str:
        """What the page and its site are called."""
        return " | ".join([self.title, self.headline, *self.names])

    @property
    def host(self) -> str:
        """Where the page is, if that is a public name's own web address; else empty."""
        parts = address(self.url)
        name = (parts.hostname or "").lower().rstrip(".") if parts else ""
        return name if parts and OWN_HOST.fullmatch(name) and parts.netloc.lower().rstrip(".") == name else ""

    def _is_site_of(self, name: str) -> bool:
        """Whether the site is an employer's, by its host or by what it calls itself."""
        return any(alike(core(name), one) for one in (*self._hosts, *map(core, self.names))) if core(name) else False

    @cached_property
    def _hosts(self) -> list[str]:
        parts = address(self.url)
        labels = (parts.hostname or "").lower().split(".")[:-1] if parts else []
        return [core(one) for one in labels if one not in COMMON and one not in HOSTS_OF_MANY and len(core(one)) > 1]

    def is_just_called(self, slug: str) -> bool:
        """Whether a slug is the page's name letter by letter."""
        parts = address(self.url)
        hosts = (parts.hostname or "").lower().split(".")[:-1] if parts else []
        return letters(slug) in {letters(one) for one in (*hosts, *self.names, *TITLE_PARTS.split(self.title)) if letters(one)}

    def is_called(self, slug: str) -> bool:
        """Whether a slug is the page's own name: its host's, or what the site calls itself; its title's where it says nothing else."""
        name = core(slug)
        if any(alike(name, host) for host in self._hosts):
            return True
        names = [written for one in self.names for written in (core(one), letters(one.replace("&", "and"))) if written]
        if names:
            return any(alike(name, one) for one in names)
        title = [core(part) for part in TITLE_PARTS.split(self.title)]
        return (
            not self.is_article
            and not any(alike(part, host) for part in title for host in self._hosts)
            and any(alike(name, one) for one in title)
        )
