"""Invented careers pages: every system, embedded in every way that employers embed it, and pages that only look like one.

A seed decides names, languages, what else stands on a page and which way of writing is used; so that no two runs of a way are one page.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

FIRST = ("Vel", "Mar", "Ost", "Bre", "Kal", "Nor", "Fen", "Lum", "Tor", "Sil", "Qua", "Zen", "Hol", "Dor", "Pix", "Ard")
LAST = ("dra", "tico", "wind", "forge", "mesa", "vio", "nexa", "plan", "byte", "lane", "gard", "moor", "stack", "ova")
UUID = "4c1f0d2e-93b7-4a6f-8d15-2b7e90c3aa{:02d}"


@dataclass(frozen=True)
class Address:
    """Where one employer's board is on a system: its page, two of its postings, its interface, what is put into a frame, a script."""

    board: str
    postings: tuple[str, str]
    api: str
    frame: str
    script: str


def addresses(system: str, slug: str) -> Address:
    """The addresses of a board."""
    one, two = UUID.format(1), UUID.format(2)
    host, shaped = {
        "greenhouse": (f"https://boards.greenhouse.io/{slug}", ("/jobs/4001001", "/jobs/4001002")),
        "lever": (f"https://jobs.lever.co/{slug}", (f"/{one}", f"/{two}")),
        "ashby": (f"https://jobs.ashbyhq.com/{slug}", (f"/{one}", f"/{two}")),
        "workable": (f"https://apply.workable.com/{slug}", ("/j/AB12CD34EF/", "/j/AB12CD34F0/")),
        "smartrecruiters": (f"https://careers.smartrecruiters.com/{slug}", ("/744000000000011-nurse", "/744000000000012-cook")),
        "recruitee": (f"https://{slug}.recruitee.com", ("/o/nurse", "/o/cook")),
        "personio": (f"https://{slug}.jobs.personio.de", ("/job/100101", "/job/100102?language=en")),
        "teamtailor": (f"https://{slug}.teamtailor.com", ("/jobs/200201-nurse", "/jobs/200202-cook")),
        "bamboohr": (f"https://{slug}.bamboohr.com", ("/careers/31", "/careers/32")),
        "breezy": (f"https://{slug}.breezy.hr", ("/p/ad0e10aa0001-nurse", "/p/ad0e10aa0002-cook")),
        "workday": (f"https://{slug}.wd3.myworkdayjobs.com/en-US/External", ("/job/Bern/Nurse_R-1001", "/job/Bern/Cook_R-1002")),
        "rippling": (f"https://ats.rippling.com/{slug}/jobs", (f"/{one}", f"/{two}")),
        "gem": (f"https://jobs.gem.com/{slug}", ("/am9icG9zdDox", "/am9icG9zdDoy")),
    }[system]
    api = {
        "greenhouse": f"https://boards-api.greenhouse.io/v1/boards/{slug}/jobs?content=true",
        "lever": f"https://api.lever.co/v0/postings/{slug}?mode=json",
        "ashby": f"https://api.ashbyhq.com/posting-api/job-board/{slug}?includeCompensation=true",
        "workable": f"https://apply.workable.com/api/v3/accounts/{slug}/jobs",
        "smartrecruiters": f"https://api.smartrecruiters.com/v1/companies/{slug}/postings",
        "recruitee": f"https://{slug}.recruitee.com/api/offers/",
        "personio": f"https://{slug}.jobs.personio.de/xml?language=en",
        "teamtailor": f"https://{slug}.teamtailor.com/jobs.rss",
        "bamboohr": f"https://{slug}.bamboohr.com/careers/list",
        "breezy": f"https://{slug}.breezy.hr/json",
        "workday": f"https://{slug}.wd3.myworkdayjobs.com/wday/cxs/{slug}/External/jobs",
        "rippling": f"https://api.rippling.com/platform/api/ats/v1/board/{slug}/jobs",
        "gem": f"https://api.gem.com/job_board/v0/{slug}/job_posts/",
    }[system]
    framed = {
        "greenhouse": f"https://boards.greenhouse.io/embed/job_board?for={slug}&b=https%3A%2F%2Fa.example",
        "ashby": f"https://jobs.ashbyhq.com/{slug}/embed",
        "bamboohr": f"https://{slug}.bamboohr.com/jobs/embed2.php?version=1.0.0",
    }
    script = {
        "greenhouse": f"https://boards.greenhouse.io/embed/job_board/js?for={slug}",
        "ashby": f"https://jobs.ashbyhq.com/{slug}/embed?version=2",
        "bamboohr": f"https://{slug}.bamboohr.com/js/embed.js",
        "breezy": f"https://{slug}.breezy.hr/embed/js?inline=true",
    }
    base = host.removesuffix("/jobs") + "/jobs" if system == "rippling" else host
    return Address(host, (base + shaped[0], base + shaped[1]), api, framed.get(system, host), script.get(system, api))


