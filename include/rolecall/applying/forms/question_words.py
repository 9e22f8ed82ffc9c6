"""Words of a page that belong to a control: the question, what stands beside it, what can be chosen."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from rolecall.applying.forms import form_wording as wording
from rolecall.applying.forms.controls import Controls, Unit, type_of
from rolecall.applying.forms.form_page import INLINE, NO_TEXT, Element
from rolecall.text.html import squeeze

NEAR, FAR = 4, 9
"""How many levels above a control its label may stand: rather than a placeholder, and at all."""
LABELS = frozenset({"label", "legend", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "b", "dt", "th"})


class Words(Controls):
    """Labels and options of one page."""

    def label(self, unit: Unit) -> tuple[str, str]:
        """The question in the page's words, and what stands beside it."""
        if (element := self.hints.label(self.page, unit)) is not None:
            return element.text_without(self.inside(element)), ""
        one = unit.first
        several = unit.type in ("radio", "checkbox") and (len(unit.controls) > 1 or unit.type == "radio")
        if unit.type == "file" and (text := self.group_label(unit)) and not wording.asks_for_no_file(text):
            return text, self.described(one)
        if not several:
            for control in unit.all:
                if (text := self.named_label(control)) and not (unit.type == "file" and wording.asks_for_no_file(text)):
                    return text, self.described(control)
        else:
            if text := self.group_label(unit):
                return text, self.described(one)
        if unit.type == "file" and (text := self.group_label(unit, any_words=True)):
            return text, self.described(one)
        if not several and not self.words_before(unit, len(self.group_elements(unit)))[0] and (text := self.label_behind(unit)):
            return text, self.described(one)
        near, help_text = self.words_before(unit, FAR if unit.type == "file" else NEAR)
        if near:
            return near, help_text
        for text in (one["placeholder"], one["data-placeholder"], one["title"]):
            if text and not wording.asks_nothing(text) and not several:
                return text, ""
        far, help_text = self.words_before(unit, FAR)
        if far and (several or len(far) < 200):
            return far, help_text
        after = self.words_after(unit)
        if after and unit.type == "checkbox":
            return after, ""
        if unit.type == "file" and (text := self.named_label(one)):
            return text, ""
        return "" if several else humanised(one["name"] or one["id"]), ""

    def named_label(self, one: Element) -> str:
        """A label that names the control: by id, by ``for``, around it, or its own words."""
        pieces = [
            self.page.by_id[name].text_without(self.inside(self.page.by_id[name]))
            for name in one["aria-labelledby"].split()[:6]
            if name in self.page.by_id
        ]
        speaking = [piece for piece in pieces if not wording.asks_nothing(piece)]
        if speaking:
            return max(speaking, key=len) if type_of(one) == "file" else speaking[0]
        for label in self.page.labels_for.get(one["id"], ()) if one["id"] else ():
            text = label.text_without(self.inside(label))
            if not wording.asks_nothing(text):
                return text
        around = next((above for level, above in enumerate(one.above) if level < 10 and above.tag == "label"), None)
        if around is not None:
            text = self.label_around(around, one)
            if not wording.asks_nothing(text):
                return text
        for text in (one["aria-label"], one["label"] if "-" in one.tag else ""):
            if not wording.asks_nothing(text):
                return text
        return ""

    def label_around(self, around: Element, one: Element) -> str:
        """A wrapping label's words: its first piece that names the control, without what the control itself shows."""
        hidden = self.inside(around)
        pieces: list[str] = []
        last: Element | None = None
        for order, where, text in self.page.said_between(around.place, around.end, 40):
            chain = [where, *where.above]
            inner = self.up_to(chain, around)
            if any(
                part.place in hidden or part.tag in NO_TEXT or part.tag in ("option", "button", "textarea") or part.own_hiding == "hidden"
                for part in inner
            ):
                continue
            block = next((part for part in chain if part.tag not in INLINE), around)
            if last is not None and block is not last and pieces and not wording.asks_nothing(" ".join(pieces)):
                break
            if order > one.place and pieces and not wording.asks_nothing(" ".join(pieces)) and type_of(one) not in ("checkbox", "radio"):
                break
            pieces.append(text)
            last = block
        return squeeze("".join(piece if piece[:1].isspace() or not pieces or piece is pieces[0] else f" {piece}" for piece in pieces))[
            :2000
        ]

    def label_behind(self, unit: Unit) -> str:
        """A label that stands behind its control, in an element that holds nothing else: it floats above it on the screen."""
        for above in self.group_elements(unit)[:3]:
            for part in self.page.below(above)[1:30]:
                if part.tag == "label" and part.place > unit.start and not part["for"] and not wording.asks_nothing(part.text):
                    return part.text
        return ""

    def described(self, one: Element) -> str:
        """What the page says of a control by ``aria-describedby``, without alerts; at most 500 characters."""
        texts = [
            self.page.by_id[name].text
            for name in one["aria-describedby"].split()[:4]
            if name in self.page.by_id and self.page.by_id[name]["role"] != "alert"
        ]
        return squeeze(" ".join(texts))[:500]

    def inside(self, element: Element) -> frozenset[int]:
        """Places of what is inside an element and no part of its words: controls' lists, and messages."""
        if element.end - element.place > 3000:
            return frozenset(
                one.place for one in self.page.below(element) if one["role"] in ("listbox", "combobox", "menu", "option", "alert")
            )
        return frozenset(
            one.place
            for one in self.page.below(element)[1:]
            if one["role"].lower() in ("listbox", "combobox", "menu", "option", "alert", "tooltip", "button")
            or one.classes & {"error", "error-message", "invalid-feedback", "help-block", "tooltip", "counter"}
        )

    def group_label(self, unit: Unit, *, any_words: bool = False) -> str:
        """What a fieldset or a role says over its boxes."""
        first, last = unit.first, unit.controls[-1]
        for level, above in enumerate(first.above):
            if level > 9:
                break
            if not above.holds(last):
                continue
            role = above["role"].lower()
            if above.tag == "fieldset" or role in ("group", "radiogroup"):
                if any(self.foreign(other, unit) for other in self.controls_in(above)):
                    legend = next((child for child in above.children if isinstance(child, Element) and child.tag == "legend"), None)
                    if legend is None or len({type_of(other) for other in self.controls_in(above)}) > 2:
                        break
                pieces = [
                    self.page.by_id[name].text_without(self.inside(self.page.by_id[name]))
                    for name in above["aria-labelledby"].split()[:4]
                    if name in self.page.by_id
                ]
                text = next((piece for piece in pieces if piece and (any_words or not wording.asks_nothing(piece))), "")
                if text:
                    return text
                legend = next((other for other in self.page.below(above)[1:40] if other.tag == "legend"), None)
                if legend is not None and not legend.holds(first):
                    text = legend.text_without(self.inside(legend), hidden_too=True)
                    if not wording.asks_nothing(text):
                        return text
                if not wording.asks_nothing(above["aria-label"]) and wording.folded(above["aria-label"]) != wording.folded(first["name"]):
                    return above["aria-label"]
        for control in unit.controls:  # boxes that all point at the question, and at their own words
            names = control["aria-labelledby"].split()
            if len(names) > 1 and names[0] in self.page.by_id and not wording.asks_nothing(self.page.by_id[names[0]].text):
                return self.page.by_id[names[0]].text
            break
        return (
            next(
                (
                    label.text
                    for label in self.page.labels_for.get(first["name"], ())
                    if not any(label.holds(control) for control in unit.controls) and not wording.asks_nothing(label.text)
                ),
                "",
            )
            if first["name"]
            else ""
        )

    def words_before(self, unit: Unit, levels: int) -> tuple[str, str]:
        """The nearest words above a question, in the smallest element around it that has any, and the rest of what is said there."""
        start = unit.start
        before = bisect_left(self.places, start) - 1
        while before >= 0 and type_of(self.controls[before]) == "hidden":
            before -= 1
        floor = self.controls[before].end - 1 if before >= 0 else -1
        if before >= 0 and type_of(self.controls[before]) in ("checkbox", "radio"):
            floor = max(floor, self.end_of_option(self.controls[before]))
        names_itself = bool(unit.first["placeholder"] or unit.first["title"])
        own = (
            {label.place for control in unit.controls for label in self.page.labels_for.get(control["id"], ())}
            if len(unit.controls) > 1 or unit.type == "radio"
            else set()
        )
        for level, above in enumerate(unit.first.above):
            if level >= levels or above.tag in ("body", "html"):
                break
            if unit.box is not None and above.place < unit.box.place:
                break
            if level and len(unit.controls) > 1 and not above.holds(unit.controls[-1]):
                continue
            blocks: list[tuple[Element, list[str]]] = []
            for _, where, text in self.page.said_between(max(above.place, floor), start):
                chain = [where, *where.above]
                if before >= 0 and self.is_of(where, self.controls[before]):
                    continue
                if names_itself and before >= 0 and any(part.holds(self.controls[before]) for part in self.up_to(chain, above)):
                    continue  # beside the question before, in what holds that one alone
                if any(
                    part.tag in NO_TEXT
                    or part.tag in ("option", "button")
                    or part.own_hiding == "hidden"
                    or part["role"].lower()
                    in ("listbox", "alert", "combobox", "option", "button", "tooltip", "tab", "tablist", "navigation")
                    or part.tag == "nav"
                    for part in self.up_to(chain, above)
                ):
                    continue
                if any(
                    part.tag == "label" and (part.place in own or (len(unit.controls) > 1 and part.holds(unit.first)))
                    for part in self.up_to(chain, above)
                ):
                    continue
                block = next(
                    (
                        part
                        for part in chain
                        if part.tag in LABELS - {"b", "strong"}
                        or part.tag not in ("span", "a", "em", "i", "small", "sup", "abbr", "font", "b", "strong")
                    ),
                    where,
                )
                bold = next((part for part in self.up_to(chain, block) if part.tag in ("b", "strong")), None)
                if bold is not None and wording.folded(bold.text) == wording.folded(block.text):
                    block = bold
                if blocks and blocks[-1][0] is block:
                    blocks[-1][1].append(text)
                else:
                    blocks.append((block, [text]))
            said = [(block, squeeze(" ".join(texts))) for block, texts in blocks]
            speaking = [
                (block, text)
                for block, text in said
                if not wording.asks_nothing(text) and not (unit.type == "file" and wording.asks_for_no_file(text))
            ]
            if not speaking:
                continue
            marks = "*" if any(text.strip() in ("*", "✱") for _, text in said) else ""
            labels = [(block, text) for block, text in speaking if block.tag in LABELS - {"b", "strong"}] or [
                (block, text) for block, text in speaking if block.tag in LABELS
            ]
            entire = floor < above.place
            chosen = labels[-1] if labels else speaking[0] if entire and len(speaking) < 4 else speaking[-1]
            rest = " ".join(text for block, text in speaking if block is not chosen[0])
            return f"{chosen[1]} {marks}".strip(), rest
        return "", ""

    def is_of(self, where: Element, control: Element) -> bool:
        """Whether words are a control's own: inside it, or in its label."""
        if control.holds(where) or any(
            label.holds(where) for label in (self.page.labels_for.get(control["id"], ()) if control["id"] else ())
        ):
            return True
        around = next((above for level, above in enumerate(control.above) if level < 4 and above.tag == "label"), None)
        return around is not None and around.holds(where)

    def end_of_option(self, one: Element) -> int:
        """Where the words of a box end: they are no label of what comes next."""
        ends = [label.end - 1 for label in self.page.labels_for.get(one["id"], ()) if label.place > one.place] if one["id"] else []
        around = next((above for level, above in enumerate(one.above) if level < 4 and above.tag == "label"), None)
        if around is not None:
            ends.append(around.end - 1)
        if not ends and one.parent is not None:
            ends.append(one.parent.end - 1)
        return max(ends, default=one.end)

    def words_after(self, unit: Unit) -> str:
        """What stands right behind a box, before the next control."""
        one = unit.controls[-1]
        following = bisect_right(self.places, one.place)
        stop = self.places[following] if following < len(self.places) else one.end + 60
        for level, above in enumerate(one.above):
            if level > 2:
                break
            texts = [
                text
                for order, where, text in self.page.said_between(one.place, min(stop, above.end))
                if order > one.place and where.hiding != "hidden" and where.tag not in NO_TEXT
            ]
            joined = squeeze(" ".join(texts))
            if joined and not wording.asks_nothing(joined):
                return joined[:1000]
        return ""

    def option(self, one: Element) -> str:
        """What a radio button or a check box stands for."""
        labelled = [self.page.by_id[name].text for name in one["aria-labelledby"].split()[:4] if name in self.page.by_id]
        for label in self.page.labels_for.get(one["id"], ()) if one["id"] else ():
            text = label.text or label.text_without(frozenset(), hidden_too=True)
            if any(sign.isalnum() for sign in text):
                return text
        around = next(
            (
                above
                for level, above in enumerate(one.above)
                if level < 6 and (above.tag == "label" or above["role"] in ("radio", "checkbox"))
            ),
            None,
        )
        if around is not None and len([other for other in self.controls_in(around) if type_of(other) in ("radio", "checkbox")]) <= 1:
            text = around.text
            if any(sign.isalnum() for sign in text):
                return text
            named = [self.page.by_id[name].text for name in around["aria-labelledby"].split()[:4] if name in self.page.by_id]
            labelled = labelled or named
        labelled = [text for text in labelled if any(sign.isalnum() for sign in text)]
        if labelled:
            return labelled[-1]
        if one["aria-label"]:
            return one["aria-label"]
        if one.tag not in ("input",):
            return one.text
        text = self.words_after(Unit([one], "checkbox"))
        if not text and around is None and one.parent is not None:
            around = next((above for level, above in enumerate(one.above) if level < 3 and above.text), None)
            text = around.text if around is not None and len(self.controls_in(around)) == 1 else ""
        return text or (one["value"] if one["value"] not in ("on", "true", "false", "1", "0") else "")

    def options(self, unit: Unit) -> tuple[str, ...]:
        """What can be chosen, in order."""
        one = unit.first
        found: list[str] = []
        if unit.type in ("radio", "checkbox"):
            if unit.type == "checkbox" and len(unit.controls) == 1 and (buttons := self.buttons(one)):
                return buttons
            found = [
                wording.bare_label(self.option(control)) if len(unit.controls) > 1 or unit.type == "radio" else self.option(control)
                for control in unit.controls
            ]
        else:
            lists = [other for other in (*unit.all, *self.sent_for(unit)) if other.tag == "select"]
            for name in (*one["aria-controls"].split(), *one["aria-owns"].split(), *one["list"].split()):
                if name in self.page.by_id and self.page.by_id[name] not in lists:
                    lists.append(self.page.by_id[name])
            if unit.type == "listbox":
                lists.append(one)
            for one_list in lists[:3]:
                for number, option in enumerate(o for o in self.page.below(one_list) if o.tag == "option" or o["role"].lower() == "option"):
                    text = (
                        squeeze(" ".join(child for child in option.children if isinstance(child, str)))
                        or option.text
                        or option["label"]
                        or option["value"]
                    )
                    empty = (
                        (option.tag == "option" and "value" in option and option["value"] in ("", "-1", "0", "null", "undefined"))
                        or "disabled" in option
                        or "hidden" in option
                    )
                    if text and not (
                        wording.is_placeholder(text, first=number == 0)
                        or (number == 0 and empty and option["value"] != "0" and not wording.yes_and_no((text, "no")))
                    ):
                        found.append(text)
                if found:
                    break
        return tuple(dict.fromkeys(text for text in found if text))[:1000]

    def buttons(self, one: Element) -> tuple[str, ...]:
        """Two buttons, yes and no, that stand for one hidden box."""
        for level, above in enumerate(one.above):
            if level > 2:
                break
            buttons = [other for other in self.page.below(above) if other.tag == "button"]
            if buttons:
                said = tuple(
                    "".join(piece for piece in button.children if isinstance(piece, str)).strip() or button.text_without(frozenset())
                    for button in buttons
                )
                return said if wording.yes_and_no(said) else ()
        return ()


def humanised(name: str) -> str:
    """A name as words: ``candidate[first_name]`` → ``first name``."""
    last = re.split(r"[\[\].]+", name.strip("[]. "))[-1] if name else ""
    return squeeze(re.sub(r"[_\-]+|(?<=[a-z])(?=[A-Z])", " ", last)).lower() if not re.fullmatch(r"[\W\d_]*", last) else ""
