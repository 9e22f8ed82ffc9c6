"""Which applicant tracking system, and which employer's board on it, an address belongs to.

One line a system in :data:`SYSTEMS`, by the domain its boards are on; a reader of its addresses below. Only a board's own address counts:
a vendor's other pages (``www.greenhouse.io``, ``app.teamtailor.com``) belong to no employer, and neither does a look-alike
(``greenhouse.io.example``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal
from urllib.parse import SplitResult, parse_qs, unquote, urljoin, urlsplit

Kind = Literal["board", "posting", "carrier"]
"""``carrier``: an interface, a feed, an embedded list: what only a page that shows the board's jobs has use for."""


@dataclass(frozen=True, slots=True)
class Employer:
    """Whose board it is.

    :param system: the applicant tracking system: ``greenhouse``, ``lever``, …
    :param slug: the employer, as the system's addresses write it (percent signs included); or the host of its own that its board is on
    :param site: which of its boards, on systems where one employer has several (Workday)
    :param region: where its board is kept, where there are several places: ``eu`` (Greenhouse, Lever), ``wd5`` (Workday), ``com``
        (Personio), ``na`` (Teamtailor)
    :param posting: the id of the posting the address was one of, as it is written there
    """

    system: str
    slug: str
    site: str = field(default="", compare=False)
    region: str = field(default="", compare=False)
    posting: str = field(default="", compare=False)

    @property
    def company(self) -> str:
        """What a search calls the employer (``SearchQuery.company``): its region and site are in it where they matter."""
        slug = unquote(self.slug)
        if self.is_on_own_host:
            return f"https://{slug}"
        if self.system == "workday":
            return f"{slug}.{self.region}/{unquote(self.site)}" if self.region and self.site else slug
        if self.system == "lever" and self.region:
            return f"{self.region}/{slug}"
        return f"{slug}.{self.region}" if self.system in ("personio", "teamtailor") and self.region else slug

    @property
    def is_on_own_host(self) -> bool:
        """Whether its board is on a host of the employer's, which is its slug: sub-domains of a system have no dot."""
        return self.system in ON_OWN_HOSTS and "." in self.slug

    @property
    def key(self) -> tuple[str, str]:
        """Equal for two spellings of one board."""
        return self.system, unquote(self.slug).casefold()


@dataclass(frozen=True, slots=True)
class Seen:
    """An employer, and what kind of its addresses told."""

    employer: Employer
    kind: Kind = "board"


SLUG = re.compile(r"(?!(?:\.|%2[eE])+$)[^\s/\\?#<>\"'`{}$\[\]|^*]{1,120}")
"""What can be an employer's part of an address; a template's ``{company}`` cannot, nor can ``..``, which leads elsewhere."""

LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
OWN_HOST = re.compile(rf"(?:{LABEL.pattern}\.){{1,8}}(?=[a-z]){LABEL.pattern}")
"""A host that an employer may have its board on."""

LOCALE = re.compile(r"[a-z]{2}[-_][a-z]{2}", re.I)
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)

NO_TENANTS = frozenset([
    "www", "www2", "app", "apps", "api", "apis", "auth", "login", "signin", "id", "account", "accounts", "admin", "help", "support",
    "docs", "doc", "developer", "developers", "dev", "status", "blog", "info", "go", "get", "learn", "academy", "community",
    "partners", "partner", "marketplace", "resources", "assets", "asset", "static", "cdn", "media", "images", "img", "mail", "email",
    "smtp", "ftp", "sandbox", "demo-api", "tt", "track", "tracking", "analytics", "legal", "trust", "security", "engineering",
    "careers", "career", "jobs", "hire", "hiring", "marketing", "about", "press", "investors", "secure", "sso", "my", "portal",
    "beta", "staging", "test", "documentation", "connect", "integrations", "scripts", "widgets", "widget", "screenshots", "s3",
    "attachments", "gallery", "gallery-cdn", "assets-cdn", "apply", "jobseekers", "candidates", "hub", "events", "web",
    "careers-analytics", "careers-page",
])  # fmt: skip
"""Sub-domains that are the vendor's own."""


LOADED_FILE = re.compile(r"\.(?:css|js|mjs|png|jpe?g|gif|svg|webp|ico|woff2?)$", re.I)
"""A file that a page is made of: its host is the vendor's own, unless it is known to bring a board."""


