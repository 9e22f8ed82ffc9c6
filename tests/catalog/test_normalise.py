"""Names: spellings of one thing compare equal, different things never do, and what is taken out is kept as a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.catalog.normalise import company, place, title
from rolecall.catalog.profile import ComparedAd, keys, link, profile, requisition_in
from rolecall.text.words import WORD, fold, mended, words


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "Acme Inc.",
            "ACME, Inc",
            "acme",
            "The Acme Company",
            "Acme S.A.",
            "Acme S. à r.l.",
            "Acme A/S",
            "Acme GmbH & Co. KG",
            "Acme Pty Ltd",
        ],
        ["Müller AG", "MÜLLER", "MÃ¼ller AG", "Muller"],
        ["Rye & Wheat", "Rye and Wheat Ltd."],
        ["Rye and Wheat Mills", "Rye & Wheat Mills (RWM)"],
        ["IBM", "International Business Machines Corp."],
        ["Ernst & Young", "EY", "Ernst and Young LLP"],
    ],
)
def test_spellings_of_one_company_are_one(spellings: list[str]) -> None:
    assert len({company(spelling).key for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("Acme UK Ltd", "Acme Ltd"), ("Acme Bank", "Acme Group"), ("日立", "東芝"), ("AG", "SE")])
def test_different_companies_stay_different(one: str, other: str) -> None:
    assert company(one).key != company(other).key


@pytest.mark.parametrize("nobody", ["", "  ", "Confidential", "N/A", "🥐"])
def test_a_name_that_says_nothing_has_no_key(nobody: str) -> None:
    assert company(nobody).key == ""


def test_the_legal_form_is_kept() -> None:
    assert company("Rye GmbH & Co. KG").legal_form == "gmbh co kg"


@pytest.mark.parametrize(
    "spellings",
    [
        [
            "Senior Data Engineer",
            "Sr. Data Engineer (m/w/d)",
            "Data Engineer, Senior",
            "SENIOR DATA ENGINEER - Full-time",
            "Senior Data-Engineer 🚀",
        ],
        ["Front-End Developer", "Frontend Developer", "Front End Dev"],
        ["Data Engineer II", "Data Engineer 2", "Data Engineer (Level 2)"],
        ["Data Engineer II - Payments", "Data Engineer 2 - Payments", "Data Engineer 2, Payments", "Data Engineer (Level 2) | Payments"],
        ["Infirmier H/F", "Infirmier(e)", "Infirmier (H/F)"],
        ["VP Sales", "Vice President, Sales", "VP of Sales"],
        ["Data Engineer (R12345)", "Data Engineer - Req. 998877", "Data Engineer VM-422911", "Data Engineer"],
        ["Data Engineer (Remote)", "Data Engineer | Hybrid", "Data Engineer"],
        ["Data Engineer - Graz", "Data Engineer"],
    ],
)
def test_spellings_of_one_title_are_one(spellings: list[str]) -> None:
    assert len({title(spelling, "graz").key for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Senior Engineer", "Staff Engineer"),
        ("Senior Engineer", "Engineer"),
        ("Engineer I", "Engineer II"),
        ("Engineer II", "Engineer III"),
        ("Backend Engineer", "Frontend Engineer"),
        ("Nurse (part-time)", "Nurse"),
        ("Nurse, Nights", "Nurse"),
        ("Manager, Sales", "Manager, Marketing"),
        ("Associate Product Manager", "Product Manager"),
        ("Head of Data", "Director of Data"),
        ("Tier 1 Support", "Tier 2 Support"),
    ],
)
def test_siblings_stay_different(one: str, other: str) -> None:
    assert title(one).key != title(other).key


def test_what_is_taken_out_of_a_title_is_kept_as_facts() -> None:
    read = title("Sr. Backend Engineer II (R10233, part-time, remote) (m/f/d)")
    assert (read.core, read.ranks, read.level, read.remote, read.contract, read.requisition) == (
        ("backend", "engineer"), ("senior",), 2, "remote", ("part-time",), "10233",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "core"),
    [
        ("Staff Nurse", ("staff", "nurse")),
        ("Sales Associate", ("sales", "associate")),
        ("Lead Generation Specialist", ("lead", "generation", "specialist")),
        ("Contract Manager", ("contract", "manager")),
        ("School Principal", ("school", "principal")),
        ("データエンジニア", ("データエンジニア",)),
    ],
)
def test_words_of_rank_that_name_the_work_stay(text: str, core: tuple[str, ...]) -> None:
    assert title(text).core == core


@pytest.mark.parametrize(
    "spellings",
    [
        ["NYC", "New York", "New York, NY", "New York, NY, US", "New York, New York, United States", "New York City", "New York, NY 10001"],
        ["München", "Munich, Bavaria, Germany", "MÃ¼nchen, Deutschland", "80331 München", "Munich, DE"],
        ["London", "London, UK", "Greater London, England, United Kingdom", "London Area, United Kingdom", "London EC1A 1BB"],
        ["Berlin", "Berlin, Germany", "Berlin, Berlin, Germany", "Berlin, DE"],
        ["Austin", "Austin, TX", "Austin, Texas, United States", "Austin, TX 78701", "Austin, United States"],
        ["Remote", "Fully Remote", "Remote work", "Work from home"],
        ["Remote - US", "Remote, United States", "United States (Remote)", "Remote in the US", "Remote (USA)"],
        ["Lyon", "Hybrid work in Lyon", "Lyon (Hybrid)", "Lyon, Auvergne-Rhône-Alpes, France"],
        ["Warsaw", "Warszawa, Polska", "Warsaw 00-001"],
    ],
)
def test_spellings_of_one_place_are_one(spellings: list[str]) -> None:
    assert len({place(spelling).key for spelling in spellings}) == 1, [place(spelling).key for spelling in spellings]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Portland, OR", "Portland, ME"),
        ("London, UK", "London, ON, Canada"),
        ("Paris, France", "Paris, TX"),
        ("Lyon", "Greater Lyon Area"),
        ("San Francisco", "San Francisco Bay Area"),
        ("Graz", "Linz"),
        ("New York, NY", "New York, NY (Remote)"),
        ("Germany", "Berlin, Germany"),
        ("Wilmington, DE", "Wilmington, NC"),
        ("Atlanta, Georgia", "Tbilisi, Georgia"),
    ],
)
def test_different_places_stay_different(one: str, other: str) -> None:
    assert place(one).key != place(other).key


def test_fields_that_a_board_gives_beside_the_text_win() -> None:
    assert place("somewhere", "Graz", None, "AT").key == place("Graz, Austria").key
    assert place("Springfield", None, "IL", "US").key == place("Springfield, IL").key


def test_nothing_known_is_no_place() -> None:
    assert not place("").known
    assert place("Remote").known


@pytest.mark.parametrize(("broken", "right"), [("MÃ¼nchen", "München"), ("CafÃ©", "Café"), ("Ã", "Ã"), ("fine", "fine")])
def test_mojibake_is_undone_where_that_is_certain(broken: str, right: str) -> None:
    assert mended(broken) == right


def test_words_are_folded_whatever_their_script() -> None:
    assert words("Sr. C++ Développeur, .NET / C# ﬁt Straße") == ["sr", "c++", "developpeur", ".net", "c#", "fit", "strasse"]
    assert fold("データ") == "データ"


@given(st.text(alphabet=st.characters(codec="ascii"), max_size=80))
def test_words_of_ascii_are_found_by_the_fast_way_as_by_the_general_one(text: str) -> None:
    assert words(text) == [fold(found) for found in WORD.findall(text)]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_key_of_bounded_length(one: str, two: str, three: str) -> None:
    ad = ComparedAd(1, "b", "1", one, two, three)
    key = profile(ad).merge_key
    assert 0 < len(key) <= 400
    assert "\0" not in key or "\0" in one + two + three
    assert profile(ad).merge_key == key
    assert keys(profile(ad), three) == keys(profile(ad), three)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Requisition ID: R-10233 and more", "r-10233"),
        ("Req. JR10233", "jr10233"),
        ("Kennziffer: 2026-4711", "2026-4711"),
        ("Referenznummer 88123", "88123"),
        ("We require 2000 hours. Requirements: none.", ""),
        ("Req. 10233, formerly Req. 99881", ""),
    ],
)
def test_the_number_of_an_opening_is_read_from_its_text_where_it_is_one(text: str, number: str) -> None:
    assert requisition_in(text) == number


@pytest.mark.parametrize(
    ("address", "bare"),
    [
        ("https://www.jobs.crumb.example/apply/48151623?utm_source=indeed&gh_src=1#form", "jobs.crumb.example/apply/48151623"),
        ("https://crumb.example/apply?gh_jid=4815162&source=linkedin", "crumb.example/apply?gh_jid=4815162"),
        ("https://crumb.example/careers", ""),
        ("https://[broken", ""),
        (None, ""),
    ],
)
def test_an_address_to_apply_at_is_one_openings_or_says_nothing(address: str | None, bare: str) -> None:
    assert link(address) == bare
