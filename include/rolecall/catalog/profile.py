"""What an ad says about its job, read into facts that compare: employer, work, place, numbers, links, pay, dates."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from urllib.parse import parse_qsl, urlsplit

from rolecall.catalog.company_names import company, initials
from rolecall.catalog.whereabouts import AdPlace, named_in, narrowed, read_ad_place
from rolecall.models import JobPosting, Remote
from rolecall.text.html import repaired
from rolecall.text.job_titles import Title, bare_title, title, title_parts
from rolecall.text.money import PER_YEAR
from rolecall.text.words import fold, listed, words

MAX_TEXT = 20_000
"""Characters of a description that are read."""

LEAST_WORDS = 8
"""A shorter description is none."""

OPENING_WORDS = 12
"""Words at the start of a text that are one of its keys: a snippet keeps them."""

OPENING_CHARS = 400
MAX_PLACE = 1_000
SMALL = listed("and the a an of for to in with at und et y de der die des du la")
"""Words of a title that boards write or leave out."""
LONGEST_KEY = 400

NUMBERED = re.compile(
    r"\b(?:job\s+)?(?:requisition|req|reference|ref|kennziffer|referenznummer|stellennummer)\b\.?[\s:#-]*"
    r"(?:(?:id|no|nr|number|nummer)\b\.?[\s:#-]*)?\b(?P<number>[a-z]{0,5}-?\d{4,}[\w-]*)",
    re.I,
)
"""``Requisition ID: R-10233`` in a text."""
IDENTIFYING = re.compile(r"\d{4,}|[0-9a-f]{8}-[0-9a-f]{4}-|[0-9a-f]{16}", re.I)
"""What makes an address one opening's, not a careers page."""
TRACKING = re.compile(
    r"^(?:utm_\w+|source|src|ref|refid|gh_src|lever-\w+|trk\w*|tracking\w*|sid|jobsite|campaign|channel|from|lang|locale)$", re.I
)


@dataclass(frozen=True, slots=True)
class ComparedAd:
    """The fields of a posting that merging reads.

    :param id: any number that names it in one run; the posting's row id in the store
    :param text: hash of its description, empty without one
    :param requisition: the employer's number of the opening as its text says it, see :func:`requisition_in`
    """

    id: int
    board: str
    external_id: str
    title: str
    company: str = ""
    location: str = ""
    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    posted_at: datetime | None = None
    employment_type: str | None = None
    salary_min: float | None = None
    salary_max: float | None = None
    salary_currency: str | None = None
    salary_interval: str | None = None
    apply_url: str | None = None
    requisition: str = ""
    text: str = ""

    @classmethod
    def of(cls, posting: JobPosting, number: int) -> ComparedAd:
        """The ad of a posting in memory."""
        fields = {name: getattr(posting, name) for name in cls.__slots__ if name not in ("id", "requisition", "text")}
        start = (posting.description or "")[:MAX_TEXT]
        return cls(id=number, requisition=requisition_in(start), text=text_hash(start), **fields)


@dataclass(frozen=True, slots=True)
class Profile:
    """An ad, read.

    :param who: the employer's key; empty where nobody is named
    :param root: its name without what boards hang on it, see :class:`rolecall.catalog.company_names.Company`
    :param work: the words of the title that name the work, in order, without small words
    :param named: the employer's name as written, for explanations
    :param requisition: digits and letters of the employer's number, without its prefix
    :param link: where one applies, without tracking; empty for an address that may serve many openings
    :param pay: lowest and highest a year, and the currency
    :param month: months since year 0 in which it was posted
    """

    ad: ComparedAd
    who: str
    root: str
    named: str
    what: Title
    work: tuple[str, ...]
    where: AdPlace
    requisition: str
    link: str
    pay: tuple[float, float, str] | None
    part_time: bool | None
    month: int | None

    @property
    def name(self) -> tuple[str, str]:
        """(board, external id): the order of postings, by code points."""
        return (self.ad.board, self.ad.external_id)

    @property
    def label(self) -> str:
        """The posting's name as a text, ``board|external_id``: ``linkedin|100``."""
        return f"{self.ad.board}|{self.ad.external_id}"

    @property
    def signature(self) -> tuple[object, ...]:
        """Equal for ads that say the same in every fact: copies."""
        return (self.who, self.what, self.where, self.requisition, self.link, self.pay, self.part_time, self.month, self.ad.text)

    @property
    def cell(self) -> tuple[str, str, str]:
        """Employer, work and place: equal for ads that differ in nothing that names a job."""
        return (self.root, self.what.key, self.where.key)

    @property
    def merge_key(self) -> str:
        """The cell, for people; one of its own for an ad that says too little."""
        if not (self.what.core and self.who and self.where.known):
            return f"alone: {job_id(*self.name)}"
        key = " @ ".join((self.what.key, self.who, self.where.key))
        return key if len(key) <= LONGEST_KEY else "long: " + hashlib.sha256(key.encode()).hexdigest()


def job_id(board: str, external_id: str) -> str:
    """``j`` and the first 16 hex digits of the SHA-256 of ``board|external_id``: the id of the job whose smallest posting this is."""
    return "j" + hashlib.sha256(f"{board}|{external_id}".encode()).hexdigest()[:16]


