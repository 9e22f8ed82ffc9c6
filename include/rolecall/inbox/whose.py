"""Which application a mail is about. One that is certain, or none: where two fit, or the sender could be anybody, it is asked."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from rolecall.catalog.company_names import LEGAL_FORMS, company
from rolecall.inbox.mail_kinds.phrases import UMLAUTS
from rolecall.inbox.mail_reader import Mail
from rolecall.text.words import fold, listed, words

SYSTEMS = listed(
    """
    greenhouse-mail.io greenhouse.io hire.lever.co lever.co ashbyhq.com myworkday.com workday.com smartrecruiters.com workablemail.com
    workable.com icims.com jobvite.com m.personio.de personio.de personio.com teamtailor-mail.com teamtailor.com bamboohr.com
    rippling.com comeet-notifications.com comeet.co recruitmail.com recruitee.com breezy.hr breezy-mail.com softgarden.io
    softgarden.de onlyfy.jobs prescreenapp.io successfactors.com successfactors.eu taleo.net oraclecloud.com avature.net jazzhr.com
    applytojob.com paylocity.com ultipro.com adp.com dayforce.com join.com rexx-systems.com umantis.com d-vinci.de concludis.de
    hackerrankforwork.com hackerrank.com codility.com codesignal.com hirevue.com testgorilla.com eightfold.ai phenompeople.com gem.com
    goodtime.io welcomekit.co flatchr.io taleez.com digitalrecruiters.com beetween.com talentclue.com bizneohr.com factorialhr.com
    pinpointhq.com indeed.com indeedemail.com linkedin.com infojobs.net stepstone.de xing.com ziprecruiter.com dice.com usajobs.gov
    calendly.com
    """
)
"""Domains of systems that send for employers: who it is from, the display name and the text say."""

SMALL = listed("the a an of and for in at to m f d w x mwd (m/w/d) der die das und fuer de la le les du des et pour el los y en")

GLUED = frozenset(form for form in LEGAL_FORMS if len(form) >= 3)
"""Legal forms that stand at the end of a domain's name without a hyphen: ``acmegmbh.example``. Two letters more make another name."""

JOINING = frozenset({"and", "und", "et", "y", "e", "en", "och"})


@dataclass(frozen=True, slots=True)
class Applied:
    """An application as mails are compared with it.

    :param names: of the employer, in words: as it is folded everywhere (``Söhne`` is ``sohne``) and as Germans spell it out (``soehne``)
    :param roots: the same without what boards hang on a name, in one word
    """

    id: str
    names: tuple[tuple[str, ...], ...]
    roots: frozenset[str]
    title: tuple[str, ...]
    references: frozenset[str]
    addresses: frozenset[str]
    tokens: frozenset[str]
    domains: frozenset[str]


def read(one: Any) -> Applied | None:
    """An application given as a mapping or an object: ``id``, ``company``, ``title``, and what there is of ``message_ids``, ``addresses``
    (the job's own, or what it was written to), ``tokens`` and ``domains``. ``None`` where it has no id.
    """
    said = _said(one)
    identity = _first(said, "id", "application_id", "applicationId", "key")
    if not identity:
        return None
    names = [company(each) for each in spellings(_first(said, "company", "employer", "companyName", "company_name"))]
    return Applied(
        identity,
        tuple(dict.fromkeys(_unjoined(name.key.split()) for name in names if name.key)),
        frozenset(name.root for name in names if name.root),
        tuple(each for each in words(_first(said, *TITLES)) if each not in SMALL),
        frozenset(each.strip("<> ") for each in _list(said, "message_ids", "messageIds", "message_id", "messageId", "references")),
        frozenset(each.lower() for each in _list(said, "addresses", "reply_to", "mailbox_email", "address")),
        frozenset(each.lower() for each in _list(said, "tokens", "token") if len(each) >= 6),
        frozenset(each.lower() for each in _list(said, "domains", "domain")),
    )


