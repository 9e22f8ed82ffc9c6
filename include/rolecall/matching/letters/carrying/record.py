"""Whether an English sentence tells of what its writer did, has or is, or of what they wish, think and ask: only the first can be untrue.

What somebody likes, hopes and is ready for, what they ask the reader, what the ad says and what is so in general is no claim about a CV.
"""

from __future__ import annotations

import re

from rolecall.matching.letters.claim_words import folded

ADVERBS = (
    r"(?:also|really|very much|truly|always|especially|particularly|genuinely|still|just|only|therefore|now|myself|most|gladly|"
    r"sincerely|kindly|simply|certainly|equally|hereby|thus|so|even|too|quite|already|personally|firmly|strongly|honestly|at once) "
)
WISHES = (
    r"(?:would|'d|could|should|might|may (?:introduce|call|come|ask)|shall|will (?:be (?:glad|happy|pleased|delighted|"
    r"available|free|ready|back)|gladly|call|write|"
    r"happily|start|come|learn|do my best|give my best|put|let|move|not disappoint)|'ll|"
    r"can (?:be reached|start|begin|join|imagine|come|travel|move|relocate|offer|meet|send|call|picture|see myself|commute)|"
    r"hope|want|wish|look forward|(?:do )?believe|think|feel|find (?:it|that|this|your|nothing)|trust|guess|suppose|consider|"
    r"like|love|enjoy|prefer|appreciate|value|admire|cherish|care (?:about|deeply|that|a lot|very)|welcome|await|intend|"
    r"plan to|aim|apply|thank|ask|suggest|understand|"
    r"notice|read (?:your|about|in|a lot|a great)|saw (?:your|that|the)|"
    r"came across|was (?:glad|happy|pleased|excited|delighted|interested|drawn|struck|impressed) (?:to|by|in|when)|"
    r"found your|learn (?:new|quickly|fast|"
    r"easily)|live|get up|smile|laugh|need|expect|seek|strive|attach|enclose|stand|know (?:that|how much|what|your)|"
    r"have (?:always )?(?:wanted|wished|hoped|admired|followed your|attached|enclosed|no (?:doubt|problem|difficulty)|"
    r"a (?:lot of )?(?:interest|passion|liking)|read (?:your|about|with)|your)|"
    r"(?:do not|don't|never|hardly|rarely|seldom) (?:lose|mind|give up|get tired|shy|need|expect|like|want|tire|hesitate|stop)|"
    r"pride myself|look (?:for|to)|hesitate|take pride|take (?:\w+ )?seriously|set (?:store|great store)|listen|"
    r"(?:am|'m|remain)(?: \w+ly| very| also| always| still| quite| more than| just| now| so| too| of course|"
    r" not)? ?(?:writing|applying|looking|seeking|"
    r"interested|happy|glad|pleased|delighted|excited|thrilled|keen|eager|ready|available|free|flexible|convinced|"
    r"confident (?:that|i|in your|of being)|sure|certain (?:that|i)|"
    r"open|willing|prepared to|motivated|curious|drawn|attracted|enthusiastic|passionate|grateful|aware|hoping|able to (?:start|come|begin|"
    r"travel|work)|at (?:your|home)|someone who|somebody who|a person who|a team player|a (?:quick|fast) learner|an? (?:early riser|"
    r"good listener|people person|morning person)|patient|reliable|friendly|calm|careful|punctual|proud to apply|"
    r"fascinated|inspired|reachable|mobile|afraid|fond|ambitious|hard-?working|honest|organi[sz]ed|conscientious|in no hurry))"
)
"""What follows *I* where a wish, a view, a readiness or a way of being is told."""

I_WISH = re.compile(rf"\b(?:i|i'(?=m|d|ll|ve)) ?(?:{ADVERBS})?{WISHES}(?![\w-])")
"""An *I* that tells of no record."""

ALSO_DID = re.compile(r"(?:,|\band\b|\bbut\b|\bas\b)\s+(?=(?:have|am|was|did|had) )")
"""Where a second verb has the first one's *I*."""

I_ANY = re.compile(r"(?<![\w'])i(?!\w)")

MY_OWN = re.compile(
    r"\bmy (?:\w+ )?(?:salary|notice|goals?|aims?|wish(?:es)?|hopes?|motivation|motives?|application|candidacy|cv|resume|curriculum|letter|"
    r"interests?|expectations?|availability|best|own way|heart|phone|number|e-?mail|address|portfolio|documents|"
    r"references|time|part|thanks|"
    r"gratitude|future|next|home|family|energy|enthusiasm|curiosity|view|opinion|eyes|mind|attention|day|life|start|dream|"
    r"preference|intention|way|appetite|pleasure|questions?|ideas?|ideal|passion|opinions?|values?|belief|priority|strengths?|contact|"
    r"attitude|word|name|place|commute|working hours|first choice|sleeves)\b"
)
"""Things of one's own that no CV proves."""

