"""Ads that job alerts name. The mails are invented."""

from __future__ import annotations

import time
from email.message import EmailMessage

import pytest

from rolecall.inbox.alert_cards import cards

LINKEDIN = """<table><tr><td><a href="https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=x&refId=y"><img src=x></a></td>
<td><a href="https://www.linkedin.com/comm/jobs/view/4012345678/?trackingId=x">Lighthouse Engineer</a><p>Quillfeather · Ghent (Hybrid)</p>
<p>Actively recruiting</p></td></tr><tr><td><a href="https://www.linkedin.com/comm/jobs/view/4087654321?x=1">Keeper of Lamps</a>
<p>Brackwater Mills · Lund</p></td></tr></table><a href="https://www.linkedin.com/comm/jobs/search?keywords=x">See all jobs</a>"""
INDEED = """<div><a href="https://www.indeed.com/rc/clk/dl?jk=0a1b2c3d4e5f6071&from=ja">Lighthouse Engineer</a><div>Quillfeather</div>
<div>3.9 ★</div>
<div>Ghent</div><div>$80,000 a year</div><a href="https://www.indeed.com/rc/clk/dl?jk=0a1b2c3d4e5f6071">View job</a></div>
<div><a href="https://de.indeed.com/viewjob?jk=ffffeeeeddddcccc">Lampenwart</a><div>Brackwater Mills - Lund</div></div>"""
GLASSDOOR = """<a href="https://www.glassdoor.com/partner/jobListing.htm?pos=1&jobListingId=1009876543210"><p>Quillfeather 4.1 ★</p>
<p>Lighthouse Engineer</p><p>Ghent</p><p>$75K - $95K (Employer est.)</p></a>
<a href="https://www.glassdoor.com/partner/jobListing.htm?jl=1009876500000"><p>Brackwater Mills</p><p>Keeper of Lamps</p><p>Lund</p></a>"""
STEPSTONE = """<div><a href="https://www.stepstone.de/stellenangebote--Leuchtturmwart-m-w-d-Kiel-Quillfeather--9876543-inline.html?cid=x">
Leuchtturmwart
(m/w/d)</a><br>Quillfeather<br>Kiel<br>vor 2 Tagen</div>
<div><a href="https://www.stepstone.de/job/1234567">Lampenwart</a><br>
Brackwater Mills<br>Lund</div>"""


def alert(page: str, sender: str, **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["Subject"] = f"Alerts <{sender}>", "2 new jobs"
    made["Date"] = "Tue, 03 Mar 2026 09:00:00 +0000"  # any day: an alert may be old
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content("2 new jobs")
    made.add_alternative(f"<html><body>{page}</body></html>", subtype="html")
    return made.as_bytes()


@pytest.mark.parametrize(
    ("page", "sender", "numbers", "titles"),
    [
        (LINKEDIN, "jobalerts-noreply@linkedin.com", ("4012345678", "4087654321"), ("Lighthouse Engineer", "Keeper of Lamps")),
        (INDEED, "alert@indeed.com", ("0a1b2c3d4e5f6071", "ffffeeeeddddcccc"), ("Lighthouse Engineer", "Lampenwart")),
        (GLASSDOOR, "noreply@glassdoor.com", ("1009876543210", "1009876500000"), ("Lighthouse Engineer", "Keeper of Lamps")),
        (STEPSTONE, "jobagent@stepstone.de", ("9876543", "1234567"), ("Leuchtturmwart (m/w/d)", "Lampenwart")),
    ],
)
def test_a_card_is_a_posting_without_a_text(page: str, sender: str, numbers: tuple[str, ...], titles: tuple[str, ...]) -> None:
    found = cards(alert(page, sender))
    assert tuple(one.external_id for one in found) == numbers
    assert tuple(one.title for one in found) == titles
    assert [one.company for one in found] == ["Quillfeather", "Brackwater Mills"]
    assert found[1].location == "Lund"
    assert {one.description for one in found} == {None}
    assert all("alert" in one.raw for one in found)
    assert all(one.external_id in one.url and "track" not in one.url for one in found)


def test_only_the_board_itself_names_ads() -> None:
    assert cards(alert(LINKEDIN, "jobs@linkedin.com.phish.example")) == []
    assert cards(alert(LINKEDIN, "jobs@linkedin.com", Authentication_Results="mx.example; dmarc=fail")) == []
    assert cards(alert(LINKEDIN.replace("www.linkedin.com", "linkedin.phish.example"), "jobs@linkedin.com")) == []
    assert cards(alert("<a href='https://[bad'>x</a><a href='javascript:1'>y</a>", "jobs@linkedin.com")) == []
    assert cards(b"") == []


def test_a_hundred_ads_behind_many_parts_are_each_found_with_their_own_card() -> None:
    ad = '<div><a href="https://www.linkedin.com/comm/jobs/view/40000{0:05}/">Keeper {0}</a><p>Mill {0} · Lund</p></div>'
    page = "<div>" * 8 + "<p>x</p>" * 5_000 + "".join(ad.format(number) for number in range(100)) + "</div>" * 8
    began = time.process_time()
    found = cards(alert(page, "jobs@linkedin.com"))
    took = time.process_time() - began
    assert [(one.title, one.company) for one in found] == [(f"Keeper {n}", f"Mill {n}") for n in range(100)]
    began = time.process_time()
    cards(alert(page.replace("/jobs/view/", "/jobs/none/"), "jobs@linkedin.com"))
    assert took < 3 * (time.process_time() - began), "the page is looked at once, not once an ad"
