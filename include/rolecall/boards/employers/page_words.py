"""What words of a careers page say of the boards it names: that they are somebody else's, warned of or given up; or the page's own.

In the languages of Europe, as far as employers write so. A word counts beside an address only: next to it (its sentence or list), or, the
few that are plain, in what stands around it.
"""

from __future__ import annotations

import re

CAREERS = re.compile(
    r"(?<![^\W\d_])(?:careers?|carri[eèé]res?|carreiras?|karriere\w{0,12}|karriär\w{0,6}|kari[eé]ra|karri[eé]r|kariyer|karjäär|jobb?s?|"
    r"job-?(?:offers?|angebote?|b[öo]e?rse|portal|list\w{0,4}|search|opportunit\w{1,4})|vacanc\w{1,3}|vacatures?|vacantes?|vagas"
    r"|openings?|"
    r"open[- ]?roles|positions|posizioni|stellen\w{0,12}|hiring|"
    r"join(?:[- ]?us|[- ]?(?:our[- ]?|the[- ]?)?team)?|work[- ]?(?:with|at|for|here)(?:[- ]?\w{1,20})?|life[- ]?at|recruitment|"
    r"employment|werken[- ]?bij\w{0,20}|kom[- ]werken|emplois?|empleos?|empregos?|rejoi\w{0,6}|nous[- ]rejoindre|"
    r"recrut\w{0,8}|trabaj\w{0,10}|trabalh\w{0,8}|[uú]nete|lavor\w{0,10}|pra[ck][aey]|rekry\w{0,8}|työpaik\w{0,4}|ledige|lediga"
    r"|stilling\w{0,4}|"
    r"arbeiten[- ]?bei|bewerb\w{0,8}|zam[eě]stn\w{0,6}|voln[aá][- ]m[ií]sta|álláso?k?|darbo|cariere|talents?"
    r"|opportunit\w{1,4})(?![^\W\d_])"
    r"|карьер|ваканс|кар’єр|кар'єр|καρι[έε]ρ|θ[έε]σεις|採用|求人|招聘|招募|加入我们|加入我們|채용|משרות|קריירה|דרושים|وظائف|التوظيف",
    re.I,
)
"""What a page calls itself, or a link, that is there for its jobs."""

FOREIGN = re.compile(
    r"partner|parent|sister|friend|portfolio|investor|customer|client|powered|template|example|mother|mutter|schwester|tochter"
    r"|kunde|freunde"
    r"|partenaire|cliente?s|socio|elsewhere|other compan|another compan|not us",
    re.I,
)
"""Words around a link that leads to somebody else."""

ELSEWHERE = re.compile(
    r"franchis|through (?:an|the|our) (?:\w+ )?agency|charit(?:y|ies) we|we support|\bworks at\b|now (?:leads|works)|zeitarbeit"
    r"|(?:über|durch) (?:eine|die) agentur|par une agence|alumn|neighbo|landlord|(?<!team )(?<!crew )(?<!staff )(?<!board )\bmembers\b"
    r"|\bour (?:\w+ )?(?:sponsor|supplier|contractor|caterer|competitor)|sponsored|trusted by|inspires? us|inspiration"
    r"|(?:pages?|boards?|sites?|companies|firms|employers) (?:that )?we (?:also |really )?(?:love|like|admire)|acquired by|sold to"
    r"|on behalf"
    r"|\btheir (?:own |new )?(?:jobs?|roles?|openings?|careers?|board|page|site|team|list|vacanc\w{1,4}|positions?)"
    r"|\bthey(?:'re|’re| are)?(?: also| now| too)? (?:hir|look|recruit|search)|laid off|layoffs|used to work|worked at|before joining"
    r"|(?:an)?other (?:firm|employer|start-?up|organi[sz]ation)|spin-?(?:off|out)"
    r"|mandant|im auftrag|nachbar|\bmitglieds?(?:er|unternehmen|betrieb)|unser\w{0,3} lieferant"
    r"|andere[nrs]? (?:firm|unternehmen|arbeitgeber)"
    r"|voisin|membres (?!de l)|nos fournisseur|pour le compte|autres? (?:entreprise|soci[eé]t[eé]|employeur)"
    r"|vecin|miembros (?!del)|nuestr\w{1,3} proveedor|otras? empresa|\bburen\b|\bleden\b|onze leverancier|andere? (?:bedrij|werkgever)"
    r"|opdrachtgever"
    r"|altr[ae] aziend|nostr\w{1,3} fornitor|granne|andra företag",
    re.I,
)
"""Words next to a link that leads to somebody else."""

