"""Places whose parts a board gave in fields of their own, beside a text or instead of one."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from rolecall.models import JobPlace, JobPosting, Remote
from rolecall.text.places.gazetteer import cities
from rolecall.text.places.gazetteer import spelled as key
from rolecall.text.places.name_readings import NameReading, region_code, region_shown
from rolecall.text.places.place_record import REGIONS_MATTER, Place
from rolecall.text.places.place_text import MOST_TEXT, bounded, place, places
from rolecall.text.places.regions import CODED, around, country_code, country_name, region_of_code, regions
from rolecall.text.words import words


def country(text: str | None, *, code: bool = False) -> str | None:
    """The country a text names, in English; ``code``: ISO codes count too (a field that is known to hold a country)."""
    found = country_code(text, code=code) if text and len(text) <= 100 else None
    return country_name(found) if found else None


def country_of_site(url: str | None) -> str | None:
    """The country of a site by the end of its host's name (``www.glassdoor.ca``); ``None`` for ``.com`` and its like."""
    end = (urlsplit(url or "").hostname or "").rpartition(".")[2].upper()
    return country_name(code) if len(end) == 2 and (code := country_code("GB" if end == "UK" else end, code=True)) else None


@lru_cache(maxsize=65_536)
def located(
    text: str, city: str | None = None, region: str | None = None, nation: str | None = None, remote: Remote | None = None
) -> Place:
    """A posting's first place for comparing, from its text and whatever fields the board gave beside it; the fields win.

    >>> located("NYC") == located("New York, NY, US") == located("New York, NY") == located("New York")
    True
    """
    read = place(text[:MOST_TEXT], country=nation)
    if city or region or nation:
        fields = of_fields(city, region, nation)
        if not city and read.city and (not fields.country or read.country in (None, fields.country)):
            fields = fields._replace(city=read.city, region=fields.region or read.region)
        zone_too = read.zone if not fields.country else None
        read = fields._replace(remote=read.remote, area=read.area and read.city == fields.city, zone=zone_too)
    return read._replace(
        city=" ".join(words(read.city)) if read.city else None,
        region=read.region if read.country in REGIONS_MATTER or read.country is None else None,
        remote=remote or read.remote,
    )


@lru_cache(maxsize=32_768)
def of_fields(city: str | None, region: str | None, nation: str | None) -> Place:
    """A place whose parts somebody gave one by one, under the names that :func:`places` uses."""
    code = country_code(nation, code=True) if nation else None
    if not code:
        return place(", ".join(part for part in (city, region, nation) if part))
    named = [one for one in regions(region) if one[0] == code] if region else []
    where = named[0] if named else region_of_code(code, region.strip().upper()) if region else None
    shown = region_code(*where) if where else (region or None)
    towns = [one for one in cities(city) if one.country == code] if city else []
    inside = [one for one in towns if where and where[1] in around(one)] or ([] if where and code in CODED else towns)
    if not inside:
        read = place(city, country=code) if city else Place()
        return Place(read.city if read.country == country_name(code) else city, shown or read.region, country_name(code))
    return Place(inside[0].name, shown or (region_shown(NameReading(city=inside[0])) if code in CODED else None), country_name(code))


def with_places(posting: JobPosting) -> JobPosting:
    """The posting, filled: :attr:`~rolecall.models.JobPosting.places` are those it came with, else those its ``location`` names, the
    first of them as its own fields say; its fields are those of the first one where it came without."""
    if posting.places:
        found = tuple(bounded(list(dict.fromkeys(Place(**one.model_dump()) for one in posting.places))))
    else:
        found = _of_posting(posting.location[:MOST_TEXT], posting.city, posting.region, posting.country)
    if found and not (posting.city or posting.region) and posting.country in (None, found[0].country):
        posting.city, posting.region, posting.country = found[0][:3]
    posting.places = [_job_place(one) for one in found if one != Place()]
    return posting


@lru_cache(maxsize=8192)
def _job_place(one: Place) -> JobPlace:
    return JobPlace(**{name: value[:300] if isinstance(value, str) else value for name, value in one._asdict().items()})


@lru_cache(maxsize=8192)
def _of_posting(location: str, city: str | None, region: str | None, nation: str | None) -> tuple[Place, ...]:
    """The places of a text, the first as the fields beside it say."""
    given = places(location, country=nation)
    if city or region or nation:
        first = given[0] if given else Place()
        agrees = _agree(first, city, region, nation)
        rest = given[1:] if agrees else [one for one in given if not _agree(one, city, region, nation)] if len(given) > 1 else []
        if not city and first.city and agrees:
            own = first._replace(country=nation or first.country)
        else:
            area = first.area and city is not None and key(city) == key(first.city or "")
            own = Place(city, region, nation, first.remote, first.zone if not nation else None, area)
        given = [own, *rest]
    return tuple(bounded(list(dict.fromkeys(given))))


def _agree(one: Place, city: str | None, region: str | None, nation: str | None) -> bool:
    """Whether a place read from the text is the one in the fields."""
    if nation and one.country not in (None, nation):
        return False
    return not city or not one.city or key(city) == key(one.city) or of_fields(city, region, nation).city == one.city
