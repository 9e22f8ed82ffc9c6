"""Any page's form, by labels and roles: what a person who looks at it is asked.

1. the controls: inputs, lists, text areas, and what only plays one (``role``)
2. which of them belong to the application: not the search box, the cookie dialog, the newsletter
3. what belongs together: radio buttons of a name, check boxes under one question, a list and the hidden input that carries its value
4. for each: its label (named, around it, above it), whether it is required, what can be chosen, what kind of answer it takes
5. what people cannot see and robots fill

A system's own reader may say more in :class:`PageHints`. All of it is a few passes over the page.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cached_property

from rolecall.applying.forms import form_wording as wording
from rolecall.applying.forms.controls import MAX_FIELDS, Unit, type_of
from rolecall.applying.forms.form_model import Field, Form, Kind
from rolecall.applying.forms.form_page import Element
from rolecall.applying.forms.question_words import LABELS, Words
from rolecall.text.html import squeeze

REQUIRED_CLASS = re.compile(
    r"(?:^|\s)(?!ng-)(?:\S{0,60}[_-])?(?:required|mandatory|obligatory|pflichtfeld)(?:-?(?:field|label|mark"
    r"|asterisk|indicator|star|input|icon|question)|(?:_[a-z0-9]{4,}_\d+)|(?:__\w{4,8}))?(?=$|\s)",
    re.I,
)
MARK_ALONE = re.compile(rf"[*✱＊]|\(?({wording.REQUIRED_WORDS})\)?\*?", re.I)
NOT_REQUIRED_CLASS = re.compile(r"(not|non|un)[-_]?required", re.I)


class Reader(Words):
    """Reads one page."""

    def form(self, system: str) -> Form:
        """The form with its fields in the page's order, and the traps apart."""
        fields: list[Field] = []
        honeypots: list[Field] = []
        for unit in self.units:
            found = self.field(unit)
            if self.is_honeypot(unit, found):
                honeypots.append(found)
            elif found.kind == "hidden" or found.label or found.id:
                fields.append(found)
        return Form(system, tuple(fields[:MAX_FIELDS]), tuple(honeypots), optional_consents(fields[:MAX_FIELDS]))

    @cached_property
    def units(self) -> list[Unit]:
        """What belongs to one question: radios of one name, boxes of one group, a list and its twin."""
        named: dict[tuple[str, str, int], Unit] = {}
        found: list[Unit] = []
        for one in self.controls:
            kind = type_of(one)
            box = self.hints.entry(one)
            if kind == "radio":
                key = ("radio", one["name"], -1) if one["name"] else ("radio", "", group_around(one))
            elif kind == "checkbox":
                group = self.checkboxes.get(one.place)
                key = (
                    "checkbox",
                    one["name"] if group is None else "",
                    one.place if group is None and not one["name"] else group if group is not None else -1,
                )
            else:
                key = ("", "", one.place)
            if key in named:
                named[key].controls.append(one)
                continue
            unit = named[key] = Unit([one], kind, box=box)
            found.append(unit)
        return self.with_twins(found)

    @cached_property
    def checkboxes(self) -> dict[int, int]:
        """Check boxes that answer one question, though each has a name of its own: place of the control → place of what holds the group.

        A group is held by a fieldset, a role or a question's box, or by an element in which a text stands that is no box's label.
        """
        boxes = [one for one in self.controls if type_of(one) == "checkbox"]
        places = [one.place for one in self.controls]
        found: dict[int, int] = {}
        for one in boxes:
            entry = self.hints.entry(one)
            around = entry or next(
                (
                    above
                    for level, above in enumerate(one.above)
                    if level < 8 and (above.tag == "fieldset" or above["role"].lower() == "group")
                ),
                None,
            )
            if around is None:
                continue
            inside = [
                other
                for other in self.controls[bisect_left(places, around.place) : bisect_left(places, around.end)]
                if type_of(other) != "hidden"
            ]
            others = [other for other in inside if type_of(other) != "checkbox"]
            if len(inside) - len(others) > 1 and len(others) <= 1:
                found[one.place] = around.place
        by_name: dict[str, list[Element]] = {}
        loose = [one for one in boxes if one.place not in found]
        for one in loose:
            by_name.setdefault(one["name"], []).append(one)
        # neighbours under one heading: the smallest element above a box that holds a second one and nothing else
        for one in loose:
            if one["name"] and len(by_name[one["name"]]) > 1:
                continue
            for level, above in enumerate(one.above):
                if level > 5:
                    break
                inside = [
                    other
                    for other in self.controls[bisect_left(places, above.place) : bisect_left(places, above.end)]
                    if type_of(other) != "hidden"
                ]
                if any(type_of(other) != "checkbox" for other in inside):
                    break
                if len(inside) > 1:
                    if not any(wording.CONSENT.search(self.option(other)) for other in inside) and self.heading(above, inside):
                        found[one.place] = above.place
                    break
        return found

    def heading(self, around: Element, boxes: list[Element]) -> str:
        """What stands above a group of boxes, inside what holds them or just before."""
        top: Element | None = around
        for _ in range(2):
            if top is None:
                return ""
            texts = [
                text
                for _, where, text in self.page.said_between(top.place, boxes[0].place)
                if not any(above.tag == "label" and any(above.holds(box) for box in boxes) for above in (where, *where.above))
            ]
            joined = squeeze(" ".join(texts))
            if joined and not wording.asks_nothing(joined):
                return joined
            top = top.parent
        return ""

    def with_twins(self, found: list[Unit]) -> list[Unit]:
        """Inputs that nobody sees beside a list that people use belong to it."""
        kept: list[Unit] = []
        for number, unit in enumerate(found):
            one = unit.first
            if (
                unit.type in ("text", "select", "hidden", "textarea")
                and len(unit.controls) == 1
                and (out_of_sight(one) or not (one["name"] or one["id"]))
                and not wording.TRAP_NAMES.search(one["name"])
                and not self.named_label(one)
            ):
                near = [kept[-1]] if kept else []
                if number + 1 < len(found):
                    near.append(found[number + 1])
                owner = next((other for other in near if self.is_twin(one, other)), None)
                if owner is not None:
                    owner.twins.append(one)
                    continue
            kept.append(unit)
        return kept

    def is_twin(self, one: Element, other: Unit) -> bool:
        """Whether a control only carries the value of a list that people see."""
        if other.type not in ("combobox", "listbox", "radio", "select") or not (other.box is None or other.box.holds(one)):
            return False
        if (other.type in ("radio", "select") and one["name"]) or (other.type == "combobox" and not out_of_sight(one)):
            return False
        if type_of(one) == "hidden":
            return other.type == "combobox" and one.parent is not None and one.parent.holds(other.first)
        reach = 5 if one.place > other.start else 2  # what stands before a list is more often a field of its own
        return any(above.holds(other.first) for level, above in enumerate(one.above) if level < reach)

    def field(self, unit: Unit) -> Field:
        """The field of one question."""
        one = unit.first
        if all(type_of(control) == "hidden" for control in unit.controls) or self.is_filled_by_the_page(unit):
            return Field(self.name(unit), "", "hidden")
        raw, help_text = self.label(unit)
        options = self.options(unit)
        if unit.type == "checkbox" and len(unit.controls) == 1 and not (options and wording.asks_nothing(raw)):
            said = options[0] if options else ""
            if said and not (raw and wording.folded(raw) != wording.folded(said) and self.is_question(unit, raw)):
                raw, help_text = said, raw if raw != said else help_text
        elif unit.type == "checkbox" and len(unit.controls) == 1 and options:
            raw = options[0]
        label = wording.bare_label(raw)
        if unit.type == "file":
            label = wording.without_upload(label)
        kind = self.kind(unit, label, options)
        if kind in ("consent", "text", "long_text", "email", "phone", "number", "date", "file") or (
            kind == "yes_no" and unit.type == "checkbox" and len(unit.controls) == 1 and len(options) < 2
        ):
            options = ()
        return Field(
            id=self.name(unit) or one["data-testid"] or label,
            label=label,
            kind=kind,
            required=self.required(unit, raw),
            options=options,
            max_length=whole(one["maxlength"]) if kind in ("text", "long_text", "email", "phone") else None,
            accepts=tuple(part.strip() for part in one["accept"].split(",") if part.strip())[:40] if kind == "file" else (),
            sensitive=kind not in ("file", "consent") and wording.is_sensitive(f"{label} {help_text[:200]}" if len(label) < 15 else label),
            help=wording.bare_label(help_text)[:500] if wording.folded(help_text) != wording.folded(label) else "",
        )

    @staticmethod
    def is_filled_by_the_page(unit: Unit) -> bool:
        """A text input that is out of sight, left out of what is read aloud, and out of the keyboard's way: the page writes it."""
        one = unit.first
        return (
            unit.type == "text"
            and len(unit.controls) == 1
            and one.hiding == "away"
            and one["aria-hidden"] == "true"
            and one["tabindex"].startswith("-")
            and not wording.TRAP_NAMES.search(one["name"])
            and not wording.TEMPTING_NAMES.match(one["name"])
        )

    def is_question(self, unit: Unit, raw: str) -> bool:
        """Whether what stands above one box asks something that the box answers, rather than heads a section."""
        return len(raw) > 3 and (
            raw.rstrip(" *").endswith("?")
            or (unit.first.tag == "input" and any(above.tag == "fieldset" for above in list(unit.first.above)[:5]))
        )

    def name(self, unit: Unit) -> str:
        """What the site calls it."""
        if given := self.hints.name(unit):
            return given
        for one in (*unit.all, *self.sent_for(unit)):
            if one["name"]:
                if unit.type == "checkbox" and len({control["name"] for control in unit.controls}) > 1:
                    common = common_start([control["name"] for control in unit.controls]).rstrip("._-[ ")
                    if len(common) > 4:
                        return common
                    break
                return one["name"]
        around = next((above for level, above in enumerate(unit.first.above) if level < 5 and above["data-field-path"]), None)
        if around is not None:
            return around["data-field-path"]
        if unit.type in ("checkbox", "radio") and len(unit.controls) > 1:
            group = next(
                (
                    above
                    for level, above in enumerate(unit.first.above)
                    if level < 6 and (above.tag == "fieldset" or above["role"] in ("group", "radiogroup"))
                ),
                None,
            )
            if group is not None and (group["data-ui"] or group["id"]):
                return group["data-ui"] or group.own_id
        return (
            next((one.own_id for one in unit.controls if one.own_id), "")
            or unit.first["name"]
            or unit.first["aria-label"]
            or unit.first["placeholder"]
        )

    def required(self, unit: Unit, raw: str) -> bool:
        """Whether the site refuses a form without it."""
        if wording.says_optional(raw):
            return False
        for one in (*unit.all, *self.sent_for(unit)):
            if "required" in one and one["required"].lower() != "false":
                return True
            if "true" in (one["aria-required"].lower(), one["data-required"].lower(), one["ng-required"].lower()):
                return True
        if wording.says_required(raw):
            return True
        around = self.group_elements(unit)
        for above in around:
            if above["aria-required"].lower() == "true" or above["data-required"].lower() in ("true", "1"):
                return True
        for label in self.label_elements(unit):
            if label.own_hiding == "hidden":
                continue
            if any(wording.says_required(text) for text in (label.text, label["data-label"])) and not wording.says_optional(label.text):
                return True
            for part in (label, *self.page.below(label)[1:12]):
                if REQUIRED_CLASS.search(part["class"]) and not NOT_REQUIRED_CLASS.search(part["class"]) and part.own_hiding != "hidden":
                    return True
                if part.tag == "abbr" and wording.says_required(f"({part['title']})"):
                    return True
            if self.marked_beside(label):
                return True
        if unit.type not in ("radio", "checkbox") and self.part_of_required_group(unit):
            return True
        if around and any(
            MARK_ALONE.fullmatch(text.strip())
            and not any(part.own_hiding == "hidden" for part in self.up_to([where, *where.above], around[-1]))
            for _, where, text in self.page.said_between(around[-1].place, unit.start, 20)
        ):
            return True
        for one in (*unit.controls[:1], *around):
            if REQUIRED_CLASS.search(one["class"]) and not NOT_REQUIRED_CLASS.search(one["class"]):
                return True
        return False

    def marked_beside(self, label: Element) -> bool:
        """Whether a mark stands beside a label, in what holds the two and no control."""
        beside = label.parent
        if beside is None or self.controls_in(beside) or beside.tag in ("form", "body", "fieldset"):
            return False
        return any(
            isinstance(child, Element)
            and child is not label
            and child.own_hiding != "hidden"
            and bool(MARK_ALONE.fullmatch(child.text.strip()))
            for child in beside.children[:8]
        ) and not any(isinstance(child, Element) and child.tag == "label" and child is not label for child in beside.children[:8])

    def part_of_required_group(self, unit: Unit) -> bool:
        """Whether it is one of two or three inputs that share one marked label: first and last name."""
        for level, above in enumerate(unit.first.above):
            if level > 4:
                return False
            if above["role"].lower() == "group" and above["aria-labelledby"] and 1 < len(self.controls_in(above)) < 4:
                return any(
                    wording.says_required(self.page.by_id[name].text)
                    for name in above["aria-labelledby"].split()[:2]
                    if name in self.page.by_id
                )
        return False

    def label_elements(self, unit: Unit) -> list[Element]:
        """Labels and legends that belong to the question, not to one of its options."""
        found: list[Element] = []
        several = unit.type in ("radio", "checkbox") and (len(unit.controls) > 1 or unit.type == "radio")
        for one in unit.all:
            if not several:
                found += self.page.labels_for.get(one["id"], ()) if one["id"] else ()
                found += [above for level, above in enumerate(one.above) if level < 6 and above.tag == "label"]
            found += [self.page.by_id[name] for name in one["aria-labelledby"].split()[: 1 if several else 4] if name in self.page.by_id]
        options = {label.place for one in unit.controls for label in self.page.labels_for.get(one["id"], ()) if several}
        for above in self.group_elements(unit):
            found += [self.page.by_id[name] for name in above["aria-labelledby"].split()[:4] if name in self.page.by_id]
            found += [
                part
                for part in self.page.below(above)[1:40]
                if part.place < unit.start
                and (part.tag in LABELS or REQUIRED_CLASS.search(part["class"]) or part.classes & {"label", "question", "title"})
                and part.place not in options
                and not (several and any(part.holds(one) for one in unit.controls))
            ]
        return list({one.place: one for one in found}.values())[:30]

    def kind(self, unit: Unit, label: str, options: tuple[str, ...]) -> Kind:
        """What sort of answer it takes."""
        one = unit.first
        if unit.type in ("file",):
            return "file"
        if unit.type == "radio":
            if len(options) == 1 and wording.CONSENT.search(f"{label} {options[0]}"):
                return "consent"
            return "yes_no" if wording.yes_and_no(options) else "single"
        if unit.type == "checkbox":
            if wording.yes_and_no(options) and len(unit.controls) == 1:
                return "yes_no"
            if len(unit.controls) > 1:
                return "multi"
            said = f"{label} {options[0] if options else ''} {one['name']} {one['id']}"
            return (
                "consent"
                if wording.CONSENT.search(said)
                else "multi"
                if options and wording.folded(options[0]) != wording.folded(label)
                else "yes_no"
            )
        if unit.type in ("select", "combobox", "listbox"):
            if "multiple" in one or one["aria-multiselectable"].lower() == "true" or self.name(unit).endswith("[]"):
                return "multi"
            return "yes_no" if wording.yes_and_no(options) else "single"
        if unit.type in ("textarea", "textbox"):
            return "long_text" if unit.type == "textarea" or one["aria-multiline"] == "true" else "text"
        if unit.type == "email":
            return "email"
        if unit.type == "tel":
            return "phone"
        if unit.type in ("number", "range") or one["inputmode"] == "numeric" or unit.type == "spinbutton":
            return "number"
        if unit.type in ("date", "month", "datetime-local", "week"):
            return "date"
        said = f"{one['name']} {one['id']} {one['autocomplete']} {one['data-ui']}".lower()
        short = wording.folded(label)
        if (re.search(r"\be-?mail\b|(^|[\W_])e?mail(address|_address)?([\W_]|$)", said) and "url" not in said) or re.fullmatch(
            r"(your |confirm( your)? |personal |work )?e ?mail( address| adresse| confirmation)?|courriel"
            r"|correo( electrónico)?|indirizzo e ?mail|adresse e ?mail|adres e ?mail|e ?mail ?adress?e?"
            r"|e post(adress)?|adresse électronique",
            short,
        ):
            return "email" if len(short) < 60 else "text"
        if re.search(r"(^|[\W_])(tel|phone|mobile|telephone)(number|_number|-national)?([\W_]|$)", said) or re.fullmatch(
            r"(your |mobile |cell |contact |home )?(phone|telephone|mobile|telefon|handy|mobil|cell)( ?number"
            r"| ?nummer)?|telefonnummer|handynummer|téléphone|numéro de téléphone|teléfono( móvil)?|numero di telefono"
            r"|telefone|telefoon(nummer)?|mobiel(nummer)?|numer telefonu|telefon komórkowy|cellulare|telefono( cellulare)?"
            r"|cellular( number)?|mobil(e|telefon)?( ?nummer)?|téléphone (portable|mobile)|portable|telemóvel|celular"
            r"|puhelin(numero)?|telefonszám",
            short,
        ):
            return "phone" if len(short) < 60 else "text"
        hint = f"{one['placeholder']} {one['class']} {one.parent['class'] if one.parent else ''}".lower()
        if re.search(
            r"date-?picker|pick(a)? date|select date|\b(dd|tt|jj|mm|gg)[./\- ]+(mm|dd|tt)[./\- ]+(yyyy|jjjj|aaaa|yy)"
            r"|(yyyy|jjjj|aaaa)[./\- ]+mm[./\- ]+(dd|tt|jj)|flatpickr",
            hint,
        ):
            return "date"
        return "text"

    def is_unseen(self, one: Element) -> bool:
        """Whether the control itself, or what holds it almost alone, is hidden: a folded form hides all its fields, a trap only itself."""
        if one["aria-hidden"].lower() == "true":
            return True
        if one.hiding:
            top = next((above for above in reversed([one, *one.above]) if above.hiding), one)
            return sum(type_of(other) != "hidden" for other in self.controls_in(top)) < 3
        return any(above["aria-hidden"].lower() == "true" for level, above in enumerate(one.above) if level < 3)

    def is_honeypot(self, unit: Unit, found: Field) -> bool:
        """Two signs, or words that say it: hidden and named like a trap; hidden, unreachable and without a label that people see."""
        one = unit.first
        if (
            unit.type not in ("text", "email", "tel", "textarea", "url", "number", "checkbox", "password", "select")
            or len(unit.controls) > 1
            or unit.type == "hidden"
        ):
            return False
        said = f"{found.label} {found.help} {one['placeholder']} {one['aria-label']} {one['title']}"
        if wording.TRAP_WORDS.search(said):
            return True
        if any(wording.TRAP_WORDS.search(above.text) for above in self.group_elements(unit)[:3]) and not found.required:
            return True
        names = (one["name"], one["id"], one["data-automation-id"], one["autocomplete"])
        trap = any(name and wording.TRAP_NAMES.search(name) for name in names)
        unseen = self.is_unseen(one)
        unreachable = one["tabindex"].startswith("-")
        closed = one["autocomplete"].lower() in ("off", "new-password", "nope", "false", "no")
        if trap:
            return unseen or unreachable or closed or not self.named_label(one)
        if not unseen or found.required:
            return False
        tempting = any(name and wording.TEMPTING_NAMES.match(name) for name in names[:2])
        if tempting:
            return unreachable or closed or one["aria-hidden"] == "true"
        return unreachable and closed and not self.named_label(one)


