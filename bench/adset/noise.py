"""What boards do to one ad, family by family: each takes a posting and gives it as another board might show it, or ``None`` where it does
not apply. The families of :data:`TUNE` were looked at while the rules were made, those of :data:`HELD` only measured.

Nothing here knows the catalog. Whatever tells two openings of one employer apart stays readable: of the fields that name a job (employer,
title, place) a family changes one, and says no more than a reader of both ads would take for the same.
"""

from __future__ import annotations

import html
import random
import re
import zlib
from collections.abc import Callable

from rolecall.models import JobPosting

Noise = Callable[[JobPosting, random.Random], JobPosting | None]

REGIONS = {
    "CA": "California", "NY": "New York", "TX": "Texas", "WA": "Washington", "MA": "Massachusetts", "IL": "Illinois", "CO": "Colorado",
    "ON": "Ontario", "QC": "Quebec", "BC": "British Columbia", "AB": "Alberta", "GA": "Georgia", "FL": "Florida", "UT": "Utah",
}  # fmt: skip
METRO = {
    "san francisco": "San Francisco Bay Area", "palo alto": "Bay Area", "mountain view": "SF Bay Area", "redwood city": "Bay Area",
    "san mateo": "San Francisco Bay Area", "new york": "New York City Metropolitan Area", "new york city": "Greater New York",
    "toronto": "Greater Toronto Area", "london": "Greater London", "paris": "Greater Paris Metropolitan Region",
    "munich": "Greater Munich Metropolitan Area", "berlin": "Berlin Metropolitan Area", "boston": "Greater Boston",
    "seattle": "Greater Seattle Area", "amsterdam": "Amsterdam Area", "barcelona": "Greater Barcelona Metropolitan Area",
}  # fmt: skip
STREETS = ("Market Street 12", "400 5th Avenue", "Floor 3", "Building B", "Downtown", "City Centre")


def _city(ad: JobPosting) -> str:
    """The one city of the ad, without what is written around it; empty for several, and for none."""
    if ad.city:
        return ad.city
    bare = re.sub(r"\([^)]*\)", "", ad.location.split(",")[0]).strip()
    strange = re.search(r"[;|/]|\b(remote|office|hq|headquarters|area|or|any|coast|fully|hybrid|on-?site)\b", ad.location, re.I)
    return bare if bare and not strange and ("," in ad.location or len(bare.split()) < 4) else ""


def _placed(ad: JobPosting, location: str, **more: object) -> JobPosting:
    return ad.model_copy(update={"location": location, "city": None, "region": None, "country": None, "remote": None, **more})


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────


