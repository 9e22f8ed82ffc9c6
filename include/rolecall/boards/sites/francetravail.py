"""France Travail: ``GET /partenaire/offresdemploi/v2/offres/search?motsCles=…&range=0-149``; needs ``FRANCETRAVAIL_CLIENT_ID`` and
``FRANCETRAVAIL_CLIENT_SECRET``.

Format: https://francetravail.io/data/api/offres-emploi, and public code that uses it. Not verified live. A token is asked for first
(OAuth 2, client credentials, scope ``api_offresdemploiv2 o2dsoffre``). Places are INSEE codes there, so a search is for the whole
country. The list has 150 postings a page and 1,150 in all, each with its text; 204 says that there are none.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SalaryInterval, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_text, plain
from rolecall.text.money import Salary
from rolecall.text.places.place_wishes import nation_of

PER_PAGE = 150
LAST_START = 1_000
LOGIN = "https://entreprise.francetravail.fr"
AGES = (1, 3, 7, 14, 31)
"""Days it takes."""

CONTRACTS = {
    "full-time": ("tempsPlein", "true"), "part-time": ("tempsPlein", "false"), "contract": ("typeContrat", "CDD"),
    "temporary": ("typeContrat", "MIS"),
}  # fmt: skip
"""Ours → its parameter."""

HOURS = {"temps plein": "full-time", "temps partiel": "part-time"}
INTERVALS: dict[str, SalaryInterval] = {"annuel": "year", "mensuel": "month", "horaire": "hour"}
PAY = re.compile(r"(annuel|mensuel|horaire) de (\d{1,7}(?:[.,]\d{1,2})?) euros?(?: à (\d{1,7}(?:[.,]\d{1,2})?) euros?)?", re.I)
DEPARTMENT = re.compile(r"^(?:\d{2,3}|2[AB]) - ", re.I)
DISTRICT = re.compile(r"\s\d{1,2}$")


class FranceTravail(Board):
    """The search service of France's public employment agency."""

    name = "francetravail"
    title = "France Travail"
    hosts = ("api.francetravail.io", "entreprise.francetravail.fr")
    default_base_url = "https://api.francetravail.io"
    seconds_per_request = 1.0
    wants_credential = True
    can = frozenset({"keywords", "age", "contract"})
    rich_fields = ("company", "location", "posted_at", "description")

    def token_request(self, *, base_url: str | None = None) -> Request:
        """Client credentials for a token, in a form.

        :raises InvalidInput: none are set
        """
        if not all(self.credential):
            fix = "set FRANCETRAVAIL_CLIENT_ID and FRANCETRAVAIL_CLIENT_SECRET, or both in the connection board_francetravail"
            raise InvalidInput("FRANCETRAVAIL_CLIENT_ID", "France Travail answers nobody without an application's id and secret", fix=fix)
        form = {"grant_type": "client_credentials", "scope": "api_offresdemploiv2 o2dsoffre"}
        form |= dict(zip(("client_id", "client_secret"), self.credential, strict=True))
        return Request(f"{(base_url or LOGIN).rstrip('/')}/connexion/oauth2/access_token?realm=%2Fpartenaire", form=form)

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred and fifty postings a page, the newest first."""
        if seen % PER_PAGE or (number and not seen) or seen > LAST_START:
            return None
        params = {"motsCles": query.keywords.replace(",", " "), "sort": "1", "range": f"{seen}-{seen + PER_PAGE - 1}"}
        if query.max_age_days and query.max_age_days <= AGES[-1]:
            params["publieeDepuis"] = str(next(days for days in AGES if days >= query.max_age_days))
        params |= dict([CONTRACTS[query.contract]]) if query.contract in CONTRACTS else {}
        asked = urlencode({key: value for key, value in params.items() if value})
        url = f"{self.base(base_url)}/partenaire/offresdemploi/v2/offres/search?{asked}"
        return Request(url, headers={"Authorization": f"Bearer {self.token}", "Accept": "application/json"})

    def serves(self, query: SearchQuery) -> bool:
        """A place that is, or may be, in France."""
        return not query.location or nation_of(query.location) in ("", "FR")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{resultats: […]}``."""
        return lines(text, "resultats", lambda job: self._posting(job, fetched_at))

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        identity = as_text(job.get("id"))
        contact, origin = as_dict(job.get("contact")), as_dict(job.get("origineOffre"))
        apply = as_text(contact.get("urlPostulation")).strip()
        apply = apply if apply.startswith(("http://", "https://")) else ""
        where = as_text(as_dict(job.get("lieuTravail")).get("libelle"))
        hours = HOURS.get(as_text(job.get("dureeTravailLibelleConverti")).strip().lower())
        return JobPosting(
            board=self.name,
            external_id=identity,
            url=f"https://candidat.francetravail.fr/offres/recherche/detail/{quote(identity, safe='')}" if identity else "",
            title=plain(as_text(job.get("intitule"))),
            company=plain(as_text(as_dict(job.get("entreprise")).get("nom"))),
            location=place_of(where),
            country="France",
            posted_at=believable(iso(as_text(job.get("dateCreation"))), fetched_at),
            description=as_text(job.get("description")).strip() or None,
            employment_type="temporary" if job.get("typeContrat") == "MIS" else hours,
            apply_url=apply or None,
            apply_kind="external" if apply else None,
            raw={"contract": job.get("typeContrat"), "hours": job.get("dureeTravailLibelle"), "origin": origin.get("urlOrigine")},
            **pay_of(as_text(as_dict(job.get("salaire")).get("libelle"))).fields(),
        )


def place_of(label: str) -> str:
    """ "13 - MARSEILLE 08" as people write it: its department's number and its district left out.

    >>> place_of("13 - MARSEILLE 08"), place_of("Finistère"), place_of("")
    ('Marseille', 'Finistère', '')
    """
    town = DISTRICT.sub("", DEPARTMENT.sub("", plain(label)))
    return town.title() if town.isupper() else town


def pay_of(label: str) -> Salary:
    """ "Mensuel de 2000.0 Euros à 2500.0 Euros sur 12.0 mois" as a range; empty where it says something else."""
    found = PAY.search(label)
    if not found:
        return Salary()
    low, high = (float(amount.replace(",", ".")) if amount else None for amount in (found[2], found[3]))
    return Salary(low, high, "EUR", INTERVALS[found[1].lower()])
