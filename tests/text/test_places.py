"""Places as ads write them, and wishes for places: several in a text, codes of two letters, areas, quarters, remote with its limits."""

from __future__ import annotations

from datetime import date

import pytest

from rolecall.matching.ads.ad import read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.score.job_wishes import Wishes
from rolecall.models import JobPlace, JobPosting
from rolecall.text.places import MOST_PLACES, Place, country, of_fields, place, places, with_places
from rolecall.text.places.gazetteer import FILE, cities, kilometres
from rolecall.text.places.place_wishes import MOST_DOUBTS, doubts, lies_in, reaches, wished

DAY = date(2026, 3, 1)


def shown(text: str, country: str | None = None) -> list[str]:
    return [one.shown for one in places(text, country=country)]


def broken(wish: str | list[str], location: str, **fields: object) -> str:
    wishes = Wishes.read({"locations": [wish] if isinstance(wish, str) else wish})
    return wishes.broken_by(read_ad(Job.of({"id": "1", "title": "Cook", "location": location, **fields})), DAY)


def unsaid(wish: str, location: str) -> list[str]:
    return Wishes.read({"locations": [wish]}).unsaid(read_ad(Job(id="1", title="Cook", location=location)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dublin; New York City; Porto", ["Dublin, Ireland", "New York, NY, United States", "Porto, Portugal"]),
        ("Austin, TX or Denver, CO", ["Austin, TX, United States", "Denver, CO, United States"]),
        ("Canada; Mexico", ["Canada", "Mexico"]),
        ("Boston (HQ); Remote (Canada)", ["Boston, MA, United States", "Canada (remote)"]),
        ("Remote (Spain | Portugal)", ["Spain (remote)", "Portugal (remote)"]),
        ("Remote - Lyon or Lille", ["Lyon, France (remote)", "Lille, France (remote)"]),
        ("Vienna, Graz, Linz", ["Vienna, Austria", "Graz, Austria", "Linz, Austria"]),
        ("Germany, Austria, Switzerland", ["Germany", "Austria", "Switzerland"]),
        ("Seattle or Tacoma, WA", ["Seattle, WA, United States", "Tacoma, WA, United States"]),
        ("UK/Ireland", ["United Kingdom", "Ireland"]),
    ],
)
def test_several_places_are_a_list(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hamburg, DE", "Hamburg, Germany"),
        ("Wilmington, DE", "Wilmington, DE, United States"),
        ("Rotterdam, NL", "Rotterdam, Netherlands"),
        ("Calgary, CA", "Calgary, AB, Canada"),
        ("Fresno, CA", "Fresno, CA, United States"),
        ("Sydney, NSW", "Sydney, New South Wales, Australia"),
        ("US-CA-Menlo Park", "Menlo Park, CA, United States"),
        ("Munich, BY, DE", "Munich, Bavaria, Germany"),
        ("UAE - Dubai", "Dubai, United Arab Emirates"),
    ],
)
def test_a_code_of_two_letters_is_the_one_that_has_the_city(text: str, expected: str) -> None:
    assert shown(text) == [expected]


def test_where_a_name_is_several_cities_the_boards_country_decides_and_else_nobody_knows_which() -> None:
    assert place("Cambridge") == Place("Cambridge")
    assert place("Cambridge", country="GB").country == "United Kingdom"
    assert place("Cambridge", country="United States").region == "MA"
    assert place("Surrey", country="GB") == Place(region="Surrey", country="United Kingdom")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stuttgart Office", "Stuttgart, Germany"),
        ("HQ", ""),
        ("-", ""),
        ("Bay Area", "San Francisco, CA, United States and around"),
        ("Greater Marseille Area", "Marseille, France and around"),
        ("Denver Metropolitan Area", "Denver, CO, United States and around"),
        ("Macao SAR", "Macao"),
        ("Derby Derbyshire East Midlands", "Derby, Derbyshire, United Kingdom"),
        ("Milton Keynes, Bedfordshire", "Milton Keynes, Bedfordshire, United Kingdom"),
        ("Kleinstdorf, Kent", "Kleinstdorf, Kent, United Kingdom"),
        ("NYC Hybrid Available", "New York, NY, United States"),
    ],
)
def test_words_around_a_place_are_no_part_of_it(text: str, expected: str) -> None:
    assert "; ".join(shown(text)) == expected


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("Remote - US", "United States"), ("Remote (US)", "United States"), ("Remote – US", "United States"),
        ("US Fully Remote", "United States"),
        ("Remote/US", "United States"), ("remote in the EU", "European Union"), ("Remote (EMEA)", "EMEA"), ("Remote", None),
        ("Remote, UTC-5 to UTC+1", "UTC-5 to UTC+1"), ("Remote (CET ±2)", "UTC-1 to UTC+3"),
    ],
)  # fmt: skip
def test_remote_keeps_its_limits(text: str, limits: str | None) -> None:
    [found] = places(text)
    assert (found.remote, found.country or found.zone) == ("remote", limits)


