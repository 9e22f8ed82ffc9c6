"""Which employer's board an address or a page leads to: right or nothing, never another's."""

from __future__ import annotations

import json
import lzma
import random
import time
from base64 import b64encode
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from rolecall.boards import Employer, identify
from tests.boards.employers.careers_pages import SYSTEMS, Made, pages

UUID = "0c9b0a3e-1111-4222-8333-123456789abc"

FORMS = {
    "greenhouse": (
        "https://boards.greenhouse.io/{}", "job-boards.greenhouse.io/{}/jobs/4001", "https://job-boards.eu.greenhouse.io/{}?gh_src=a",
        "https://boards-api.greenhouse.io/v1/boards/{}/jobs?content=true", "https://boards.greenhouse.io/embed/job_app?for={}&token=12",
    ),
    "lever": (
        "https://jobs.lever.co/{}", "https://jobs.eu.lever.co/{}/", f"https://jobs.lever.co/{{}}/{UUID}/apply", "https://api.lever.co/v0/postings/{}",
    ),
    "ashby": ("https://jobs.ashbyhq.com/{}", f"//jobs.ashbyhq.com/{{}}/{UUID}/application", "https://api.ashbyhq.com/posting-api/job-board/{}"),
    "workable": (
        "https://apply.workable.com/{}/", "https://apply.workable.com/{}/j/AB12CD34EF/apply/", "https://{}.workable.com/jobs/1",
        "https://apply.workable.com/api/v3/accounts/{}/jobs", "https://www.workable.com/api/accounts/{}?details=true",
    ),
    "smartrecruiters": (
        "https://jobs.smartrecruiters.com/{}", "https://careers.smartrecruiters.com/{}/", "http://www.smartrecruiters.com/{}/744000000000001-nurse",
        f"https://jobs.smartrecruiters.com/oneclick-ui/company/{{}}/publication/{UUID}", "https://api.smartrecruiters.com/v1/companies/{}/postings",
        f"https://jobs.smartrecruiters.com/ni/{{}}/{UUID}-nurse",
    ),
    "recruitee": ("https://{}.recruitee.com", "https://{}.recruitee.com/l/en/o/nurse", "HTTPS://{}.RECRUITEE.com/api/offers/", "https://api.recruitee.com/c/{}/careers/offers"),
    "personio": ("https://{}.jobs.personio.de", "https://{}.jobs.personio.com/job/17?language=en", "https://{}.jobs.personio.de/xml", "https://{}-jobs.personio.de/job/17"),
    "teamtailor": ("https://{}.teamtailor.com", "https://{}.teamtailor.com/de/jobs/17-nurse", "https://{}.na.teamtailor.com/jobs.rss"),
    "bamboohr": ("https://{}.bamboohr.com/careers", "https://{}.bamboohr.com/jobs/view.php?id=31", "https://{}.bamboohr.com/careers/list"),
    "breezy": ("https://{}.breezy.hr/", "https://{}.breezy.hr/p/ad0e10aa0001-nurse", "https://{}.breezy.hr/json"),
    "workday": (
        "https://{}.wd5.myworkdayjobs.com/External", "https://{}.wd103.myworkdayjobs.com/de-DE/External/job/Bern/Nurse_R-1",
        "https://wd5.myworkdaysite.com/en-US/recruiting/{}/External", "https://{}.wd1.myworkdayjobs.com/wday/cxs/x/External/jobs",
    ),
    "rippling": ("https://ats.rippling.com/{}/jobs", "https://ats.rippling.com/en-GB/{}/jobs", f"https://ats.rippling.com/{{}}/jobs/{UUID}"),
    "gem": ("https://jobs.gem.com/{}", "https://jobs.gem.com/{}/am9icG9zdDox", "https://api.gem.com/job_board/v0/{}/job_posts/"),
}  # fmt: skip

SUB_DOMAINS = {"recruitee", "personio", "teamtailor", "bamboohr", "breezy"}


def told(found: Employer | None) -> tuple[str, str] | None:
    return (found.system, found.slug) if found else None


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_form_of_an_address_names_its_system_and_slug(system: str) -> None:
    for form in FORMS[system]:
        slug = "hive-works" if system in SUB_DOMAINS or "://{}" in form else "Hive.Works2"
        assert told(identify(form.format(slug))) == (system, slug), form


