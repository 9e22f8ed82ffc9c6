"""Which kind a mail is: rules in order over all its sentences, so that a rejection is one however kindly it begins."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rolecall.inbox.mail_kinds.phrases import LONGEST, known
from rolecall.inbox.mail_reader import Mail
from rolecall.inbox.understood import MailKind
from rolecall.inbox.whose import is_system
from rolecall.text.words import listed

GUARDED = listed(
    "rejected_others rejected soft_rejected farewell alas refusing others concession cancelled cancelled_softly offer assessment interview "
    "interview_weakly action outreach"
)
"""Groups whose sentence must not depend on an *if*."""

REFUSALS = frozenset({"rejected_others", "rejected", "cancelled", "cancelled_softly"})
"""Groups whose sentence must not be about a time to come: ``until the position is filled``."""

BROAD = frozenset({"refusing", "others", "concession"})
"""Groups that see a no in any words; each sentence of them weighs as much as two kind ones."""

GUARDS = frozenset({"if", "until", "when", "maybe", "interested", "fraud", "future", "past", "process", "copy", "silence", "because"})
KINDLY = frozenset({"soft_rejected", "farewell", "alas"})
SOFT = ("soft_rejected", "apologies")

LISTED = 8
"""Sentences after ``How our process works`` that are about everybody, unless they ask for something."""

OUTWEIGHED = 4
"""So many sentences of a receipt to each that speaks of an interview make it one that only tells how it may go on."""

ASKING = listed("please bitte merci veuillez por favor invite invited inviting einladen link attached below anbei")

INVITING = listed(
    "like love invite invited inviting availability confirmed scheduled selected moving moved advancing calendly choose pick "
    "book slot slots "
    "moechten wuerden gern gerne laden termin passt aimerions souhaitons proposons invitons convier gustaria queremos "
    "encantaria citamos invitamos"
)


WELCOME = frozenset({"offer", "assessment", "interview", "interview_weakly"})
"""Groups whose sentence must not be about what may happen, or to others."""

NEAR, NEARER = 15, 5
"""Words that a refusal may stand behind the *if*, or the *until*, that it depends on."""

NO_ANSWER = listed(
    "respond reply answer contact contacting individually inquiries inquiry feedback calls telephone phone sponsor sponsorship relocation "
    "anfragen anfrage nachfrage nachfragen rueckfragen beantworten antworten telefonisch einzeln individuell "
    "repondre individuellement reponses responder individualmente reimburse expenses travel reisekosten erstattet uebernommen viaje"
)
"""``Unfortunately we cannot reply to everybody`` is no rejection."""

NOT_OF_YOU = NO_ANSWER | listed(
    "hesitate worry forget forgotten miss monitored automated yet noch encore aun todavia delay discriminate disclose tolerate charge fee "
    "fees pay regardless may might hesitez discourage discouraged otherwise ask never share scam money agencies "
    "agency unsolicited accommodation accommodations disability race religion veteran gender confidential recipient attachments spam junk "
    "browser password changed edit edited editable submit"
)
"""Words of sentences whose negation is not about the person who applied."""

NOT_ALL = listed("everyone everybody every each all alle jeder jede jedem tous toutes todos todas")
NOES = REFUSALS | BROAD | KINDLY
FOOTED = frozenset({"own", "received", "received_firmly", "interview", "offer"})
"""Groups that the foot of a mail says nothing of: ``you get this because you applied once``."""

PROGRESS = listed(
    "attention manquera manquerons zwischenstaende zwischenstand zwischenbescheid zwischenbescheide sachstand sachstandsanfragen auskuenfte"
)
"""``Leider keine Zwischenstände``, ``a retenu toute mon attention`` are no rejections."""

PERSONS = listed(
    "you your yours we our us i me my him her congratulations attached enclosed ihnen dir sie dich ihr ihre ihren dein deine deinen wir "
    "uns vous te t votre ton nous notre le usted tu su nosotros nos ofrecerte ofrecerle ofrecemos enhorabuena felicidades angebot vertrag "
    "arbeitsvertrag"
)
"""An offer is somebody's to somebody: ``4 conditional offer 5 background check`` is a list of steps."""

RESULTS = listed("results result scores score resultate ergebnisse ergebnis resultats resultados resultado")
"""What came of a test is no test."""

