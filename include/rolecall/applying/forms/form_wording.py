"""Words by which forms say what they mean: required, optional, yes and no, consent, traps, and what is nobody's guess."""

from __future__ import annotations

import re
import unicodedata

from rolecall.text.html import squeeze

YES = frozenset(
    {"yes", "ja", "oui", "sí", "si", "sì", "sim", "tak", "kyllä", "joo", "ano", "igen", "да", "はい", "y", "true", "da", "jah", "evet"}
)
NO = frozenset(
    {"no", "nein", "non", "não", "nao", "nie", "ei", "nej", "ne", "nem", "nee", "нет", "いいえ", "n", "false", "nu", "hayır", "nei"}
)

REQUIRED_WORDS = (
    r"required( field)?|mandatory|pflichtfeld|pflichtangabe|erforderlich|obligatoire|champ obligatoire|requis"
    r"|obligatoria|obligatorio|campo obligatorio|requerido|champ requis"
    r"|obbligatorio|campo obbligatorio|obrigatório|campo obrigatório|verplicht|verplicht veld|vereist|obligatorisk|påkrævet"
    r"|pakollinen|wymagane|wymagany|pole wymagane|pole obowiązkowe|povinné|povinný údaj|povinné pole|kötelező|zorunlu|必須"
)
OPTIONAL_WORDS = r"optional|freiwillig|facultatif|optionnel|opcional|facultatief|optioneel|facoltativo|opzionale|valfritt"
r"|valgfri(tt)?|vapaaehtoinen|nieobowiązkowe"
REQUIRED_MARK = re.compile(
    rf"[*✱＊∗﹡]\s*$|[*✱＊∗﹡](?=\s|{REQUIRED_WORDS})|^[*✱＊∗]|[(\[]\s*({REQUIRED_WORDS})\s*[)\]]|(?:^"
    rf"|[\s.:?–-])({REQUIRED_WORDS})\s*[.:]?$|^({REQUIRED_WORDS})\.",
    re.I,
)
OPTIONAL_MARK = re.compile(rf"[(\[]\s*({OPTIONAL_WORDS})\s*[)\]]|(?:^|[\s?–-])({OPTIONAL_WORDS})\s*[.:]?$", re.I)
STRIPPED = re.compile(
    rf"^[*✱＊∗ ]{{1,4}}|[*✱＊∗] ?({REQUIRED_WORDS})(?=$| [A-Z(])|^({REQUIRED_WORDS})\. ?|[*✱＊∗](?=[*✱＊∗ ]{{0,4}}$| ?[(\[])"
    rf"| ?[(\[] ?({REQUIRED_WORDS}|{OPTIONAL_WORDS}|\*) ?[)\]]|[ .:?–-]({OPTIONAL_WORDS})$| ?\( ?\)",
    re.I,
)
ENDING = re.compile(rf"(?:(?<=[?.!:])| ) ?({REQUIRED_WORDS})$", re.I)

NO_LABEL = re.compile(
    r"(attach|replace|remove|delete|carica|upload|uploader|browse|choose|select|add|drop|drag|datei|durchsuchen"
    r"|auswählen|hochladen|parcourir"
    r"|importer|choisir|subir|adjuntar|examinar|seleccionar|search|suchen?|clear|open|close|toggle|type here|start typing"
    r"|enter( your)?( answer| text)?|your answer|answer|untitled|undefined|input|field|label|or|oder|please (select|choose)"
    r"|bitte (wählen|auswählen)|option)"
    r"( an?| the| your| eine?| un| une| el| la)?"
    r"( files?| options?| one| documents?| here| datei(en)?| fichiers?| archivos?| answer| value| item| all| selection)?"
    r"( upload| here| button| to upload)?[ .…:*]*",
    re.I,
)
"""Labels that ask nothing: the words of a button, a hint where to type."""

