"""Words by which letters claim things, in English, German, French and Spanish. Wide on purpose: what is not backed by the CV is refused."""

from __future__ import annotations

import re

from rolecall.matching.letters.common_words import GERMAN_MORE_NOUNS
from rolecall.text.words import fold, listed

UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "ein zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn",
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
)
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100, "dozen": 12, "dozens": 24, "score": 20,
    "thousand": 1000,
    "zwanzig": 20, "dreissig": 30, "vierzig": 40, "funfzig": 50, "hundert": 100, "dutzend": 12, "tausend": 1000, "dutzende": 24,
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "cent": 100, "dizaine": 10, "douzaine": 12, "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30, "mille": 1000, "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "cien": 100, "decena": 10, "docena": 12,
    "quincena": 15, "veintena": 20, "treintena": 30, "mil": 1000, "veinticinco": 25, "veintiun": 21, "veintidos": 22, "funfundzwanzig": 25,
    "einundzwanzig": 21, "zweiundzwanzig": 22,
}  # fmt: skip
NUMBER_WORDS = {word: number for row in UNITS for number, word in enumerate(row.split(), 1)} | TENS
ARTICLES = listed("one ein un uno six mil score")
"""Number words that are also articles or other common words: they count only in front of a unit."""

YEAR_UNITS = re.compile(
    r"(?:and a half |et demi |full |whole |ganze[nr]? |volle |lange |long |pleines |bonnes |largos |good |solid |professional |"
    r"work(?:ing)? ){0,6}"
    r"(?:years?|yrs?|jahren?|jahre|ans|annees?|anos|jahrig\w*)\b"
)
LONG_TIMES = (
    (re.compile(r"\bdecades\b|\bjahrzehnte\w*|\bdecennies\b|\bdecadas\b"), 20.0),
    (re.compile(r"\bhalf a decade\b|\bhalbes jahrzehnt|\bdemi-decennie|\bmedia decada|\blustro"), 5.0),
    (re.compile(r"\bdecade\b|\bjahrzehnt\b|\bdecennie\b|\bdecada\b"), 10.0),
    (re.compile(r"\bquarter (?:of a )?century|\bvierteljahrhundert|\bquart de siecle|\bcuarto de siglo"), 25.0),
    (re.compile(r"\bcentury\b|\bjahrhundert\b|\bsiecle\b|\bsiglo\b"), 50.0),
)

DEGREES: dict[str, re.Pattern[str]] = {
    "doctorate": re.compile(r"\bph ?d\b|\bdoctor(?:ate|al)?\b|\bdr\b|\bdoktor\w*|\bpromoviert\w*|\bpromotion in\b|\bdoctorat\w*|"
    r"\bdocteure?\b|\bdoctorad[oa]\b|\bdoctora\b"),
    "MBA": re.compile(r"\bm ?b ?a\b|\bmaster of business administration\b"),
    "master": re.compile(r"\bmaster s?\b|\bmaster's\b|\bmasters\b|\bm ?sc\b|\bmasterabschluss\w*|\bmasterstudium\w*|\bmaestria\b|\bm "
    "?eng\b|"
    r"\bmagister\b|\bdiplom(?:ingenieur\w*)?\b"),
    "bachelor": re.compile(r"\bbachelor\w*|\bb ?sc\b|\bb ?a\b(?= in)|\bb ?eng\b|\bb ?tech\b|\blicence (?:en|de)\b|\blicenciatura\b|"
    r"\blicenciad[oa]\b|\bgrado en\b"),
    "degree": re.compile(
        r"\bdegrees?\b|\bgraduat\w+|\bdiploma\w*|\bdiplome\w*|\balumn\w+|\buniversit\w+|\bcollege\b|\bhochschul\w*|\bstudium\b|"
        r"\bstudiert\w*|\bstudierte\b|"
        r"\babschluss\b|\bstaatsexamen\b|\betudes (?:de|en)\b|\btitulad[oa]\b|\btitulo de\b|\bestudios (?:de|en)\b|\bcarrera de\b|"
        r"\bstudied\b|\bmajored\b|"
        r"\bacademic\b|\bakademisch\w*|\bdiplomad[oa]\b|\buniversidad\b"),
    "certificate": re.compile(
        r"\bcertif\w+|\bzertifi\w+|\baccredit\w+|\bchartered\b|\blicen[cs]ed\b|\bapprob\w+|\bmeisterbrief\b|\bacreditad[oa]\w*|"
        r"\bagreee?\b|\bhabilitation\b|"
        r"\bboard[- ]registered\b|\bqualified as\b"),
}  # fmt: skip
"""Kind → how letters and CVs name it, in folded words. A kind is backed by the same kind, ``degree`` by any of the first five."""

