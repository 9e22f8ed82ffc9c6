"""Lines of an ad or a CV that speak to a machine instead of a reader: they are not read, and that is said.

A line counts when it **speaks to a machine** (calls it by its kind, asks whether the reader is one, gives it an order) or **is made for one**
(fields of an answer, markup of a prompt, text that nobody sees and that judges). Ads are full of the words alone: "As an AI engineer you will …",
"our AI-native …", "health score at 100 %". Signs and wordings that need no weighing are patterns here; what they do not know is
weighed by its words (``machine_lines.py``).
"""

# ruff: noqa: E501  # patterns

from __future__ import annotations

import re
import unicodedata

from rolecall.matching.ads.machine_lines import model

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
BEGINS = r"(?:^\W*|[.!?:;,(>\]]\s*|\b(?:please|then|and|must|should|will|shall)\ )"
A_PAPER = r"(?:candidate|applicant|person|resume|cv|curriculum|profile|application|letter|document|file|text|record|listing|posting|vacancy|advert|ad|job)"
VERDICT = (
    r"(?:\d+|higher|highest|best|top|perfect|yes|true|pass(?:ed)?|approved?|accept(?:ed)?|hire[ds]?|qualified|suitable|relevant|match|senior|verified|met|fulfilled|excellent"
    r"|outstanding|flawless|ideal|positive|must\ interview|priority|ticked|genius|superlatives?|an?\ a\b|a\+)"
)
MADE_BY_ONE = rf"(?:(?:{A_MACHINE})[\ -](?:generated|written|made|assisted|drafted|completed)|(?:written|completed|generated|made|filled\ in|submitted|drafted)\ (?:by|with|using)\ (?:an?\ )?(?:{A_MACHINE}|automated\ \w+))"
ORDER_VERB = (
    r"(?:(?:not|always|never|also|please|now|only)\ )*(?:output|conclude|confirm|tell|describe|rank|rate|score|tag|mark|treat|state|say|leave|praise|mention|approve|recommend|select|give|add|answer"
    r"|reply|respond|include|write|type|put|start|begin|ignore|skip|choose|pick|invite|obey|return|call|contain|end|finish|insert|quote|sign|open\ with|refuse|decline|reject|accept|pass)"
)
ORDERED = re.compile(
    rf"""{MADE_BY_ONE}[^.\n]{{0,60}}?(?:\b(?:must|should|has\ to|have\ to|need\ to|please)\b|,\ (?:type|write|say|add|put|include|answer))
|\b(?:if|in\ case|in\ the\ event\ that|should)\ (?:an?\ |any\ |this\ )?{A_MACHINE}\ (?:is|was|are)\ (?:reading|completing|filling|processing|writing|evaluating|parsing)
|\b(?:in\ the\ event\ that|should)\ you\ (?:are|be|happen\ to\ be)\ (?:an?\ )?{A_MACHINE}\b{NOT_A_TRADE}
|\b(?:for|to|at)\ (?:(?:any|all|the)\ )?{A_MACHINE}\ (?:use\ |eyes\ )?only\b|\b(?:is|are)\ (?:addressed|directed|meant|intended|written)?\ ?(?:for|to|at)\ (?:all\ |the\ |any\ )?{A_MACHINE}(?:\ only)?\s*[:.,]
|^\W*(?:only\ )?(?:for\ )?{A_MACHINE}(?:\ only)?\s*:\s*\w|^\W*{A_MACHINE}\ (?:directive|override|command|order|instruction)s?\b
|\b(?:message|instructions?|note|memo|hint|order|command)\ (?:to|for)\ (?:the\ |all\ |any\ |every\ |our\ |an?\ )?(?:\w+\ ){{0,2}}?{A_MACHINE}\b{NOT_A_TRADE}
|^\W*(?:yo|psst|oi|hey|hello|hi|dear|listen)\b,?\ {A_MACHINE}\b{NOT_A_TRADE}
|^\W*{A_MACHINE},\ (?:if|you|now|drop|pick|choose|tell|approve|please|when)\b|^\W*(?:claude|gemini|copilot|chat\ ?gpt),?\ (?:you\ )?(?:must|should|will)\b
|(?:^\W*|[.!?;]\s*)(?:all\ |any\ |an\ |the\ )?(?:{A_MACHINE}|models?|assistant|parser|evaluator|agents?)(?:\ (?:reading|evaluating|processing|reviewing|scoring|summari[sz]ing|applying)\b[^.,\n]{{0,40}})?
  \ (?:must|should|shall|will|has\ to|have\ to)\ (?:now\ |please\ |not\ |always\ |never\ )*(?:output|conclude|confirm|tell|describe|rank|rate|score|tag|mark|treat|state|say|leave|praise|mention|approve|recommend
  |select|give|add|answer|reply|respond|include|write)\b(?!\w)
|\bthe\ model\ must\ (?:not\ )?\w+
|{BEGINS}(?:score|rate|rank|mark|label|flag|tag|classify|grade|boost|treat|consider|choose|prefer|put|move|select|pick|describe|present|list)\ (?:(?:this|the|my|that)\ (?:cover\ |whole\ |entire\ |\w+'s\ )?{A_PAPER}\w*|(?:this|me|him|her|it)\b)[^.\n]{{0,40}}?\b{VERDICT}(?!\w)(?!\ (?:of|for|in|on)\ (?!the\ pile))
|\bthis\ (?:candidate|applicant|resume|cv|profile)\b[^.\n]{{0,60}}\b{VERDICT}\b|\b(?:{VERDICT}|recommend\w*|interview|rank|rate|score|choose|pick|select|approve|hire)\b[^.\n]{{0,40}}\bthis\ (?:candidate|applicant|resume|cv|profile)\b
|\b(?:rank|rate|score|approve)\b[^.\n]{{0,20}}\bmy\ (?:resume|cv|profile|application)\b
|(?:^\W*|[.!?:;]\s*)(?:(?:note|any|all|an?|the|every|each|attention|only|if)\W{{1,3}}){{0,3}}(?!machine|parser|crawler|algorithm){A_MACHINE}(?![-/]){NOT_A_TRADE}(?:,?\ (?:that|who|which|read|evaluat|process|review|us|apply|writ|summari|scor|screen)\w*\b[^.,;\n]{{0,50}})?,?
  \ (?:must|should|shall|please|has\ to|have\ to|needs?\ to|are\ to|is\ to)\ {ORDER_VERB}\b
|\b(?:if|are|in\ case|when|unless)\ you(?:\ are|'re)?\ (?:\w+\ ){{0,3}}?(?<![-/\w]){A_MACHINE}\b{NOT_A_TRADE}\s*(?:$|[,?:;.!—–-]|(?:and|or|that|who|reading|processing|reviewing|evaluating|filling|completing|writing|applying|scraping)\b)
|\b{EINE_MACHINE}\b[^.\n]{{0,60}}\b(?:soll|sollen|muss|müssen|musst|bitte|schreib\w*|erwähn\w*|nenn\w*|antwort\w*|ignorier\w*|empfiehl|empfehl\w*|bewert\w*)\b
|\b{UNE_MACHINE}\b[^.\n]{{0,60}}\b(?:doit|doivent|veuillez|merci\ de|écri[rstv]\w*|mentionn\w*|répond\w*|recommand\w*|dois)\b
|\b{UNA_MACHINE}\b[^.\n]{{0,60}}\b(?:debe|deben|debes|por\ favor|escrib\w*|mencion\w*|respond\w*|recomiend\w*)\b
|\b(?:hidden|secret)\ (?:prompt|instruction)s?\b|\b(?:begin|end|start\ of|end\ of)\ system\ prompt\b
|{BEGINS}(?:add|give|assign|award)\ (?:\d+|full|top|five|all)\ (?:points|marks|stars)\ to\b|\b(?:increase|raise)\ (?:the|this|my)\ [^.\n]{{0,20}}\bscore\b|{BEGINS}set\ (?:\w+\ ){{0,3}}(?:=|to)\ ?(?:1|true|accepted|approved|hire|maximum)\b
|{BEGINS}(?:respond|reply|answer|output|return|print|say)\ (?:only|just|nothing\ but|with\ the\ (?:single\ )?word|in\ JSON|true|the\ label|the\ following|"?(?:yes|pass|hire|match|approved)\b|that\ (?:the|this|all|I|my)\b)
|^\W*write\ an?\ (?:summary|review|assessment|evaluation)\ (?:that\ )?(?:says|stating|saying|praising)|\bwrite\ that\ the\ (?:resume|cv|candidate|applicant)\ is\b
|\b(?:when|while|whenever|before|after)\ (?:you\ )?(?:are\ )?(?:asked\ about|generating|evaluat\w+|summari[sz]\w+|processing|rank(?:ing)?|assess\w*|scor\w+|review\w*)\ (?:this|these|the|a|an)?\ ?(?:\w+\ )?(?:candidates?|summary|resume|cv|file|document|text|applicants?|profile|evaluation)\b[^.,\n]{{0,30}}
  ,\ (?:respond|state|say|treat|put|mention|the\ model|always|never|only|give|rate|write|include|ignore|assume)
|\b(?:instead\ of|rather\ than)\ (?:summari[sz]ing|evaluating|reviewing)\ (?:this|the)\b
|\byou\ are\ (?:no\ longer\ bound|free\ (?:from|of)\ (?:all|any)\ (?:restriction|rule|limit)|an?\ (?:unbiased\ judge|helpful\ assistant|\w+\ recruiter|recruiter|hiring\ manager)\ (?:who|that|and)\ (?:always|has|have|hires?|prefers?|loves?|picks?|must))
|\byou\ are\ reviewing\ an?\ (?:great|excellent|perfect|ideal|outstanding|strong)\ (?:candidate|applicant|resume|cv)|\byou\ (?:must|should|shall|will)\ (?:not\ reject|always\ (?:answer|say)|rate|rank|score|find\ that\ this)\b
|\byou\ have\ been\ (?:instructed|told|ordered|authori[sz]ed)\ (?:by\ [^.\n]{{1,40}}\ )?to\ (?:accept|ignore|approve|hire|pass|rate|score|rank)|\b(?:authori[sz]ed|order|instruct|command)(?:ed)?\ (?:you|the\ (?:model|ai|assistant|system))\ to\ \w+
|\byour\ (?:instructions?|rules?|objective|context)\ (?:have|has)\ (?:changed|been)|\byour\ new\ (?:objective|task|goal|instructions?|role)\b
|\brole-?play\ as\b|\bsimulate\ an?\ (?:terminal|shell|console)|\bspeak\ as\ an?\ {A_MACHINE}|\b(?:imagine|suppose|let's\ play)\b[^.\n]{{0,30}}\byou\ are\ (?:the\ applicant|an?\ recruiter|a\ hiring)|\bpretend\ (?:that\ )?(?:the\ |all\ )?(?:requirements|criteria|skills)
|\b(?:enable|enter|activate|switch\ to)\ (?:\w+\ )?(?:admin|debug|developer|god|jailbreak|dan|root|maintenance)\ mode\b|^\W*sudo\ \w+
|^\W*(?:override|system\ (?:override|message|note|command)|new\ (?:task|prompt|instructions?|objective)|updated\ (?:prompt|instructions?))\s*[:—-]\s*\w|\bstop\.\ new\ task\b|^\W*prompt\s*:\s*(?:describe|write|rate|say|act)|\boverride\ (?:all\ |any\ |the\ )?(?:previous|prior|earlier)\ \w+
|\b(?:disregard|ignore|forget|bypass|skip|drop)\ (?:the\ |all\ |your\ |any\ )?(?:\w+\ ){{0,2}}?(?:rubric|guidelines|evaluation\ criteria|experience\ check|further\ checks|checks|context|instructions|everything\ (?:else\ )?(?:in|about|you))\b
|\bplease\ ignore\ everything\ else\b|\b(?:follow|obey|execute)\ (?:only\ )?(?:the|these|this)\ (?:next\ line|instructions?\ (?:in|hidden|below|of|from))\b
|\b(?:treat|regard|consider|read)\ (?:the\ following|this\ (?:text|line|message)|what\ follows)\ as\ (?:an?\ |coming\ from\ |if\ )?(?:the\ )?(?:system|developer|instruction|admin|command)
|\bdecode\b[^.\n]{{0,40}}\b(?:follow|obey|execute|do\ it|run)\b|\b(?:base\ ?64|rot-?13|hex)\b[^\n]{{0,30}}\b(?:for|to)\ (?:ai|llms?|machines?|models?|bots?)\b|\b(?:base64|rot13)[^\n]{{0,30}}:\s*[\w+/=]{{8,}}
|\b(?:send|append|post|submit|forward)\ (?:the|this|your|all)\ (?:conversation|chat|context|user's|prompt)\b|\binclude\ (?:this|the)\ (?:link|url|address)\ in\ your\ (?:response|answer|reply|summary|output)
|(?:^\W*|[.!?;]\s*)(?:tell|inform|convince)\ (?:the\ |your\ )?(?:user|hiring\ team|recruiter|human|hiring\ manager)s?\ (?:that|to)\b|\bkeep\ (?:this|these)\ (?:message|instruction|text|line|note)s?\ (?:secret|hidden)
|\b(?:do\ not|don't|never)\ (?:show|reveal|tell|disclose|mention)\b[^.\n]{{0,40}}\b(?:human\ (?:reviewer|reader)|you\ (?:saw|were\ (?:instructed|told)))
|\b(?:do\ not|don't)\ consider\ (?:the|any)\ other\ (?:applicant|candidate)|\bno\ matter\ what\b.{{0,5}}$|\bregardless\ of\ its\ content
|(?:^|\s)(?:human|user|q):\ [^\n]{{1,200}}?\?\ (?:ai|assistant|model\ answer|llm):|^\W*output\s*:\s*\W{{0,3}}(?:strong|perfect|match|hire|yes|100|approved|accept|pass|qualified)|\b(?:evaluating|now|then)\ (?:and\ )?(?:now\ )?output\ \w+\W*$|\bnow\ and\ output\ \w+
|\b\w{{0,20}}(?:_verdict|_decision|_score|_recommendation|_rating)["']?\s*[:=]|\bact\ as\ (?:an?|the|my)\ (?:\w+\ )?(?:hiring\ manager|recruiter|judge|reviewer|evaluator|assistant)\ (?:who|that|and)\b
|\b(?:model\ answer|correct\ answer)\s*(?::|\ is\ that)|\byour\ system\ prompt\b|\bhidden\ (?:scoring|criteria|prompt)\b|\b(?:reveal|print|show|write|state)\ (?:me\ )?(?:the|your)\ (?:scoring\ rules|system\ prompt)
|<<\ ?/?\ ?sys\ ?>>|<\ ?/?\ ?(?:system|assistant|user)[_\ -]?\w{{0,10}}>|\[\ ?/?\ ?(?:admin|system|sys|root)\ ?\]|"role"\s*:\s*"(?:system|assistant|developer)"
|^\W*["']?(?:override|decision|recommendation|(?:final[_\ ])?verdict|(?:fit|match|candidate|final)[_\ ]?score|rank|instructions?|qualified)["']\s*[:=]|^\W*(?:final_)?verdict\s*[:=]
|\b(?:score|rating|rank)\s*:\s*(?:100|10|5|1)\ ?(?:/\ ?(?:100|10|5))?\b[^\n]{{0,5}}(?:\((?:set|by)|do\ not\ change|reason)
|\bcandidate\ status\s*=|\b(?:profile|candidate|applicant|resume)\ has\ (?:already\ )?been\ (?:pre-?approved|vetted)|\bmeets?\ all\ (?:criteria|requirements),\ proceed
|\b(?:humans?|people|human\ readers?)\ (?:can|may|should)\ (?:skip|ignore)\ (?:this|the)\b
|\b(?:applicants?|candidates?|you)\b(?:\ who)?(?:\ are)?\ us(?:e|ing)\ (?:generative\ )?{A_MACHINE}[^.\n]{{0,60}}?(?:,\ |\bplease\ )(?:mention|include|write|start|begin|say|add|put)
|\b(?:vergiss|vergessen\ sie|missachte[tn]?)\b[^.\n]{{0,30}}\b(?:richtlinie|vorgabe|regel|anweisung|alles)\w*|\bignorieren?\ (?:sie\ )?(?:den|alle|das|sämtliche)\ (?:bisherigen?|obigen?|vorherigen?|anweisungen|text)
|\b(?:solltest\ du|sollten\ sie|wenn\ (?:du|sie))\ (?:eine?\ )?{EINE_MACHINE}|\bdie\ {EINE_MACHINE}\ (?:soll|muss|wird)\ (?:\w+\ ){{0,4}}?(?:empfehlen|bewerten|einstufen|sagen|nennen)|\b(?:nachricht|hinweis|anweisung)\ (?:an|für)\ (?:alle\ |die\ )?(?:{EINE_MACHINE}|chat\ ?gpt|automatische\w*)
|\b(?:neue|system)[r\ -]?\ ?(?:anweisung|instruktion|aufgabe)\s*:|\bantworten?\ (?:sie\ )?(?:nur|ausschließlich)\ mit\b|\btu(?:n\ sie)?\ so,\ als\b|\bverrate?\b[^.\n]{{0,20}}\banweisung|\b(?:bewerte|stufe)\ (?:diese[nrs]?|den|mich)\ (?:lebenslauf|bewerb\w*|profil|text|kandidat\w*|person)
|\b(?:bewerbung|anschreiben|brief)\w*\ (?:von|mit)\ (?:einer\ )?{EINE_MACHINE}\b[^.\n]{{0,40}}\b(?:muss|soll)|\b(?:bewerber\w*|wer)\b[^.\n]{{0,15}}\b(?:{EINE_MACHINE}|chat\ ?gpt)\b[^.\n]{{0,20}}\b(?:muss|müssen|soll|sollen)\b
|\bdu\ (?:bist\ jetzt\ ein|musst\ diesen)\b|\büberspringe\ die\ prüfung
|\bne\ ten(?:ez|ons)\ pas\ compte\ des\ (?:instructions|consignes)|\b(?:ignore[rz]?|oublie[rz]?)\ (?:le\ texte|tout\ ce\ qui)|\b(?:si\ (?:vous|tu)|les\ candidats\ qui)\ utilis\w+\ (?:une\ )?(?:{UNE_MACHINE}|chat\ ?gpt)\b[^.\n]{{0,40}}(?:,\ ?(?:ajout|écri|mention|indiqu)\w+|doivent)
|\b(?:à\ l'attention\ de|note\ pour|message\ (?:à|pour)|consigne\ pour)\ (?:l'|la\ |les\ )?(?:{UNE_MACHINE}|chat\ ?gpt)|\bcher\ (?:modèle|robot|chat)|\b(?:tu\ dois|vous\ devez)\ (?:évaluer|noter|classer|recommander)\b|\battribue[rz]?\ la\ note\b|\bréponds?(?:ez)?\ (?:uniquement|seulement)\ par
|\bnouvelles?\ (?:instruction|consigne)s?\s*:|\bl'{UNE_MACHINE}\ (?:doit|devra)\ (?:recommander|classer|noter|donner)|\b(?:fais|faites)\ comme\ si\ le\ candidat|\b(?:tu\ es|vous\ êtes)\ maintenant\ un|\bne\ (?:révèle|dis|mentionne)[rzt]?\ pas\ cette\ (?:consigne|instruction)
|\bno\ (?:tengas|tenga|tengan)\ en\ cuenta\ las\ (?:instrucciones|reglas)|\bignor[ae]\ (?:el\ texto|todo\ lo)\b|\bolvide\ sus\b|\bsi\ (?:es\ usted|eres)\ (?:un\ )?robot|\b(?:si|los\ candidatos\ que)\ us\w+\ (?:una\ )?(?:{UNA_MACHINE}|chat\ ?gpt)\b[^.\n]{{0,40}}(?:,\ ?(?:incluy|escrib|añad|menci)\w+|deben)
|\b(?:a\ la\ atención\ de|nota\ para|mensaje\ para|aviso\ a)\ (?:la\ |los\ )?(?:{UNA_MACHINE}|chat\ ?gpt)|\b(?:debes|debe)\ (?:evaluar|puntuar|clasificar|recomendar)\ (?:este|a\ este|esta)\b|\basigna\ la\ puntuación\b|\bresponde\ (?:únicamente|solo|sólo)\ con
|\bnueva\ instrucción\s*:|\bla\ {UNA_MACHINE}\ debe\ (?:recomendar|clasificar|puntuar|dar)|\bfinge\ que\ el\ candidato|\bahora\ eres\ un|\bno\ reveles\ (?:esta|este)""",
    re.I | re.X,
)
"""Orders to a judge or a writer that is no person: verdicts dictated, roles given, secrets kept from people, answers asked of machines only."""
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
)
"""What each such line has some of, in small letters (faster than without regard to case); most lines are settled here."""