PLACEHOLDER_OPTION = re.compile(
    r"[-–—.…\s]*|[-–—\s]*(please )?(select|choose|pick)\b.{0,30}|[-–—\s]*(bitte )?(aus)?wählen( sie)?\b.{0,30}"
    r"|[-–—\s]*keine auswahl.{0,20}|(veuillez )?(choisir|choisissez|sélectionner|sélectionnez)\b.{0,30}"
    r"|(por favor )?(seleccion[ae]r?|elija|elige|escoge|selecione|escolha)\b.{0,30}|(seleziona|scegli)\b.{0,30}"
    r"|(maak|kies|selecteer)\b.{0,30}|(välj|vælg|velg|valitse|wybierz|vyberte)\b.{0,30}|none selected"
    r"|no selection|n[/.]?a\.? selected|make (a|your) (selection|choice)|scegliere|effettua una scelta|wählen sie\b.{0,30}"
    r"|faites? (un|votre) choix|elegir|haz una selección|maak een keuze",
    re.I,
)
FIRST_OPTION = re.compile(r"no answer|not specified|unspecified|no response|nicht ausgewählt|non spécifié|sin especificar", re.I)
"""What only stands for no choice where it is the first of a list."""

CONSENT = re.compile(
    r"consent|privacy|data protection|datenschutz|einwillig|einverstanden|stimme .{0,60}zu\b|zustimm|bestätige"
    r"|terms|conditions|agree\b|i accept|accept the|acknowledge|i have read|gelesen|gdpr|dsgvo|rgpd"
    r"|consens|consent|autoris|j'accepte|j’accepte|politique de confidentialité|acepto|política de privacidad"
    r"|autorizo|acconsento|informativa|akkoord|toestemming|privacyverklaring|samtyck|suostu|talent ?pool"
    r"|newsletter|marketing|future (job|opportunit|position|vacanc|opening|role)|contact me|keep my|store my"
    r"|retain my|text messages?\b|\bsms\b|job ?alert|aufbewahr|gespeichert|speicher"
    r"|zgod[ęaąy]\b|akceptuj|zapozna(łem|łam)|polity[kc]\w{1,5} prywatności|przetwarzani|\brodo\b|bewaar mijn|toekomstige vacatures"
    r"|samtykke|accepterer|godkänner|godkjenner|concordo|aceito|política de privacidade|souhlas"
    r"|zpracování|hozzájárul|elfogadom|souhaite recevoir|(deseo|quiero) recibir|desidero ricevere|chcę otrzymywać",
    re.I,
)
GIVES_CONSENT = re.compile(
    r"consent|agree|accept|opt.?in|receive|contact me|\bstor|keep|zustimm|einwillig|einverstanden|accepte|acepto|acconsento", re.I
)
UPLOADING = re.compile(
    r"^(please )?(upload|attach|add|drop|import|select|choose|carica|allega|télécharge[rz]|importe[rz]|joindre|joignez|subir|sube"
    r"|adjuntar?|cargar?|załącz|dodaj|bifoga|vedhæft|voeg|anexar?|anexe)"
    r"( (your|a|an|the|il|votre|le|su|tu|el|deinen|dein|ihren|ihre|swoje|je|jouw|uw|ditt?|seu|o|mon|ma|mi))? (?=\S)"
    r"| (hochladen|upload|uploaden|anhängen|hinzufügen)$",
    re.I,
)
NOT_NEEDED = re.compile(
    r"talent|marketing|newsletter|future|further consideration|other (job|position|opportunit|role|vacanc)|sms"
    r"|text messag|whatsapp|job ?alert|contact me|keep me|weitere (stellen|positionen)|künftig|zukünftig"
    r"|bewerberpool|extended|"
    r"retention|aufbewahr|futur|vivier|otras (ofertas|vacantes)|comercial(es)?\b|boletín|przyszł|oferty pracy|toekomstig|bewaar mijn"
    r"|framtida|fremtidige|budoucí",
    re.I,
)