def address(url: str) -> SplitResult | None:
    """An address in its parts, as people paste it: the scheme may be missing. ``None`` for what is no web address."""
    text = url.strip()
    if text.startswith("//"):
        text = f"https:{text}"
    elif "://" not in text[:12]:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and host and "." in host and len(text) <= 4_000 else None


def joined(base: str, value: str) -> str:
    """A link's address; what is none stays what it is."""
    try:
        return urljoin(base, value)
    except ValueError:
        return value


def domain_of(host: str) -> str:
    """The last two labels of a host: every system's boards are below such a name."""
    return ".".join(host.lower().rstrip(".").split(".")[-2:])


def of_address(url: str) -> Seen | None:
    """The employer whose board, posting or interface an address is; ``None`` where it is nobody's."""
    parts = address(url)
    if parts is None:
        return None
    host = (parts.hostname or "").lower().rstrip(".")
    known = SYSTEMS.get(domain_of(host))
    if known is None:
        return None
    system, read = known
    seen = read(system, host.removesuffix(domain_of(host)).rstrip("."), [one for one in parts.path.split("/") if one], parts.query)
    if seen is None or not SLUG.fullmatch(seen.employer.slug):
        return None
    return None if seen.kind != "carrier" and LOADED_FILE.search(parts.path) else seen


def is_vendors(url: str) -> bool:
    """Whether a page is a vendor's own: what it says of employers is advertising."""
    parts = address(url)
    return parts is not None and (domain_of(parts.hostname or "") in SYSTEMS or domain_of(parts.hostname or "") in VENDORS)


def is_search(url: str) -> bool:
    """Whether a page is a search engine's: it has others' links, and its title is what was searched for."""
    parts = address(url)
    labels = (parts.hostname or "").lower().split(".") if parts else []
    return any(one in SEARCH_ENGINES for one in labels[:-1])


def asked(query: str, *names: str) -> str:
    """The first of some parameters of a query that has a value."""
    try:
        found = parse_qs(query, max_num_fields=100)
    except ValueError:
        return ""
    return next((found[name][0].strip() for name in names if name in found), "")


# ── readers: system, host before the domain, segments of the path, query ───────────────────────────────────


