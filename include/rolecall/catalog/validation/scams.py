"""Signs of a fraudulent ad, in its own words. An employer that warns of fraud ("we never ask for money") is not one who commits it."""

# ruff: noqa: E501  # patterns

from __future__ import annotations

import re

MAX_TEXT = 30_000
"""Characters of an ad that are looked through."""

DENIED = re.compile(
    r"\b(?:never|not|n't|no|nobody|without|nor|won't|beware|scam\w*|fraud\w*|nie|niemals|kein\w*|nicht|jamais|aucun\w*|nunca|ningún|sin)\b",
    re.I,
)
"""What turns a sentence around."""

PAID_BY_US = re.compile(
    r"\b(?:we|the employer|the company|our company)(?: will| also| fully)? (?:pay (?:for )?(?:your|all|the)|cover|reimburse)|paid by (?:us|the (?:employer|company))|\b(?:is|are|fully) (?:covered|reimbursed)"
    r"|at our (?:expense|cost)",
    re.I,
)
"""The employer bears it."""

ASK = r"\b(?:pay|send|transfer|deposit|submit|provide|share|give|purchase|buy|wire|remit)\w*\b"
ASK_FOR_YOURS = (
    r"\b(?:send|submit|provide|share|give|email|text|upload|fill in)\b(?: us| me| the)?(?=[^.!?\n]{0,60}\b(?:your|us|copy|photo|scan)\b)"
)
NEAR = r"[^.!?\n]{0,60}"
FEE = (
    r"\b(?:registration|application|training|processing|enrol\w*|security|starter|onboarding|visa|background check)[ -]"
    r"(?:fee|deposit|kit|payment|charge)s?\b"
)
TRANSFER = r"\b(?:western union|moneygram|gift cards?|bitcoin wallet|crypto wallet)\b"
PAPERS = (
    r"\b(?:bank (?:account|login|details|card|statement)|account number|routing number|online banking|credit card|debit card|card number"
    r"|iban|social security number|ssn"
    r"|passport (?:copy|scan|number)|copy of your (?:passport|id)|driver'?s licen[cs]e (?:photo|number|front))\b"
)
MESSENGERS = r"(?:whats ?app|telegram|signal app|wechat|viber|zangi|google hangouts?)"