MANAGES = re.compile(
    r"\b(?:led|lead(?! gen)|leads|leading|manag\w+|head(?:ed|ing)?|supervis\w+|direct(?:ed|ing)|oversaw|overs(?:ee|aw|een|eeing)\w*|ran|"
    r"running|run|built up|in charge of|"
    r"coach\w*|mentor\w*|steer\w*|command\w*|responsible for|line manag\w+|geleitet|leitete|leite|leitung|gefuhrt|fuhrte|fuhre|fuhrung|"
    r"verantwort\w+|betreut\w*|"
    r"angeleitet|vorgesetzt\w*|unterstellt\w*|dirig\w+|encadr\w+|manage\w*|pilot\w+|anim\w+|supervis\w+|lider\w+|gestion\w+|coordin\w+|"
    r"koordin\w+|responsab\w+|mando|cargo|"
    r"hired|recruit\w+|reported to me|reporting to me|reports to me)\b"
)
PEOPLE = re.compile(
    r"\b(?:teams?|staff|people|employees|colleagues|engineers|developers|nurses|subordinates|direct reports|reports|juniors?|crew|"
    r"workforce|department|departments|"
    r"division|personnel|squad|group|unit|heads|mitarbeiter\w*|mitarbeitend\w*|kolleg\w+|leute|personen|abteilung\w*|belegschaft|gruppe|"
    r"angestellte\w*|"
    r"team\w*|personal\w*|equipes?|personnes|collaborateurs?|collaboratrices|salaries|service de|employes|equipos?|personas|empleados|"
    r"subordinados|"
    r"colaboradores|departamento|plantilla)\b"
)
PEOPLE_ALONE = re.compile(
    r"\bdirect reports\b|\bpersonalverantwortung\b|\bfuhrungs(?:kraft|erfahrung|verantwortung|position)\w*|\bteamleit\w+|"
    r"\babteilungsleit\w+|\breport(?:ed|ing)? (?:in)?to me\b|"
    r"\bunder (?:my|me)\b|\bunter mir\b|\bmir (?:waren|unterstanden|berichte\w+)\b|\bsous (?:ma|mes)\b|\ba mi cargo\b|\bbajo mi\b|"
    r"\bmy (?:own )?(?:team|staff|crew|department|people)\b|"
    r"\bmein(?:e[mnrs]?)? (?:team|abteilung|mitarbeiter\w*)\b|\bmon equipe\b|\bmi equipo\b|\bpeople manag\w+|\bhead of\b|"
    r"\bteam ?lead\w*|\bteam leader\b"
)
LEADS_BY_TITLE = re.compile(
    r"\b(?:head of|head nurse|director|chief|team ?lead\w*|supervisor|vp|president|\w*leiter(?:in)?|jefe|jefa|chef d[eu']|cheffe d[eu']|"
    r"directeur|directrice|foreman|owner|founder)\b"
)

LED_COUNT = re.compile(
    r"\b(?:supervis\w+|manag(?:ed|e|ing)|led|lead|oversaw|leite\w*|geleitet|fuhr(?:e|te)|dirig\w+|encadr\w+|coordin\w+)\s+"
    r"(?:an? )?(?:team of |staff of |crew of )?(?P<many>\d+|[^\W\d_]+)\s+(?P<who>[^\W\d_]{4,})"
    r"|\b(?P<many2>\d+|[^\W\d_]+)\s+(?P<who2>[^\W\d_]{4,})\s+(?:work|works|worked|working|report|reports|reported)\s+(?:for|to|"
    r"under)\s+me\b"
)
"""So many people led, whatever they are called."""