def greenhouse(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``boards.greenhouse.io/X``, ``job-boards.eu.greenhouse.io/X/jobs/1``, ``…/embed/job_board?for=X``, ``boards-api…/v1/boards/X``."""
    name, _, region = host.partition(".")
    if name not in ("boards", "job-boards", "boards-api", "api") or region not in ("", "eu"):
        return None
    if path[:1] == ["embed"]:
        slug, token = asked(query, "for", "board", "b"), asked(query, "token", "gh_jid")
        return Seen(Employer(system, slug, region=region, posting=token), "carrier") if slug else None
    if path[:1] in (["v1"], ["v2"]) or name in ("boards-api", "api"):
        slug = after(path, "boards")
        return Seen(Employer(system, slug, region=region, posting=after(path, "jobs")), "carrier") if slug else None
    if not path or path[0] in ("users", "assets", "robots.txt", "favicon.ico", "sitemap.xml"):
        return None
    return board(Employer(system, path[0], region=region, posting=after(path, "jobs")))


def lever(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``jobs.lever.co/X/uuid``, ``jobs.eu.lever.co/X``, ``api.lever.co/v0/postings/X``."""
    name, _, region = host.partition(".")
    if name not in ("jobs", "api") or region not in ("", "eu"):
        return None
    if name == "api":
        slug = after(path, "postings")
        return Seen(Employer(system, slug, region=region), "carrier") if slug else None
    return board(Employer(system, path[0], region=region, posting=uuid(path[1:]))) if path else None


def ashby(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``jobs.ashbyhq.com/X/uuid``, ``…/X/embed``, ``api.ashbyhq.com/posting-api/job-board/X``."""
    if host == "api":
        slug = after(path, "job-board")
        return Seen(Employer(system, slug), "carrier") if slug else None
    if host != "jobs" or not path or path[0] in ("api", "_next", "static", "embed"):
        return None
    if path[1:2] == ["embed"] or asked(query, "embed"):
        return Seen(Employer(system, path[0], posting=uuid(path[1:])), "carrier")
    return board(Employer(system, path[0], posting=uuid(path[1:])))


def workable(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``apply.workable.com/X/j/CODE``, ``X.workable.com``, ``…/api/v3/accounts/X``. A number is an account, no board's name."""
    if "accounts" in path and host in ("apply", "www", ""):
        slug = after(path, "accounts")
        return Seen(Employer(system, slug), "carrier") if slug and not slug.isdecimal() else None
    if host == "apply":
        wanted = path and path[0] not in ("j", "api", "static", "robots.txt", "sitemap.xml") and not path[0].isdecimal()
        return board(Employer(system, path[0], posting=after(path, "j"))) if wanted else None
    return board(Employer(system, host, posting=after(path, "j", "jobs"))) if tenant(host) else None


def smartrecruiters(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``jobs.smartrecruiters.com/X/id-title``, ``careers.…/X``, ``…/oneclick-ui/company/X/…``, ``…/ni/X/uuid``, ``…/my-applications/X``,
    ``api.…/v1/companies/X/postings``."""
    if host == "api":
        slug = after(path, "companies")
        return Seen(Employer(system, slug, posting=after(path, "postings")), "carrier") if slug else None
    if path[:1] == ["oneclick-ui"]:
        slug = after(path, "company")
        return Seen(Employer(system, slug, posting=after(path, "publication", "job")), "posting") if slug else None
    if path[:1] == ["my-applications"]:
        return board(Employer(system, path[1])) if len(path) > 1 and not path[1][:1].isdecimal() else None
    path = path[1:] if path[:1] == ["ni"] else path
    named = uuid([one[:36] for one in path[1:]])
    numbered = named or (path[1].partition("-")[0] if len(path) > 1 and path[1][:1].isdecimal() else "")
    company = asked(query, "company") if host in ("jobs", "careers") and path in ([], ["search"], ["sr-jobs"]) else ""
    if company:
        return board(Employer(system, company))
    if host in ("jobs", "careers") and path and path[0] not in ("sr-jobs", "api", "static", "search"):
        return board(Employer(system, path[0], posting=numbered))
    return board(Employer(system, path[0], posting=numbered)) if host == "www" and numbered.isdecimal() and len(numbered) > 5 else None


def recruitee(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``X.recruitee.com/o/title``, ``X.recruitee.com/api/offers``, ``api.recruitee.com/c/X/careers/offers``; a number is no name."""
    if host == "api":
        slug = after(path, "c")
        return Seen(Employer(system, slug), "carrier") if slug and not slug.isdecimal() else None
    employer = Employer(system, host, posting=after(path, "o", "offers"))
    return carried(employer, path[:1] == ["api"]) if tenant(host) else None


def personio(system: str, host: str, path: list[str], query: str, tld: str = "") -> Seen | None:
    """``X.jobs.personio.de/job/1``, ``X.jobs.personio.com/xml``; ``X-jobs.personio.de``, as they once were."""
    name, _, rest = host.partition(".")
    if not rest and name.endswith("-jobs"):
        name, rest = name.removesuffix("-jobs"), "jobs"
    if rest != "jobs" or not tenant(name):
        return None
    employer = Employer(system, name, region=tld, posting=after(path, "job"))
    return carried(employer, path[:1] in (["xml"], ["search.json"]))


def teamtailor(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``X.teamtailor.com/jobs/1-title``, ``X.na.teamtailor.com``, ``X.career.teamtailor.com``, ``…/jobs.rss``."""
    name, _, region = host.partition(".")
    if not tenant(name) or region not in ("", "na", "au", "eu", "career", "career.na", "career.au"):
        return None
    number = re.match(r"\d+", after(path, "jobs"))
    feed = path[-1:] in (["jobs.rss"], ["jobs.json"])
    return carried(Employer(system, name, region=region, posting=number[0] if number else ""), feed)


def bamboohr(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``X.bamboohr.com/careers/1``, ``…/jobs/view.php?id=1``, ``…/jobs/embed2.php``, ``…/js/embed.js``."""
    if host == "api":
        slug = after(path, "gateway.php")
        return Seen(Employer(system, slug), "carrier") if slug else None
    if not tenant(host):
        return None
    listed = after(path, "careers", "jobs")
    number = listed if listed.isdecimal() else asked(query, "id") if listed == "view.php" else ""
    return carried(Employer(system, host, posting=number), listed == "list" or path[-1:] in (["embed.js"], ["embed2.php"], ["embed.php"]))


def breezy(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``X.breezy.hr/p/id-title``, ``X.breezy.hr/json``, ``X.breezy.hr/embed/js``."""
    posting = after(path, "p").partition("-")[0]
    return carried(Employer(system, host, posting=posting), path[:1] in (["json"], ["embed"])) if tenant(host) else None


def workday(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``X.wd5.myworkdayjobs.com/en-US/Site/job/…``, ``…/wday/cxs/X/Site/jobs``."""
    name, _, region = host.partition(".")
    if not tenant(name) or not re.fullmatch(r"(?:wd\d{1,4}(?:-impl)?)?", region):
        return None
    if path[:2] == ["wday", "cxs"]:
        return Seen(Employer(system, name, path[3] if len(path) > 3 else "", region), "carrier")
    path = path[1:] if path and (LOCALE.fullmatch(path[0]) or len(path[0]) == 2) else path
    posting = path[-1] if "job" in path[1:] and path[-1] != "job" else ""
    return board(Employer(system, name, path[0] if path and path[0] != "wday" else "", region, posting))


def workday_site(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``wd5.myworkdaysite.com/en-US/recruiting/X/Site/job/…``."""
    slug = after(path, "recruiting")
    site = path[path.index("recruiting") + 2 : path.index("recruiting") + 3] if slug else []
    posting = path[-1] if "job" in path and path[-1] != "job" else ""
    region = host.rpartition(".")[2]
    return board(Employer(system, slug, site[0] if site else "", region, posting)) if slug else None


def rippling(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``ats.rippling.com/en-GB/X/jobs/uuid``, ``…/api/v2/board/X/jobs``, ``api.rippling.com/platform/api/ats/v1/board/X/jobs``."""
    if host.partition(".")[0] not in ("ats", "api"):
        return None
    if "board" in path and "api" in (*path, host):
        return Seen(Employer(system, after(path, "board")), "carrier") if after(path, "board") else None
    embedded = path[:1] == ["embed"]
    path = path[1:] if embedded else path
    if path and LOCALE.fullmatch(path[0]):
        path = [] if path[1:2] == ["jobs"] != path[2:3] else path[1:]
    if not path or host == "api" or path[0] in ("api", "_next", "static"):
        return None
    return carried(Employer(system, path[0], posting=uuid(path[1:])), embedded)


def gem(system: str, host: str, path: list[str], query: str) -> Seen | None:
    """``jobs.gem.com/X/id``, ``api.gem.com/job_board/v0/X/job_posts``."""
    if host == "api":
        slug = path[2] if path[:1] == ["job_board"] and len(path) > 2 else ""
        return Seen(Employer(system, slug), "carrier") if slug else None
    embedded = path[:1] == ["embed"]
    path = path[1:] if embedded else path
    if host != "jobs" or not path or path[0] in ("api", "_next", "static", "embed.js"):
        return None
    return carried(Employer(system, path[0], posting="/".join(path[1:2])), embedded)


def first_segment(*hosts: str) -> Reader:
    """A system whose addresses are ``host/X/…``."""

    def read(system: str, host: str, path: list[str], query: str) -> Seen | None:
        return board(Employer(system, path[0], posting="/".join(path[2:3]))) if host in hosts and path else None

    return read


def sub_domain(*behind: str, before: str = "") -> Reader:
    """A system whose addresses are ``X.domain``, or ``X`` between ``before`` and one of ``behind``."""

    def read(system: str, host: str, path: list[str], query: str) -> Seen | None:
        for suffix in behind or ("",):
            name = host.removesuffix(suffix).removeprefix(before)
            if host.endswith(suffix) and host.startswith(before) and tenant(name):
                return board(Employer(system, name))
        return None

    return read


def behind(*segments: str) -> Reader:
    """A system whose addresses are ``…/segments/X/…`` on any of its hosts."""

    def read(system: str, host: str, path: list[str], query: str) -> Seen | None:
        size = len(segments)
        return board(Employer(system, path[size])) if tuple(path[:size]) == segments and len(path) > size else None

    return read


def tenant(name: str) -> bool:
    """Whether a sub-domain can be an employer's."""
    return bool(LABEL.fullmatch(name)) and name not in NO_TENANTS and not re.search(r"(?:^|-)cdn(?:-|$)|^(?:assets|static)-", name)


def after(path: list[str], *names: str) -> str:
    """The segment behind the first of some others; empty where there is none."""
    return next((path[at + 1] for at, one in enumerate(path[:-1]) if one in names), "")


def uuid(path: list[str]) -> str:
    """The first segment that is a UUID; empty where none is."""
    return next((one for one in path if UUID.fullmatch(one)), "")


def board(employer: Employer) -> Seen:
    """A board's address, or a posting's where it has one's id."""
    return Seen(employer, "posting" if employer.posting else "board")


def carried(employer: Employer, carrier: bool) -> Seen:
    """The same, unless it is an interface."""
    return Seen(employer, "carrier") if carrier else board(employer)


Reader = Callable[[str, str, list[str], str], Seen | None]

SYSTEMS: dict[str, tuple[str, Reader]] = {
    "greenhouse.io": ("greenhouse", greenhouse),
    "lever.co": ("lever", lever),
    "ashbyhq.com": ("ashby", ashby),
    "workable.com": ("workable", workable),
    "smartrecruiters.com": ("smartrecruiters", smartrecruiters),
    "recruitee.com": ("recruitee", recruitee),
    "personio.de": ("personio", personio),
    "personio.com": ("personio", partial(personio, tld="com")),
    "teamtailor.com": ("teamtailor", teamtailor),
    "bamboohr.com": ("bamboohr", bamboohr),
    "breezy.hr": ("breezy", breezy),
    "myworkdayjobs.com": ("workday", workday),
    "myworkdaysite.com": ("workday", workday_site),
    "rippling.com": ("rippling", rippling),
    "rippling-ats.com": ("rippling", sub_domain()),
    "gem.com": ("gem", gem),
    "applytojob.com": ("jazzhr", sub_domain()),
    "icims.com": ("icims", sub_domain(before="careers-")),
    "softgarden.io": ("softgarden", sub_domain()),
    "onlyfy.jobs": ("onlyfy", sub_domain()),
    "pinpointhq.com": ("pinpoint", sub_domain()),
    "homerun.co": ("homerun", sub_domain()),
    "freshteam.com": ("freshteam", sub_domain()),
    "zohorecruit.com": ("zoho", sub_domain()),
    "trakstar.com": ("trakstar", sub_domain(".hire")),
    "jobvite.com": ("jobvite", first_segment("jobs")),
    "polymer.co": ("polymer", first_segment("jobs")),
    "comeet.com": ("comeet", behind("jobs")),
    "join.com": ("join", behind("companies")),
}
"""Domain → the system whose boards are below it, and the reader of its addresses."""

VENDORS = frozenset({
    "greenhouse.com", "workday.com", "workdayjobs.com", "bamboohr.co.uk", "smartrecruiters.de", "personio.es", "personio.fr", "personio.it",
    "personio.nl", "personio.co.uk", "tellent.com", "jazzhr.com", "employinc.com", "softgarden.com", "softgarden.de", "onlyfy.com",
    "zoho.com", "gusto.com", "hibob.com",
})  # fmt: skip
"""Further domains of vendors, without boards."""

SEARCH_ENGINES = frozenset({"google", "bing", "duckduckgo", "yahoo", "ecosia", "qwant", "yandex", "baidu", "startpage"})

ON_OWN_HOSTS = frozenset({"recruitee", "personio", "teamtailor", "breezy"})
"""Systems that serve an employer's board on a host of the employer's, if it likes, with the same interface."""

READABLE = (
    "greenhouse",
    "lever",
    "ashby",
    "workable",
    "smartrecruiters",
    "recruitee",
    "personio",
    "teamtailor",
    "bamboohr",
    "breezy",
    "workday",
)
"""Systems we have a reader for; the others are told by name."""

NAMED = frozenset({*READABLE, "rippling", "gem"})
"""Systems that a page may say it uses; what it says of others tells no board."""
