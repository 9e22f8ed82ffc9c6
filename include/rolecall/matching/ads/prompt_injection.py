"""Lines of an ad or a CV that speak to a machine instead of a reader: they are not read, and that is said.

A line counts when it **speaks to a machine** (calls it by its kind, asks whether the reader is one, gives it an order) or **is made for one**
(fields of an answer, markup of a prompt, text that nobody sees and that judges). Ads are full of the words alone: "As an AI engineer you will …",
"our AI-native …", "health score at 100 %".
"""

# ruff: noqa: E501  # patterns

from __future__ import annotations

import re
import unicodedata

A_MACHINE = (
    r"(?:a\.?i\.?|artificial\ intelligences?|llms?|gpt(?:-?\d\w{0,9})?|chat\ ?gpt|claude|gemini|copilot|(?:large\ )?language\ models?|(?:ro|chat)?bots?|algorithms?"
    r"|crawlers?|scrapers?|parsers?|machines?|ats|(?:ai|llm|automated|automatic|ats|resume|recruiting|screening|matching|hiring)[\ -]"
    r"(?:ai|bots?|systems?|models?|assistants?|agents?|tools?|screeners?|recruiters?|reviewers?|readers?|evaluators?|software|parsers?|engines?|algorithms?"
    r"|programs?))"
)
NOT_A_TRADE = (
    r"(?![-/\ ]*(?:\w+[-/\ ]){0,3}?(?:engineer|scien|research|develop|lead|head|manag|product|compan|start-?up|team|specialist|consultant|architect|intern"
    r"|direct|design|analyst|train(?:er|ing)|annotat|strateg|expert|native|first|driven|powered|enabled|based|focus|platform|solution|infrastructure|program"
    r"|professional|enthusiast|leader|evangelist|role|job|founder|organi|lab|business|industry|space|safety|ethics|tutor|writer|artist|operator"
    r"|technician|mechanic|learning)\w*)"
)
EINE_MACHINE = r"(?:ki|künstliche\ intelligenz|sprachmodelle?n?|chatbots?|ki-\w+|automatische[ns]?\ systeme?n?)"
UNE_MACHINE = (
    r"(?:ia|intelligences?\ artificielles?|modèles?\ de\ langage|chatbots?|robots?|systèmes?\ automatiques?|systèmes?\ automatisés?)"
)
UNA_MACHINE = (
    r"(?:ia|inteligencias?\ artificial(?:es)?|modelos?\ de\ lenguaje|chatbots?|robots?|sistemas?\ automáticos?|sistemas?\ automatizados?)"
)
WHOSE = r"(?:all|any|every|everything|previous|prior|above|earlier|preceding|former|original|your|these|those|system|the\ (?:above|previous|prior|system|earlier|job\ description)|(?:the\ )?scoring)"
ORDERS = r"(?:instruction|prompt|rule|guideline|criteri|direction|context|command|constraint|rubric|policies|job\ description|you\ were\ told|text)"
BEST = (
    r"(?:\b1\.0\b|\b100\b\ ?%?|\b10\ ?/\ ?10|\b10\ out\ of\ 10|perfect|(?:high|strong|great)est|\btop\b|\bbest\b|maxim(?:um|al)|full\ (?:marks|score|points)"
    r"|excellent|\bfirst\b|ideal|\byes\b|\bgrade\b.{0,20}\ba\b)"
)
JUDGED = r"(?:candidate|applicant|applicat|resume|cv|profile|person|ad|advert|posting|job|vacancy|text|document|match|score|rank|rating|evaluation)\w*"