def test_further_systems_are_named() -> None:
    known = {
        "https://hive.applytojob.com/apply/x": "jazzhr",
        "https://careers-hive.icims.com/jobs": "icims",
        "https://hive.softgarden.io/job/1": "softgarden",
        "https://jobs.jobvite.com/hive/job/o1": "jobvite",
        "https://hive.hire.trakstar.com/": "trakstar",
        "https://join.com/companies/hive": "join",
        "https://hive.rippling-ats.com/job/1/nurse": "rippling",
    }
    assert {one: told(identify(one)) for one in known} == {one: (system, "hive") for one, system in known.items()}


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://www.greenhouse.io/hive",
            "https://boards.greenhouse.io/",
            "https://boards.greenhouse.io/embed/job_app?token=12",
            "https://lever.co/hive",
        ),
        *(
            "https://app.teamtailor.com/x",
            "https://www.recruitee.com",
            "https://career.teamtailor.com",
            "https://jobs.workable.com/company/1/jobs-at-x",
        ),
        *(
            "https://apply.workable.com/j/AB12CD34EF",
            "https://jobs.ashbyhq.com/embed/x.js",
            "https://apply.workable.com/api/v1/widget/accounts/123456",
            "https://hive.personio.de/login",
        ),
        *(
            "https://boards.greenhouse.io.evil.example/hive",
            "https://boards.greenhouse.io@evil.example/hive",
            "https://evilgreenhouse.io/hive",
        ),
        *(
            "https://evil.example/boards.greenhouse.io/hive",
            "https://boards.greenhouse.io/{company}",
            "ftp://boards.greenhouse.io/hive",
            "hive",
            "",
        ),
        *(
            "https://[::1",
            "https://boards.greenhouse.io/${slug}/jobs",
            "https://ats.rippling.com/en-GB/jobs",
            "javascript:alert(1)",
            "mailto:a@lever.co",
            "https://boards.greenhouse.io/../../etc",
            "https://boards.greenhouse.io/%2e%2E/jobs",
        ),
    ],
)
def test_what_is_nobodys_board_is_none(address: str) -> None:
    assert identify(address) is None


def test_an_address_says_where_the_board_is_kept_and_which_posting_it_is() -> None:
    found = identify("https://hive.wd5.myworkdayjobs.com/en-US/External/job/Bern/Nurse_R-1")
    assert found is not None
    assert (found.site, found.region, found.posting, found.company) == ("External", "wd5", "Nurse_R-1", "hive.wd5/External")
    european = identify("https://jobs.eu.lever.co/hive%20works")
    assert european is not None
    assert (european.slug, european.company) == ("hive%20works", "eu/hive works")


def test_addresses_of_real_employers_are_right_or_none(shared: Path) -> None:
    employers = (shared / "data" / "employers.tsv").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in employers.splitlines() if not line.startswith(("#", "system"))]
    found = [(system, slug, told(identify(form.format(slug)))) for system, slug in lines for form in FORMS[system]
             if not form.startswith("https://boards.greenhouse.io/embed") or "&" not in slug]  # fmt: skip
    assert not [one for one in found if one[2] is not None and one[2] != one[:2]]
    assert sum(one[2] is not None for one in found) >= 0.999 * len(found)


def test_careers_pages_by_somebody_who_had_not_read_this_are_right_or_nobodys() -> None:
    """175 invented pages in ``resources/careers_pages.jsonl.xz``; ``right``: every answer that counts, ``null`` for none."""
    with lzma.open(Path(__file__).parents[1] / "resources" / "careers_pages.jsonl.xz", "rt", encoding="utf-8") as lines:
        shown = [json.loads(line) for line in lines]
    found = {one["name"]: whole(identify(one["url"], one["html"])) for one in shown}
    right = [one["name"] for one in shown if found[one["name"]] in one["right"]]
    assert [(name, found[name]) for name in found if name not in right and found[name] != [None, None]] == []
    assert len(right) >= 0.95 * len(shown)
    assert len({one["right"][0][0] for one in shown if one["kind"] == "positive"}) == 13


def test_more_careers_pages_by_another_hand_are_right_or_nobodys() -> None:
    """175 more in ``resources/more_careers_pages.jsonl.xz``, by somebody else. Slug ``?``: the page says no name, its host is one."""
    with lzma.open(Path(__file__).parents[1] / "resources" / "more_careers_pages.jsonl.xz", "rt", encoding="utf-8") as lines:
        shown = [json.loads(line) for line in lines]
    found = {one["name"]: identify(one["url"], one["html"]) for one in shown}
    wrong = [(one["name"], found[one["name"]]) for one in shown if found[one["name"]] and not is_meant(found[one["name"]], one)]
    assert wrong == []
    boards = [one for one in shown if one["system"]]
    assert sum(is_meant(found[one["name"]], one) for one in boards) >= 0.95 * len(boards)
    assert len({one["system"] for one in boards}) == 13