FEATS: dict[str, re.Pattern[str]] = {
    "award": re.compile(r"\bawards?\b|\b(?:erhielt|bekam|gewann|erhalten|bekommen|gewonnen)\b[^.]{0,40}preis\w*|"
    r"\b\w*preis\b[^.]{0,40}(?:erhalten|bekommen|gewonnen)|"
    r"\behrte\b|(?<!sehr )\bgeehrt\w*|\bzeichnete\b[^.]{0,60}\baus\b|\bjahrgangsbeste\w*|\bbest(?:auszubildende|absolvent)\w*|\bawarded\b|"
    r"\bprizes?\b|\bmedals?\b|\bhono[u]?red\b|\bpreistrag\w+|\bausgezeichnet\w*|"
    r"\bauszeichnung\w*|\bprix\b|\blaureate?\w*|\brecompens\w+|\bpremios?\b|\bpremiad[oa]\b|\bgalardon\w*"),
    "patent": re.compile(r"\bpatent\w*|\bbrevet\w*|\bpatente\w*"),
    "publication": re.compile(r"\bpublish\w*|\bpublication\w*|\bveroffentlich\w*|\bpublie\w*|\bpublicad[oa]\w*|\bauthored\b|\bkeynote\b"),
    "scholarship": re.compile(r"\bscholarship\b|\bfellow(?:ship)?\b|\bstipendi\w+|\bboursi\w+|\bbecari[oa]\b"),
    "founding": re.compile(r"\bfounded\b|\bco-?founded\b|\bfounder\b|\bgegrundet\b|\bgrunder(?:in)?\b|\bfonde\b|\bfondat\w+|\bfunde\b|"
    r"\bfundador\w*|\bstart-?up of my own\b"),
}  # fmt: skip
"""Achievements: a letter may claim one where the CV names one of its kind."""

NATIVE = re.compile(
    r"\bnative\w*|\bmother tongue\b|\bfirst language\b|\bbilingu\w+|\bmuttersprach\w*|\bzweisprachig\w*|\blangue maternelle\b|"
    r"\bnativ[oa]\b|\blengua materna\b"
)
FURTHER_LANGUAGES = listed(
    "norwegian norwegisch norvegien noruego finnish finnisch finnois finlandes greek griechisch grec griego romanian rumanisch roumain "
    "rumano hungarian "
    "ungarisch hongrois hungaro bulgarian bulgarisch bulgare bulgaro croatian kroatisch croate croata serbian serbisch serbe serbio "
    "slovak slowakisch "
    "slovaque eslovaco slovenian slowenisch estonian latvian lithuanian icelandic irish welsh catalan katalanisch basque baskisch "
    "persian farsi "
    "persisch urdu bengali tamil telugu punjabi thai thailandisch vietnamese vietnamesisch vietnamien vietnamita indonesian malay "
    "swahili amharic "
    "afrikaans tagalog cantonese kantonesisch cantonais esperanto latin latein albanian albanisch armenian georgian"
)
KNOWS = re.compile(
    r"\b(?:proficien\w+ (?:in|with)|skilled (?:in|at|with)|expert(?:ise)? (?:in|on|with|at)|command of|knowledge of|experienced? (?:in|"
    r"with)|background in|master(?:ed|y of)|"
    r"fluent in|versed in|adept (?:at|in|with)|trained in|specialis\w+ in|specializ\w+ in|competent (?:in|with)|familiar with|"
    r"hands-on (?:with|in)|"
    r"at home (?:in|with)|track record (?:in|with|of)|know-how in|passion for|"
    r"kenntnisse (?:in|im|mit)|erfahrung(?:en)? (?:in|im|mit)|versiert in|beherrsche|spezialisiert auf|experte fur|expertin fur|"
    r"vertraut mit|geubt in|bewandert in|"
    r"maitrise (?:de|du|des|parfaitement)?|competences? en|expertise en|experience (?:en|de|du|dans)|specialise\w* (?:en|dans)|"
    r"connaissances? (?:en|de|du)|"
    r"dominio (?:de|del)|domino|conocimientos? (?:de|en)|experiencia (?:en|con)|experto en|experta en|"
    r"especializ\w+ en)\s+(?P<what>[^.,;:!?\n]{3,70})"
)
PLAIN = listed(
    "the a an of in with and or to for my your our this that their its at on by from all many several various new own both such as well "
    "very highly strong deep broad "
    "work working works field area areas areas field industry industries role roles job jobs team teams environment projects project "
    "people colleagues clients customers "
    "solution solutions problem problems tasks task day days daily years year skills skill experience knowledge professional practice "
    "practical theory real life details detail "
    "learning results result quality care teamwork deadlines pressure what which who how you need needs looking it them these those "
    "things everything more most much "
    "der die das den dem des ein eine einen einem einer und oder mit fur von zu im in am an auf als bei aus ihr ihre ihren ihrem sie "
    "mein meine meiner meinem arbeit bereich "
    "bereichen branche projekten projekte aufgaben kollegen kunden menschen praxis alltag jahren jahre beruf berufsleben team teams "
    "stelle themen allem vielen mehreren "
    "le la les l un une des de du d et ou a au aux en dans pour par avec sur ce cette ces mon ma mes votre vos notre nos domaine "
    "secteur metier projets equipe equipes clients "
    "terrain travail quotidien ans annees poste el los las un una unos unas y o con por para sobre mi mis su sus nuestro este esta "
    "estos sector area trabajo proyectos equipo "
    "equipos clientes anos puesto dia"
)