DISOWNED = re.compile(
    r"fraudster|fraudulent|(?:recruit\w{0,6}|job|employment) (?:fraud|scam)"
    r"|(?:fraud|scam|phishing) (?:alert|warning|site|page|job|ad|post|attempt|offer)"
    r"|\bscams?\b|scammer|\bfakes?\b|impersonat|impost[oe]r|nothing to do with|not affiliated|no affiliation|unaffiliated|unrelated"
    r"|not (?:related|connected|associated) (?:to|with)|no (?:relation|connection)|confused? with|mistake[ns]? for|mistake us|namesake"
    r"|(?:same|similar|like) name|(?:is|are|was|from|with) (?:another|a different) (?:company|firm|business)"
    r"|(?:isn'?t|isn’t|is not|are not|aren't) (?:us|ours?)\b|not our\b|not belong|not run by"
    r"|no longer (?:use|run|keep|maintain|ours|active|in use|hire|recruit|list|post|publish)"
    r"|not (?:in )?use (?:it |this |that )?any ?more|any ?more on"
    r"|(?:formerly|previously) (?:use|host|list|at\b|on\b|publish|post)|we (?:previously|formerly) "
    r"|used to (?:use|be|list|host|post|publish|advertise|run)"
    r"|\b(?:old|former|previous|retired|legacy) (?:career|job|board|page|site|system|portal|address|provider|ats\b)"
    r"|(?:has been|was|is|were) (?:now )?(?:closed|shut|retired|switched off|discontinued|archived|taken down|abandoned"
    r"|out ?dated|obsolete)"
    r"|(?:do not|don't|don’t|never) (?:use|apply (?:there|via|through|on|at)|trust)|ignore (?:it|them|any|the|that|this)"
    r"|until (?:the end of )?(?:19|20)\d\d"
    r"|betr[uü]g|fälsch|falsche|\bwarn(?:ung|en|t|ing)?\b|nicht (?:zu uns|von uns|unsere|zu verwechseln)|verwechs|namensgleich"
    r"|namensvetter"
    r"|(?:nutzen|verwenden|führen|betreiben|pflegen)[^.]{0,60} nicht mehr|gleichnamig|nichts (?:mit uns )?zu tun|nichts gemein"
    r"|abgeschaltet"
    r"|\balte[nrs]? (?:stellen|karriere|job|portal|seite|system|adresse)|ehemalige[nrs]? (?:stellen|karriere|job|portal|seite)"
    r"|arnaque|frauduleu|usurp|escroc|\bfau(?:x|sses?)\b|n['’](?:est|utilisons|appartien\w{1,4}|a|avons) (?:plus|pas|rien)"
    r"|ne (?:sont|fait|font) (?:plus|pas)|rien à voir|homonyme|confondre|\banciens?\b|\bancienne"
    r"|estafa|\bfals[oa]s?\b|suplant|confundir|nada que ver|ya no (?:us|es)|\bantigu[oa]|truff|confondere|non (?:usiamo|è) più"
    r"|niente a che"
    r"|\bvecchi[oa]|\bgolpes?\b|já não (?:us|é)|\bantig[oa]\b"
    r"|oplicht|\bnep-?(?:vacature|site|pagina|bericht|advertentie)|\bvalse|niet (?:van ons|verwarren)"
    r"|gebruiken[^.]{0,60} niet meer|niets te maken"
    r"|voorheen|\boude (?:site|pagina|vacature|website|adres)"
    r"|bedräg|svindel|falsk|inte (?:vår|förväxla)|ikke (?:vores|vår|forveksle)|använder[^.]{0,60} inte längre|gaml[ae] (?:sid|jobb|karri)"
    r"|huijau|väären|oszu|fałszyw|nie (?:mylić|nasz|używamy)|podvod|falešn",
    re.I,
)
"""Words next to an address that the page warns of, has given up or says to be another's of the same name."""

OTHERS_JOBS = re.compile(
    r"\bagenc(?:y|ies)\b|recruiters\b|recruiting partners|staffing|headhunt|executive search"
    r"|personal(?:beratung|vermittlung|dienstleist)|zeitarbeit"
    r"|careers? (?:service|fair|cent(?:er|re))|alumni|association|verband\b|\bkammer\b|chamber of|incubator|accelerator|portfolio"
    r"|coworking"
    r"|newsletter|\bweekly\b|\bdigest\b|job ?boards?\b|who is hiring|\bforum\b|directory|hiring stories|customer stor|case stud|layoffs",
    re.I,
)
"""What a page calls itself that lists the jobs of others."""

SHOWN_OFF = re.compile(
    r"\bplug-?ins?\b|\bwidgets?\b|\bdemo\b|\btemplates?\b|tutorial|how to (?:embed|integrate|connect|use)|playground|storybook", re.I
)
"""What a page calls itself that shows how boards are shown."""

GENUINE = re.compile(
    r"\b(?:only|solely|exclusively|genuine|official|legitimate|nur|ausschlie\w+|einzig\w*|offiziell\w*|uniquement|seule?s?|officiel\w*|s[oó]lo|solamente"
    r"|únic\w*|oficial\w*|alleen|uitsluitend|endast|kun|soltanto|ufficial\w*|apenas|somente|tylko|wyłącznie)\b",
    re.I,
)
"""Words of the sentence that says which address is the right one, among others."""

OURS = re.compile(
    r"\bour\b|\bwe\b|\bus\b|\bunser\w*|\bwir\b|\bnos\b|\bnotre\b|\bnous\b|\bnuestr|\bnostr|\bnoss|\bonze\b|\bons\b|\bwij\b"
    r"|\bvåra?\b|\bvi\b|\bvores?\b|\bnasz",
    re.I,
)
"""Words of somebody who speaks of themselves."""

APPLY = re.compile(
    r"\bappl(?:y|ication)\b|bewerb|postule|candidat|sollicit|inscr[ií]|ansök|\bsøk\b|\bansøg|aplikuj|candidar|\bhae\b|jelentkez|応募"
    r"|откликн",
    re.I,
)
"""What a button says that leads from an ad to its form."""