def is_meant(found: Employer | None, page: dict[str, str]) -> bool:
    """Whether that is the page's system and slug, however its letters are written."""
    if page["slug"] == "?":
        return found is None or (found.system, found.slug) == (page["system"], urlsplit(page["url"]).hostname)
    if found is None:
        return page["system"] is None
    said = f"{found.slug}|{found.region}|{found.site}" if found.system == "workday" else found.slug
    return found.system == page["system"] and unquote(said).casefold() == unquote(page["slug"]).casefold()


def whole(found: Employer | None) -> list[str | None]:
    """System and slug as those pages' list writes them: Workday's with its place and site."""
    if found is None:
        return [None, None]
    if found.system == "workday":
        return [found.system, f"{found.slug}/{found.region}/{found.site}" if found.region and found.site else None]
    return [found.system, found.slug or None]


MADE = pages()


def test_pages_are_many_and_of_all_systems() -> None:
    assert len([one for one in MADE if one.right]) >= 200
    assert {one.right[0] for one in MADE if one.right} == set(SYSTEMS)


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.name)
def test_a_page_is_its_employers_or_nobodys(made: Made) -> None:
    assert told(identify(made.url, made.html)) == made.right


def careers(body: str, *, url: str = "https://www.velforge.example/careers", title: str = "Careers at Velforge") -> tuple[str, str] | None:
    return told(identify(url, f"<html><head><title>{title}</title></head><body><h1>Jobs</h1>{body}</body></html>"))


RIGHT = {
    "its own address in the text": ("<p>All roles: HTTPS://VelForge.Recruitee.COM/, or ask.</p>", ("recruitee", "velforge")),
    "an address behind a redirector, encoded": (
        '<a href="https://out.example/?u=HTTPS%3A%2F%2FJOBS%2ELEVER%2ECO%2Ffabrik&amp;h=1">All roles</a>', ("lever", "fabrik"),
    ),
    "an address that a mail filter wrapped": (
        '<a href="https://filter.example/v3/__https://jobs.lever.co/fabrik__;!!A!b">All roles</a>', ("lever", "fabrik"),
    ),
    "titles that speak of customers": (
        """<div><a href="https://jobs.lever.co/fabrik/0c9b0a3e-1111-4222-8333-123456789abc">Customer Partner</a> Bern
        <a href="https://jobs.lever.co/fabrik/0c9b0a3e-1111-4222-8333-123456789abd">Cook</a> Leeds</div>""", ("lever", "fabrik"),
    ),
    "a system's own careers site on another domain": (
        '<link rel="stylesheet" href="https://assets-aws.teamtailor-cdn.com/packs/careersite-1.css">',
        ("teamtailor", "www.velforge.example"),
    ),
    "lever's own script": ('<script>leverJobsOptions = {accountName: "velforge", includeCss: true};</script>', ("lever", "velforge")),
    "a custom element": ('<ashby-jobs org="velforge" lang="en"></ashby-jobs>', ("ashby", "velforge")),
    "settings as JSON in an attribute": (
        """<div data-config='{"system":"greenhouse","boardToken":"velforge"}'></div>""", ("greenhouse", "velforge"),
    ),
    "a setting in a meta tag": ('<meta name="greenhouse-board" content="velforge">', ("greenhouse", "velforge")),
    "a widget and its settings elsewhere": (
        '<script src="https://static.smartrecruiters.com/job-widget/1.6.2/script/smart_widget.js"></script>'
        '<script>widget({"job_ad_active":"true","company_code":"Velforge","api_url":"https://www.smartrecruiters.com"});</script>',
        ("smartrecruiters", "Velforge"),
    ),
    "an interface's beginning and a name": (
        '<script>const API = "https://boards-api.greenhouse.io/v1/boards/"; const company = "velforge"; get(API, company);</script>',
        ("greenhouse", "velforge"),
    ),
    "joined strings": (
        '<script>var b="velforge";load("https://api.lever.co/v0/postings/" + b + "?mode=json")</script>', ("lever", "velforge"),
    ),
    "a domain without a scheme": ('<div id="BambooHR" data-domain="velforge.bamboohr.com"></div>', ("bamboohr", "velforge")),
    "strings in strings": (
        r'<script>self.__next_f.push([1,"{\"jobs\":[{\"u\":\"https://jobs.ashbyhq.com/velforge/' + UUID + r'\"}]}"])</script>',
        ("ashby", "velforge"),
    ),
    "a frame that another service frames": (
        '<iframe src="https://frames.example/?url=https%3A%2F%2Fvelforge.jobs.personio.de%2F"></iframe>', ("personio", "velforge"),
    ),
    "a frame within a frame": ("""<iframe srcdoc="<iframe src='https://jobs.gem.com/velforge'></iframe>"></iframe>""", ("gem", "velforge")),
    "the list of one system beside a link to another": (
        '<iframe src="https://jobs.ashbyhq.com/velforge/embed"></iframe><a href="https://jobs.lever.co/velforge">Older roles</a>',
        ("ashby", "velforge"),
    ),
    "its own board beside a friend's posting": (
        f'<a href="https://jobs.lever.co/velforge">All roles</a><p>At Oak: <a href="https://jobs.lever.co/oak/{UUID}">Nurse</a></p>',
        ("lever", "velforge"),
    ),
    "a feed": ('<link rel="alternate" href="https://velforge.teamtailor.com/jobs.rss">', ("teamtailor", "velforge")),
}  # fmt: skip