SYSTEMS = (
    *(
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
    ),
    *("rippling", "gem"),
)


@dataclass(frozen=True)
class Made:
    """A page, and what is right: a system and a slug, or nothing."""

    name: str
    url: str
    html: str
    right: tuple[str, str] | None


class Maker:
    """Makes pages of one invented employer."""

    def __init__(self, system: str, seed: str) -> None:
        self.dice = random.Random(f"{system} {seed}")
        self.system = system
        self.name = self.dice.choice(FIRST) + self.dice.choice(LAST)
        low = self.name.lower()
        self.slug = self.dice.choice([low, low, f"{low}-jobs", f"{low}hq", f"join{low}", f"{low}gmbh", f"{low}1"])
        if system in ("smartrecruiters",):
            self.slug = self.dice.choice([self.name, f"{self.name}Inc", f"{self.name}1"])
        self.at = addresses(system, self.slug)
        self.host = self.dice.choice([f"www.{low}.example", f"{low}.example", f"careers.{low}.example", f"{low}.co.example"])

    def other(self) -> str:
        """Another employer's name."""
        return self.dice.choice(FIRST[:8]) + "ton" + self.dice.choice(LAST)

    def page(self, body: str, *, head: str = "", path: str = "", host: str = "", title: str = "", site: str = "") -> tuple[str, str]:
        """An address and a page around a body.

        :param site: whose page it is, where it is not the employer's
        """
        name = site or self.name
        path = path or self.dice.choice(
            ["/careers", "/jobs/", "/en/join-us", "/karriere", "/company/careers.html", "/about/work-with-us", "/vacatures"]
        )
        title = title or self.dice.choice([f"Careers at {name}", f"{name} | Jobs", "Join us", f"Karriere – {name}"])
        menu = '<nav><a href="/">Home</a><a href="/product">Product</a><a href="https://www.linkedin.com/company/x">LinkedIn</a></nav>'
        extra = self.dice.choice([
            "", "<script>window.dataLayer=window.dataLayer||[];function gtag(){dataLayer.push(arguments)}</script>",
            '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Organization","name":"' + name + '"}</script>',
            f'<meta property="og:site_name" content="{name}">',
        ])  # fmt: skip
        foot = self.dice.choice(
            ["", f"<footer>© 2024 {name}. All rights reserved.</footer>", "<footer><a href='/imprint'>Imprint</a></footer>"]
        )
        html = f"<!doctype html><html><head><title>{title}</title>{extra}{head}</head><body>{menu}<h1>Work with us</h1>{body}{foot}"
        html += "</body></html>"
        return f"https://{host or self.host}{path}", html


Way = Callable[[Maker], tuple[str, str]]


def link_to_board(m: Maker) -> tuple[str, str]:
    words = m.dice.choice(["See open positions", "Offene Stellen", "View all jobs", "Voir les offres", "Bekijk vacatures"])
    return m.page(f'<p>We grow.</p><a class="btn" href="{escape(m.at.board)}" target=_blank>{words}</a>')


def list_of_postings(m: Maker) -> tuple[str, str]:
    return m.page("<ul>" + "".join(f"<li><a href='{escape(one)}'>Role {n}</a></li>" for n, one in enumerate(m.at.postings)) + "</ul>")


def list_on_an_unlike_host(m: Maker) -> tuple[str, str]:
    body = (
        "<section>" + "".join(f"<div class=job><h3>Role</h3><a href={escape(one)}>Apply</a></div>" for one in m.at.postings) + "</section>"
    )
    return m.page(body, host="www.bluepeak.example", title="Open roles", path="/careers")


