"""The controls of a page that belong to an application: inputs, lists, text areas, and what only plays one by its role."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import takewhile

from rolecall.applying.forms.form_page import MAX_NODES, Element, FormPage
from rolecall.errors import InvalidInput

MAX_FIELDS, MAX_HIDDEN = 600, 3_000
"""What one form may ask, and carry besides; the largest recorded one has 151 controls."""

NO_QUESTION = frozenset({"submit", "button", "image", "reset", "search"})
ROLES = frozenset({"combobox", "listbox", "textbox", "radio", "checkbox", "switch", "spinbutton", "searchbox"})
ELSEWHERE = frozenset({"nav", "header", "footer"})
NOISE = re.compile(
    r"(^|[\s_-])(cookies?|onetrust|ot-sdk|trustarc|truste|usercentrics|didomi|cybot|cookiebot|cmp|klaro|ccm"
    r"|gdpr-banner|consent-(manager|banner|modal|popup|dialog)|newsletter|subscribe|lang(uage)?-?(select|switch"
    r"|picker|menu)\w*"
    r"|locale-?(select|switch|picker)\w*|site-?search|searchbox|search-form|search-bar|job-?filter\w*|filters?"
    r"|login-?form|chat(bot)?|iti__\w*|iti)(?=$|[\s_-])",
    re.I,
)
NOISE_NAMES = re.compile(
    r"^(q|s|search|query|keywords?|search[_-]?\w*|keyword-filter|\w+-filter|lang(uage)?|locale"
    r"|language[-_]?select\w*|newsletter\w*|g-recaptcha-response(-\d+)?|h-captcha-response(-\d+)?"
    r"|cf-turnstile-response|recaptcha\w*|.*-search-input|commit|country-select-.*)$",
    re.I,
)
SIGNALS = (
    (
        re.compile(
            r"resume|\bcv\b|lebenslauf|curriculum|cover.?letter|anschreiben|motivation|bewerbung|applicant|candidate|application", re.I
        ),
        3,
    ),
    (
        re.compile(
            r"first.?name|last.?name|full.?name|surname|given.?name|vorname|nachname|prénom|\bnom\b|nombre|apellido|your name|fname|lname",
            re.I,
        ),
        2,
    ),
    (re.compile(r"e-?mail", re.I), 1),
    (re.compile(r"phone|telefon|mobile|handy|téléphone|teléfono|linkedin", re.I), 1),
)
CUSTOM = re.compile(
    r"-(input|textarea|text-area|text-field|textfield|select|dropdown|checkbox|autocomplete|datepicker"
    r"|date-picker|phone-field|phone)$"
)
"""Custom elements that are controls, by the last words of their tag; what is inside them may not be in the page."""
CUSTOM_TYPES = {
    "input": "text",
    "text-area": "textarea",
    "text-field": "text",
    "textfield": "text",
    "dropdown": "select",
    "autocomplete": "combobox",
    "datepicker": "date",
    "date-picker": "date",
    "phone-field": "tel",
    "phone": "tel",
}


@dataclass(slots=True)
class Unit:
    """Controls that are one question.

    :ivar twins: hidden inputs that only carry its value, and say its name and whether it is required
    """

    controls: list[Element]
    type: str
    twins: list[Element] = field(default_factory=list)
    box: Element | None = None

    @property
    def first(self) -> Element:
        """The control that stands first."""
        return self.controls[0]

    @property
    def start(self) -> int:
        """Where it begins on the page."""
        return self.controls[0].place

    @property
    def end(self) -> int:
        """Where it ends on the page."""
        return max(one.end for one in self.controls)

    @property
    def all(self) -> list[Element]:
        """Its controls and their twins."""
        return [*self.controls, *self.twins]


@dataclass(frozen=True, slots=True)
class PageHints:
    """What a system's own reader knows about its pages.

    :param scope: the element that holds the form
    :param entry: the element that holds one question, of one of its controls
    :param skip: controls that ask nothing
    :param name: a question's id
    :param label: the element that holds a question's label
    """

    scope: Callable[[FormPage], Element | None] = lambda _: None
    entry: Callable[[Element], Element | None] = lambda _: None
    skip: Callable[[Element], bool] = lambda _: False
    name: Callable[[Unit], str] = lambda _: ""
    label: Callable[[FormPage, Unit], Element | None] = lambda _page, _unit: None


def type_of(one: Element) -> str:
    """What sort of control it is: an input's type, ``select``, ``textarea``, or a role."""
    role = one["role"].lower()
    if "-" in one.tag and (found := CUSTOM.search(one.tag)):
        kind = CUSTOM_TYPES.get(found[1], found[1])
        return one["type"].lower() or kind if kind == "text" else kind
    if one.tag == "button" and one["aria-haspopup"] == "listbox":
        return "listbox"
    if one.tag == "input":
        return "combobox" if role == "combobox" else one["type"].lower() or "text"
    if one.tag in ("select", "textarea"):
        return one.tag
    if role == "switch":
        return "checkbox"
    if one.tag == "trix-editor" or one["contenteditable"].lower() in ("true", ""):
        return "textarea" if "contenteditable" in one or one.tag == "trix-editor" else role
    return role


