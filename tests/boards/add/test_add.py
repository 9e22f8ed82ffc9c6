"""What somebody pastes becomes jobs: an employer that is followed, or one ad; never a request to an address that is not public."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from rolecall.boards import fetch, robots
from rolecall.boards.add import Added, add, words
from rolecall.boards.add.__main__ import main as command
from rolecall.boards.add.one_ad import ads_of, next_page
from rolecall.boards.employers.__main__ import main as manage
from rolecall.boards.employers.directory import Listed, everybody, search, without
from rolecall.boards.employers.identify import identify
from rolecall.boards.scrape import ScrapeResult, scrape
from rolecall.boards.sites.recruitee import Recruitee
from rolecall.boards.sites.webpage import JsonLd
from rolecall.errors import Blocked, BoardUnavailable, InvalidInput, NotInSandbox, RobotsDenied
from rolecall.models import SearchQuery
from rolecall.store import Connection
from tests.boards.board_server import FakeBoard
from tests.boards.employers.test_identify import UUID
from tests.http_double import Answer, serving

CAREERS = "<html><title>Careers at Velforge</title><h1>Careers</h1><iframe src='https://jobs.lever.co/velforge'></iframe></html>"
HOME = "<html><title>Velforge</title><a href='/product'>Product</a><a href='/en/careers'>Careers</a></html>"
TEXT = """<html><head><title>Nurse</title><meta property="og:site_name" content="Alder Clinic"></head>
<body><nav><a href="/">Home</a></nav><main><h1>Night nurse</h1>
<p>Your responsibilities: care for forty people at night, write down what happened, and hand over in the morning.</p>
<p>Requirements: three years of experience on a ward, and patience. You have a licence.</p><p>We offer a salary above the scale, benefits
and a permanent full-time contract, and we mean it: nobody here works two nights in a row without a day between them, ever, not even in
winter, when everybody is ill and the others are tired.</p><p>To apply, write a few lines about yourself and send them to us.</p></main>
</body></html>"""


class Web:
    """Pages by address; what was asked for is remembered, robots.txt apart."""

    def __init__(self) -> None:
        self.pages: dict[str, str | httpx.Response] = {}
        self.seen: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if request.url.path == "/robots.txt":
            found = self.pages.get(url, httpx.Response(404))
        else:
            self.seen.append(url)
            found = self.pages.get(url, httpx.Response(404))
        return found if isinstance(found, httpx.Response) else httpx.Response(200, text=found)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The internet as a test has it: names below .example are public, addresses are what they are."""

    async def refuse_private(url: str) -> None:
        if not httpx.URL(url).host.endswith(".example"):
            await robots.refuse_private(url)

    monkeypatch.setattr(fetch, "refuse_private", refuse_private)
    for one in (JsonLd, Recruitee):
        monkeypatch.setattr(one, "seconds_per_request", 0.0)
    return Web()


@pytest.fixture
def paste(web: Web, dsn: str) -> Callable[..., Added]:
    def pasted(url: str, **env: str) -> Added:
        return asyncio.run(add(url, dsn=dsn, env=env, transport=httpx.MockTransport(web.answer)))

    return pasted


def followed(db: Connection) -> list[tuple[str, str]]:
    db.commit()
    return [(row["board"], row["company"]) for row in db.execute("select board, company from employer order by 1, 2").fetchall()]


@pytest.mark.parametrize(
    "url",
    ["https://jobs.lever.co/velforge", f"jobs.lever.co/velforge/{UUID}/apply", " https://api.lever.co/v0/postings/velforge?mode=json#x "],
)
def test_an_address_of_a_board_is_enough_and_nobody_is_asked(paste: Callable[..., Added], web: Web, db: Connection, url: str) -> None:
    added = paste(url, SANDBOX_URL="http://127.0.0.1:9")
    assert (added.new, added.asked, web.seen) == (True, 0, [])
    assert followed(db) == [("lever", "velforge")]
    assert not paste("https://jobs.lever.co/Velforge").new
    assert followed(db) == [("lever", "velforge")]
    assert words(added) == "velforge on Lever: all its postings are followed"