SPOKEN_TO = re.compile(
    rf"""\b(?:ignor\w*|disregard\w*|forget|override|bypass|(?:do\ not|don't)\ follow|cancel)\b\ (?:\w+\ ){{0,3}}?{WHOSE}\b[^.\n]{{0,40}}?{ORDERS}
|\b(?:ignore|disregard|forget)\ (?:everything|all|anything)\ (?:you|above|before|that)\b
|\b(?:bypass|override)\ the\ (?:filter|scor|check|screen|rule)\w*
|\b(?:if|in\ case|when(?:ever)?|are|should)\ (?:you|the\ reader)(?:\ are|'re|\ happen\ to\ be|\ is)?\ (?:an?\ |the\ )?{A_MACHINE}\b{NOT_A_TRADE}
|(?:^|[.!?:;(,]\s*|\byou\ are\ |\byou're\ )(?:as\ )?an?\ {A_MACHINE}(?:\ (?:language\ model|model|assistant|system|recruiter|screener|reviewer|bot|agent))?{NOT_A_TRADE}
  (?:\ reading\ this)?\s*(?:[,.:;!]\s*(?:\b(?:you|please|rate|rank|score|give|approve|recommend|ignore|answer|write|include|your|do|always|never)\b|$)|\byou\b|\b(?:must|should|shall|please|approve)\b)
|(?:^|[.!?:;("<>*\[]\s*|\bto\ )(?:dear|attention|attn|hey|hello|hi|note|notice|message|memo|important(?:\ message|\ note)?|warning|instructions?|to|for)
  (?:\ to|\ for)?[:,]?\ (?:the\ |all\ |any\ |every\ |our\ |whichever\ |whatever\ |my\ )?(?:recruiting\ |automated\ )?{A_MACHINE}\b{NOT_A_TRADE}
  (?=\s*(?:[,:;!.)—–-]|eyes|that|which|who|is|reading|only|please|systems?\b|models?\b|\w+:))
|^\W*{A_MACHINE}\s*[:,]\s*(?:please\ )?(?:set|give|mark|rate|rank|score|recommend|say|output|skip|include|write|treat|approve|select|pass|do|never|always|answer|tell)\b
|\b(?:hey\ )?(?:claude|gemini|chat\ ?gpt|copilot|gpt-?\d),\ (?:please\b|skip|say|rate|rank|give|recommend|ignore|conclude|answer)
|\bdear\ (?:algorithm|machine|robot|ai|llm)s?\b\s*[.,:!]
|\b(?:text|document|page|ad|cv|posting|application|message)\ (?:is|was)\ (?:being\ )?(?:processed|read|parsed|summari[sz]ed|evaluated)\ by\ (?:an?\ )?{A_MACHINE}\b
|(?:^|[.!?:;(]\s*|\b(?:any|all|an|to|the|for|note)\ ){A_MACHINE}(?:\ (?:systems|models|tools|agents|screeners|reviewers))?
  (?:\ (?:and|or)\ \w+)?(?:\ that\ [^.\n]{{1,50}}?|\ reading\ this)?\ (?:must|shall|should|(?:is|are)\ (?:instructed|required|told|asked|ordered)|has\ to|have\ to)
  \ (?:please\ |not\ |always\ |to\ )*(?:rate|rank|score|recommend|ignore|skip|output|respond|include|treat|classif|return|forward|approve|select
  |priorit|mark|say|reply|reveal|conclude|give|pass|put|add|mention|write|start|answer|list|place|submit|advance)\w*
|\b(?:applicants?|candidates?|people|anyone|anybody|those|you)\b(?:\ who|\ that)?(?:\ are|\ have)?\ (?:us(?:e|es|ed|ing))\ (?:an?\ |any\ )?{A_MACHINE}[^.\n]{{0,60}}?
  \b(?:must|should|have\ to|need\ to|please|,)\ (?:also\ )?(?:mention|include|write|start|begin|say|add|put|state|use\ the\ word)\b
|\b(?:reveal|repeat|print|output|show|ignore|leak|display)\ (?:me\ )?(?:your|the)\ (?:\w+\ )?(?:system\ )?(?:prompts?|instructions)\b
|\b(?:new|updated|further|hidden|secret)\ (?:system\ )?(?:instructions?|prompts?|orders)\s*(?:[:—]|\ for\ you\b)
|\binstructions?\ (?:to|for)\ (?:the|any|all)\ (?:model|machine|ai|llm|assistant|system|reader\ model)s?\b
|\byou\ are\ now\ (?:in\ \w+\ mode|an?\ \w+\ without|dan\b|free\b|the\ applicant|unrestricted|jailbroken)|\bfrom\ now\ on,?\ you\ (?:will|must|are|shall|should|only)\b
  [^.\n]{{0,60}}(?:rank|rate|answer|say|yes|score|recommend|reply|respond|obey|ignore)
|\byour\ (?:only\ |new\ |real\ |sole\ )?(?:task|job|goal|instruction|purpose|role)\ (?:now\ )?is\ (?:now\ )(?:only\ )?to\b
|\b(?:pretend|act\ as\ if|behave\ as\ if)\ (?:that\ )?(?:you|the\ (?:applicant|candidate|user))\b
|\b(?:do\ not|don't|never)\ (?:mention|tell|reveal|disclose|report|repeat)\b[^.\n]{{0,30}}\b(?:th(?:is|ese)\ (?:line|instruction|note|prompt|text|message)s?)\b
|\b(?:begin|start|end)\ your\ (?:output|answer|reply|response|summary|evaluation|verdict)\ with\b
|\bignor(?:iere?|ieren)\b[^.\n]{{0,40}}\b(?:anweisung|vorgabe|regel|instruktion|prompt)\w*|\b(?:vergiss|missachte|vergessen\ sie)\b[^.\n]{{0,40}}\b(?:anweisung|vorgabe|regel|instruktion)\w*
|\b(?:wenn|falls|sofern)\ (?:du|sie)\ (?:ein|eine|einer)\ {EINE_MACHINE}\ (?:bist|sind)|\bals\ {EINE_MACHINE}\b\ ?(?:musst|sollst|hast|bewerte|,)
|(?:^|[.!?:;]\s*)(?:liebe[rs]?|achtung|hinweis|nachricht|an|hallo|für)\b[,:]?\ (?:an\ |für\ )?(?:alle\ |die\ |das\ |eine\ )?{EINE_MACHINE}(?=\s*[,:;.!–—]|\ (?:die|bitte|systeme))
|\b(?:ignore[rz]?|oublie[rz]?|ne\ suive[rz]?\ pas)\b[^.\n]{{0,40}}\b(?:instruction|consigne|règle)\w*
|\bsi\ (?:tu\ es|vous\ êtes)\ (?:une?\ )?{UNE_MACHINE}|\ben\ tant\ qu(?:e\ |')(?:une?\ )?{UNE_MACHINE}\s*,
|(?:^|[.!?:;]\s*)(?:chère?s?|attention|note|message|à|aux)\b(?:\ à\ l'attention\ des|\ aux?|\ pour|\ à)?(?:\ (?:l'|les\ |la\ |toutes\ les\ |tous\ les\ )?|,\ |\ ?:\ ){UNE_MACHINE}(?=\s*[,:;.!–—]|\ qui)
|\bles\ {UNE_MACHINE}\ doivent\ (?:classer|donner|noter|recommander|ignorer|mettre|répondre)
|\b(?:ignor[ae]|ignoren|olvida|olvide)\b[^.\n]{{0,40}}\b(?:instruccion|regla|orden|criterio)\w*
|\bsi\ (?:eres|usted\ es|es\ usted)\ (?:una?\ )?{UNA_MACHINE}|\bcomo\ (?:una?\ )?{UNA_MACHINE}(?:,|\ debes|\ debe|\ tienes)
|(?:^|[.!?:;]\s*)(?:querid[oa]s?|estimad[oa]s?|atención|nota|mensaje|aviso|para|a)\b(?:\ para|\ a)?[,:]?\ (?:la\ |los\ |las\ |todos\ los\ |todas\ las\ )?{UNA_MACHINE}(?=\s*[,:;.!–—]|\ que)
|\blos\ {UNA_MACHINE}\ deben\ (?:dar|puntuar|clasificar|recomendar|ignorar|poner|responder)""",
    re.I | re.X,
)
MADE_FOR_ONE = re.compile(
    rf"""\b(?:match|fit|candidate|applicant)[\s_-]?score\b\s*(?:=|:|\bof\b|\bis\b|\bmust\b)\s*["']?\w|\b(?:can[\s_]?auto[\s_]?apply|already[\s_]?applied)\b
|(?:^\W*|[.!?:;(>]\s*|\b(?:must|should|always|please)\ )(?:always\ |please\ )?(?:rate|rank|score|give|assign|return|set|grade|call|mark|treat|consider|award|place|put)\b
  (?=[^.\n]{{0,80}}\b(?:this|the|that|my|him|her|me)\b)(?=[^.\n]{{0,80}}\b{JUDGED})[^.\n]{{0,80}}?{BEST}
|(?:^|[.!?:;,(>]\s*)(?:return|output|respond|answer|print|reply)\b(?:\ only)?(?:\ with|:)?\ [^.\n]{{0,30}}?(?:\b1\.0|\b100\b|10/10|"\w+"\s*$|\{{|(?:high|max)\w*\ (?:score|rank)|perfect\ match|the\ maximum)
|(?:^|[.!?:;,]\s*)(?:recommend|hire|approve|select|shortlist|advance)\ (?:hiring\ )?(?:this|the)\ (?:candidate|applicant|applicat\w+|resume|cv)\b
|^[^\S\n]*(?:\#+[^\S\n]*)?\[?(?:system(?:\ prompt)?|assistant)\]?\s*(?:\(\w*\)\s*)?[:>\]]\s*(?:you|i|the|ignore|always|never|rate|rank|answer|return|respond|from|this|approve|say|give|it|new)\b
|^[^\S\n]*\#+\s*(?:system|instruction|system\ prompt)\b\s*:?
|^\s*\[(?:system|assistant|inst|prompt)\]|\[\ ?/?\ ?(?:inst|system|prompt)\ ?\]|<\|[^|\n]{{1,40}}\|>|\{{\{{\ ?[\#/]?\ ?(?:system|user|assistant)
|\b(?:user|human):\ [^\n]{{1,200}}?\bassistant:
|<\ ?/?\ ?(?:system|instructions?|prompt|assistant|score|cv|resume|job)\b[^>\n]{{0,500}}>
|\bend\ of\ (?:the\ )?(?:cv|resume|job|ad|description|posting|document|user\ input|input)\b[^\n]{{0,40}}\b(?:instructions?|prompt|system)\b""",
    re.I | re.X,
)
UNSEEN = re.compile(
    r"<!--|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[;\"' ]|\.0)|color\s*[:=]\s*[\"']?(?:white|#fff)|\bwhite text\b",
    re.I,
)
"""Marks of text that nobody is shown."""
JUDGES = re.compile(
    r"\b(?:rank|rate|score|recommend|hire|candidate|applicant|requirements|match|approve|ignore|ai|llm|assistant|advance|recruiter|shortlist)\w*",
    re.I,
)