def one_posting_of_its_own(m: Maker) -> tuple[str, str]:
    return m.page(f'<h2>Nurse</h2><p>Care.</p><a href="{escape(m.at.postings[0])}">Apply now</a>')


def frame(m: Maker) -> tuple[str, str]:
    attribute = m.dice.choice(["src", "data-src", "data-lazy-src"])
    return m.page(f'<div><iframe width=100% {attribute}="{escape(m.at.frame)}" title="jobs"></iframe></div>')


def frame_on_an_unlike_host(m: Maker) -> tuple[str, str]:
    return m.page(f"<iframe src='{escape(m.at.frame)}'></iframe>", host="bluepeak.example", title="Jobs")


def script_tag(m: Maker) -> tuple[str, str]:
    return m.page(f'<div id="jobs"></div><script async src="{escape(m.at.script)}"></script>')


def fetched(m: Maker) -> tuple[str, str]:
    quoted = m.dice.choice(["'", '"', "`"])
    return m.page(f"<div id=list></div><script>fetch({quoted}{m.at.api}{quoted}).then(r => r.json()).then(show);</script>")


def fetched_by_variable(m: Maker) -> tuple[str, str]:
    before, _, behind = m.at.api.partition(m.slug)
    behind = behind.replace(m.slug, "${BOARD}")
    load = f"async function load() {{ return fetch(`{before}${{BOARD}}{behind}`); }}"
    return m.page(f'<div id=list></div><script>const BOARD = "{m.slug}";\n{load}</script>')


def hydration(m: Maker) -> tuple[str, str]:
    data = {"props": {"pageProps": {"nav": [{"href": "/"}], "jobs": [{"title": "Nurse", "url": one} for one in m.at.postings]}}}
    text = json.dumps(data)
    text = m.dice.choice([text, text.replace("/", "\\/"), text.replace("/", "\\u002F")])
    return m.page(f'<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{text}</script>')


def json_ld(m: Maker) -> tuple[str, str]:
    postings = [
        {"@type": "JobPosting", "title": "Nurse", "url": one, "hiringOrganization": {"@type": "Organization", "name": m.name}}
        for one in m.at.postings
    ]
    ld = json.dumps({"@context": "https://schema.org", "@graph": postings})
    return m.page("<p>Two roles.</p>", head=f'<script type="application/ld+json">{ld}</script>')


def settings_in_attributes(m: Maker) -> tuple[str, str]:
    name = m.dice.choice(["data-board", "data-slug", "data-account", "data-company", "data-board-token"])
    return m.page(f'<div data-ats="{m.system}" {name}="{m.slug}" data-lang="en" data-limit="20"></div>')


def settings_in_a_script(m: Maker) -> tuple[str, str]:
    key = m.dice.choice(["boardToken", "slug", "account", "companySlug", "board"])
    return m.page(
        f'<script>window.__CAREERS__ = {{"provider": "{m.system}", "{key}": "{m.slug}", "locale": "en"}};</script><div id=app></div>'
    )


def behind_a_redirector(m: Maker) -> tuple[str, str]:
    return m.page(f'<a href="https://go.{m.name.lower()}.example/out?u={quote(m.at.board, safe="")}&s=1">Open roles</a>')


def on_click(m: Maker) -> tuple[str, str]:
    return m.page(f"<button onclick=\"window.open('{m.at.board}')\">Jobs</button>")


def frame_in_a_string(m: Maker) -> tuple[str, str]:
    return m.page(
        "<div id=x></div><script>var html = "
        + json.dumps(f'<div><iframe src="{m.at.frame}"></iframe></div>').replace("</", "<\\/")
        + "</script>"
    )


def sent_on(m: Maker) -> tuple[str, str]:
    return m.page("<p>One moment.</p>", head=f'<meta http-equiv="refresh" content="0; url={escape(m.at.board)}">')


WAYS: tuple[Way, ...] = (
    *(link_to_board, list_of_postings, list_on_an_unlike_host, one_posting_of_its_own, frame, frame_on_an_unlike_host, script_tag, fetched),
    *(fetched_by_variable, hydration, json_ld, settings_in_attributes, settings_in_a_script, behind_a_redirector, on_click),
    *(frame_in_a_string, sent_on),
)

NO_NAMES_OF_THEIR_OWN = {"workday"}
"""Systems whose address needs more than a slug: their settings say nothing."""