def test_a_country_is_read_by_name_and_in_a_field_by_code() -> None:
    assert country("Allemagne") == country("DEU", code=True) == country("de", code=True) == "Germany"
    assert country("de") is country("Atlantis", code=True) is None


def test_fields_of_a_board_are_read_one_by_one() -> None:
    assert of_fields("München", "BY", "DE") == Place("Munich", "Bavaria", "Germany")
    assert of_fields("Springfield", "Illinois", "US") == Place("Springfield", "IL", "United States")
    assert of_fields("Nirgendwo", None, "AT") == Place("Nirgendwo", None, "Austria")


# ── a posting ───────────────────────────────────────────────────────────────────────────────────────────────


def posting(location: str, **fields: object) -> JobPosting:
    return with_places(JobPosting(board="b", external_id="1", url="https://b.example/1", title="Cook", location=location, **fields))  # type: ignore[arg-type]


def test_a_posting_has_every_place_and_its_fields_are_the_first_ones() -> None:
    found = posting("Dublin; New York City")
    assert [one.city for one in found.places] == ["Dublin", "New York"]
    assert (found.city, found.country) == ("Dublin", "Ireland")


def test_fields_and_places_that_a_board_gave_hold() -> None:
    found = posting("Cork", city="Cork", country="Ireland")
    assert [(one.city, one.country) for one in found.places] == [("Cork", "Ireland")]
    given = posting("somewhere", places=[JobPlace(city="Graz", country="Austria")])
    assert [one.city for one in given.places] == ["Graz"]
    assert given.city == "Graz"


def test_a_list_without_end_is_bounded_and_loses_nobody() -> None:
    everywhere = (
        "; ".join(f"{name}, {code}" for code in ("TX", "CA", "NY") for name in ("A", "B")) + "; " + "; ".join(["Spain", "France"] * 500)
    )
    assert len(places(everywhere)) <= MOST_PLACES
    assert len(posting("x" * 10_000).places) <= 1


# ── wishes ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wish", "location"),
    [
        ("New York", "Dublin; New York City; Porto"),
        ("Denver", "Austin, TX or Denver, CO"),
        ("United Kingdom", "Guildford, Surrey"),
        ("Surrey", "Guildford"),
        ("Bayern", "Munich Office"),
        ("London", "Canary Wharf, London"),
        ("Bay Area", "Palo Alto, CA"),
        ("Europe", "Lisbon, Portugal"),
        ("within 50 km of Leeds", "Bradford, West Yorkshire"),
        ("Leeds + 30 miles", "York"),
        ("Georgia", "Atlanta, GA"),
        ("remote in the EU", "Remote (Spain)"),
        ("Toronto", "Boston (HQ); Remote (Canada)"),
    ],
)
def test_a_job_in_a_wished_place_is_not_hidden(wish: str, location: str) -> None:
    assert broken(wish, location) == ""


