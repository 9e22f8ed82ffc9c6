"""Names: spellings of one thing compare equal, different things never do, and what is taken out is kept as a fact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.catalog.cluster import Member, leaders, likeness, merge_key, shingles
from include.catalog.normalise import company, place, title
from include.catalog.words import fold, mended, words


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


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=300))
def test_any_text_has_a_key_of_bounded_length(one: str, two: str, three: str) -> None:
    key = merge_key(board="b", external_id="1", title_text=one, company_text=two, location=three)
    assert 0 < len(key) <= 400
    assert "\0" not in key or "\0" in one + two + three
    assert merge_key(board="b", external_id="1", title_text=one, company_text=two, location=three) == key


def test_different_requisitions_are_different_openings_and_one_without_joins_only_a_single_one() -> None:
    plain, first, second = Member("a", "1", 1), Member("b", "2", 2, "", "r1"), Member("c", "3", 3, "", "r2")
    assert leaders([plain, first], {}) == {plain: plain, first: plain}
    assert leaders([plain, first, second], {}) == {plain: plain, first: first, second: second}


def test_a_cut_text_is_like_the_whole_and_a_template_with_another_core_is_not() -> None:
    whole = " ".join(f"word{number}" for number in range(200))
    cut = whole[: len(whole) // 3]
    other = " ".join(f"word{number}" if number % 4 else f"other{number}" for number in range(200))
    assert likeness(shingles(whole), shingles(cut)) > 0.97
    assert likeness(shingles(whole), shingles(other)) < 0.5