def out_of_sight(one: Element) -> bool:
    """Whether people do not meet it: hidden, away, or left out of what is read aloud and of the keyboard's way."""
    return (
        bool(one.hiding)
        or one["aria-hidden"].lower() == "true"
        or (one["tabindex"].startswith("-") and "readonly" in one)
        or (one.classes.isdisjoint({""}) and bool(one.classes & {"requiredinput", "required-input"}))
    )


def group_around(one: Element) -> int:
    """Where the group around a control begins; its parent's place where there is no group, -1 without a parent."""
    return next(
        (above.place for above in one.above if above["role"].lower() == "radiogroup" or above.tag == "fieldset"),
        one.parent.place if one.parent else -1,
    )


def common_start(names: list[str]) -> str:
    """The characters that all names begin with."""
    low, high = min(names), max(names)
    return low[: next((place for place, (one, other) in enumerate(zip(low, high, strict=False)) if one != other), min(len(low), len(high)))]


def whole(text: str) -> int | None:
    """A number in ASCII digits, below ten million; ``None``: it is none."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 8 else None


def optional_consents(fields: list[Field]) -> tuple[Field, ...]:
    """Ticks that the site does not need, and those that promise more than this application."""
    return tuple(
        one
        for one in fields
        if not one.required
        and (
            one.kind == "consent"
            or (
                one.kind in ("yes_no", "single", "multi")
                and (said := f"{one.label} {' '.join(one.options[:3])}")
                and wording.CONSENT.search(said)
                and wording.NOT_NEEDED.search(said)
                and wording.GIVES_CONSENT.search(said)
            )
        )
    )
