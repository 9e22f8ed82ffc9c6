"""How ads say what they want: phrases in English, German, French and Spanish."""

from __future__ import annotations

import re

NICE = re.compile(
    r"nice[ -]to[ -]have|good to have|\ba plus\b|\bbonus\b|\bprefer(?:red|ably|ence)\b"
    r"|\bideally\b|\bdesir(?:ed|able)\b|advantage|beneficial"
    r"|optional|von vorteil|wünschenswert|idealerweise|gerne|un plus|un atout|souhait|appréci|deseable|se valora|valorable",
    re.I,
)
SOFTENS_WHAT_FOLLOWS = re.compile(r"\b(?:ideally|preferably|idealerweise)\b(?=\s+\w)", re.I)
"""*Experience in sales, ideally in a related field*: sales is wanted none the less."""

MUST = re.compile(
    r"\bmust\b|requir|essential|mandatory|\bneed(?:ed)? to\b|\bminimum\b|\bproven\b|\bat least\b|zwingend|erforderlich|voraus|mindestens"
    r"|\bwe (?:need|require|seek|want|expect|are looking for|look for)\b|\blooking for\b"
    r"|\byou (?:know|have|bring|hold|can|master|possess|understand)\b"
    r"|\b(?:cannot|can't|won't|do not|don't) (?:hire|consider|accept|employ)\b|\bwir (?:suchen|brauchen|erwarten)\b"
    r"|\b(?:sie|du) (?:haben|bringen|bringst|hast|kennen|kennst)\b"
    r"|\bnous (?:cherchons|recherchons|attendons)\b|\bvous (?:avez|maîtrisez|connaissez)\b|\b(?:buscamos|necesitamos)\b"
    r"|\bdominas?\b|bedingung|obligatoire"
    r"|indispensable|exig|impératif|imprescindible|requisito|obligatori|al menos",
    re.I,
)
NOT_ASKED = re.compile(
    r"\bno (?:prior |previous )?[\w -]{0,40}(?:experience|knowledge|skills?)\b|\bnot (?:required|needed|necessary)\b"
    r"|\bno [\w -]{0,30}(?:required|needed)\b"
    r"|\bkeine?\b[\w -]{0,40}(?:erforderlich|nötig|notwendig)|pas (?:nécessaire|exigé)|no (?:es|se) (?:necesari|requiere)",
    re.I,
)
SUCH_AS = re.compile(r"(?:\be\.?g\.?,?|such as|\blike|z\. ?b\.|tels? que|comme|como|por ejemplo|\bor similar|\()\s*$", re.I)
BETWEEN = re.compile(r"^\s*(?:,|/|(?:,\s*)?(?:and/or|or|oder|ou|o|u)|,\s*(?:and|und|et|y))\s*$", re.I)
OR = re.compile(r"/|\b(?:or|oder|ou|o|u)\b", re.I)

YEARS = re.compile(
    r"(?<![\d.,])(?P<low>\d{1,2})\s*(?:(?:\+|plus\b)\s*)?(?:(?:-|–|to|bis|à|a)\s*\d{1,2}\s*(?:\+\s*)?)?"
    r"(?:years?|yrs?\b|jahren?|ans\b|années|años)['’]?(?=(?P<after>[^.;!?\n]{0,80}))",
    re.I,
)
WORK = re.compile(
    r"experience|erfahrung|berufspraxis|expérience|experiencia|in (?:a|the|an) |working|as an? |practice|background|post[- ]qualif", re.I
)
NOT_THEIRS = re.compile(
    r"\bwe(?:'ve| have| bring| are| operate| serve)\b|\b(?:founded|history|of age|old|warranty|nous avons|notre|nuestr\w*|unser\w*)\b"
    r"|\bcelebrat\w+|\bestablished\b|\blong[- ]standing\b|\bour \w+ (?:has|have|with)\b|\bfor (?:over|more than)\b"
    r"|\bover the (?:last|past)\b|\bcompany (?:with|has)\b",
    re.I,
)
"""Years of somebody else: the employer's own, or an age."""

DEGREE = re.compile(
    r"\b(?:bachelor|master|b\.?sc|m\.?sc|b\.?a\.?|mba|ph\.?d|doctorate|degree|diplom(?!as?\b)\w*|hochschulabschluss|studium|"
    r"licence en|diplôme|grado en|licenciatura|titulación)\b",
    re.I,
)
INSTEAD = re.compile(
    r"\bequivalent\b|\bor (?:relevant |related |comparable |similar |significant )?(?:\w+ )?experience|gleichwertig|vergleichbar"
    r"|équivalent|equivalente",
    re.I,
)
"""What else would do in place of a degree."""
PERMIT = re.compile(
    r"\b(?:right to work|work permit|authori[sz]ed to work|work authori[sz]ation|visa sponsorship|security clearance|clearance required|"
    r"u\.?s\.? citizen\w*|arbeitserlaubnis|permis de travail|permiso de trabajo)\b",
    re.I,
)