def test_a_careers_page_is_read_once(paste: Callable[..., Added], web: Web, db: Connection) -> None:
    web.pages["https://www.velforge.example/careers"] = CAREERS
    assert paste("www.velforge.example/careers").asked == 1
    assert (followed(db), web.seen) == ([("lever", "velforge")], ["https://www.velforge.example/careers"])


def test_a_page_that_leads_to_the_careers_page_is_followed_one_link_far(paste: Callable[..., Added], web: Web, db: Connection) -> None:
    web.pages |= {"https://velforge.example/": HOME, "https://velforge.example/en/careers": HOME.replace("/en/careers", "/en/careers/list")}
    web.pages["https://velforge.example/en/careers/list"] = CAREERS
    with pytest.raises(InvalidInput, match="leads to nobody's job board"):
        paste("https://velforge.example/")
    assert len(web.seen) == 2  # not three
    web.pages["https://velforge.example/en/careers"] = CAREERS
    assert paste("https://velforge.example/").asked == 2
    assert followed(db) == [("lever", "velforge")]


def test_a_redirect_to_a_board_names_the_employer(paste: Callable[..., Added], web: Web, db: Connection) -> None:
    web.pages["https://velforge.example/jobs"] = httpx.Response(302, headers={"location": "https://velforge.recruitee.com/"})
    web.pages["https://velforge.recruitee.com/"] = "<html>jobs</html>"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fetch, "refuse_private", lambda url: asyncio.sleep(0))
        paste("https://velforge.example/jobs")
    assert followed(db) == [("recruitee", "velforge")]


SITE = '<html><title>Velforge</title><link rel="stylesheet" href="https://careers.recruiteecdn.com/theme.css"></html>'
OWN = "https://jobs.velforge.example"


def read_own(dsn: str, web: Web, company: str = OWN) -> ScrapeResult:
    """Reads the postings of a board on an employer's host."""
    query = SearchQuery(company=company, max_results=50)
    return asyncio.run(scrape("recruitee", query, dsn=dsn, run_id="own", transport=httpx.MockTransport(web.answer)))


def test_a_board_on_the_employers_own_host_is_followed_and_read_there(
    paste: Callable[..., Added], web: Web, dsn: str, db: Connection
) -> None:
    web.pages[f"{OWN}/"] = SITE
    added = paste(f"{OWN}/")
    assert (added.employer and added.employer.slug, followed(db)) == ("jobs.velforge.example", [("recruitee", OWN)])
    assert words(added) == "jobs.velforge.example on Recruitee: all its postings are followed"
    offer = {"id": 1, "title": "Keeper", "careers_url": f"{OWN}/o/keeper"}
    web.pages[f"{OWN}/api/offers/"] = json.dumps({"offers": [offer]})
    assert (read_own(dsn, web).landed, web.seen) == (1, [f"{OWN}/", f"{OWN}/api/offers/"])
    assert db.execute("select company, url from posting").fetchall() == [{"company": "jobs.velforge.example", "url": f"{OWN}/o/keeper"}]


@pytest.mark.parametrize("target", ["http://127.0.0.1/x", "http://169.254.169.254/", "https://other.example/api/offers/"])
def test_a_board_on_an_own_host_leads_nowhere_else(web: Web, dsn: str, target: str) -> None:
    web.pages[f"{OWN}/api/offers/"] = httpx.Response(302, headers={"location": target})
    with pytest.raises(Blocked):
        read_own(dsn, web)
    assert web.seen == [f"{OWN}/api/offers/"]