def place_remote(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Toronto (Remote)``: the place, and that one need not be there."""
    if not (city := _city(ad)) or "remote" in ad.location.lower():
        return None
    said = rng.choice(("{} (Remote)", "{} - Remote", "Remote, {}", "{} / Remote", "{} (Remote possible)", "Remote in {}"))
    return _placed(ad, said.format(city), remote=rng.choice((None, "remote")))


def place_kind(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Hybrid work in Toronto``, ``Toronto (On-site)``."""
    if not (city := _city(ad)):
        return None
    return _placed(ad, rng.choice(("{} (Hybrid)", "Hybrid work in {}", "{} (On-site)", "{} · Hybrid", "Hybrid - {}")).format(city))


def place_office(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Munich Office``, ``London HQ``."""
    if not (city := _city(ad)):
        return None
    return _placed(ad, rng.choice(("{} Office", "{} HQ", "{} Headquarters", "Office {}", "HQ - {}", "{} (HQ)")).format(city))


def place_headquarters(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``HQ``: a place that says nothing to who does not know the employer."""
    return _placed(ad, rng.choice(("HQ", "Headquarters", "Main Office", "Head Office", f"{ad.company} HQ"))) if _city(ad) else None


def place_metro(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Bay Area``, ``Greater Toronto Area``."""
    area = METRO.get(_city(ad).lower())
    return _placed(ad, area) if area else None


def place_detail(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """More of the same place: region, country, codes, a street."""
    if not (city := _city(ad)) or not (ad.region or ad.country):
        return None
    region, nation = ad.region or "", ad.country or ""
    ways = [f"{city}, {nation}" if nation else "", f"{city}, {region}, {nation}" if region and nation else "", f"{city}, {region}"]
    ways += [f"{city}, {REGIONS[region]}, {nation}"] if region in REGIONS else []
    ways += [f"{city} {rng.randrange(10_000, 99_999)}, {nation}"] if nation == "Germany" else []
    location = rng.choice([way for way in ways if way])
    return _placed(ad, location)


def place_bare(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """The city alone, in capitals or not."""
    return _placed(ad, rng.choice((city, city.upper(), city.lower(), f" {city} "))) if (city := _city(ad)) else None


def place_country(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """The country alone, where the city was known."""
    return _placed(ad, ad.country) if ad.country and _city(ad) else None


def place_first(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Of several places the first."""
    return _placed(ad, ad.location.split(";")[0].strip()) if ";" in ad.location else None


def place_order(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Several places written otherwise."""
    parts = [part.strip() for part in ad.location.split(";")]
    return _placed(ad, rng.choice((" | ", " / ", " or ", "; ")).join(parts)) if 1 < len(parts) < 4 else None


def place_street(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """An address."""
    return _placed(ad, f"{rng.choice(STREETS)}, {city}") if (city := _city(ad)) else None


def place_more(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Toronto + 2 more``, ``Toronto and nearby``."""
    return (
        _placed(ad, f"{city}{rng.choice((' + 1 location', ' and nearby', ' (flexible)', ', or remote'))}") if (city := _city(ad)) else None
    )


# ── employers ───────────────────────────────────────────────────────────────────────────────────────────


def company_form(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme, Inc.``"""
    return ad.model_copy(update={"company": ad.company + rng.choice((" Inc.", ", Inc.", " GmbH", " Ltd", " LLC", " B.V.", ", PBC"))})


def company_business(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme Technologies, Inc.``"""
    more = rng.choice(("Technologies", "Technologies, Inc.", "Labs", "Group", "Software GmbH", "Holdings", "AI", "Systems Ltd", "HQ"))
    return None if more.split()[0].lower() in ad.company.lower() else ad.model_copy(update={"company": f"{ad.company} {more}"})


def company_batch(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme (YC W22)``"""
    said = rng.choice((f"(YC {rng.choice('WS')}{rng.randrange(10, 26)})", "(Series B)", "(Remote)", "(We're hiring!)", "[Official]"))
    return ad.model_copy(update={"company": f"{ad.company} {said}"})


def company_domain(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``acme.com``"""
    bare = re.sub(r"[^\w.-]", "", ad.company.lower())
    return ad.model_copy(update={"company": bare if "." in bare else bare + rng.choice((".com", ".io", ".ai", ".co"))})


def company_case(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``ACME``, ``rose-rocket``, ``RoseRocket``."""
    ways = (ad.company.upper(), ad.company.lower(), re.sub(r"\s+", "-", ad.company.lower()), re.sub(r"\s+", "", ad.company.title()))
    return ad.model_copy(update={"company": rng.choice(ways)})


def company_careers(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme Careers``, ``Jobs at Acme``."""
    said = rng.choice(("{} Careers", "{} Jobs", "Jobs at {}", "{} | Careers", "Careers at {}"))
    return ad.model_copy(update={"company": said.format(ad.company)})


def company_unit(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme UK``, ``Acme - Engineering``."""
    said = rng.choice((" UK", " Germany", " International", " Global", " North America", " - Talent Team"))
    return ad.model_copy(update={"company": ad.company + said})


def company_former(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Acme (formerly Rye Mills)``"""
    return ad.model_copy(update={"company": f"{ad.company} {rng.choice(('(formerly Rye Mills)', ', a Rye company', '(acquired by Rye)'))}"})


def company_missing(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """No name, where the text has it several times."""
    named = (ad.description or "").lower().count(ad.company.lower())
    return ad.model_copy(update={"company": rng.choice(("", "Confidential"))}) if named > 2 else None


# ── titles ──────────────────────────────────────────────────────────────────────────────────────────────


def title_gender(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``(m/f/d)``"""
    if re.search(r"[mwfhdx]/[mwfhdx]", ad.title):
        return None
    return ad.model_copy(
        update={"title": f"{ad.title.strip()} {rng.choice(('(m/f/d)', '(f/m/d)', '(all genders)', 'm/w/d', '(H/F)', '[f/m/x]'))}"}
    )


def title_remote(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``– Remote``"""
    if "remote" in ad.title.lower() or "remote" not in f"{ad.location} {ad.remote}".lower():
        return None
    return ad.model_copy(
        update={"title": ad.title.strip() + rng.choice((" – Remote", " (Remote)", " - 100% remote", " | Remote", ", Remote"))}
    )


def title_number(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """The employer's number of the opening: the same wherever it is shown."""
    number = zlib.crc32(f"{ad.raw.get('id')} {ad.title}".encode()) % 900_000 + 100_000
    return ad.model_copy(
        update={"title": ad.title.strip() + rng.choice((f" (R-{number:06})", f" - Req {number}", f" #{number}", f" [JR{number:06}]"))}
    )


def title_place(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Account Executive, Toronto``"""
    city = _city(ad)
    if not city or city.lower() in ad.title.lower():
        return None
    return ad.model_copy(update={"title": ad.title.strip() + rng.choice((" - {}", " ({})", ", {}", " | {}", " in {}")).format(city)})


def title_case(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """In capitals, in small letters."""
    return ad.model_copy(update={"title": rng.choice((ad.title.upper(), ad.title.lower(), f"  {ad.title} "))})


def title_short(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Sr.`` for ``Senior``, ``&`` for ``and``, another dash."""
    pairs = (
        ("Senior", "Sr."), ("Senior", "Sr"), (" and ", " & "), (" & ", " and "), (" - ", " – "), (", ", " - "), ("Junior", "Jr."),
        ("Vice President", "VP"), ("Engineer", "Eng."), ("Manager", "Mgr."), ("Full Stack", "Full-Stack"), ("Backend", "Back-end"),
        ("Frontend", "Front-End"),
    )  # fmt: skip
    fits = [pair for pair in pairs if pair[0] in ad.title]
    return ad.model_copy(update={"title": ad.title.replace(*rng.choice(fits))}) if fits else None


def title_employer(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``Account Executive at Acme``"""
    if ad.company.lower() in ad.title.lower() or not ad.company:
        return None
    said = rng.choice(("{0} at {1}", "{0} - {1}", "{0} | {1}", "{1}: {0}", "{0} @ {1}"))
    return ad.model_copy(update={"title": said.format(ad.title.strip(), ad.company)})


def title_shout(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """``NEW: …``, a rocket."""
    said = rng.choice(
        (
            "NEW: {}",
            "Urgent! {}",
            "🚀 {}",
            "{} (Immediate Start)",
            "{} - Urgently Hiring",
            "*** {} ***",
            "We're hiring: {}",
            "{} – Full-time",
        )
    )
    return ad.model_copy(update={"title": said.format(ad.title.strip())})


def title_pay(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Pay behind the title."""
    return ad.model_copy(
        update={"title": f"{ad.title.strip()} {rng.choice(('($120k-$150k)', '- up to €90,000', '| $60/hr', '- Competitive Salary'))}"}
    )


def title_cut(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """A long title, cut."""
    title = ad.title.strip()
    return ad.model_copy(update={"title": title[: rng.randrange(len(title) * 2 // 3, len(title) - 4)] + "…"}) if len(title) > 48 else None


# ── texts ───────────────────────────────────────────────────────────────────────────────────────────────


def _text(ad: JobPosting, text: str) -> JobPosting:
    return ad.model_copy(update={"description": text, "description_html": None})


def text_cut(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Cut in mid-word."""
    text = ad.description or ""
    return _text(ad, text[: int(len(text) * rng.uniform(0.15, 0.9))]) if len(text) > 800 else None


def text_more(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Cut, and the button that would show the rest."""
    text = ad.description or ""
    end = rng.choice(("… Show more", "...\nShow more", "… See more", "[…]", " …", "... read more", "…more", "\n\nShow more\nShow less"))
    return _text(ad, text[: int(len(text) * rng.uniform(0.1, 0.8))] + end) if len(text) > 800 else None


def text_html(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """With its tags."""
    lines = [html.escape(line) for line in (ad.description or "").split("\n")]
    made = "".join(f"<li>{line.strip('-•* ')}</li>" if line.lstrip()[:1] in "-•*" else f"<p>{line}</p>" for line in lines if line.strip())
    return _text(ad, f'<div class="description">{made}</div>')


def text_mojibake(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """UTF-8 read as Windows-1252 or Latin-1."""
    text = ad.description or ""
    wrong = text.encode().decode("cp1252" if rng.random() < 0.5 else "latin-1", "replace" if rng.random() < 0.3 else "ignore")
    return _text(ad, wrong) if wrong != text else None


def text_bullets(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Other bullets."""
    mark = rng.choice(("• ", "* ", "– ", "· ", "✓ ", "o ", "", "▪ "))
    return _text(ad, re.sub(r"(?m)^\s*[-•*]\s*", mark, ad.description or ""))


def text_one_line(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """All on one line."""
    return _text(ad, re.sub(r"\s+", " ", ad.description or ""))


def text_joined(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Lines joined without a space, as where tags were dropped."""
    return _text(ad, re.sub(r"\s*\n+\s*(?:[-•*]\s*)?", "", ad.description or ""))


def text_around(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """The board's own words before and behind."""
    before = rng.choice(
        ("", "About the job\n", "Job Description\n\n", "Full job description\n", f"{ad.company} is hiring.\nJob type: Full-time\n\n")
    )
    behind = rng.choice(
        (
            "\n\nShow more\nShow less\nSeniority level\nMid-Senior level\nEmployment type\nFull-time\nIndustries\nSoftware Development",
            "\n\nApply now\nReport this job",
            "\nReferrals increase your chances of interviewing by 2x\nGet notified about new jobs",
            "\n\nWe are an equal opportunity employer and value diversity. All qualified applicants will receive consideration.",
        )
    )
    return _text(ad, f"{before}{ad.description or ''}{behind}")


def text_escaped(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Entities that stayed, once or twice escaped."""
    text = html.escape(ad.description or "").replace("&#x27;", "&#39;").replace("’", "&rsquo;").replace("–", "&ndash;")
    return _text(ad, text.replace("&", "&amp;") if rng.random() < 0.5 else text)


def text_ascii(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Characters beyond ASCII lost: as question marks, as the sign for that, or without a trace."""
    return _text(ad, re.sub(r"[^\x00-\x7f]", rng.choice(("?", "\ufffd", "")), ad.description or ""))


def text_without_intro(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Without the paragraphs about the employer."""
    parts = (ad.description or "").split("\n\n")
    return _text(ad, "\n\n".join(parts[rng.randrange(1, max(2, len(parts) // 4)) :])) if len(parts) > 7 else None


def text_without_end(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Without the last paragraphs."""
    parts = (ad.description or "").split("\n\n")
    return _text(ad, "\n\n".join(parts[: -rng.randrange(1, max(2, len(parts) // 3))])) if len(parts) > 7 else None


def text_numbered(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """List items with numbers, or each a sentence of its own."""
    count = 0

    def number(_: re.Match[str]) -> str:
        nonlocal count
        count += 1
        return f"{count}. "

    return _text(ad, re.sub(r"(?m)^\s*[-•*]\s*", number, ad.description or ""))


def text_markdown(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """As Markdown: headings and bold."""
    lines = [
        f"## **{line.strip()}**" if 3 < len(line.strip()) < 40 and not line.lstrip().startswith("-") else line
        for line in (ad.description or "").split("\n")
    ]
    return _text(ad, "\n".join(lines))


def text_links(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Addresses and mails left out."""
    return _text(ad, re.sub(r"\(?(?:https?://|www\.)\S+|\S+@\S+", "", ad.description or ""))


def text_middle(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """A piece out of the middle, as search results show."""
    text = ad.description or ""
    start = rng.randrange(len(text) // 6, len(text) // 3) if len(text) > 1_500 else 0
    return _text(ad, f"...{text[start : start + rng.randrange(400, 900)]}...") if start else None


def text_sections(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """Two halves in the other order: requirements before duties."""
    parts = (ad.description or "").split("\n\n")
    half = len(parts) // 2
    return _text(ad, "\n\n".join([*parts[half:], *parts[:half]])) if len(parts) > 7 else None


def text_pay_line(ad: JobPosting, rng: random.Random) -> JobPosting | None:
    """A line of the board between: pay, date, place."""
    lines = (ad.description or "").split("\n")
    at = rng.randrange(1, max(2, len(lines) // 2))
    said = rng.choice(
        ("Compensation: $110,000 - $150,000 a year", "Posted 3 days ago · 57 applicants", "Job location: see above", "Salary: competitive")
    )
    return _text(ad, "\n".join([*lines[:at], said, *lines[at:]]))


PLACES = (place_remote, place_kind, place_office, place_headquarters, place_metro, place_detail, place_bare, place_country, place_first)
COMPANIES = (company_form, company_business, company_batch, company_case, company_domain)
TITLES = (title_gender, title_remote, title_number, title_place, title_case, title_short)
TEXTS = (text_cut, text_more, text_html, text_mojibake, text_bullets, text_one_line, text_joined, text_around, text_without_end)
TUNE: tuple[tuple[Noise, ...], ...] = (PLACES, COMPANIES, TITLES, TEXTS)
HELD: tuple[tuple[Noise, ...], ...] = (
    (place_order, place_street, place_more),
    (company_careers, company_unit, company_former, company_missing),
    (title_employer, title_shout, title_pay, title_cut),
    (text_escaped, text_ascii, text_without_intro, text_numbered, text_markdown, text_links, text_middle, text_sections, text_pay_line),
)