MY_ANY = re.compile(r"(?<![\w'])(?:my|mine)(?!\w)")

OF_ME = re.compile(
    r"\b(?:taught|trained|named|promoted|voted|elected|chose|chosen|picked|awarded|gave|given|prepared|hired|made|earned|brought|showed|"
    r"got|won|led|took|cost|let|paid|sent|equipped|honou?red|employed|certified|licen[sc]ed|allowed|entrusted|asked|praised|"
    r"reports?|reported|reporting|under|to|for|by|with|around|beside|behind) (?:to |for )?(?:me|us)\b"
)
OF_ME_PLAIN = re.compile(
    r"\b(?:appeals?|appealed|matters?|mattered|important|natural|new|easy|means? (?:\w+ ){0,3}|speaks?|fits?|suits?|"
    r"right|clear|dear|job|place|ideal|"
    r"perfect|interesting|attractive|open|challenge|opportunity|position|role|one|talk|write|speak|listening|home) "
    r"(?:to|for|with) me\b|^to me\b|^for me\b|\b(?:let|call|contact|reach|invite|meet|tell|ask|considering|consider|email|write) me\b"
)

WE_ANY = re.compile(r"(?<![\w'])(?:we|our|us)(?!\w)")
WE_WISH = re.compile(r"\b(?:could|can|may|shall|should|might|that|if|when|hope) we (?:can |could |might |may )?(?:talk|meet|speak|arrange|"
                     r"find|discuss|work|get)\b|"
    r"\bwe (?:can|could|might|will|may|would) (?:talk|meet|speak|discuss|work|get)\b")  # fmt: skip

YOURS = re.compile(r"(?<![\w'])(?:you|your|yours|you're|you'll)(?!\w)")

ADMITS = re.compile(
    r"\b(?:have|has|had|am|is|was|do|did)(?: not|n't)\b|\bnot (?:yet|(?:worked|used|done|had|been))\b|\bnever (?:worked|"
    r"used|done|had the|been|learn\w+|"
    r"held|taught|seen)\b|\bno (?:experience|knowledge)\b|\bnew to me\b|\b(?:willing|keen|eager|happy|glad|ready|want|"
    r"like|love|plan|hope) to learn\b"
)
"""What one has not, or has still to learn."""

PRIVATE = re.compile(
    r"\b(?:notice|salary|pay|paid|earn|available|availability|start|starting|begin|move|relocat\w+|reach\w*|phone|call|shifts?|hours|"
    r"commut\w+|travel|days? a week|weekends?|evenings?|mornings?|afternoons?)\b"
)
"""What only the person can say: numbers beside it are theirs to name, where nothing is told of a record."""

GREETING = re.compile(
    r"^(?:dear|hello|hi|good (?:morning|day)|to whom|kind|best|warm|with (?:kind|best|warm)|yours|sincerely|many thanks|thank|thanks|"
    r"respectfully|cordially|regards|greetings)\b"
)


def tells_of_record(sentence: str) -> bool:
    """Whether an English sentence says something about what its writer did, has or is.

    >>> tells_of_record("I look forward to hearing from you."), tells_of_record("I ran the night shift.")
    (False, True)
    """
    plain = folded(sentence)
    if is_greeting(sentence):
        return False
    rest = ALSO_DID.sub(" i ", plain) if I_ANY.search(plain) else plain
    rest = I_WISH.sub(" ", rest)
    rest = MY_OWN.sub(" ", WE_WISH.sub(" ", OF_ME_PLAIN.sub(" ", rest)))
    return bool(I_ANY.search(rest) or MY_ANY.search(rest) or WE_ANY.search(rest) or OF_ME.search(rest))


def is_greeting(sentence: str) -> bool:
    """Whether it is how a letter begins or ends."""
    plain = folded(sentence)
    return bool(GREETING.match(plain)) and len(plain.split()) < 14 and not I_ANY.search(plain)


def is_spoken_to(sentence: str) -> bool:
    """Whether it speaks of who reads it."""
    return bool(YOURS.search(folded(sentence)))


def is_about_nobody(sentence: str) -> bool:
    """Whether neither its writer nor its reader is in it: something that is so in general, or half a line of a CV."""
    plain = folded(sentence)
    return not any(pattern.search(plain) for pattern in (I_ANY, MY_ANY, WE_ANY, YOURS)) and " me" not in plain


def admits(sentence: str) -> bool:
    """Whether it says that its writer has not, or not yet."""
    return bool(ADMITS.search(folded(sentence)))


def is_private(sentence: str) -> bool:
    """Whether it says when, where or for how much somebody would work."""
    return bool(PRIVATE.search(folded(sentence)))
