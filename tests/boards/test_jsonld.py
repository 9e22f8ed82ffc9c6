"""schema.org JobPosting: whatever shape pages give it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.boards import read
from rolecall.models import JobPosting
from rolecall.text.places.regions import country_name, members

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
ADDRESS = "https://hive.example/jobs/42"
NODE: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Beekeeper &amp; Driver",
    "description": "<p>Keep <b>bees</b>.</p><script>x</script>",
    "datePosted": "2026-02-20",
    "hiringOrganization": {"@type": "Organization", "name": "Hive & Works"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Maribor", "addressRegion": "Podravska", "addressCountry": "SI"}},
    "employmentType": ["FULL_TIME"],
    "baseSalary": {"currency": "EUR", "value": {"minValue": 2400, "maxValue": 2900, "unitText": "MONTH"}},
}


def page(*nodes: Any, head: str = "") -> str:
    texts = [node if isinstance(node, str) else json.dumps(node).replace("</", "<\\/") for node in nodes]
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return f"<html><head>{head}{scripts}</head><body></body></html>"


def one(**changed: Any) -> JobPosting:
    found = read("jsonld", page({**NODE, **changed}), url=ADDRESS, fetched_at=NOW)
    assert found.outcome == "ok", (found.note, found.rejects)
    return found.postings[0]


def test_a_complete_posting_is_read_completely() -> None:
    found = one()
    assert (found.external_id, found.url, found.title, found.company) == (
        "hive.example/jobs/42",
        ADDRESS,
        "Beekeeper & Driver",
        "Hive & Works",
    )
    assert (found.location, found.city, found.region, found.country) == ("Maribor, Podravska, Slovenia", "Maribor", "Podravska", "Slovenia")
    assert (found.description, found.employment_type, found.posted_at) == ("Keep bees.", "full-time", datetime(2026, 2, 20, tzinfo=UTC))
    assert (found.salary_min, found.salary_max, found.salary_currency, found.salary_interval) == (2400, 2900, "EUR", "month")
    assert "script" not in (found.description_html or "")


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"employmentType": "OTHER"}, "employment_type", None),
        ({"employmentType": ["FULL_TIME", "PART_TIME"]}, "employment_type", None),
        ({"validThrough": "1970-01-01"}, "expired", False),
        ({"validThrough": "2026-02-25T00:00:00Z"}, "expired", True),
        ({"validThrough": "2026-12-24"}, "expired", False),
        ({"datePosted": "2026-02-20 20:28:32 UTC"}, "posted_at", datetime(2026, 2, 20, 20, 28, 32, tzinfo=UTC)),
        ({"datePosted": "2099-01-01"}, "posted_at", None),
        ({"datePosted": None}, "posted_at", None),
        ({"jobLocationType": "TELECOMMUTE"}, "remote", "remote"),
        ({"jobLocation": {"address": {"addressLocality": "2000", "addressCountry": {"name": "Slovenia"}}}}, "city", None),
        ({"jobLocation": {"address": {"addressLocality": "Sacramento, CA"}}}, "country", "United States"),
        ({"jobLocation": {"address": {"addressLocality": "Anywhere", "addressRegion": "Anywhere"}}}, "location", ""),
        ({"jobLocation": "nonsense"}, "location", ""),
        ({"jobLocation": None, "applicantLocationRequirements": {"name": "Austria"}}, "country", "Austria"),
        ({"hiringOrganization": "Hive"}, "company", "Hive"),
        ({"hiringOrganization": [None]}, "company", ""),
        ({"baseSalary": {"value": 0, "currency": "EUR"}}, "salary_min", None),
        ({"baseSalary": {"value": "55000", "currency": "USD", "unitCode": "ANN"}}, "salary_interval", "year"),
        ({"baseSalary": {"value": {"minValue": 9, "maxValue": 3}}}, "salary_min", None),
        ({"description": "&lt;p&gt;Keep bees.&lt;/p&gt;"}, "description", "Keep bees."),
        ({"description": None}, "description", None),
        ({"title": "Chef<script>alert(1)</script>"}, "title", "Chef"),
        ({"url": "javascript:alert(1)"}, "url", ADDRESS),
        ({"url": "https://hive.example/jobs/43"}, "external_id", "hive.example/jobs/43"),
        ({"url": "https://elsewhere.example/"}, "url", ADDRESS),
    ],
)
def test_what_pages_get_wrong_is_not_taken_over(changed: dict[str, Any], field: str, value: Any) -> None:
    assert getattr(one(**changed), field) == value


def test_the_contact_for_applications_is_the_apply_address_and_a_free_mail_providers_is_none() -> None:
    contact = {"@type": "ContactPoint", "email": "jobs@hive.example"}
    found = one(applicationContact=contact)
    assert (found.apply_url, found.apply_kind) == ("mailto:jobs@hive.example?subject=Beekeeper%20%26%20Driver", "mail")
    assert one(applicationContact={**contact, "email": "hive@gmail.com"}).apply_url is None
    assert one(applicationContact=[contact, {**contact, "email": "hr@hive.example"}]).apply_url is None
    assert one(description="<p>Send your CV to jobs@hive-works.example</p>").apply_url is not None


def test_several_places_are_a_list_and_the_fields_are_the_first_ones() -> None:
    second = {"address": {"addressLocality": "Ptuj", "addressCountry": "SI"}}
    found = one(jobLocation=[NODE["jobLocation"], second])
    assert (found.location, found.city, found.country) == ("Maribor, Podravska, Slovenia; Ptuj, Slovenia", "Maribor", "Slovenia")
    assert [place.city for place in found.places] == ["Maribor", "Ptuj"]


def test_a_job_that_is_open_in_the_whole_world_is_a_bounded_list() -> None:
    nations = [{"name": country_name(code)} for code in sorted(members("Worldwide"))]
    found = one(jobLocation=None, jobLocationType="TELECOMMUTE", applicantLocationRequirements=nations)
    assert len(found.location) < 200
    assert found.location.endswith(f"and {len(nations) - 10} more")
    assert len(found.places) == 50
    assert (found.places[-1].zone, {place.remote for place in found.places}) == ("Worldwide", {"remote"})


def test_a_dash_is_no_region() -> None:
    dashed = {"address": {"addressLocality": "Maribor", "addressRegion": "-", "addressCountry": "SI"}}
    assert (one(jobLocation=dashed).location, one(jobLocation=dashed).region) == ("Maribor, Slovenia", None)


def test_a_graph_with_references_in_a_circle_is_read() -> None:
    graph = {
        "@graph": [
            {**NODE, "@id": "#job", "hiringOrganization": {"@id": "#org"}, "mainEntityOfPage": {"@id": "#page"}},
            {"@id": "#org", "@type": "Organization", "name": "Hive", "parentOrganization": {"@id": "#org"}},
            {"@id": "#page", "@type": "WebPage", "mainEntity": {"@id": "#job"}},
        ]
    }
    found = read("jsonld", page(graph), url=ADDRESS, fetched_at=NOW)
    assert [(posting.title, posting.company) for posting in found.postings] == [("Beekeeper & Driver", "Hive")]


def test_broken_scripts_and_bad_postings_do_not_stop_the_others() -> None:
    found = read(
        "jsonld",
        page("{broken", "<!-- " + json.dumps(NODE).replace("</", "<\\/") + " -->", {**NODE, "title": None}),
        url=ADDRESS,
        fetched_at=NOW,
    )
    assert (len(found.postings), [reject.reason for reject in found.rejects]) == (1, ["no title"])


@pytest.mark.parametrize("odd", ["https://[hive/jobs/1", "//[", "https://a\u2100b.example/"])
def test_an_address_that_is_none_costs_no_posting(odd: str) -> None:
    employer = {**NODE["hiringOrganization"], "sameAs": odd}
    found = read("jsonld", page({**NODE, "hiringOrganization": employer}, {**NODE, "url": odd}), url=ADDRESS, fetched_at=NOW)
    assert {posting.title for posting in found.postings} == {"Beekeeper & Driver"}
    assert not found.rejects


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (page({"@type": "Organization"}), "NotAResultsPage"),
        (page("[" * 100_000), "NotAResultsPage"),
        (page("[" * 500 + "]" * 500), "NotAResultsPage"),
        ("<title>Just a moment...</title>", "Blocked"),
        (page({**NODE, "title": ""}), "LayoutChanged"),
        (page(NODE), "LayoutChanged"),
    ],
)
def test_other_pages_are_named(text: str, outcome: str) -> None:
    assert read("jsonld", text).outcome == outcome


def test_without_an_address_given_the_pages_own_is_used() -> None:
    found = read("jsonld", page(NODE, head='<link rel="canonical" href="https://hive.example/jobs/7">'), fetched_at=NOW)
    assert found.postings[0].external_id == "hive.example/jobs/7"