def friends_posting(m: Maker) -> tuple[str, str]:
    return m.page(
        f'<p>Our friends look for a nurse: <a href="{escape(m.at.postings[0])}">have a look</a>.</p>',
        host="oak.example",
        site="Oak",
        title="Jobs at Oak",
    )


def friends_board(m: Maker) -> tuple[str, str]:
    body = f'<h2>Oak</h2><p>Write to jobs@oak.example.</p><p>{m.name}, our parent, <a href="{escape(m.at.board)}">is hiring, too</a>.</p>'
    return m.page(body, host="oak.example", site="Oak", title="Jobs at Oak", path="/careers")


def vendors_page(m: Maker) -> tuple[str, str]:
    host = {"personio": "www.personio.com", "workday": "www.workday.com", "breezy": "breezy.hr", "greenhouse": "www.greenhouse.com"}
    vendor = host.get(m.system, f"www.{m.system}.com")
    vendor = {"lever": "www.lever.co", "ashby": "www.ashbyhq.com", "teamtailor": "www.teamtailor.com"}.get(m.system, vendor)
    body = f'<p>{m.name} hires with us.</p><iframe src="{escape(m.at.frame)}"></iframe><a href="{escape(m.at.board)}">Their page</a>'
    return m.page(body, host=vendor, site=m.system.title(), title=f"Hiring with {m.system}", path="/careers-pages")


def blog(m: Maker) -> tuple[str, str]:
    code = f'&lt;script src="{escape(m.at.script)}"&gt;&lt;/script&gt;'
    body = f'<article><p>Careers pages we like: <a href="{escape(m.at.board)}">{m.name}</a>.</p><pre><code>{code}</code></pre></article>'
    return m.page(
        body,
        host="hrnotes.example",
        site="HR Notes",
        title=f"How to use {m.system}",
        path="/blog/careers-pages",
        head='<meta property="og:type" content="article">',
    )


def text_in_data(m: Maker) -> tuple[str, str]:
    said = json.dumps({"body": f"Ask {m.at.api} for the jobs of {m.name}, or look at {m.at.board} ."})
    return m.page(f'<script type="application/json">{said}</script>', host="oak.example", site="Oak", title="Jobs at Oak")


def two_systems(m: Maker) -> tuple[str, str]:
    other = addresses(m.dice.choice([one for one in SYSTEMS if one != m.system]), m.other().lower())
    return m.page(
        f'<iframe src="{escape(m.at.frame)}"></iframe><iframe src="{escape(other.frame)}"></iframe>',
        host="oak.example",
        site="Oak",
        title="Jobs",
    )


def directory(m: Maker) -> tuple[str, str]:
    others = [addresses(m.dice.choice(SYSTEMS), f"{m.other().lower()}{n}") for n in range(5)]
    body = "".join(f'<li><a href="{escape(one.postings[0])}">Role</a></li>' for one in [m.at, *others])
    return m.page(f"<ul>{body}</ul>", host="remoteboard.example", site="Remoteboard", title="Remote jobs", path="/jobs")


def commented_out(m: Maker) -> tuple[str, str]:
    return m.page(f"<!-- <iframe src='{m.at.frame}'></iframe> --><p>Write to us.</p>", host="oak.example", site="Oak", title="Jobs at Oak")


def lookalike(m: Maker) -> tuple[str, str]:
    return m.page(
        f'<a href="{m.at.board.replace("https://", "https://x.example/?")}.evil.example">Jobs</a><p>{m.at.board}</p>',
        host="oak.example",
        site="Oak",
    )


NOT_ONE: tuple[Way, ...] = (
    friends_posting, friends_board, vendors_page, blog, text_in_data, two_systems, directory, commented_out, lookalike,
)  # fmt: skip


def pages(seed: str = "") -> list[Made]:
    """All pages of a seed: every system in every way, and all that are none."""
    made = []
    for system in SYSTEMS:
        for way in (*WAYS, *NOT_ONE):
            if system in NO_NAMES_OF_THEIR_OWN and way in (settings_in_attributes, settings_in_a_script):
                continue
            m = Maker(system, f"{way.__name__} {seed}")
            url, html = way(m)
            made.append(Made(f"{system}-{way.__name__}", url, html, (system, m.slug) if way in WAYS else None))
    return made