def title_of(one: Any) -> str:
    """The job's title of an application, given as :func:`read` takes it; ``""`` where it has none."""
    return _first(_said(one), *TITLES)


def _said(one: Any) -> Mapping[str, Any]:
    return one if isinstance(one, Mapping) else {name: getattr(one, name) for name in NAMES if hasattr(one, name)}


def spellings(text: str) -> tuple[str, ...]:
    """A text as it is, and with ``ä`` as ``ae`` where it has umlauts.

    >>> spellings("Söhne"), spellings("Mills")
    (('Söhne', 'Soehne'), ('Mills',))
    """
    return tuple(dict.fromkeys((text, unicodedata.normalize("NFC", text).translate(UMLAUTS))))


def shown(domain: str) -> str:
    """A domain as people read it: its labels decoded (IDNA) where they can be.

    >>> shown("jobs.xn--shne-5qa.example")
    'jobs.söhne.example'
    """
    if "xn--" not in domain:
        return domain
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


TITLES = ("title", "jobTitle", "job_title", "position")

NAMES = listed(
    "id application_id applicationId key company employer companyName company_name title jobTitle job_title position "
    "message_ids messageIds message_id messageId references addresses reply_to mailbox_email address tokens token domains "
    "domain "
)


def _first(said: Mapping[str, Any], *names: str) -> str:
    return next((str(said[name]) for name in names if said.get(name)), "")


def _list(said: Mapping[str, Any], *names: str) -> list[str]:
    found: list[str] = []
    for name in names:
        value = said.get(name)
        found += [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, Iterable) else []
    return [each for each in found if each]


@dataclass(frozen=True, slots=True)
class Whose:
    """The application, or those that it may be, and why."""

    application: str | None
    candidates: tuple[str, ...] = ()
    why: str = ""


def whose(mail: Mail, applications: Sequence[Any]) -> Whose:
    """The one application that a mail is about."""
    known = [each for each in (read(one) for one in applications) if each is not None]
    referred = {*mail.refers_to, *mail.returned}
    if by_thread := [each for each in known if each.references & referred]:
        return _one(by_thread, "it answers what was sent")
    addresses = {mail.sender, mail.reply_to, *mail.recipients}
    if by_address := [each for each in known if each.addresses & addresses or _has_token(each, mail)]:
        return _one(by_address, "its address is the application's own")
    told = f"{mail.sender_name} ; {mail.subject} ; {mail.text[:20_000]}"
    everything = words(told)
    spelt = [_unjoined(words(each)) for each in spellings(told)]
    named = [each for each in known if _names(each, mail, spelt)]
    if not named:
        return Whose(None)
    trusted = [each for each in named if _may_speak(each, mail)]
    fitting = _by_title(trusted or named, everything)
    if len({each.id for each in trusted}) and len(fitting) == 1:
        return Whose(
            fitting[0].id, (fitting[0].id,), "the employer's name" + (" and the title" if _has_title(fitting[0], everything) else "")
        )
    reason = "two fit" if len(fitting) > 1 else "the sender is not known to be the employer's" if not trusted else "it names another title"
    return Whose(None, tuple(dict.fromkeys(each.id for each in fitting or trusted or named)), reason)


def _one(found: Sequence[Applied], why: str) -> Whose:
    ids = tuple(dict.fromkeys(each.id for each in found))
    return Whose(ids[0] if len(ids) == 1 else None, ids, why)


def _has_token(one: Applied, mail: Mail) -> bool:
    places = [address.partition("@")[0].partition("+")[2] for address in (*mail.recipients, mail.reply_to)]
    return any(token == place for token in one.tokens for place in places)


def _names(one: Applied, mail: Mail, told: Sequence[Sequence[str]]) -> bool:
    """Whether a mail names the employer: in its words (in one of their spellings), or by its domain."""
    return bool(one.names) and (any(_contains(each, name) for each in told for name in one.names) or _own_domain(one, mail))