FRONT = r"(?:buy|purchase|pay|send|forward|text|receive|transfer|remit|spend|wire)\w*"
PAYMENT = re.compile(
    rf"{ASK}{NEAR}{FEE}|{ASK}{NEAR}{TRANSFER}|{TRANSFER}{NEAR}{ASK}"
    r"|\b(?:pay|send|cover|transfer|remit)\w*\b[^.!?\n]{0,40}\b(?:refundable|one-time|upfront|up-front) (?:fee|deposit|payment|cost)\b"
    r"|\brefundable (?:fee|deposit)\b|\b(?:deposit|cash|bank) (?:the|our|a|this) (?:certified |cashier'?s? |company )?che(?:ck|que)\b"
    r"|\b(?:we|company) (?:will )?(?:send|mail|e-?mail|issue)s? you (?:a|the) (?:certified |cashier'?s? )?che(?:ck|que)\b"
    r"|\b(?:purchase|buy|order)\b[^.!?\n]{0,60}\b(?:equipment|laptop|software|supplies)\b[^.!?\n]{0,40}\b(?:from our|approved|certified|designated) (?:vendor|supplier)"
    r"|\b(?:receive|accept|collect)\b[^.!?\n]{0,40}\b(?:packages?|parcels?)\b[^.!?\n]{0,60}\b(?:at (?:your )?home|home address|re-?ship|forward|re-?label)"
    r"|\bre-?ship(?:ping)? (?:agent|clerk|coordinator|assistant|packages|parcels)"
    r"|\b(?:receive|accept|collect|process)\b[^.!?\n]{0,60}\b(?:payments?|transfers?|funds|money)\b[^.!?\n]{0,60}\b(?:your (?:own |personal )?(?:bank )?account|keep \d+ ?%)"
    r"|\bkeep \d{1,2} ?%[^.!?\n]{0,60}\b(?:transfer|payment|amount|commission|deposit)\w*"
    r"|\b(?:deposit|top[- ]?up|recharge|invest|send|transfer|pay)\w*\b[^.!?\n]{0,60}\b(?:usdt|bitcoin|btc|crypto(?:currency)?|wallet)\b[^.!?\n]{0,80}"
    r"\b(?:unlock|tasks?|withdraw|activate|start|begin|account|job|training)"
    r"|\b(?:like|rate|review|optimi[sz]e|boost|click)\w*\b[^.!?\n]{0,60}\b(?:videos?|products?|apps?|hotels?|merchant)\w*\b[^.!?\n]{0,80}\b(?:commission|usdt|per task|daily)"
    rf"|\b{FRONT}\b[^.!?\n]{{0,60}}\b(?:gift ?cards?|gift vouchers?|steam cards?|apple cards?|vouchers? codes?)\b[^.!?\n]{{0,60}}\b(?:codes?|numbers|text|send|back|we name|supervisor|friday)\b"
    r"|(?:^|[.!?,;:]\s*|\b(?:you|kindly|please|and|then|to) )(?:send|transfer|pay|forward|remit|deposit)\w*\b[^.!?\n]{0,60}\b(?:by|via|through|in|at a) (?:zelle|cash ?app|moneygram|western union|bitcoin|btc|usdt|upi)\b"
    r"|\b(?:deposit|cash|print) (?:the|our|this|an?) (?:\w+ )?(?:e-?)?che(?:ck|que)s?\b[^.!?\n]{0,80}\b(?:keep|send|pay|buy|wire|balance|gift|take your|receipt|photo)\b"
    r"|\b(?:a|the) che(?:ck|que) (?:is|will be) (?:sent|mailed)\b[^.!?\n]{0,30}\bin advance|\bche(?:ck|que)\b[^.!?\n]{0,40}\b(?:rest|balance|remainder|difference) to\b"
    r"|\b(?:funds|money|winnings|payments?)\b[^.!?\n]{0,60}\b(?:go(?:es)? through|arrives? in|by zelle|on your|into your|to your)\b[^.!?\n]{0,80}\b(?:pass|forward|send|wire|your share|keep)\b"
    r"|\byou send (?:wires|transfers)\b|\b(?:pass|forward|send) (?:them|it) on (?:to|through|in|via)\b[^.!?\n]{0,60}\b(?:share|percent|%|bitcoin|cash app)"
    r"|\b(?:parcels?|packages?|goods)\b[^.!?\n]{0,40}\b(?:come|shipped|delivered|sent|arrive)\b[^.!?\n]{0,20}\byour (?:house|home|address)\b"
    r"|\bpay the tax\b[^.!?\n]{0,20}\bfirst\b|\b(?:pay|transfer|send|remit|deposit|abonar)\b[^.!?\n]{0,60}\b(?:fees?|charge|rupees|deposit)\b[^.!?\n]{0,60}\b(?:our agent|account below|number below|hold your|withdraw|flight|work permit|offer letter)\b"
    r"|\b(?:visa|work permit|embassy|documentation|processing|medical test|joining|uniform|gate pass|registration|training|admission) (?:\w+ )?(?:fees?|charges?)\b[^.!?\n]{0,40}(?:\bpayable\b|\bin advance\b|\d|\brequired\b|\brefundable)"
    r"|\b(?:joining|registration|security|caution) (?:fee|charge|deposit)\b[^.!?\n]{0,30}(?:\d|\brefund)|\bpay (?:only )?\d[\d.,]{0,12}\b[^.!?;\n]{0,40}\b(?:refundable|refunded|for the (?:guide|kit|course|portfolio|uniform))\b"
    r"|\b(?:buy|purchase)\b[^.!?\n]{0,60}\b(?:get the money back|refund(?:ed)?|reimburse\w*|paid back|from our (?:dealer|vendor|supplier)|from us|through our link)\b"
    r"|\b(?:send|transfer|deposit)\b[^.!?\n]{0,40}\b(?:passport|papers?)\b[^.!?\n]{0,20}\band \d[\d.,]* (?:dollars|euros|pounds|usd|eur)"
    r"|\b(?:recharge|top[- ]?up|prepay\w*|funded with)\b[^.!?\n]{0,60}\b(?:balance|account|tasks?|usdt|combined|wallet)\b|\b(?:tasks?|orders?)\b[^.!?\n]{0,60}\b(?:prepayment|top[- ]?up|recharge|deposit required)\b"
    r"|\b(?:with|use) your own (?:money|credit card|funds)\b[^.!?\n]{0,60}\b(?:back|refund|bonus|percent|supplies)\b|\bearnings\b[^.!?\n]{0,40}\b(?:frozen|until you (?:deposit|pay)|withdraw)|\bto withdraw your earnings\b"
    r"|\b(?:subscribe|like|follow|boost)\w*\b[^.!?\n]{0,60}\b(?:channels?|accounts?|bookings?|pages?|videos?)\b[^.!?\n]{0,40}(?:(?:dollars?|euros?|pounds?|usd|\$ ?\d{1,3}|€ ?\d{1,3}) (?:each|per)|per like|per follow|commission of|\bpaid in (?:crypto|usdt))\b"
    r"|\b(?:überweisen|zahlen)\b[^.!?\n]{0,60}\b(?:kaution|gebühr|vorab)\b|\b(?:gebühr|kaution)\w*\b[^.!?\n]{0,40}\bvorab\b|\bgeld\b[^.!?\n]{0,30}\b(?:auf|über) (?:ihrem|ihr|deinem|dein)\w* konto\b[^.!?\n]{0,60}\bweiter"
    r"|\b(?:zu|nach) hause\b[^.!?\n]{0,40}\bpakete\b[^.!?\n]{0,60}\b(?:umetikett|weiterversend|weiterleit)\w*"
    r"|\b(?:réglez|payez|versez|régler)\b[^.!?\n]{0,40}\b(?:frais|dossier|caution)\b|\b(?:sur|par) votre compte\b[^.!?\n]{0,40}\bgard|\bcolis\b[^.!?\n]{0,20}\b(?:domicile|chez vous)\b[^.!?\n]{0,40}\bréexpédi\w*|\bcartes? pcs\b|\bencaissez\b[^.!?\n]{0,20}\bchèque"
    r"|\b(?:paga|abona|abonar|pagar|debes abonar)\b[^.!?\n]{0,40}\b(?:curso|tasa|gestión|cuota|reservar)\b|\bdinero\b[^.!?\n]{0,20}\ben tu cuenta\b[^.!?\n]{0,40}\benv|\bpaquetes en (?:casa|tu)\b[^.!?\n]{0,30}\breenv\w*"
    r"|\b(?:anmeldegebühr|bearbeitungsgebühr|kaution)\b[^.!?\n]{0,40}\b(?:zahlen|überweisen|fällig)\b"
    r"|\bfrais d'(?:inscription|dossier)\b[^.!?\n]{0,40}\b(?:payer|verser|régler)\b",
    re.I,
)
BANK = re.compile(
    rf"{ASK_FOR_YOURS}{NEAR}{PAPERS}(?! (?:opening|manage|product|customer|relation|reconcil|service|holder|transact)\w*)|\b(?:bankdaten|kontodaten|kontonummer|iban)\b[^.!?\n]{{0,40}}\b(?:senden|schicken|angeben|mitteilen)\b"
    r"|\b(?:share|give|send|provide|need|forward)\b[^.!?\n]{0,50}\b(?:\w+-digit code|verification code|your (?:\S+ )?(?:login|password)|your debit card|(?:his|her|the|us) (?:the )?(?:login|password)|id\.me)\b"
    r"|\b(?:front and back|both sides) of your\b|\b(?:send|e-?mail)\b[^.!?\n]{0,20}\b(?:picture|photo|scan|copy|selfie)\b[^.!?\n]{0,40}\b(?:id card|passport|driver\S* licen[cs]e|id\b)"
    r"|\bopen a (?:new )?bank account\b[^.!?\n]{0,60}\b(?:login|give us|send us)\b|\b(?:answer|reply|respond) with your (?:bank|full name, address)"
    r"|\brent(?:al)?\b[^.!?\n]{0,20}\b(?:your|us your|of your) (?:\w+ )?(?:account|profile)\b|\blet us install (?:anydesk|teamviewer)\b|\benter your card number\b"
    r"|\b(?:schicken|senden)\b[^.!?\n]{0,60}\b(?:personalausweis\w*|iban|zugangsdaten)\b|\büberlassen uns das konto\b|\benvoyez\b[^.!?\n]{0,40}\b(?:carte d'identité|rib)\b"
    r"|\benvía\w*\b[^.!?\n]{0,40}\b(?:dni|número de cuenta|pasaporte)\b"
    r"|\bcoordonnées bancaires\b[^.!?\n]{0,40}\b(?:envoy|transmett|fourn)\w*",
    re.I,
)
MESSENGER = re.compile(
    rf"\b(?:contact|text|message|write|apply|interview\w*|reach|add|dm|chat with|reply)\b[^.!?\n]{{0,80}}\b{MESSENGERS}\b"
    r"|\b(?:on|via|over|through|[Dd]ownload) (?-i:Signal|Wire) (?:for|and)\b"
    rf"|\b(?:download|move)\b[^.!?\n]{{0,30}}\b{MESSENGERS}\b|\bwa\.me/\d|\b(?:interview|talk)\w*\b[^.!?\n]{{0,20}}\b(?:by|on|over|via) {MESSENGERS}\b"
    r"|\b(?:uniquement|solo|nur) (?:sur|por|per) (?:whatsapp|telegram)\b|\bescríbenos por whatsapp\b"
    rf"|\b{MESSENGERS}\s*(?:(?:id|number|us|me|only|handle)\s*)?[:@+]"
    r"|\b(?:per|über|via) (?:whatsapp|telegram)\b[^.!?\n]{0,40}\b(?:bewerb|meld|schreib|kontakt)\w*",
    re.I,
)
PAY = re.compile(
    r"(?:[$€£]\s?(?P<before>\d[\d.,]{0,20})\s?(?P<k>k)?|(?P<after>\d[\d.,]{0,20})\s?(?:[$€£]|usd|eur|dollars?|euros?))"
    r"\s*(?:[+–/-]\s*)?(?:to [$€£]?\d[\d.,]{0,20}\s*)?(?:(?:per|a|an|each|every|pro|par|al)\s+|/\s*)?"
    r"(?P<unit>day|daily|week|weekly|hour|hourly|tag|woche|jour|semaine|día|semana)\b",
    re.I,
)
EASY = re.compile(
    r"no (?:prior |previous )?(?:experience|skills?|qualifications?)[^.!?\n]{0,20}(?:needed|required|necessary)|no interview"
    r"|work (?:just )?[12]-?[3]? hours|easy money|financial freedom|be your own boss|earn from (?:home|your phone)|passive income"
    r"|ohne erfahrung|sans expérience|sin experiencia",
    re.I,
)
PAYMENT_HINTS = (
    "zelle", "cash app", "cashapp", "upi", "steam card", "btc", "money", "funds", "goods", "rupees", "tax", "recharge", "top-up", "top up", "own credit card",
    "earnings", "subscribe", "follow accounts", "each", "konto", "pakete", "frais", "compte", "colis", "cartes pcs", "chèque", "curso", "tasa", "dinero", "paquetes", "wires",
    "visa", "passport", "voucher", "gift", "prepay", "refund", "winnings", "embassy",
    " fee", "-fee", "deposit", " kit", "-kit", " payment", " charge", "western union", "moneygram", "gift card", "wallet", "cheque",
    "check", "package", "parcel", "ship", "your own account", "your account", "personal account", "keep ", "usdt", "bitcoin", "crypto", "vendor", "supplier",
    "commission", "per task", "gebühr", "kaution", "frais d'",
)  # fmt: skip
BANK_HINTS = (
    "login", "password", "-digit code", "id.me", "id card", "front and back", "both sides", "rent", "anydesk", "teamviewer", "card number", "ausweis", "zugangsdaten", "konto", "identité", "rib",
    "dni", "cuenta", "selfie",
    "bank", "account number", "routing", "credit card", "debit card", "card number", "iban", "social security", "ssn", "passport",
    "copy of your", "driver", "kontodaten", "kontonummer", "coordonnées",
)  # fmt: skip
MESSENGER_HINTS = ("signal", "wire", "wa.me", "whatsapp", "whats app", "telegram", "signal app", "wechat", "viber", "zangi", "hangout")
EASY_HINTS = ("$", "€", "£", "usd", "eur", "dollar")
A_YEAR = {"day": 260, "daily": 260, "tag": 260, "jour": 260, "día": 260, "hour": 2080, "hourly": 2080}
HIGH = 120_000
"""A year's pay from which "no experience needed" is not believed."""