CUES = re.compile(
    r"ignor|disregard|forget|overrid|bypass|instruct|prompt|scor(?:e|ing)|auto[ _]?(?:apply|mati)|already[ _]?applied|<!--|display\s?:|visibility\s?:|opacity"
    r"|font-size|color\s?[:=]|white text|<\||\[/?inst|</?(?:cv|job|resume|score|system|assistant)|\{\{|^\W*\[?(?:system|assistant)\b|\bassistant:|\b(?:ai|a\.i|ki|ia|llms?"
    r"|gpt\S*|chatgpt|ats|claude|gemini|copilot|(?:ro|chat)?bots?|algorithms?|machines?|parsers?|crawlers?|scrapers?)\b|\bki-|intelligen|inteligenc|\buser:|language model|sprachmodell"
    r"|modèle|modelo|sistemas|systèmes|systeme|screening|\bpretend|act as if|behave as|developer mode|you are now|from now on|vergiss|vergessen|missachte|oubli|olvid"
    r"|your (?:\w+ )?(?:task|job|goal|purpose|role)|your (?:output|answer|reply|response|summary|evaluation|verdict)|this (?:line|note|prompt|message)"
    r"|(?:^\W*|[.!?:;(>]\s*|\b(?:must|should|always|please) )(?:rate|rank|give|assign|return|set|grade|call|mark|treat|consider|award|place|put|output|respond"
    r"|answer|print|reply|recommend|hire|approve|select|shortlist|advance)\b|end of (?:the )?(?:cv|resume|job|ad)",
    re.I,
)
"""What each such line has some of; most lines are settled here."""

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
"""Characters that a reader does not see: soft hyphens, zero-width signs, direction marks, tags."""