def test_an_own_host_that_is_private_or_disallows_it_is_not_asked(web: Web, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    web.pages[f"{OWN}/robots.txt"] = "User-agent: *\nDisallow: /"
    assert read_own(dsn, web).outcome == "RobotsDenied"
    with pytest.raises(InvalidInput):
        read_own(dsn, web, "https://10.0.0.8")
    refused: list[str] = []

    async def refuse(url: str) -> None:
        refused.append(url)
        raise Blocked("a private address", fix="none")

    monkeypatch.setattr(fetch, "refuse_private", refuse)
    with pytest.raises(Blocked):
        read_own(dsn, web, "https://jobs.inside.example")
    assert (refused, web.seen) == (["https://jobs.inside.example/api/offers/"], [])


PRIVATE = [
    "http://127.0.0.1/x",
    "http://10.0.0.8/",
    "http://169.254.169.254/latest/meta-data",
    "http://[::1]/",
    "http://[fd00::1]/",
    "http://0.0.0.0/",
]


@pytest.mark.parametrize("url", [*PRIVATE, "http://2130706433/", "http://localhost:9/"])
def test_an_address_of_this_machine_or_network_is_refused(paste: Callable[..., Added], web: Web, db: Connection, url: str) -> None:
    with pytest.raises((Blocked, InvalidInput, BoardUnavailable)) as caught:
        paste(url)
    assert web.seen == []
    if url in PRIVATE[:4]:
        assert isinstance(caught.value, (Blocked, InvalidInput))
    assert followed(db) == []


@pytest.mark.parametrize("private", PRIVATE[:4])
def test_a_redirect_into_this_network_is_refused_wherever_it_stands(paste: Callable[..., Added], web: Web, private: str) -> None:
    web.pages["https://velforge.example/jobs"] = httpx.Response(302, headers={"location": private})
    with pytest.raises(Blocked, match="private address"):
        paste("https://velforge.example/jobs")
    assert web.seen == ["https://velforge.example/jobs"]
    web.pages["https://ash.example/robots.txt"] = httpx.Response(302, headers={"location": private})
    with pytest.raises(Blocked, match="private address"):
        paste("https://ash.example/careers")
    assert web.seen == ["https://velforge.example/jobs"]
    link = f"<html><a href='{private}careers/jobs'>Jobs</a></html>"
    web.pages["https://oak.example/"] = link
    with pytest.raises(InvalidInput):
        paste("https://oak.example/")


def test_robots_txt_is_obeyed_and_the_sandbox_keeps_everything_inside(paste: Callable[..., Added], web: Web) -> None:
    web.pages["https://velforge.example/robots.txt"] = "User-agent: *\nDisallow: /jobs\n"
    with pytest.raises(RobotsDenied):
        paste("https://velforge.example/jobs")
    with pytest.raises(NotInSandbox):
        paste("https://oak.example/careers", SANDBOX_URL="http://127.0.0.1:9")
    assert web.seen == []


@pytest.mark.parametrize(
    "url", ["", "velforge", "mailto:a@b.example", "file:///etc/passwd", "https://me:secret@velforge.example/", "https://[x"]
)
def test_what_is_no_web_address_is_refused(paste: Callable[..., Added], url: str) -> None:
    with pytest.raises(InvalidInput):
        paste(url)


def test_a_system_without_a_reader_is_said_by_name(paste: Callable[..., Added], db: Connection) -> None:
    with pytest.raises(InvalidInput, match="velforge is on rippling"):
        paste("https://ats.rippling.com/velforge/jobs")
    assert followed(db) == []


# ── one ad ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_ad_with_json_ld_lands_like_any_other_posting(paste: Callable[..., Added], web: Web, db: Connection) -> None:
    node: dict[str, Any] = {
        "@type": "JobPosting", "title": "Night nurse", "hiringOrganization": {"name": "Alder Clinic"}, "description": "Care at night.",
        "jobLocation": {"address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
    }  # fmt: skip
    web.pages["https://alder.example/jobs/7"] = f'<html><script type="application/ld+json">{json.dumps(node)}</script></html>'
    added = paste("https://alder.example/jobs/7")
    assert [ad.title for ad in added.ads] == ["Night nurse"]
    paste("https://alder.example/jobs/7")
    rows = db.execute("select board, title, company, city, url, door from posting").fetchall()
    assert [tuple(row.values()) for row in rows] == [
        ("jsonld", "Night nurse", "Alder Clinic", "Leeds", "https://alder.example/jobs/7", "scrape")
    ]


def test_one_ad_in_readable_text_lands_with_what_is_certain(paste: Callable[..., Added], web: Web, db: Connection) -> None:
    web.pages["https://alder.example/work/night"] = TEXT
    paste("https://alder.example/work/night")
    (row,) = db.execute("select title, company, location, posted_at, description from posting").fetchall()
    assert (row["title"], row["company"], row["location"], row["posted_at"]) == ("Night nurse", "Alder Clinic", "", None)
    assert "three years of experience" in row["description"]
    assert "Home" not in row["description"]


def test_a_page_that_is_no_ad_is_none() -> None:
    from rolecall.text.dates import EARLIEST

    for html in ("<h1>About us</h1><p>We make bread.</p>", TEXT.replace("<h1>Night nurse</h1>", ""), CAREERS, HOME, "", "<" * 10_000):
        assert ads_of("https://alder.example/x", html, EARLIEST) == []
    links = "".join(f"<a href='/jobs/{n}'>Apply</a>" for n in range(60))
    assert ads_of("https://alder.example/x", TEXT.replace("</main>", f"{links}</main>"), EARLIEST) == []


def test_the_next_page_is_on_the_same_site_and_about_jobs() -> None:
    html = """<a href="https://other.example/careers">Careers</a><a href="mailto:jobs@a.example">Jobs</a><a href="/about">About</a>
    <a href="http://[x">Jobs</a><a href="/blog/working-here">Join us</a><a href="https://careers.a.example/jobs">Open positions</a>"""
    assert next_page("https://www.a.example/", html) == "https://careers.a.example/jobs"
    assert next_page("https://www.a.example/", "<a href='/'>Jobs</a><a href='#x'>Jobs</a>") is None


# ── the directory ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_directory_is_found_by_name_and_each_line_leads_to_its_board() -> None:
    known = everybody()
    assert len(known) > 5_000
    assert all((found := identify(one.address)) and (found.system, found.slug) == (one.system, one.slug) for one in known)
    assert search(known[100].slug)[0].slug.casefold() == known[100].slug.casefold()
    assert search("1Password")[0].slug == "1password"
    assert search("1pasword")[0].slug == "1password"
    assert search("qqqqqqqqqq") == []
    assert search(" ") == []


def test_a_board_that_is_gone_leaves_the_directory_alone_with_its_line() -> None:
    lines = ["# head", "lever\ta", "lever\tab", "ashby\ta"]
    assert without(lines, [Listed("lever", "a")]) == ["# head", "lever\tab", "ashby\ta"]


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_commands_say_what_became_of_it(dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    assert manage([]) == 0
    assert "nobody is followed yet → ./rolecall add URL" in capsys.readouterr().out
    assert command(["https://jobs.lever.co/velforge", "https://ats.rippling.com/velforge/jobs", "--later"]) == 2
    said = capsys.readouterr()
    assert said.out == "velforge on Lever: all its postings are followed\n"
    assert "velforge is on rippling, which nobody here can read yet →" in said.err
    assert (manage([]), manage(["search", "1password"])) == (0, 0)
    said = capsys.readouterr()
    assert "lever            velforge" in said.out
    assert "https://jobs.lever.co/1password" in said.out
    assert (manage(["drop", "lever", "velforge"]), manage(["drop", "lever", "velforge"])) == (0, 2)
    assert "→ ./rolecall employers" in capsys.readouterr().err


def test_what_is_followed_is_read_at_once(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    offer = {"id": 1, "title": "Keeper", "company_name": "Velforge", "careers_url": "https://velforge.recruitee.com/o/1"}
    with serving(FakeBoard()) as stand_in:
        stand_in.routes["/velforge/api/offers/"] = lambda _: Answer(body=json.dumps({"offers": [offer]}))
        monkeypatch.setenv("RECRUITEE_BASE_URL", stand_in.url)
        monkeypatch.setenv("ROLECALL_DSN", dsn)
        assert command(["https://velforge.recruitee.com/o/1"]) == 0
    said = capsys.readouterr().out
    assert "1 posting read, 1 new" in said
    assert "compared with CVs within the quarter of an hour" in said
    assert db.execute("select board, title from posting").fetchall() == [{"board": "recruitee", "title": "Keeper"}]