SPONSORED = re.compile(
    r"\bsponsorship (?:is |will be |can be |may be )?(?:available|offered|provided|possible|considered)\b"
    r"|\b(?:offer|offers|provide|provides|able to|happy to|willing to|can|will|do) (?:\w+ ){0,3}sponsor",
    re.I,
)
NO_PERMIT = re.compile(r"\be-verify\b|\bposters?\b|\bnotice of\b", re.I)
"""What the law makes an employer publish names permits and asks for none."""

DENIED = re.compile(r"\b(?:not?|unable|cannot|can't|won't|don't|without|nor)\b", re.I)
"""A permit that the employer sees to is no obstacle, unless the sentence denies it."""

SAID_OF_THE_JOB = re.compile(
    r"\b(?:m/w/d|h/f|gender|race|religion|disabilit|equal opportunit|diversity|all backgrounds|regardless|salary|gehalt|benefits?|pension"
    r"|holiday|vacation"
    r"|paid time|insurance|401|bonus|vielfalt|unabhängig von|diversidad|igualdad|diversité|égalité|congés|urlaub|vacaciones)\b"
    r"|^(?:hybrid|remote|on[- ]site|fully remote|full[- ]time|part[- ]time)\b|\b(?:based in|hybrid work\w*|home office|our office)\b"
    r"|^(?:years?|experience|erfahrung|requirements?|nice to have|skills?)$",
    re.I,
)
"""What a clause says of pay, law and the form of the ad itself: no one is asked for it."""

EMPLOYERS = re.compile(
    r"^\W*(?:(?:at|bei|chez|en) [^,.]{2,50}?,? )?(?:we|our|the company|us|wir|unser\w*|nous|notre|nos|nuestr\w*|somos)\b"
    r"|\b(?:in business since|was founded|founded in|is growing|has an opening|our (?:partners?|clients?|customers?|suppliers?) )"
    r"|\b(?:you will not|you won't|you do not|you don't)\b|\bnot do this yourself\b|^\W*join\b|^\W*seit \d{4}\b|\bdepuis \d{4}\b"
    r"|\bdesde \d{4}\b",
    re.I,
)
"""A sentence about the employer, or about what others do, unless it says (:data:`MUST`) that something is asked."""

WITH_OTHERS = re.compile(
    r"\b(?:partner|work|collaborat|liais|coordinat|interact|interfac|communicat)\w*(?: \w+){0,2} (?:with|between)\b[^.;:\n]{0,60}$", re.I
)
OTHER_TEAMS = re.compile(r"^[\w/&, -]{0,30}\b(?:teams|departments|stakeholders)\b", re.I)
"""Before and behind the names of those one works with: *partner with Product and Sales*, *product and marketing teams*."""

FIRST_JOB = re.compile(
    r"\bfirst (?:job|position|role)\b|\bwe(?: will|'ll)? train you\b|\bentry[- ]level\b|\b(?:new|recent) graduates?\b|\bgraduates welcome\b"
    r"|\bno (?:prior |previous |professional )?experience (?:is )?(?:required|needed|necessary)\b"
    r"|\btraining (?:is|will be) (?:given|provided)\b"
    r"|berufseinsteiger|berufsanfänger|quereinsteiger|débutants?|premier emploi|sin experiencia|primer empleo",
    re.I,
)
SOME_PRACTICE = re.compile(
    r"\bsome (?:practice|experience)\b|\bfirst experience\b|etwas berufspraxis|erste (?:berufs)?erfahrung|première expérience"
    r"|algo de experiencia",
    re.I,
)
IN_CHARGE = re.compile(
    r"\b(?:you|to) (?:will )?(?:lead|head|manage|run|direct|build) (?:the|an?|our|your) "
    r"(?:\w+ ){0,3}(?:team|department|function|staff|unit)\b"
    r"|\bset (?:its|the|our) (?:\w+ )?direction\b|\bteam of (?:\d+|\w+) (?:\w+ )?report|\bdirect reports\b"
    r"|leite(?:n|st|t)? (?:das|ein|unser) team|(?:encadr|dirig)e[rz] (?:l'|une |votre )équipe|dirigir(?:ás)? (?:el|un) equipo",
    re.I,
)
"""What an ad says of the level where its title says nothing."""