STARTERS = PLAIN | listed(
    "i my me mine you your we us our they it he she what when where who why how which while although though because since if so but yet "
    "nor once then than there here "
    "hereby submit candidature candidatura bewerbung application dear kind best warm yours sincerely hello hi good thank thanks please "
    "regards "
    "application enclosed attached currently most previously before after during over under "
    "beyond besides moreover furthermore additionally finally lastly today now always never often every each any one two both through "
    "throughout within without between "
    "against along across around as per via let do does did have has had is are was were be being been am can could may might must "
    "shall should will would not no yes "
    "time people clients customers patients colleagues work working teams quality details professional personal experience skills "
    "outside inside above below "
    "sehr geehrte guten hallo hiermit mit freundlichen herzliche hochachtungsvoll derzeit zuletzt zuvor danach davor gern gerne dabei "
    "dazu darum daher deshalb zudem ausserdem "
    "auch schon bereits heute seit nach vor uber unter wahrend wenn weil da dass ob wie was wer wo warum ich mich mir wir uns man es er "
    "sie du sich ist war sind waren habe hatte "
    "hat kann konnte mochte wurde werde wird lange man einst neben durch gegen ohne um bis besonders nicht nur lieber liebe meinerseits "
    "beste viele herzlich "
    "je me moi nous vous il elle on ils elles c j ai s si qui que quoi quand ou comment pourquoi car donc mais puis ensuite apres avant "
    "depuis pendant lors lorsque actuellement "
    "dernierement auparavant aujourd'hui hier toujours jamais souvent parmi votre bonjour cordialement bien monsieur madame ainsi enfin "
    "grace tres plusieurs chaque voila voici "
    "ce serait quant aussi veuillez dans "
    "yo me mi nos nosotros usted ustedes le les lo se que quien cuando donde como porque pues pero luego despues antes desde durante "
    "actualmente ultimamente hoy ayer siempre nunca "
    "estimado estimada estimados hola muy atentamente saludos saludo quedo gracias tambien asi tras entre sin sobre hasta segun cada "
    "todo todos toda todas mucho muchos varias "
    "quedo tengo he soy fui llevo"
)
ORDINARY_ENDING = re.compile(r"(?:ing|ed|ly|ment|ements?|ando|iendo|mente|ant|weise|lich|end)$")
"""Endings of words that begin sentences without being names."""