THOSE = listed("they candidates applicants those who bewerber kandidaten")
"""``Even when they are not selected``, ``not everybody will be a match`` are about nobody in particular."""

DENIED = listed(
    "not no unable never nobody nicht kein keine keinen keiner ne n pas aucun aucune sin sans ningun ninguna other another andere anderen"
)


@dataclass(frozen=True, slots=True)
class KindFound:
    """A kind, what decided it, and whether that is certain.

    :param by_form: what the mail is decided, not what it says: a delivery report, an absence notice, a calendar entry
    """

    kind: MailKind
    why: str
    sure: bool = True
    by_form: bool = False


@dataclass
class Found:
    """What was found of each group: the sentences it stands in."""

    groups: Mapping[str, list[str]]

    def has(self, *names: str) -> bool:
        """Whether a sentence says something of one of the groups."""
        return any(self.groups.get(name) for name in names)

    def count(self, name: str) -> int:
        """How many sentences say something of the group."""
        return len(self.groups.get(name, ()))

    def first(self, *names: str) -> str:
        """The first sentence of the first of the groups that has any; ``""``: none has."""
        return next((self.groups[name][0] for name in names if self.groups.get(name)), "")


def look(
    subject: Sequence[Sequence[str]], body: Sequence[Sequence[str]], *, mild: Callable[[Sequence[str]], bool] = lambda _: False
) -> tuple[Found, Found]:
    """What the sentences of the subject, and what all of them, say by group.

    :param mild: tells sentences that refuse nobody, whatever their words
    """
    of_subject = _groups(subject, mild)
    everything = defaultdict(list, {name: list(found) for name, found in of_subject.items()})
    for name, found in _groups(body, mild).items():
        everything[name].extend(found)
    return Found(of_subject), Found(everything)