LEVER = "https://api.lever.co/v0/postings/"

RIGHT |= {
    "an address of an object's parts": (
        "<script>var b = { sub: 'fabrik', root: '.breezy.hr' }; var base = 'https://' + b.sub + b.root;\nget(base + '/json')</script>",
        ("breezy", "fabrik"),
    ),
    "pieces that are joined": (
        "<script>const c = 'fabrik'; get(['https:/', '/', c, '.recruitee.com/api/offers/'].join(''))</script>", ("recruitee", "fabrik"),
    ),
    "a place that is replaced": (
        f"<script>var t = '{LEVER}{{org}}?mode=json'; get(t.replace('{{org}}', 'fabrik'))</script>", ("lever", "fabrik"),
    ),
    "a template in a template": (
        "<script>const c = 'fabrik', h = `https://${c}.bamboohr.com`; get(`${h}/careers/list`)</script>", ("bamboohr", "fabrik"),
    ),
    "a function's argument": (f"<script>function load(co) {{ get('{LEVER}' + co) }}\nload('fabrik');</script>", ("lever", "fabrik")),
    "an argument of what is called at once": (
        f"<script>(function (co) {{ get('{LEVER}' + co) }})('fabrik');</script>", ("lever", "fabrik"),
    ),
    "a list of one": (f"<script>var all = ['fabrik']; all.forEach(function (b) {{ get('{LEVER}' + b) }});</script>", ("lever", "fabrik")),
    "a name in base64": (f"<script>var x = atob('ZmFicmlr'); get('{LEVER}' + x)</script>", ("lever", "fabrik")),
    "escaped dots": (r"<script>location = 'https:\u002f\u002fjobs\u002elever\u002eco\u002ffabrik'</script>", ("lever", "fabrik")),
    "an interface behind a path": (
        "<script>post('/proxy/https://fabrik.wd1.myworkdayjobs.com/wday/cxs/fabrik/External/jobs')</script>", ("workday", "fabrik"),
    ),
    "Workday's interface by its path": ("<script>post('/wday/cxs/fabrik/External/jobs')</script>", ("workday", "fabrik")),
    "a mail address of a board": ('<a href="mailto:job.x1@fabrik.recruitee.com">Write to us</a>', ("recruitee", "fabrik")),
    "a search for a company": ('<a href="https://jobs.smartrecruiters.com/?company=Fabrik1">Jobs</a>', ("smartrecruiters", "Fabrik1")),
    "the documented name of a widget's setting": (
        '<div data-company-code="Fabrik1"></div><script src="https://static.smartrecruiters.com/job-widget/1.6.2/script/smart_widget.js"></script>',
        ("smartrecruiters", "Fabrik1"),
    ),
    "a setting that bears the system's name": ('<script>window.LEVER_SITE = "fabrik";</script>', ("lever", "fabrik")),
    "an ad's button": (f'<h2>Cook</h2><a href="https://jobs.lever.co/fabrik/{UUID}/apply">Apply for this job</a>', ("lever", "fabrik")),
    "an ad's JSON-LD": (
        '<script type="application/ld+json">{"@type":"JobPosting","hiringOrganization":{"name":"Velforge","sameAs":"https://fabrik.breezy.hr"}}</script>',
        ("breezy", "fabrik"),
    ),
    "an address that the page calls its own": ("<p>All our openings are at fabrik.bamboohr.com/careers.</p>", ("bamboohr", "fabrik")),
    "a link in Markdown": (
        '<script type="application/json">{"body":"See [open roles](https://jobs.ashbyhq.com/velforge) now"}</script>',
        ("ashby", "velforge"),
    ),
    "its board beside one it has given up": (
        '<p><a href="https://jobs.lever.co/velforge">Roles</a></p>'
        '<p>Our old page on <a href="https://velforge.breezy.hr">Breezy</a> is closed.</p>',
        ("lever", "velforge"),
    ),
    "the right address in a warning": (
        '<p>Beware of scams: we only recruit through <a href="https://jobs.lever.co/velforge">our board</a>. All else is fake.</p>',
        ("lever", "velforge"),
    ),
    "its board beside a partner's list": (
        '<a href="https://jobs.lever.co/velforge">Roles</a><div><p>Our partner</p><iframe src="https://oak.recruitee.com"></iframe></div>',
        ("lever", "velforge"),
    ),
    "a careers site of Personio's on another domain": (
        '<script src="https://assets.cdn.personio.de/x/app.js"></script><a href="/job/1234">Koch</a>', ("personio", "www.velforge.example"),
    ),
    "a careers site of Breezy's on another domain": (
        '<link rel=stylesheet href="https://assets-cdn.breezy.hr/x/main.css"><a href="/p/ad0e10aa0001-nurse">Nurse</a>',
        ("breezy", "www.velforge.example"),
    ),
}  # fmt: skip