CALENDAR = listed(
    "january february march april may june july august september october november december monday tuesday wednesday thursday friday "
    "saturday sunday"
)
ALLOWED_NAMES = CALENDAR | listed(
    "i i'm i've i'd i'll cv mr mrs ms sir madam madame monsieur dear hr pdf mesdames messieurs usted ustedes sehr herr frau ok dna faq "
    "p s mes ll ve re"
)
GERMAN_NOUN = re.compile(
    r"(?:ung|ungen|heit|heiten|keit|keiten|schaft|schaften|tion|tionen|tat|taten|nis|nisse|nissen|(?:auf|an|ein|aus|ver|be|vor|um|ab)\w{2,9}en|tum|ismus|anz|enz|enzen|ling|sal)$"
)
GERMAN_NOUNS = listed(
    "damen herren stelle stellen lebenslauf lebenslaufs jahr jahre jahren jahres berufserfahrung gesprach gesprache arbeit arbeiten "
    "folgendes grussen gruss grusse interesse freude team "
    "teams hause haus unternehmen unternehmens position beruf berufs aufgabe aufgaben kollegen kollegin kollegium kunden kundin kunde "
    "menschen mensch zeit zeiten tag tage tagen alltag "
    "woche wochen monat monate weg ziel ziele zielen blick beginn anfang ende teil bereich bereiche bereichen branche projekt projekte "
    "projekten ergebnis ergebnisse praxis theorie "
    "wissen konnen starke starken talent talente motivation leidenschaft einsatz wert werte werten vertrauen respekt umgang grund "
    "grunde fragen frage antwort antworten wunsch wunsche "
    "chance chancen rahmen bezug hand hande herz herzen kopf thema themen nahe sinn spass stolz dank mittel mitte fokus profil "
    "anforderungen anlage anlagen unterlagen termin termine "
    "rolle rollen idee ideen plan plane detail details qualitat sorgfalt ruhe druck tempo schritt schritte sache sachen ansatz vielen "
    "ihnen sie ihr ihre ihren ihrem ihrer ihres du "
    "dir euch umfeld tatigkeit tatigkeiten laufbahn karriere einblick einblicke beitrag kenntnis kenntnisse fahigkeiten anzeige "
    "ausschreibung anschreiben betreff hinweis art weise fall "
    "folge leben welt stadt land ort orte platz seite seiten wort worte person personen leute gelegenheit gedanken begeisterung neugier "
    "geduld verstand organisation kommunikation"
)
GERMAN_WORKING_NOUNS = listed(
    "januar februar marz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag freitag "
    "samstag "
    "sonntag fruhling sommer herbst winter prozent prozentpunkt prozentpunkte prozentpunkten euro cent stunde stunden minute minuten "
    "sekunden "
    "meter kilometer quadratmeter tonnen stuck zahl anzahl menge halfte drittel viertel firma firmen betrieb betriebe betrieben abschluss "
    "abschlusse abschlussen lehre lehren ausbilder schule schulen klasse klassen note noten prufung prufungen examen studium studiengang "
    "semester praktikum praktika schein scheine niveau sprache sprachen wortschatz ausland inland reise reisen umsatz umsatze kosten "
    "gewinn "
    "ertrag budget haushalt preis preise vertrag vertrage auftrag auftrage auftragen kauf verkauf einkauf handel vertrieb lager versand "
    "lieferung bestand bestande bestanden inventur maschine maschinen gerat gerate werkzeug werkzeuge anlagen fahrzeug fahrzeuge auto "
    "fahrt "
    "werkstatt buro filiale filialen laden markt bau baustelle baustellen dach wand strom wasser gas material materialien ware waren "
    "produkt "
    "produkte produkten system systeme programm programme daten zahlen bericht berichte berichten rechnung rechnungen buchung konto konten "
    "steuer steuern gehalt lohn bank versicherung recht gesetz vorschrift vorschriften regel regeln norm normen schicht schichten dienst "
    "dienste nacht abend morgen mittag wochenende urlaub pause leitung team gruppe gruppen abteilung chef kollege mitarbeiter "
    "mitarbeiterin "
    "mitarbeitern azubi azubis lehrling lehrlinge auszubildende auszubildenden schuler kinder kind eltern familie gast gaste patient "
    "patienten "
    "bewohner bewohnern pflege arzt station wohnbereich heim verein amt behorde gemeinde raum raume gebaude haus wohnung garten park "
    "pflanzen baum baume feld wald tier tiere essen kuche speisen getranke service verantwortung erfolg erfolge verbesserung anderung "
    "losung losungen problem probleme fehler ursache fall falle beispiel gesprach beratung verhandlung vorbereitung umstellung einfuhrung "
    "wechsel start schluss dauer zeitraum jahrgang monatsende stand datum vorgabe zielgruppe brauche gebiet region strasse weg bereich "
    "fuhrerschein nachweis nachweise urkunde zeugnis diplom grad titel beste erste hand uberblick branche personal"
)
"""What working life is about, in German: nouns are written like names, and these are none, nor are words that end in one of the longer
ones."""

GERMAN_TAILS = tuple(sorted({word for word in (*GERMAN_NOUNS, *GERMAN_WORKING_NOUNS, *GERMAN_MORE_NOUNS) if len(word) > 4}))

FIRST_WORDS = listed(
    "meine meinen meinem meiner meines unsere unseren beide beiden mehr weniger fast rund etwa knapp davor vorher direkt dann dort "
    "inzwischen mittlerweile twice once thrice plus moins presque environ avant casi unos unas mas menos multi"
)
"""Words that begin a sentence and are no names, beside :data:`STARTERS`."""