def _affirmed(pattern: re.Pattern[str], hints: tuple[str, ...], text: str) -> re.Match[str] | None:
    """The first sentence that says so and does not deny it.

    :param hints: lower case; a text without any of them is not searched (most ads: this is what makes it fast)
    """
    if not _hinted(hints, text):
        return None
    for found in pattern.finditer(text[:MAX_TEXT]):
        start = max(text.rfind(stop, max(0, found.start() - 200), found.start()) for stop in ".!?\n")
        if not DENIED.search(text, start + 1, found.end()) and not PAID_BY_US.search(text, start + 1, found.end() + 60):
            return found
    return None


def _hinted(hints: tuple[str, ...], text: str) -> bool:
    lower = text[:MAX_TEXT].lower()
    return any(hint in lower for hint in hints)


def asks_payment(text: str) -> re.Match[str] | None:
    """Where applicants are to pay: fees, deposits, kits, cheques to cash, gift cards."""
    return _affirmed(PAYMENT, PAYMENT_HINTS, text)


def asks_bank_data(text: str) -> re.Match[str] | None:
    """Where applicants are to hand over bank data or papers."""
    return _affirmed(BANK, BANK_HINTS, text)


def messenger_only(text: str) -> re.Match[str] | None:
    """Where applicants are to write to a messenger account."""
    return _affirmed(MESSENGER, MESSENGER_HINTS, text)


def unrealistic_pay(text: str) -> re.Match[str] | None:
    """High pay by the day or week beside "no experience needed" and the like."""
    if not _hinted(EASY_HINTS, text) or not EASY.search(text[:MAX_TEXT]):
        return None
    for found in PAY.finditer(text[:MAX_TEXT]):
        amount = _amount(found["before"] or found["after"]) * (1000 if found["k"] else 1)
        if amount * A_YEAR.get(found["unit"].lower(), 52) >= HIGH:
            return found
    return None


def _amount(text: str) -> float:
    """``3,500`` and ``3.500`` are three and a half thousand; ``25.50`` is not."""
    digits = re.sub(r"[.,](?=\d{3}(?!\d))", "", text.rstrip(".,")).replace(",", ".")
    try:
        return float(digits)
    except ValueError:
        return 0.0