@pytest.mark.parametrize(
    ("wish", "location"),
    [
        ("London, UK", "London, ON"),
        ("Paris", "Paris, TX"),
        ("Munich", "Dublin; New York City; Porto"),
        ("Surrey, UK", "Leeds"),
        ("within 50 km of Leeds", "Bristol, UK"),
        ("remote in the EU", "Remote (US)"),
        ("remote in the EU", "Madrid"),
        ("Berlin", "Boston (HQ); Remote (Canada)"),
        ("Tokyo", "Remote, UTC-5 to UTC+1"),
        ("Europe", "Toronto, CA"),
    ],
)
def test_a_job_elsewhere_is_left_out_and_the_reason_says_where_it_is(wish: str, location: str) -> None:
    assert broken(wish, location).startswith("locations: ")


def test_unknown_never_excludes_and_the_note_says_what_the_ad_says() -> None:
    for wish, location in (
        ("Guildford", "England"),
        ("London", "United Kingdom"),
        ("Cambridge, MA", "Cambridge"),
        ("Lyon", "HQ"),
        ("Lyon", ""),
    ):
        assert broken(wish, location) == ""
    assert unsaid("Guildford", "England") == [
        "unknown: the ad only says England, United Kingdom, not whether that is one of your locations"
    ]
    assert unsaid("Lyon", "HQ") == ["unknown: the ad does not say where the work is"]
    assert unsaid("Leeds", "Leeds, UK") == []


def test_a_remote_jobs_city_is_where_the_employer_sits() -> None:
    assert broken("Hamburg", "Berlin, Germany", remote="remote") == ""
    assert "remote within Germany only" in broken("Lyon", "Berlin, Germany", remote="remote")


def test_places_of_the_catalog_are_what_a_job_is_judged_by() -> None:
    assert broken("Graz", "see below", places=[{"city": "Graz", "country": "Austria"}, {"city": "Linz", "country": "Austria"}]) == ""


def test_a_wish_that_may_be_two_places_is_both() -> None:
    assert {one.country for one in wished("Surrey").readings} == {"Canada", "United Kingdom"}
    assert {(one.region, one.country) for one in wished("Georgia").readings} == {(None, "Georgia"), ("GA", "United States")}


def test_reach_and_distance_are_those_of_the_globe() -> None:
    leeds, york = cities("Leeds")[0], cities("York")[0]
    assert kilometres(leeds, york) == pytest.approx(36, abs=3)
    assert lies_in(place("York", country="GB"), place("Leeds"), 40) is True
    assert lies_in(place("York", country="GB"), place("Leeds"), 20) is False
    assert reaches(place("Remote (Europe)"), place("Oslo")) is True


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("Leipzg", "Leipzg: no place that Rolecall knows → Leipzig?"),
        ("Leipzg, Germany", "Leipzg, Germany: no place that Rolecall knows → Leipzig, Germany?"),
        ("within 50 km of Leedz", "→ Leeds?"),
        ("remote on Mars", "→ a city,"),
    ],
)
def test_a_place_nobody_knows_is_told_with_the_nearest_name(wish: str, said: str) -> None:
    (doubt,) = doubts([wish, wish, "Berlin"])
    assert said in doubt


def test_places_that_are_known_in_any_way_are_not_doubted() -> None:
    known = [
        "",
        "remote",
        "hybrid",
        "EU",
        "Bay Area",
        "Muenchen",
        "10115 Berlin",
        "Springfield",
        "Île-de-France",
        "remote in the EU",
        "UTC+1",
        "Leipzig, Germany",
        "Hoxton, United Kingdom",  # of a country's villages and quarters not all are known
    ]
    assert doubts(known) == []
    assert len(doubts(f"Xyzzyville {number}x" for number in range(100))) == MOST_DOUBTS


def test_a_wished_place_nobody_knows_leaves_out_no_job_and_beside_known_ones_these_decide() -> None:
    assert broken("Leipzg", "Leipzig, Germany") == broken("Xyzzyville", "Toronto, Canada") == ""
    assert unsaid("Xyzzyville", "Toronto, Canada")
    assert broken(["Xyzzyville", "Berlin"], "Toronto, Canada").startswith("locations: ")
    assert broken(["Xyzzyville", "Berlin"], "Berlin") == broken(["Xyzzyville", "Berlin"], "Xyzzyville") == ""


def test_the_gazetteer_is_a_few_megabytes() -> None:
    assert FILE.stat().st_size < 5_000_000