TRAP_NAMES = re.compile(
    r"(^|[\W_])(hp|hpt|honey|honeypot|honey_?pot|beecatcher|bee_?catcher|bot_?(trap|field|check)|botcheck"
    r"|antispam|anti_?spam|spam_?(trap|check)|no_?bots?|nickname|url_?confirm|confirm_?(url|website)|"
    r"leave_?(this_?)?(blank|empty)|are_?you_?human|winnie|winnie_the_pooh|gotcha|_gotcha|trap|catch_?me"
    r"|phone_?(confirm|2)|fax_?number_?2|b_[0-9a-f]{20,}_[0-9a-f]+)([\W_\d]|$)|^hp_|^hp[_-]?[0-9a-f]{3,}$",
    re.I,
)
TEMPTING_NAMES = re.compile(
    r"^(website|web|url|homepage|home_?page|fax|company_?(name|website)?|address2?|subject|comments?|message"
    r"|nick(name)?|middle_?name|phone2|email2|confirm_?email|e?mail_?confirm|name2|title2)$",
    re.I,
)
TRAP_WORDS = re.compile(
    r"leave ((this|the|it) )?(field )?(blank|empty)|left (unchanged|blank|empty)|validation purposes|robots? only|for robots"
    r"|do(n'?t| not) (fill|enter|complete|touch|use)|if you('re| are) (a )?human|you are human|honey ?pot"
    r"|nicht ausfüllen|bitte (frei|leer) ?lassen|feld leer lassen|ne pas remplir|laissez? (ce champ )?vide|no (rellenar|llenar|completar)"
    r"|dej[ae]r? (este campo )?vac[ií]o|non compilare|niet invullen|leeg laten",
    re.I,
)

SENSITIVE = re.compile(
    # what lets somebody work here: permits, sponsorship, citizenship
    r"\bvisa\b|visum|sponsor|work permit|permit to|right to (work|live|be employed)|immigration|\bopt\b|\bcpt\b"
    r"|arbeitserlaubnis|arbeitsgenehmigung|aufenthalt"
    r"|permis de travail|permiso de trabajo|autorisation de travail|citizen|nationalit|staatsangeh|staatsbürger|nacionalidad|green ?card"
    r"|permanent resident|export (control|administration)|\bitar\b"
    # money
    r"|salary|salaries|compensation|pay (expectation|range|rate)|remuneration|\bwages?\b|hourly rate|day rate"
    r"|\brate expect|gehalt|vergütung|verdienst"
    r"|salaire|rémunération|prétentions|salari|sueldo|retribuci|\bctc\b|earnings|entgelt"
    # who somebody is
    r"|gender|\bsex\b|geschlecht|\bgenre\b|género|\brace\b|racial|ethnic|hispanic|latin[oax]|heritage|pronoun"
    r"|transgender|lgbt|sexual|orientation"
    r"|veteran|military|armed forces|disab|behinder|handicap|discapacidad|neurodiver|\bage\b|how old|birth"
    r"|geburt|naissance|nacimiento|\bdob\b"
    r"|religio|konfession|marital|familienstand|children|pregnan|caste|socio.?economic|household|community|first.generation|accommodation"
    r"|\bcarers?\b|caring respons|\bheight\b|\bweight\b"
    # what others may want to hold against somebody
    r"|criminal|convict|felony|misdemeanor|offen[cs]e|\bdui\b|arrest|führungszeugnis|vorstraf|casier"
    r"|antecedentes|background (check|screen|invest)"
    r"|drug (test|screen)|health|medical|vaccin|illness|krank|clearance|disciplin|dismissed|terminated|fired|bankrupt|credit check"
    r"|non.?compete|restrictive|post.?employment|non.?solicit|contractual obligation|conflict of interest"
    r"|related to|relatives?\b|family member"
    r"|know anyone|relationship|social security|\bssn\b|passport|national id|tax id|identity number|security number"
    # what binds or declares
    r"|certify|declare|attest|i confirm|acknowledge that|signature|unterschrift|at least 18|18 or (older|over)|age of 18|over 18|18 years"
    r"|legal age|are you (a )?(human|robot)"
    r"|chatgpt|\bllms?\b|artificial intelligence",
    re.I,
)
ALLOWED, WORKING = (
    re.compile(r"authori[sz]|eligib|allowed|permitted|entitled|legal|right|status|dürfen|darf", re.I),
    re.compile(r"\bwork\b|\bemploy(ed|ment)?\b|arbeiten", re.I),
)
AI, USED = re.compile(r"\b(ai|ki|ia)\b", re.I), re.compile(r"\b(use|used|using|help|tools?|assist\w*|generat\w*|policy|nutz\w*)\b", re.I)