ORDINARY = listed(
    "able about abroad across adult after again against ago almost along already also although always among answer around ask available "
    "bachelor's back base became because become before begin belong best better between big boss bottom briefly bring busy call came "
    "carry chance change child children client close colleague come cover customer daily date dates day degree different done during "
    "earlier early earn earned end ended enjoy even exactly family far feel fifth find finish finished first found free friend front "
    "full get give glad good got graduated great grow guest half halved handle handled hands happy hear help here high hold home house "
    "however important inside interested join joined just keen keep kept kilometres kind know large last late later lead learn learned "
    "leave led left like listen little live lived living long look looked lot low made main make man master's mean meet milliseconds "
    "moment month mostly mother move moved near nearly need never new next night notice number often old only open outside own part "
    "pass passed past people percent person place possible present proud public put quarter quite rather reach read ready real really "
    "recent recently rest right round same saw say see seen send serve set share ship shipped short show side since small sometimes "
    "soon sort speak speaker spend start stay still suit sure take talk teach tell there therefore thing think third thought three "
    "ticket time today tongue top trade troubled true try turn two until use used useful usually very visit want watch way week weekly "
    "welcome well went while whole with within without woman word work worked write year yearly yesterday yet young "
)
"""English words that claim nothing by themselves: of time, of people, of doing something or other."""

SMALL_WORDS = {
    "en": listed("the a an of my i and at with for to is was have has am been from by on that this it our"),
    "de": listed("ich mein meine meinen meinem meiner der die das den dem des ein eine einen einem und im am zum zur ist war bin habe hat"
                 " seit bei mit von fur auf auch nicht wurde als nach vom sich zu ihren ihre mich noch wenn dass um aus mir uns gern"),
    "fr": listed("le la les un une des du de et en mon ma mes je j suis pour avec au aux que dans est ai nous"),
    "es": listed("el la los las un una de del en mi mis y con soy he fui como para por que al es me a"),
}  # fmt: skip
"""By language: the words that most of its sentences have one of."""

FIRST_FORMS = {
    "de": re.compile(r"^(?:ge\w{3,}(?:t|en)|\w{3,12}(?:es|em|iche[nr]?|ige[nr]?))$"),
    "es": re.compile(r"^\w{2,9}(?:o|e|i|oy|aba|ia|amos|imos)$"),
    "fr": re.compile(r"^\w{3,9}(?:ais|ons)$"),
}
"""By language: forms of verbs that begin a sentence, in folded letters."""

ABBREVIATED = (
    ("bachelor", re.compile(r"\bB\.?\s?(?:A|Sc|S|Eng|Ed|Com|Tech)\b")), ("master", re.compile(r"\bM\.?\s?(?:A|Sc|S|Eng|Ed|Com|Tech)\b")),
)  # fmt: skip
"""Degrees as CVs write them short: capitals tell them from words."""

COUNTED = (
    ("languages", re.compile(r"^\s*(?:\w+ )?(?:languages|sprachen|langues|idiomas)\b")),
    (
        "employers",
        re.compile(r"^\s*(?:\w+ )?(?:firms|companies|employers|firmen|betrieben?|arbeitgebern?|entreprises|employeurs|empresas)\b"),
    ),
    ("degrees", re.compile(r"^\s*(?:\w+ )?(?:degrees|diplomas|abschlusse|diplomes|titulos)\b")),
)
"""What may be counted instead of being stated."""

AT_LEAST = re.compile(r"\b(?:more than|over|above|mehr als|uber|plus de|mas de)\s+(?:an?\s+)?$")

WORKED = re.compile(
    r"\b(?:work(?:ed|ing)?|employed|hired|served|spent|joined|career|tenure|stint|years?|time|previously|formerly|gearbeitet|arbeitete|"
    r"tatig|angestellt|beschaftigt|travaill\w+|"
    r"exerc\w+|employee?|trabaj\w+|emplead[oa]|ejerc\w+)\b[^.!?\n]{0,40}$"
)
NAME_CONTEXT = re.compile(r"\b(?:at|bei(?: der| dem)?|beim|chez|for|with|fur|para|en|from|by|von|vom|par|join(?:ed)?)\s*$")


def folded(text: str) -> str:
    """Folded words with one space between them, for the patterns above. Offsets in it are not offsets in the text."""
    return " ".join(fold(part) for part in text.replace("’", "'").split())