def profile(ad: ComparedAd) -> Profile:
    """Reads an ad. Every text is read to a bounded length."""
    named = ad.company[:500]
    employer = company(named)
    at = read_ad_place(ad.location[:MAX_PLACE], ad.city, ad.region, ad.country, ad.remote, employer.root)
    hung_on = at.said | {employer.key, employer.root, " ".join(words(named.replace("&", " and ")))}
    for part in title_parts(ad.title[:1000]):
        if part not in hung_on and (named_place := named_in(part)) and (nearer := narrowed(at, named_place)):
            at, hung_on = nearer, hung_on | {part}
    what = title(bare_title(ad.title[:1000], hung_on))
    if what.remote and at.remote is None:
        at = replace(at, remote=what.remote)
    return Profile(
        ad=ad,
        who=employer.key,
        root=employer.root,
        named=" ".join(named.split()),
        what=what,
        work=tuple(word for word in what.core if word not in SMALL) or what.core,
        where=at,
        requisition=_bare(what.requisition) or _bare(ad.requisition),
        link=link(ad.apply_url),
        pay=_pay(ad),
        part_time=_part_time(what, ad.employment_type),
        month=ad.posted_at.year * 12 + ad.posted_at.month if ad.posted_at else None,
    )


def keys(one: Profile, description: str | None) -> list[int]:
    """What ads that may be one job have in common, as 64-bit numbers.

    Employer and work; its initials, work and city; employer and number; address; work and first words of the text.
    """
    core = " ".join(sorted(set(one.work)))
    city = one.where.places[0].city if one.where.places else None
    found = []
    if core:
        found += [f"work {one.root} {core}"] if one.who else []
        found += [f"initials {short} {core} {city}" for short in sorted(initials(one.who) or {one.who}) if 1 < len(short) < 9]
    if one.who and one.requisition:
        found.append(f"number {one.who} {one.requisition}")
    if one.link:
        found.append(f"link {one.link}")
    if one.ad.text and core:
        start = words(without_number(readable((description or "")[:OPENING_CHARS])))[:OPENING_WORDS]
        found.append(f"text {core} {' '.join(start)}")
    return [key_of(key) for key in found]


TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>|<!--[^<>]{0,300}-->")
BEFORE = re.compile(
    r"[\s.…]*(?:(?:full )?job description|about (?:the|this) (?:job|role|position)|the role|position (?:overview|summary))\b[:\s]*", re.I
)
BUTTON = re.compile(r"(?:\b(?:(?:show|see|read|view|load) (?:more|less|full description))|(?:…|\.\.\.) ?more)[\s.…\[\]]*$", re.I)
"""A board's own words before and behind a text."""
AT_THE_EDGE = 100


def readable(text: str) -> str:
    """A description as its employer wrote it, as far as that can be had back: tags, entities, mojibake, buttons of the board."""
    if "&" in text:
        text = unescape(unescape(text))
    if "<" in text:
        text = TAG.sub("\n", text)
    if before := BEFORE.match(text, 0, AT_THE_EDGE):
        text = text[before.end() :]
    text = text.rstrip()
    while found := BUTTON.search(text, max(0, len(text) - AT_THE_EDGE)):
        text = text[: found.start()].rstrip() + "…"
    return repaired(text)


def key_of(text: str) -> int:
    """A key as a 64-bit number; two texts that share one by accident are compared in vain, nothing more."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def text_hash(start: str) -> str:
    """Equal for equal descriptions, cut to :data:`MAX_TEXT`; empty for one too short to tell anything."""
    if len(start.split(None, LEAST_WORDS)) < LEAST_WORDS:
        return ""
    return hashlib.md5(start.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def requisition_in(text: str) -> str:
    """The one number of the opening that a text names; empty where it names none, or several."""
    found = {match["number"].lower() for match in NUMBERED.finditer(text)} if _numbered(text) else set()
    return found.pop()[:40] if len(found) == 1 else ""


def without_number(text: str) -> str:
    """The text without the employer's number, which one board writes and another leaves out."""
    return NUMBERED.sub(" ", text) if _numbered(text) else text


def _numbered(text: str) -> bool:
    """Whether it may name a number: a quick look, as most texts do not."""
    return bool(re.search(r"\d{4}", text)) and any(hint in text.lower() for hint in ("req", "ref", "kennziffer", "nummer"))


def _bare(number: str) -> str:
    """``JR-10233``, ``R10233`` and ``10233`` are one number."""
    return re.sub(r"^[a-z]{1,5}-?(?=\d)|^-", "", fold(number))


def link(address: str | None) -> str:
    """Where one applies, without what tracks; empty where the address may serve many openings.

    >>> link("https://Jobs.Acme.example/apply/48151623?utm_source=board#form"), link("https://acme.example/careers")
    ('jobs.acme.example/apply/48151623', '')
    """
    if not address or address.lower().startswith("mailto:"):
        return ""
    try:
        parts = urlsplit(address[:2_000])
    except ValueError:
        return ""
    asked = "&".join(f"{name}={value}" for name, value in sorted(parse_qsl(parts.query)) if not TRACKING.match(name))
    rest = parts.path.rstrip("/") + (f"?{asked}" if asked else "")
    return f"{(parts.netloc or '').lower().removeprefix('www.')}{rest}" if IDENTIFYING.search(rest) else ""


def _pay(ad: ComparedAd) -> tuple[float, float, str] | None:
    known = [float(bound) for bound in (ad.salary_min, ad.salary_max) if bound is not None and bound > 0]
    if not known:
        return None
    year = PER_YEAR.get(ad.salary_interval or "", 1)
    return (min(known) * year, max(known) * year, (ad.salary_currency or "").upper())


def _part_time(what: Title, employment_type: str | None) -> bool | None:
    if "part-time" in what.contract or "full-time" in what.contract:
        return "part-time" in what.contract
    kind = re.sub(r"[^a-z]", "", fold(employment_type or ""))
    if "parttime" in kind or "teilzeit" in kind:
        return True
    return False if "fulltime" in kind or "vollzeit" in kind else None