class Controls:
    """What takes an answer on one page, in order."""

    def __init__(self, page: FormPage, hints: PageHints | None = None) -> None:
        self.page = page
        self.hints = hints or PageHints()
        self.sent: dict[int, Element] = {}

    @cached_property
    def controls(self) -> list[Element]:
        """Everything that takes an answer, in order.

        :raises InvalidInput: more than :data:`MAX_FIELDS` of them: no form that a person fills in, and each is looked for words around
        """
        scope = self.hints.scope(self.page)
        elements = self.page.below(scope, MAX_NODES) if scope is not None else self.page.elements
        found: list[Element] = []
        last_role: Element | None = None
        for one in elements:
            native = one.tag in ("input", "select", "textarea")
            role = one["role"].lower()
            editable = one.tag == "trix-editor" or ("contenteditable" in one and one["contenteditable"].lower() in ("true", ""))
            custom = "-" in one.tag and "label" in one and bool(CUSTOM.search(one.tag)) and self.is_hollow(one)
            opens = (
                one.tag == "button"
                and one["aria-haspopup"] == "listbox"
                and not role
                and bool(one["aria-labelledby"] or one["id"] in self.page.labels_for)
            )
            if not native and role not in ROLES and not editable and not custom and not opens:
                continue
            if (native and type_of(one) in NO_QUESTION) or self.hints.skip(one):
                continue
            if native and last_role is not None and last_role.holds(one):
                if found and found[-1] is last_role:
                    found.pop()  # the native one inside says more, and is what is sent
                    takes_role(one, last_role)
                last_role = None
            elif native and last_role is not None and found and found[-1] is last_role and is_shadow_of(one, last_role):
                self.sent[last_role.place] = one
                last_role = None
                continue
            if (
                role == "listbox"
                and not native
                and (inside_list(one) or belongs_to_combobox(self.page, one) or one["id"].startswith("downshift-"))
            ):
                continue
            if not native:
                last_role = one
            found.append(one)
        if len(found) > MAX_HIDDEN or sum(type_of(one) != "hidden" for one in found) > MAX_FIELDS:
            raise InvalidInput("content", f"asks more than {MAX_FIELDS} questions", fix="look at the page; apply by hand")
        return found if scope is not None else self.of_the_application(found)

    def is_hollow(self, one: Element) -> bool:
        """Whether a custom element's inside is not in the page."""
        return one.end - one.place < 60 and not any(other.tag in ("input", "select", "textarea") for other in self.page.below(one))

    def sent_for(self, unit: Unit) -> list[Element]:
        """The hidden native control that carries the value of one that is only played."""
        return [self.sent[unit.start]] if unit.start in self.sent else []

    def of_the_application(self, found: list[Element]) -> list[Element]:
        """Without what belongs to the page around the form."""
        kept = [one for one in found if not self.is_noise(one)]
        groups: dict[int, list[Element]] = {}
        for one in kept:
            groups.setdefault(self.form_around(one), []).append(one)
        points = {place: self.signals(group) for place, group in groups.items()}
        best = max(points.values(), default=0)
        return [one for one in kept if points[self.form_around(one)] * 3 >= best]

    def form_around(self, one: Element) -> int:
        """The place of the form a control is sent with; −1: it is in none."""
        if one["form"] in self.page.by_id:
            return self.page.by_id[one["form"]].place
        return next((above.place for above in one.above if above.tag == "form" or above["role"].lower() == "form"), -1)

    def signals(self, group: list[Element]) -> int:
        """How much speaks for a group of controls being an application."""
        points = 0
        for one in group:
            kind = type_of(one)
            if kind == "hidden":
                continue
            said = " ".join(
                (
                    one["name"],
                    one["id"],
                    one["placeholder"],
                    one["aria-label"],
                    one["autocomplete"],
                    *(label.text[:100] for label in self.page.labels_for.get(one["id"], ())[:1]),
                )
            )[:400]
            points += (
                (3 if kind == "file" else 0)
                + max((worth for pattern, worth in SIGNALS if pattern.search(said)), default=0)
                + (1 if kind not in ("hidden", "checkbox") else 0)
            )
        return points

    def is_noise(self, one: Element) -> bool:
        """Whether a control is the page's own: search, language, cookies, a newsletter."""
        if (
            NOISE_NAMES.match(one["name"] or one["id"])
            or (one["type"] == "search" and one["role"] != "combobox")
            or one["role"] == "searchbox"
        ):
            return True
        if NOISE.search(one["class"]) or (one["id"] and NOISE.search(one["id"])):
            return "iti" not in one["class"] or type_of(one) != "tel"
        for above in one.above:
            if above.tag in ("body", "html"):
                break
            if above.tag in ELSEWHERE and (above.tag != "header" or not any(other.tag == "form" for other in self.up_to(one.above, above))):
                return True
            if above["role"].lower() in ("search", "navigation", "banner", "contentinfo", "listbox", "menu"):
                return True
            named = f"{above['class']} {above['id']}"
            if above.tag != "form" and NOISE.search(named) and not ("iti" in named and type_of(one) == "tel"):
                return True
        return False

    @cached_property
    def places(self) -> list[int]:
        """Where each control stands, in order."""
        return [one.place for one in self.controls]

    def controls_in(self, element: Element) -> list[Element]:
        """The controls inside an element."""
        return self.controls[bisect_left(self.places, element.place) : bisect_left(self.places, element.end)]

    def foreign(self, other: Element, unit: Unit) -> bool:
        """Whether a control that people see belongs to another question."""
        return type_of(other) != "hidden" and not any(other is one for one in unit.all)

    def group_elements(self, unit: Unit) -> list[Element]:
        """The elements that hold this question and no other, at most four."""
        found = []
        for level, above in enumerate(unit.first.above):
            if level >= 6 or above.tag in ("form", "body"):
                break
            if any(self.foreign(other, unit) for other in self.controls_in(above)):
                break
            found.append(above)
        return found

    @staticmethod
    def up_to(chain: Iterable[Element], top: Element) -> list[Element]:
        """The elements of a chain before ``top``."""
        return list(takewhile(lambda one: one is not top, chain))