PACKED = b64encode(b'<iframe src="https://fabrik.jobs.personio.de/?language=de"></iframe>').decode()

RIGHT |= {
    "a frame in a template": ("<template><iframe src='https://fabrik.recruitee.com'></iframe></template>", ("recruitee", "fabrik")),
    "a frame without scripts": ("<noscript><iframe src='https://jobs.lever.co/fabrik'></iframe></noscript>", ("lever", "fabrik")),
    "a frame that a cookie banner keeps in base64": (f'<script type="text/template">{PACKED}</script>', ("personio", "fabrik")),
    "the same in an attribute": (f'<div class="banner" data-content="{PACKED}"></div>', ("personio", "fabrik")),
    "an attribute that is an expression": (
        """<iframe :src="'https://fabrik.recruitee.com/?lang=' + lang"></iframe>""", ("recruitee", "fabrik"),
    ),
    "an attribute that holds an address among others": (
        """<div x-data="{ open: false, feed: 'https://api.lever.co/v0/postings/fabrik?mode=json' }"></div>""", ("lever", "fabrik"),
    ),
    "an attribute with encoded JSON": (
        '<div data-props="%7B%22feed%22%3A%22https%3A%2F%2Fboards-api.greenhouse.io%2Fv1%2Fboards%2Ffabrik%2Fjobs%22%7D"></div>',
        ("greenhouse", "fabrik"),
    ),
    "an attribute with a piece of HTML": (
        '<div data-html="&lt;iframe src=&quot;https://fabrik.bamboohr.com/jobs/embed2.php&quot;&gt;"></div>', ("bamboohr", "fabrik"),
    ),
    "HTML in JSON, escaped for HTML": (
        '<script type="application/json">{"html":"&lt;iframe src=&quot;https://fabrik.breezy.hr/&quot;&gt;"}</script>',
        ("breezy", "fabrik"),
    ),
    "HTML in a string, escaped for scripts": (
        r'<script>x="\u003Ciframe src=\u0022https:\/\/fabrik.breezy.hr\/\u0022\u003E"</script>', ("breezy", "fabrik"),
    ),
    "strings in strings in strings": (
        r'<script>p("{\"u\":\"{\\\"f\\\":\\\"https:\\\\/\\\\/boards-api.greenhouse.io\\\\/v1\\\\/boards\\\\/fabrik\\\\/jobs\\\"}\"}")</script>',
        ("greenhouse", "fabrik"),
    ),
    "slashes as entities": (
        '<script type="application/json">{"u":"https:&#x2F;&#x2F;apply.workable.com&#x2F;api'
        '&#x2F;v3&#x2F;accounts&#x2F;fabrik&#x2F;jobs"}</script>',
        ("workable", "fabrik"),
    ),
    "an interface behind a proxy": (
        '<script>get("https://proxy.example/?u=https%3A%2F%2Fapi.lever.co%2Fv0%2Fpostings%2Ffabrik%3Fmode%3Djson")</script>',
        ("lever", "fabrik"),
    ),
    "strings put together by concat": (
        '<script>var t="fabrik";get("https://api.ashbyhq.com/posting-api/job-board/".concat(t,"?x=1"))</script>', ("ashby", "fabrik"),
    ),
    "a variable that is encoded": (
        "<script>const t='fabrik';get(`https://api.ashbyhq.com/posting-api/job-board/${encodeURIComponent(t)}?x=1`)</script>",
        ("ashby", "fabrik"),
    ),
    "a variable that has a default": (
        '<script>const t=process.env.BOARD || "fabrik";get(`https://api.ashbyhq.com/posting-api/job-board/${t}`)</script>',
        ("ashby", "fabrik"),
    ),
    "a constant in two pieces": (
        '<script>s.src="https://boards.greenhouse.io/embed/job_board/js?for="+"fabrik";</script>', ("greenhouse", "fabrik"),
    ),
    "a value in an attribute that a script reads": (
        '<div id=j data-company="fabrik"></div><script>const e = document.getElementById("j");'
        'get("https://api.lever.co/v0/postings/" + e.dataset.company + "?mode=json")</script>', ("lever", "fabrik"),
    ),
    "the same under another name": (
        '<div id=j data-the-board="fabrik"></div><script>const b = document.getElementById("j").getAttribute("data-the-board");'
        "get(`https://api.lever.co/v0/postings/${b}`)</script>", ("lever", "fabrik"),
    ),
    "a value in another script": (
        '<script>var SITE = {tenant: "fabrik"};</script><script>get(`https://api.smartrecruiters.com/v1/companies/${SITE.tenant}/postings`)</script>',
        ("smartrecruiters", "fabrik"),
    ),
    "a link that is a script": ("""<a href="javascript:open('https://jobs.lever.co/fabrik')">All jobs</a>""", ("lever", "fabrik")),
    "a link's address in another attribute, encoded": (
        '<a href="#" data-link="https%3A%2F%2Fjobs.lever.co%2Ffabrik">All jobs</a>', ("lever", "fabrik"),
    ),
    "Ashby's own page on another domain": (
        '<script>window.__appData={"organization":{"name":"Velforge","hostedJobsPageSlug":"velforge"}}</script>'
        '<script src="https://cdn.ashbyprd.com/x/index.js"></script>', ("ashby", "velforge"),
    ),
    "a careers site on another domain whose settings name it": (
        '<link rel=stylesheet href="https://careers.recruiteecdn.com/x.css"><script>config={"companyId":1234,"subdomain":"velforge"}</script>',
        ("recruitee", "velforge"),
    ),
    "a widget's settings that name it, beside the vendor's own address": (
        '<script>widget({"company_code": "OakWorksAmericas", "api_url": "https://www.smartrecruiters.com", "rows": "2"});</script>',
        ("smartrecruiters", "OakWorksAmericas"),
    ),
    "a widget whose setting is in an attribute": (
        '<div id="list" data-job-board-id="velforge"></div><script src="https://assets.ripplingcdn.com/ats/embeds/board.js"></script>',
        ("rippling", "velforge"),
    ),
    "an address whose scheme was forgotten": (
        '<script src="boards.greenhouse.io/embed/job_board/js?for=fabrik"></script>',
        ("greenhouse", "fabrik"),
    ),
    "where one's applications are": (
        '<a href="https://jobs.smartrecruiters.com/my-applications/Fabrik?dcr_ci=Fabrik">My applications</a>',
        ("smartrecruiters", "Fabrik"),
    ),
    "two boards of one employer, one of them under its name alone": (
        '<a href="https://jobs.lever.co/velforge">Roles</a><a href="https://jobs.lever.co/velforge-students">Students</a>',
        ("lever", "velforge"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_further_ways_of_showing_a_board_are_read(name: str) -> None:
    body, right = RIGHT[name]
    assert careers(body) == right


WRONG = {
    "the same employer on two systems": '<a href="https://jobs.lever.co/velforge">A</a><a href="https://jobs.ashbyhq.com/velforge">B</a>',
    "a portfolio": '<a href="https://jobs.lever.co/oakventures">Jobs in our portfolio</a>',
    "a house of glass": '<script>{"products":[{"kind":"greenhouse","slug":"glass-house"}]}</script><p class=greenhouse data-token=leaf>',
    "a key": '<div class="teamtailor-jobs" data-teamtailor-token="kJ83hf9sKLmN02hHs8Qz"></div><script src="https://www.teamtailor.com/w.js">',
    "a number": '<script src="https://www.workable.com/assets/embed.js"></script><script>whr_embed(417293, {detail: "titles"});</script>',
    "a template": '<script>fetch(`https://boards-api.greenhouse.io/v1/boards/${token}/jobs`)</script>',
    "a logo": '<img src="https://oak.recruitee.com/logo.png"><link rel="preconnect" href="https://oak.recruitee.com">',
    "a sample": '<pre><a href="https://jobs.lever.co/velforge">x</a></pre>',
    "a vendor": '<a href="https://www.greenhouse.io/">Powered by Greenhouse</a><script src="https://www.lever.co/x.js"></script>',
    "a client's frame": '<div><h2>Our client is hiring</h2><iframe src="https://oak.recruitee.com"></iframe></div>',
    "an embed that is commented out": "<script>\n// s.src = 'https://boards.greenhouse.io/embed/job_board/js?for=oak';\n</script>",
    "instructions' own name": '<iframe src="https://boards.greenhouse.io/embed/job_board?for=yourcompany"></iframe>',
    "a system that no page is read for": '<iframe src="https://careers-velforge.icims.com/jobs"></iframe>',
    "two boards of one employer, none of them under its name alone": (
        '<a href="https://jobs.lever.co/velforge-us">US</a><a href="https://jobs.lever.co/velforge-eu">EU</a>'
    ),
    "a posting in an investor's list": (
        '<script type="application/json">{"company_name":"Oak","apply_url":"https://jobs.gem.com/oak/am9i"}</script>'
        '<a href="https://jobs.gem.com/oak/am9i">Apply</a>'
    ),
    "a variable with two values": (
        '<script>a={tenant:"fabrik"}</script><script>b={tenant:"oak"}</script><script>get(`https://api.lever.co/v0/postings/${tenant}`)</script>'
    ),
    "a tag shown to readers": (
        '<script type="application/json">{"html":"<p>Paste &lt;iframe src=&quot;https://oak.breezy.hr/&quot;&gt; there</p>"}</script>'
    ),
    "a picture in base64": f'<img src="data:image/svg+xml;base64,{b64encode(b"<svg xmlns=http://www.w3.org/2000/svg/></svg>").decode()}">',
    "another's frame in an article": '<meta property="og:type" content="article"><iframe src="https://oak.recruitee.com"></iframe>',
}  # fmt: skip

MADE_UP = "https://velforge-jobs.breezy.hr"

WRONG |= {
    "a warning": f'<p>Fraudsters post fake jobs on <a href="{MADE_UP}">Breezy</a>. We have nothing to do with it.</p>',
    "a warning in German": "<p>Achtung: Betrüger schalten gefälschte Anzeigen unter velforge-jobs.recruitee.com.</p>",
    "a warning before a list": f'<h2>Known fakes</h2><ul><li><a href="{MADE_UP}">this one</a></li></ul>',
    "a board given up": '<p>We no longer use our board on <a href="https://jobs.lever.co/velforge">Lever</a>. Write to us.</p>',
    "another of the same name": '<p>Velforge Robotics is another company: <a href="https://jobs.lever.co/velforge">their jobs</a>.</p>',
    "someone who left": '<p>Our alumnus Kim is looking for people: <a href="https://jobs.ashbyhq.com/oakworks">roles</a></p>',
    "a neighbour": '<p>Our neighbours upstairs hire: <a href="https://oakworks.recruitee.com">jobs</a></p>',
    "pages that are liked": '<p>Careers pages that inspire us:</p><a href="https://jobs.lever.co/oakworks">one</a>',
    "a vendor's own board": '<p>This page runs on it. <a href="https://tellent.recruitee.com">Work there.</a></p>',
    "a call that is commented out behind code": f"<script>init(); /* get('{LEVER}fabrik') */ done(); // get('{LEVER}fabrik')</script>",
    "settings given up": "<script>var oldBoard = {provider: 'lever', account: 'velforge'};</script>",
    "settings switched off": '<script type="application/json">{"ats": "lever", "account": "velforge", "enabled": false}</script>',
    "an agency": '<p>We hire through an agency: <a href="https://jobs.lever.co/oakworks">roles</a></p>',
    "a call that is switched off": f"<script>if (false) {{ get('{LEVER}fabrik') }}</script>",
}


@pytest.mark.parametrize("title", ["Careers Service of Oak University", "Jobs | Kern Recruiters", "Jobs – Association of Mills"])
def test_who_lists_the_jobs_of_others_is_not_taken_for_them(title: str) -> None:
    body = (
        f"<p><a href='https://jobs.lever.co/fabrik/{UUID}'>Cook</a></p><p><a href='https://jobs.lever.co/fabrik/{UUID[:-1]}d'>Nurse</a></p>"
    )
    assert careers(body, url="https://www.oak.example/jobs", title=title) is None
    assert careers(body, url="https://www.oak.example/jobs", title="Jobs at Oak") == ("lever", "fabrik")


def test_a_menu_leads_to_a_sites_own_jobs_from_any_of_its_pages() -> None:
    menu = "<nav><a href='/'>Home</a><a href='https://jobs.lever.co/fabrik'>Careers</a></nav>"
    html = "<html><head><title>Oak</title></head><body>{}<p>We make bread.</p></body></html>"
    assert told(identify("https://www.oak.example/about", html.format(menu))) == ("lever", "fabrik")
    assert identify("https://www.oak.example/about", html.format(menu.replace("nav>", "p>"))) is None


def test_a_careers_site_on_a_host_without_a_public_name_says_no_slug() -> None:
    html = '<link rel="stylesheet" href="https://careers.recruiteecdn.com/x.css">'
    places = ("https://jobs.oak.example/o/1", "https://jobs.oak.example:8443/", "https://10.0.0.8/")
    assert [told(identify(url, html)) for url in places] == [("recruitee", one) for one in ("jobs.oak.example", "", "")]


TITLES = (
    *("Work with us", "Rejoignez-nous", "Kariéra", "Trabalhe conosco", "Posizioni aperte", "Avoimet työpaikat", "採用情報", "Вакансии"),
    *("Lediga jobb", "Ledige stillinger", "Kom werken bij ons", "Jobangebote", "Life at Oak", "Únete al equipo", "Kariyer", "Karrier"),
    *("Recruitment", "Employment", "Praca", "Vagas", "وظائف", "משרות", "加入我们", "채용", "Zaměstnání", "Cariere", "Darbo skelbimai"),
)


@pytest.mark.parametrize("title", TITLES)
def test_a_page_about_jobs_is_known_in_many_languages(title: str) -> None:
    html = f"<html><head><title>{title}</title></head><body><iframe src='https://jobs.lever.co/fabrik'></iframe></body></html>"
    assert told(identify("https://www.oak.example/p/12", html)) == ("lever", "fabrik")
    assert told(identify("https://www.oak.example/karri%C3%A4r", html.replace(title, "Oak"))) == ("lever", "fabrik")


@pytest.mark.parametrize("name", WRONG)
def test_a_page_that_could_mean_another_is_nobodys(name: str) -> None:
    assert careers(WRONG[name]) is None


HOSTILE = {
    "open tags": "<div data-x='https://jobs.lever.co/velforge'>" * 40_000,
    "links": "<a href='https://jobs.lever.co/velforge'>x</a>" * 40_000,
    "many employers": "".join(f"<a href='https://jobs.lever.co/v{n}'>x</a>" for n in range(40_000)),
    "one long string": '<script>"https://jobs.lever.co/' + "a" * 2_000_000 + '"</script>',
    "settings": "<script>" + 'lever_board="velforge",' * 100_000 + "</script>",
    "quotes": "<script>lever " + "\"'" * 700_000 + "</script>",
    "mentions": "<script>" + "jobs.lever.co " * 150_000 + "</script>",
    "variables": "<script>var lever='a';" + "${a.b.c" * 200_000 + "</script>",
    "base64": "<script>x='" + b64encode(b"https://jobs.lever.co/velforge" * 20_000).decode() + "'</script>",
    "aliases": "<script>'jobs.lever.co'+a," + "a=b.c;a=" * 100_000 + "</script>",
    "json": '<script type="application/ld+json">' + '{"@type":' * 200_000 + "</script>",
    "one element": "<div " + " ".join(f"data-lever-{n}='x'" for n in range(50_000)) + ">",
    "one element behind a bracket": '<div a=b" c=">" ' + " ".join(f"d{n}" for n in range(100_000)),
    "one script behind a bracket": "<script a='>' " + " ".join(f"d{n}" for n in range(100_000)),
    "noise": "".join(random.Random(1).choices("<>\"'=/{}[]abc&;\\$+ ", k=500_000)),
}


def test_what_a_search_engine_found_is_nobodys_page() -> None:
    found = '<a href="https://boards.greenhouse.io/velforge/jobs/12">Nurse at Velforge</a>'
    assert careers(found, url="https://www.google.com/search?q=velforge+jobs", title="velforge jobs - Google Search") is None
    assert careers(found) == ("greenhouse", "velforge")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_takes_no_time(name: str) -> None:
    began = time.process_time()
    identify("https://www.velforge.example/careers", HOSTILE[name])
    assert time.process_time() - began < 6