COUNTED = re.compile(r"^(question|frage|pregunta|domanda|vraag|pytanie) \d{1,3} (of|von|de|sur|di|van|z) \d{1,3} ?[.:–-]? (?=\S)", re.I)


def folded(text: str) -> str:
    """Letters and figures in small, everything else one space: what two ways to write one question have in common."""
    bare = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in bare).split())


def bare_label(text: str) -> str:
    """A label without marks for required and optional, without its number among all, without a last colon."""
    text = COUNTED.sub("", squeeze(text)[:2000])
    for _ in range(3):
        shorter = STRIPPED.sub(" ", text).strip()
        shorter = ENDING.sub("", shorter).strip(" :\u200b\ufeff") if len(shorter) > 12 or " " in shorter else shorter.strip(" :")
        if shorter == text:
            break
        text = shorter
    return squeeze(text)


def without_upload(label: str) -> str:
    """What a file is, of a label that says to upload it."""
    short = UPLOADING.sub("", label).strip() if len(label) < 60 else label
    return short[0].upper() + short[1:] if short and len(short.split()) < 4 and not asks_nothing(short) else label


DROPPING = re.compile(
    r"\bdrag\b|\bdrop\b|ablegen|hineinziehen|déposer|glisser|arrastr|sleep|trascina|file ?types?|dateitypen|dateigr"
    r"|przeciągnij|upuść|dra och släpp|træk|arraste|\d ?[mk]b\b|\bpdf\b|\bdocx?\b|no file (chosen|selected)",
    re.I,
)
FILES = re.compile(
    r"resume|résumé|\bcv\b|lebenslauf|letter|anschreiben|curriculum|certificate|zeugnis|portfolio|photo|picture"
    r"|image|foto|document|unterlagen|attachment|lettre|carta|transcript|work sample|\?",
    re.I,
)


def asks_for_no_file(label: str) -> bool:
    """Whether words at a file input say how to use it, rather than what it is for."""
    return asks_nothing(label) or (bool(DROPPING.search(label)) and not FILES.search(label))


def says_required(text: str) -> bool:
    """Whether a label marks its field as required."""
    return bool(REQUIRED_MARK.search(text[:2000])) and not says_optional(text)


def says_optional(text: str) -> bool:
    """Whether a label says that its field may stay empty."""
    return bool(OPTIONAL_MARK.search(text[:2000]))


def asks_nothing(text: str) -> bool:
    """Whether a label is only a button's word, a hint, a mark."""
    text = text.strip(" *:.…-–")
    return not text or not any(sign.isalnum() for sign in text) or bool(len(text) < 60 and NO_LABEL.fullmatch(text))


def is_placeholder(option: str, *, first: bool) -> bool:
    """Whether a list's option only says that one shall choose.

    :param first: whether it is the list's first one
    """
    bare = option.strip(" -–—.…·<>[](){}:*=_")
    if first and bare.casefold() == "none" and not option[:1].isalnum():
        return True
    return not bare or bool(PLACEHOLDER_OPTION.fullmatch(bare)) or (first and bool(FIRST_OPTION.fullmatch(bare)))


def yes_and_no(options: tuple[str, ...]) -> bool:
    """Whether the options are one yes and one no."""
    if len(options) != 2:
        return False
    first, second = (folded(option) for option in options)
    return (first in YES and second in NO) or (first in NO and second in YES)


def is_sensitive(label: str) -> bool:
    """Whether a question is one that nobody may answer for a person, however sure one is."""
    text = label[:2000]
    pairs = ((ALLOWED, WORKING), (AI, USED))
    return bool(SENSITIVE.search(text)) or any(one.search(text) and other.search(text) for one, other in pairs)