def _unjoined(name: Sequence[str]) -> tuple[str, ...]:
    """Without the words that ``&`` is also written as: ``Mill & Sons`` is ``Mill and Sons``."""
    return tuple(word for word in name if word not in JOINING) or tuple(name)


def _own_domain(one: Applied, mail: Mail) -> bool:
    domain = mail.sender.rpartition("@")[2]
    if any(domain == own or domain.endswith(f".{own}") for own in one.domains):
        return True
    if is_system(domain):
        tenant = re.sub(r"[^a-z0-9]", "", mail.sender.partition("@")[0].partition("+")[0])
        return len(tenant) >= 4 and tenant in one.roots  # ada@…, acme@myworkday.com, acme+autoreply@talent.icims.com
    labels = shown(domain).split(".")[:-1]
    if not labels or max(map(len, one.roots), default=0) < 3:
        return False
    own = one.roots | {"".join(name) for name in one.names}
    for label in map(fold, spellings(labels[-1])):
        bare = label.replace("-", "")
        spelt = {bare, "".join(_unjoined(company(label.replace("-", " ")).key.split()))}  # acme-ltd.example is Acme's
        if own & spelt or any(label == name + form for name in own if len(name) >= 4 for form in GLUED):
            return True
    return False


def is_system(domain: str) -> bool:
    """Whether a domain sends for employers."""
    return any(domain == system or domain.endswith(f".{system}") for system in SYSTEMS)


def _may_speak(one: Applied, mail: Mail) -> bool:
    return is_system(mail.sender.rpartition("@")[2]) or _own_domain(one, mail)


def _contains(text: Sequence[str], part: Sequence[str]) -> bool:
    first, size = part[0], len(part)
    return any(word == first and tuple(text[place : place + size]) == tuple(part) for place, word in enumerate(text))


def _has_title(one: Applied, text: Sequence[str]) -> bool:
    return bool(one.title) and _contains([word for word in text if word not in SMALL], one.title)


def _by_title(found: Sequence[Applied], text: Sequence[str]) -> list[Applied]:
    """Those whose title a mail names, the longest where one is part of another; where it names none, all of them, unless it names a title
    that is nobody's."""
    exact = [each for each in found if _has_title(each, text)]
    exact = [
        each for each in exact if not any(len(other.title) > len(each.title) and _contains(other.title, each.title) for other in exact)
    ]
    if exact:
        return exact
    spoken = titles_in(text)
    if not spoken:
        return list(found)
    scored = [(max(fuzz.token_sort_ratio(" ".join(each.title), one) for one in spoken), each) for each in found]
    return [each for score, each in scored if score >= 85]


ROLE = frozenset({"position", "role", "opening", "vacancy", "stelle", "rolle", "job"})
ENDS = listed("the our a your this for as of in at to and ; you we is der die das unsere als fuer ihre deine")
STARTS = frozenset({"poste", "puesto", "position", "role", "stelle", "vacante", "posicion", "als"})
EMPTY = listed("new open same right next other different current available following specific similar perfect ideal key suitable")


def titles_in(text: Sequence[str]) -> list[str]:
    """Titles that a mail's words name: ``the … position``, ``position of …``, ``poste de …``, ``als …``."""
    found: list[str] = []
    for place, word in enumerate(text):
        if word in ROLE:
            start = place
            while start > 0 and place - start < 8 and text[start - 1] not in ENDS:
                start -= 1
            if 0 < place - start < 8 and start > 0 and text[start - 1] in ("the", "our", "a", "this") and text[place - 1] not in EMPTY:
                found.append(" ".join(text[start:place]))
        if word in STARTS and place + 2 < len(text) and text[place + 1] in ("of", "de", "als", "as"):
            after = text[place + 2 : place + 8]
            end = next((at for at, each in enumerate(after) if each in ENDS), len(after))
            if end:
                found.append(" ".join(after[:end]))
    return found[:20]