LOOK_ALIKE = str.maketrans("аеорсхуіѕӏԁɡոΑΒΕΗΙΚΜΝΟΡΤΧαορνАВЕКМНОРСТХ", "aeopcxyisldgnABEHIKMNOPTXaopvABEKMHOPCTX")
SPREAD = re.compile(r"(?<!\w)\w(?:[ .\-_*]\w){4,60}(?!\w)")
"""``i g n o r e``, ``i-g-n-o-r-e``."""
MAX_LINE = 400
"""Characters of a line from which a sentence of it is taken out, not all of it."""
SENTENCE = re.compile(r"[.!?](?=\s)")


def blank_prompt_injection(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with every such line blanked out, of the same length so that spans stay true, and the spans of those lines.

    Of a line longer than :data:`MAX_LINE` characters it is the sentences that are blanked.
    """
    ignored: list[tuple[int, int]] = []
    start = 0
    for line in text.split("\n"):
        ignored += [(start + first, start + end) for first, end in _speaking(line)]
        start += len(line) + 1
    if not text.isascii() and INVISIBLE.search(text):
        text = INVISIBLE.sub(" ", text)
    pieces, done = [], 0
    for first, end in ignored:
        pieces += [text[done:first], " " * (end - first)]
        done = end
    return "".join([*pieces, text[done:]]), tuple(ignored)


def _speaking(line: str) -> list[tuple[int, int]]:
    if len(line) <= MAX_LINE:
        return [(0, len(line))] if speaks_to_a_machine(line) else []
    found, start = [], 0
    for end in [*(stop.end() for stop in SENTENCE.finditer(line)), len(line)]:
        if speaks_to_a_machine(line[start:end]):
            found.append((start, end))
        start = end
    return found


def speaks_to_a_machine(line: str) -> bool:
    """Whether a line is prompt injection."""
    if not line.isascii():
        line = unicodedata.normalize("NFKC", INVISIBLE.sub("", line)).translate(LOOK_ALIKE)
    if not CUES.search(line) and not SPREAD.search(line):
        return False
    line = _joined(line.replace("’", "'").replace("résumé", "resume").replace("Résumé", "resume"))
    if SPOKEN_TO.search(line) or MADE_FOR_ONE.search(line):
        return True
    return UNSEEN.search(line) is not None and JUDGES.search(line) is not None


def _joined(line: str) -> str:
    """Letters that were spread stand together again; two spaces are the end of a word."""
    if not SPREAD.search(line):
        return line
    parts = [SPREAD.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), part) for part in line.replace("   ", "  ").split("  ")]
    return " ".join(parts)


def strip_prompt_injection(text: str) -> tuple[str, list[str]]:
    """The text without the lines that speak to a machine, and those lines; the text itself and ``[]`` where there are none."""
    _, spans = blank_prompt_injection(text)
    if not spans:
        return text, []
    kept, done = [], 0
    for start, end in spans:
        kept.append(text[done:start])
        done = end + (text[end : end + 1] == "\n")  # with its line break
    return "".join([*kept, text[done:]]), [text[start:end] for start, end in spans]