def is_shadow_of(native: Element, played: Element) -> bool:
    """Whether a hidden native control right behind one that is played by a role carries its value."""
    kinds = {
        "checkbox": ("checkbox",),
        "switch": ("checkbox",),
        "radio": ("radio",),
        "combobox": ("select-one", "select", "select-multiple"),
        "listbox": ("select",),
    }
    type_is = native.tag if native.tag == "select" else native["type"].lower()
    return (
        type_is in kinds.get(played["role"].lower(), ())
        and native.place - played.end < 12
        and (bool(native.hiding) or native["aria-hidden"] == "true")
    )


def takes_role(native: Element, around: Element) -> None:
    """A text input inside an element that plays a combobox is that combobox: the list it opens is named on the one around it."""
    if around["role"].lower() == "combobox" and native.tag == "input" and type_of(native) in ("text", "search"):
        native.attributes["role"] = "combobox"
        for name in ("aria-controls", "aria-owns", "aria-multiselectable", "aria-required", "aria-labelledby", "aria-label"):
            if around[name] and not native[name]:
                native.attributes[name] = around[name]


def inside_list(one: Element) -> bool:
    """Whether it is a part of a list that is played by other elements."""
    return any(above["role"].lower() in ("combobox", "listbox") for level, above in enumerate(one.above) if level < 4)


def belongs_to_combobox(page: FormPage, one: Element) -> bool:
    """Whether a list is what a combobox opens."""
    return bool(one["id"]) and one["id"] in opened_by(page)


def opened_by(page: FormPage) -> frozenset[str]:
    """Ids of the lists that the page's comboboxes open."""
    found = page.__dict__.get("opened")
    if found is None:
        found = page.__dict__["opened"] = frozenset(
            name
            for one in page.elements
            if one["role"] == "combobox" or one["aria-haspopup"] == "listbox"
            for name in (*one["aria-controls"].split(), *one["aria-owns"].split())
        )
    return found