def _groups(parts: Sequence[Sequence[str]], mild: Callable[[Sequence[str]], bool]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    in_general = 0
    for words in parts:
        places: dict[str, list[int]] = defaultdict(list)
        for name, _, place in known().find(words):
            places[name].append(place)
        if "copy" in places:
            break  # what follows are the person's own words
        if not NOES.isdisjoint(places) and mild(words):
            for name in NOES:
                places.pop(name, None)
        in_general = LISTED if "process" in places else in_general - 1
        if in_general > 0 and ASKING.isdisjoint(words):
            for name in WELCOME:
                places.pop(name, None)
        for name in [name for name in places if name not in GUARDS]:
            counted = [place for place in places[name] if _counts(name, place, words, places)]
            if not counted:
                continue
            weakly = name == "interview" and any(before < min(counted) for before in places.get("future", ()))
            found["interview_weakly" if weakly else name].append(" ".join(words)[:160])
    return found


def _counts(name: str, place: int, words: Sequence[str], places: Mapping[str, list[int]]) -> bool:
    """Whether a phrase says what it says, in view of what its sentence says before it."""
    ifs = [before for before in places.get("if", ()) if before not in places.get("interested", ())]
    far = NEAR if name in REFUSALS else LONGEST
    if "because" in places and name in FOOTED:
        return False
    if name in NOES and ("silence" in places or "withdrawn" in places or not PROGRESS.isdisjoint(words)):
        return False
    if name == "offer" and ("never" in words[:place] or PERSONS.isdisjoint(words)):
        return False
    if name == "assessment" and not RESULTS.isdisjoint(words):
        return False
    if name in GUARDED and any(0 < place - before <= far for before in ifs):
        return False
    if name in REFUSALS and (words[-1] == "?" or any(0 < place - before <= NEARER for before in places.get("until", ()))):
        return False
    if name in WELCOME and ("fraud" in places or any(before <= place for guard in ("maybe", "when") for before in places.get(guard, ()))):
        return False
    if name in REFUSALS | BROAD and _of_nobody(words, place):
        return False
    if name in WELCOME and any(0 <= place - before <= NEAR for before in places.get("past", ())):
        return False
    if name in KINDLY and not NO_ANSWER.isdisjoint(words):
        return False
    if name == "alas" and DENIED.isdisjoint(words):
        return False
    if name in BROAD and (
        words[-1] == "?" or not places.keys().isdisjoint(("until", "future", "fraud")) or not NOT_OF_YOU.isdisjoint(words)
    ):
        return False
    if name == "time_asked" and words[-1] != "?":
        return False
    return not (name == "pending" and ifs) and not (name == "own" and words[-1] == "?")


def _of_nobody(words: Sequence[str], place: int) -> bool:
    """Whether a refusal is of nobody in particular, or praise: ``you stood out among other candidates``."""
    if "stood" in words or "unanimous" in words:
        return True
    after = words[place : place + 6]
    for number, word in enumerate(after):
        if word in DENIED:
            before, behind = words[max(0, place + number - 2) : place + number], after[number + 1 : number + 2]
            return not THOSE.isdisjoint(before) or not NOT_ALL.isdisjoint(behind)
    return False


# ── by their form ───────────────────────────────────────────────────────────────────────────────────────────────

DAEMONS = re.compile(r"^(?:mailer-daemon|postmaster|mail-daemon|mdaemon|bounces?)\b", re.I)
UNDELIVERED = re.compile(
    r"\b(?:undeliver\w{1,8}|delivery (?:status notification \(failure\)|has failed|failed|failure)|returned mail|returned to sender"
    r"|mail delivery (?:failed|failure|subsystem)|could not be delivered|delivery incomplete|unzustellbar|nicht zustellbar"
    r"|konnte nicht zugestellt werden|[eé]chec de (?:la )?remise|non remis|no se (?:ha podido|pudo) entregar|no entregado"
    r"|error de entrega)",
    re.I,
)
DELAYED = re.compile(r"\b(?:delayed|delay|verz[öo]gert|retard[ée]e?|retrasad[oa])\b", re.I)


def bounce(mail: Mail) -> KindFound | None:
    """A mail of the person's own that came back for good. One that is only late, or was delivered, is none."""
    action = mail.report.get("action", "").lower()
    if action:
        return (
            KindFound(MailKind.BOUNCE, f"delivery report: {action}", by_form=True)
            if action == "failed"
            else KindFound(MailKind.OTHER_NOISE, f"delivery report: {action}", by_form=True)
        )
    daemon = bool(DAEMONS.match(mail.sender.partition("@")[0])) or "x-failed-recipients" in mail.headers
    if daemon and DELAYED.search(mail.subject):
        return KindFound(MailKind.OTHER_NOISE, "a delivery that is late", by_form=True)
    if (daemon and (UNDELIVERED.search(mail.subject) or UNDELIVERED.search(mail.text[:3_000]))) or "x-failed-recipients" in mail.headers:
        return KindFound(MailKind.BOUNCE, f"came back: {mail.subject[:100]}", by_form=True)
    return None


AWAY = re.compile(
    r"\b(?:out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?(?:reply|response)|on vacation|abwesenheit\w{0,12}|nicht im b[üu]ro"
    r"|automatische antwort|r[ée]ponse automatique|absence du bureau|absent du bureau|respuesta autom[áa]tica|fuera de la oficina)\b",
    re.I,
)
AWAY_TEXT = re.compile(
    r"\b(?:i am|i'm|i will be|ich bin|je suis|estoy|estar[ée])\b.{0,60}\b(?:out of (?:the )?office|on (?:annual |parental )?leave"
    r"|on vacation|away|nicht im b[üu]ro|im urlaub|abwesend|absente?|en cong[ée]s?|de vacaciones|fuera de la oficina)",
    re.I,
)

CODE = re.compile(r"(?<![\w/=&.-])(?:\d{4,8}|(?=[A-Za-z0-9]{0,9}\d)[A-Za-z0-9]{6,10}|\d{3}[ -]\d{3}|[A-Z]{8}|[A-Z]{6})(?![\w/=&-])")


def away(mail: Mail) -> KindFound | None:
    """Somebody's absence notice."""
    if AWAY.search(mail.subject) or AWAY_TEXT.search(mail.text[:2_000]):
        return KindFound(MailKind.OTHER_NOISE, "an absence notice", by_form=True)
    return None


# ── by their senders ────────────────────────────────────────────────────────────────────────────────────────────

ALERTERS = re.compile(
    r"^(?:job-?alerts?(?:-noreply)?|jobs-listings|jobs-recommendations?|alerts?|job-?agent|jobmail|jobmails|newsletter|jobs-listings|jobs2you"
    r"|recommendations?|jobsuggestions?|job-?recommendations?|jobempfehlungen|alertes?|alertas?|donotreply|no-?reply|info|notifications?|mailer"
    r")@(?:[\w-]{1,60}\.){0,3}(?:linkedin|indeed|indeedmail|glassdoor|ziprecruiter|monster|stepstone|xing|careerbuilder|dice|simplyhired|adzuna|jooble"
    r"|infojobs|hellowork|regionsjob|apec|cadremploi|welcometothejungle|francetravail|pole-emploi|naukri|talent|jobleads|jobteaser|totaljobs|reed"
    r"|cv-library|arbeitsagentur|kununu|meinestadt|lensa|theladders|clearancejobs|usajobs|wellfound|builtin|otta|tecnoempleo|computrabajo)\.",
    re.I,
)
ALERT_ONLY = re.compile(
    r"^(?:job-?alerts?|jobs-listings|jobs-recommend|alerts?@|job-?agent|jobmail|newsletter|alertes?@|alertas?@|jobempfehlung|recommendations?@)",
    re.I,
)


SILENT = "no rule spoke"


def classify(mail: Mail, of_subject: Found, found: Found, *, meeting: bool) -> KindFound:
    """The kind of a mail by the rules.

    :param of_subject: what its subject says, and ``found`` all of it (:func:`look`)
    :param meeting: it has a calendar part that asks for a meeting, moves it or calls it off
    """
    if (by_form := bounce(mail)) is not None:
        return by_form
    if (by_form := away(mail)) is not None and not found.has("received", "apply", "rejected", "rejected_others"):
        return by_form
    alerter = bool(ALERTERS.match(mail.sender))
    about_own = found.has("own")
    elsewhere = found.count("elsewhere")
    field = found.count("job") + (0 if elsewhere else _from_the_field(mail))
    if meeting and not (field or about_own) and found.has("private"):
        return KindFound(MailKind.OTHER_NOISE, f"a private meeting: {found.first('private')}", by_form=True)
    hinted = found.has("apply", "own", "outreach", "offer", "assessment") and not elsewhere
    if not (field or meeting or hinted) or (elsewhere > field and not (field and about_own)):
        if _code(mail, found, of_subject):
            return KindFound(MailKind.SECURITY_CODE, "a code", sure=False)
        return KindFound(MailKind.OTHER_NOISE, "says nothing of a job", sure=False)
    if ALERT_ONLY.match(mail.sender) and not of_subject.has("own"):
        return KindFound(MailKind.NOISE_JOB_ALERT, f"from {mail.sender}")
    headed = of_subject.has("alert") and not of_subject.has("own") and not found.has("rejected_others", "rejected")
    if headed and (alerter or not about_own or found.count("alert") > 2):
        return KindFound(MailKind.NOISE_JOB_ALERT, found.first("alert"))
    if alerter and found.has("alert") and not about_own:
        return KindFound(MailKind.NOISE_JOB_ALERT, found.first("alert"))
    if _code(mail, found, of_subject):
        return KindFound(MailKind.SECURITY_CODE, found.first("code"))
    if found.has("promotion") and not about_own and not meeting:
        return KindFound(MailKind.OTHER_NOISE, found.first("promotion"))
    if found.has("withdrawn") and not found.has("rejected_others", "rejected", "interview", "action"):
        return KindFound(MailKind.OTHER_NOISE, found.first("withdrawn"))
    no = _rejection(found)
    approached = found.count("outreach") > found.count("received") and not about_own and not meeting
    if no is not None:
        return no
    if found.has("survey") and not found.has("received_firmly"):
        return KindFound(MailKind.OTHER_NOISE, found.first("survey"))
    if approached and not mail.refers_to:
        return KindFound(MailKind.RECRUITER_OUTREACH, found.first("outreach"), sure=found.count("outreach") > 1)
    return _good(found, of_subject, meeting=meeting, alerter=alerter, about_own=about_own)


SENDERS = re.compile(
    r"\b(?:jobs?|careers?|karriere|recrut\w{0,10}|recruit\w{0,10}|talents?|hiring|hr|humanresources|personal\w{0,12}|bewerb\w{0,12}|people"
    r"|rrhh|seleccion|empleo|emploi|candidat\w{0,8}|onboarding|ats)\b",
    re.I,
)


def _from_the_field(mail: Mail) -> int:
    """1 where the sender's name or address says that it is whoever answers applications; else 0."""
    domain = mail.sender.rpartition("@")[2]
    said = f"{mail.sender_name} {mail.sender.replace('_', ' ')}"[:300]
    return int(bool(SENDERS.search(said)) or is_system(domain))


def _code(mail: Mail, found: Found, of_subject: Found) -> bool:
    if not found.has("code") or len(mail.text) > 3_000:
        return False
    return bool(CODE.search(mail.subject) or CODE.search(mail.text)) and (of_subject.has("code") or len(mail.text.split()) < 120)


def _rejection(found: Found) -> KindFound | None:
    if found.has("cancelled") and not found.has("rejected_others"):
        return KindFound(MailKind.POSITION_CANCELLED, found.first("cancelled"))
    if found.has("rejected_others", "rejected"):
        return KindFound(MailKind.REJECTED, found.first("rejected_others", "rejected"))
    if found.has("cancelled_softly"):
        return KindFound(MailKind.POSITION_CANCELLED, found.first("cancelled_softly"))
    broad = {sentence for name in BROAD for sentence in found.groups.get(name, ())}
    soft = {sentence for name in SOFT for sentence in found.groups.get(name, ())} - broad
    forward = any(not broad.issuperset(found.groups.get(name, ())) for name in ("offer", "interview", "assessment"))
    waiting = found.has("pending", "received_firmly") and not broad
    heard = 2 * len(broad) + len(soft)
    if broad and len(broad) < 2 and not soft and found.count("action") > 1:
        return None  # something is asked for: one negation beside it is about that
    if heard >= (4 if forward else 3 if waiting else 2) or (found.has("farewell", "alas") and not forward and not found.has("pending")):
        return KindFound(MailKind.REJECTED, found.first("others", "refusing", "concession", "farewell", "alas", *SOFT), sure=False)
    return None


def _in_passing(said: Sequence[str]) -> bool:
    """Whether all of these sentences speak of interviews without asking for one."""
    return all(INVITING.isdisjoint(sentence.split()) for sentence in said)


def _good(found: Found, of_subject: Found, *, meeting: bool, alerter: bool, about_own: bool) -> KindFound:
    if meeting:
        return KindFound(MailKind.INTERVIEW_INVITATION, "a calendar entry", by_form=True)
    if found.has("offer") and (about_own or not alerter):
        return KindFound(MailKind.OFFER, found.first("offer"))
    if found.has("assessment"):
        return KindFound(MailKind.ASSESSMENT, found.first("assessment"))
    waiting = found.count("pending") + found.count("received_firmly") if found.has("received_firmly") else 0
    passing = bool(waiting) and (waiting >= OUTWEIGHED * found.count("interview") or _in_passing(found.groups.get("interview", ())))
    asked = found.has("interview") and (of_subject.has("interview") or not passing)
    if asked or of_subject.has("interview_weakly") or (found.has("interview_weakly") and not found.has("received")):
        return KindFound(MailKind.INTERVIEW_INVITATION, found.first("interview", "interview_weakly"))
    if found.has("time_asked") and not found.has("received_firmly", "outreach", "action"):
        return KindFound(MailKind.INTERVIEW_INVITATION, found.first("time_asked"), sure=False)
    if found.has("action"):
        return KindFound(MailKind.ACTION_NEEDED, found.first("action"))
    if found.has("received"):
        return KindFound(MailKind.RECEIVED, found.first("received"), sure=about_own and found.has("received_firmly", "pending"))
    if found.has("alert"):
        return KindFound(MailKind.NOISE_JOB_ALERT, found.first("alert"), sure=False)
    if found.has("outreach"):
        return KindFound(MailKind.RECRUITER_OUTREACH, found.first("outreach"), sure=False)
    if about_own and found.has("pending"):
        return KindFound(MailKind.RECEIVED, found.first("pending"), sure=False)
    return KindFound(MailKind.OTHER_NOISE, SILENT, sure=False)
