"""Places out of texts: "London; New York City; Lisbon", "Toronto, CA", "Remote – US", "Munich Office", "Greater Lyon Area".

Every part of a text may be a country, a region or a city, each in several countries. Readings that fit together are kept, the likeliest is
the answer, and what several likely ones leave open stays ``None``: "Cambridge" is a city of which nobody said which.
"""

from rolecall.text.places.name_readings import is_city
from rolecall.text.places.place_fields import country, country_of_site, located, of_fields, with_places
from rolecall.text.places.place_record import Place
from rolecall.text.places.place_text import MOST_PLACES, place, places
from rolecall.text.places.place_words import remote_kind
from rolecall.text.places.regions import CANADIAN_PROVINCES, US_STATES

__all__ = [
    "CANADIAN_PROVINCES", "MOST_PLACES", "US_STATES", "Place", "country", "country_of_site", "is_city", "located", "of_fields", "place",
    "places", "remote_kind", "with_places",
]  # fmt: skip