MORE_CUES = re.compile(
    r"\b(?:models? (?:must|answer|should)|decode|base64|rot-?13|role-?play|simulate an?|obey|sudo|candidate status|\w{0,20}_?verdict|\w{1,20}_(?:decision|rating|recommendation|score)|rubric|pre-?approved|been vetted|respond (?:in|with|only|just)|(?:label|flag|classify|describe|mark) (?:this|the)"
    r"|(?:tell|inform|convince|send|append|post|forward) the|(?:keep|treat) th|you are (?:an? (?:unbiased|helpful|expert|recruiter|hiring)|no longer|free|reviewing)|you (?:must|should|shall|will) (?:not reject|always|rate|rank|score|find)|you have been"
    r"|imagine you|suppose you|play a game|(?:admin|debug|developer|god|jailbreak|dan|root|maintenance) mode|override|fit_score|not consider|all (?:criteria|requirements), proceed|\bagents? |evaluator|no matter what|(?:when|while|before|after) you |the model|act as|human:|user:|\bq:|output"
    r"|regardless of its|in json|write (?:an? (?:summary|review|assessment|evaluation)|that)|new (?:task|objective|prompt)|(?:asked about|generating|evaluating|processing|assessing|reviewing|ranking) (?:this|these|the|a|your)"
    r"|assistant|automated|this (?:candidate|applicant|resume|résumé|cv|profile)|(?:this|next) (?:text|line)|the following|user's|in your (?:response|answer|reply|summary|output)|add \d|points to|set (?:\w+ ){1,3}(?:=|to) "
    r"|\w{0,8}anweisung|antworten? |bewerte|bewerber|bewerbung|du (?:bist|musst)|so, als|verrat|solltest|überspringe|richtlinien|consigne|attribue|réponds|répondez|tu (?:dois|es)|vous (?:devez|êtes)|comme si|candidats"
    r"|pas compte|instruccion|instrucción|asigna|responde|debes|finge|ahora eres|reveles|en cuenta|olvid|modelo|"
    r"(?:score|rating|rank)\s*:)|^\W*(?:say|pick|put|move|choose|prefer)\b|role\"|<[</]? ?(?:sys|assist|user)|\[(?:admin|root)",
)

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
"""Characters that a reader does not see: soft hyphens, zero-width signs, direction marks, tags."""

LOOK_ALIKE = str.maketrans("аеорсхуіѕӏԁɡոһјԛԝгΑΒΕΗΙΚΜΝΟΡΤΧαορνικτАВЕКМНОРСТХІЅЈ", "aeopcxyisldgnhjqwrABEHIKMNOPTXaopviktABEKMHOPCTXISJ")
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
    spread = SPREAD.search(line) is not None
    line = (_joined(line) if spread else line).replace("’", "'").replace("résumé", "resume").replace("Résumé", "resume")
    return _matches(line, spread=spread) or model().finds_one(line)


def _matches(line: str, *, spread: bool) -> bool:
    small = line.lower()
    cued = spread or CUES.search(small)
    if not cued and not MORE_CUES.search(small):
        return False
    if (cued and (SPOKEN_TO.search(line) or MADE_FOR_ONE.search(line))) or ORDERED.search(line):
        return True
    return UNSEEN.search(line) is not None and JUDGES.search(line) is not None


def _joined(line: str) -> str:
    """Letters that were spread stand together again; two spaces are the end of a word."""
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
