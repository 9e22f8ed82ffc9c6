"""Draws a form as a system draws it: the same ids, names, roles and hidden twins, around any questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from sandbox.forms.asked import FormQuestion

PDF = ".pdf,.doc,.docx,.txt,.rtf"
Draw = Callable[[FormQuestion, int], str]


@dataclass(frozen=True)
class Style:
    """One system's way to draw.

    :param text: one line, or more
    :param list_: one of several, or several
    :param file: an upload
    :param tick: a consent
    :param around: the page's frame; ``%s`` is where the fields are
    :param head: what every page of it carries, which tells it
    """

    text: Draw
    list_: Draw
    file: Draw
    tick: Draw
    around: str
    head: str = ""


def attribute(**named: object) -> str:
    return "".join(f' {name.strip("_").replace("_", "-")}="{escape(str(value))}"' for name, value in named.items() if value is not None)


def kind_of_input(one: FormQuestion) -> str:
    return {"email": "email", "phone": "tel", "number": "number", "date": "date"}.get(one.kind, "text")


def plain(one: FormQuestion, *, own: str = "", **more: object) -> str:
    need = " required" if one.required else ""
    if one.kind == "long_text":
        return f"<textarea{attribute(**more)}{own}{need}></textarea>"
    return f'<input type="{kind_of_input(one)}"{attribute(**more)}{own}{need}>'


def boxes(one: FormQuestion, name: str, *, id_: str = "box", own: str = "", wrap: bool = True) -> str:
    kind = "checkbox" if one.kind == "multi" else "radio"
    need = " required" if one.required and kind == "radio" else ""
    drawn = []
    for number, option in enumerate(one.options or ("Yes", "No")):
        box = f'<input type="{kind}"{attribute(name=name, id=f"{id_}-{number}", value=option)}{own}{need}>'
        drawn.append(f"<label>{box} <span>{escape(option)}</span></label>" if wrap else
                     f'{box}<label for="{escape(id_)}-{number}">{escape(option)}</label>')  # fmt: skip
    return "".join(drawn)


def star(one: FormQuestion) -> str:
    return "<span aria-hidden='true'>*</span>" if one.required else ""


# ── Greenhouse: ids only, react-select, a required twin beside each list ────────────────────────────────────────


def greenhouse_text(one: FormQuestion, _: int) -> str:
    label = f'<label id="{one.id}-label" for="{one.id}" class="label">{escape(one.label)}{star(one)}</label>'
    common: dict[str, Any] = {"id": one.id, "aria_label": one.label, "aria_required": str(one.required).lower()}
    if one.kind == "long_text":
        return f'<div class="text-input-wrapper">{label}<textarea class="input"{attribute(**common)}></textarea></div>'
    kind = "tel" if one.kind == "phone" else "text"
    return f'<div class="text-input-wrapper">{label}<input class="input input__single-line" type="{kind}"{attribute(**common)}></div>'


def greenhouse_list(one: FormQuestion, _: int) -> str:
    named = attribute(id=one.id, aria_labelledby=f"{one.id}-label", aria_required=str(one.required).lower(), aria_haspopup="true")
    twin = '<input required tabindex="-1" aria-hidden="true" class="remix-css-requiredInput" value="">' if one.required else ""
    return (
        f'<div class="select"><div class="select__container"><label id="{one.id}-label" for="{one.id}" class="label select__label">'
        f'{escape(one.label)}{star(one)}</label><div class="select__control"><div class="select__value-container">'
        f'<input class="select__input" role="combobox" type="text" aria-expanded="false" aria-autocomplete="list"{named}'
        f' data-multi="{int(one.kind == "multi")}"></div></div>{twin}</div></div>'
    )


def greenhouse_file(one: FormQuestion, _: int) -> str:
    return (
        f'<div class="file-upload" role="group" aria-labelledby="upload-label-{one.id}" aria-required="{str(one.required).lower()}">'
        f'<div id="upload-label-{one.id}" class="label upload-label">{escape(one.label)}{star(one)}</div>'
        f'<button type="button" class="btn btn--pill">Attach</button><label class="visually-hidden" for="{one.id}">Attach</label>'
        f'<input id="{one.id}" class="visually-hidden" type="file" accept="{PDF}" data-upload="replaced"></div>'
    )


def greenhouse_tick(one: FormQuestion, _: int) -> str:
    return f'<div class="checkbox__wrapper"><input type="checkbox" id="{one.id}" name="{one.id}" {"required" * one.required}>' \
        f'<label for="{one.id}">{escape(one.label)}{star(one)}</label></div>'  # fmt: skip


def greenhouse_head(asked: Sequence[FormQuestion]) -> str:
    types = {"single": "multi_value_single_select", "yes_no": "multi_value_single_select", "multi": "multi_value_multi_select",
             "file": "input_file", "long_text": "textarea"}  # fmt: skip
    questions = [
        {
            "label": one.label,
            "required": one.required,
            "fields": [
                {
                    "name": one.id,
                    "type": types.get(one.kind, "input_text"),
                    "values": [{"label": option, "value": number} for number, option in enumerate(one.options)],
                }
            ],
        }
        for one in asked
        if one.kind != "consent"
    ]
    context = {"state": {"loaderData": {"routes/$url_token_.jobs_.$job_post_id": {"jobPost": {"questions": questions}}}}}
    said = json.dumps(context).replace("</", "<\\/")
    return f"<link rel='canonical' href='https://job-boards.greenhouse.io/'><script>window.__remixContext = {said};</script>"


# ── Lever: names, questions in cards, a CV reader that writes over what nobody touched ──────────────────────────


def lever_entry(one: FormQuestion, inner: str) -> str:
    sign = '<span class="required">✱</span>' if one.required else ""
    tag = "div" if "<ul>" in inner else "label"
    return (
        f'<li class="application-question{" custom-question" * one.id.startswith("cards")}"><{tag}><div class="application-label">'
        f'<div class="text">{escape(one.label)}{sign}</div></div><div class="application-field">{inner}</div></{tag}></li>'
    )


def lever_text(one: FormQuestion, _: int) -> str:
    if one.id == "location":
        own = ' class="location-input" data-lookup="blurs"'
        hidden = '<input type="hidden" name="selectedLocation" id="selected-location">'
        return lever_entry(one, plain(one, name=one.id, id="location-input", own=own) + '<div class="dropdown-results"></div>' + hidden)
    return lever_entry(one, plain(one, name=one.id))


def lever_list(one: FormQuestion, number: int) -> str:
    return lever_entry(one, f"<ul>{boxes(one, one.id, id_=f'l{number}')}</ul>")


def lever_file(one: FormQuestion, _: int) -> str:
    return lever_entry(
        one,
        f'<a class="visible-resume-upload">ATTACH RESUME/CV<input class="application-file-input invisible-resume-upload" tabindex="-1"'
        f' type="file" id="resume-upload-input" name="{one.id}" data-upload="parsed"></a><span class="filename"></span>'
        '<div class="resume-upload-success" style="display:none">Success!</div><input type="hidden" name="resumeStorageId">'
        '<div class="resume-upload-oversize" style="display:none">File exceeds the maximum upload size of 100MB.</div>',
    )


# ── Ashby: no form, containers with the path, yes or no as two buttons, a file input that only fills in ──────────


def ashby_entry(one: FormQuestion, inner: str) -> str:
    need = " _required_f7cvd_91" if one.required else ""
    label = f'<label class="_heading_f7cvd_52{need} ashby-application-form-question-title" for="{one.id}">' \
        f"{escape(one.label)}</label>"  # fmt: skip
    return f'<div class="_fieldEntry ashby-application-form-field-entry" data-field-path="{one.id}">{label}{inner}</div>'


def ashby_text(one: FormQuestion, _: int) -> str:
    return ashby_entry(one, plain(one, name=one.id, id=one.id))


def ashby_list(one: FormQuestion, number: int) -> str:
    if one.kind == "yes_no":
        return ashby_entry(
            one,
            '<div class="_yesno"><button type="button" class="_option_1svni_32 ">Yes</button>'
            '<button type="button" class="_option_1svni_32 ">No</button>'
            f'<input type="checkbox" tabindex="-1" name="{one.id}" class="_input_1svni_78" style="position:absolute;opacity:0"></div>',
        )
    if one.kind == "single" and not one.options:
        return ashby_entry(one, '<div><input class="_input_d7ago_28" role="combobox" aria-autocomplete="list" placeholder="Type">'
                                "<button type='button' class='_toggleButton'></button></div>")  # fmt: skip
    drawn = "".join(
        f'<div><input type="{"checkbox" if one.kind == "multi" else "radio"}" id="{n}_{number}_{one.id}"'
        f' name="{escape(option if one.kind == "multi" else one.id)}">'
        f'<label for="{n}_{number}_{one.id}">{escape(option)}</label></div>'
        for n, option in enumerate(one.options)
    )
    inner = ashby_entry(one, drawn).split(">", 1)[1].removesuffix("</div>")
    return f'<fieldset class="_fieldEntry" data-field-path="{one.id}">{inner}</fieldset>'


def ashby_file(one: FormQuestion, _: int) -> str:
    return ashby_entry(one, f'<div><input type="file" tabindex="-1" id="{one.id}" {"required" * one.required} data-upload="shown"'
                            ' style="border:0;clip:rect(0,0,0,0);height:1px;width:1px;position:absolute"><button type="button">Upload File'
                            "</button></div>")  # fmt: skip


ASHBY = (
    '<div class="ashby-application-form-container">'
    '<div class="ashby-application-form-autofill-pane ashby-application-form-autofill-uploader">'
    '<input type="file" tabindex="-1" data-upload="fills"><button>Upload file</button></div>%s'
    '<button class="_submitButton ashby-application-form-submit-button">Submit Application</button></div>'
)

# ── Workable: names, another id for each file input at each load, labels that begin with a star ──────────────────


def workable_entry(one: FormQuestion, inner: str, id_: str) -> str:
    said = f'<strong aria-hidden="true">*</strong><span id="{id_}_label">{escape(one.label)}</span>' if one.required else \
        f'<span id="{id_}_label">{escape(one.label)}</span> <em>(Optional)</em>'  # fmt: skip
    return f'<div class="styles--3gG3Y"><label class="styles--3aPac"><span>{said}</span></label>{inner}</div>'


def workable_text(one: FormQuestion, _: int) -> str:
    named = {
        "id": one.id,
        "data_ui": one.id,
        "name": one.id,
        "aria_labelledby": f"{one.id}_label",
        "aria_required": str(one.required).lower(),
    }
    return workable_entry(one, plain(one, **named), one.id)


def workable_list(one: FormQuestion, number: int) -> str:
    inner = boxes(one, one.id, id_=f"w{number}", own=' tabindex="-1"')
    group = f'<fieldset role="radiogroup" data-ui="{one.id}" aria-labelledby="W{number}_label">{inner}</fieldset>'
    return workable_entry(one, group, f"W{number}")


def workable_file(one: FormQuestion, number: int) -> str:
    id_ = f"input_files_input_RANDOM{number}"
    named = attribute(data_ui=one.id, id=id_, aria_labelledby=f"F{number}_label description_{id_}", accept=PDF)
    return workable_entry(one, f'<label for="{id_}" role="button" id="description_{id_}">Choose file</label>'
                               f'<input type="file" tabindex="-1"{named} {"required" * one.required} data-upload="shown">',
                          f"F{number}")  # fmt: skip


def workable_tick(one: FormQuestion, number: int) -> str:
    return (
        f'<div><label class="styles--2dcpC" data-ui="{one.id}"><input tabindex="-1" type="checkbox" name="{one.id}"'
        f' {"required" * one.required}><span id="G{number}_label">{"* " * one.required}{escape(one.label)}</span></label></div>'
    )


# ── the others ──────────────────────────────────────────────────────────────────────────────────────────────────


def personio_text(one: FormQuestion, _: int) -> str:
    note = " * (required)" if one.required else ""
    label = f'<label for="field-{one.id}" class="form-label">{escape(one.label)}<span>{note}</span></label>'
    bare = FormQuestion(one.id, one.label, one.kind)
    return f"<div>{label}{plain(bare, id=f'field-{one.id}', name=one.id)}</div>"


def personio_list(one: FormQuestion, _: int) -> str:
    options = "".join(f"<option>{escape(option)}</option>" for option in ("", *(one.options or ("Yes", "No"))))
    note = " * (required)" if one.required else ""
    return f'<div><label for="field-{one.id}" class="form-label">{escape(one.label)}{note}</label>' \
        f'<select id="field-{one.id}" name="{one.id}">{options}</select></div>'  # fmt: skip


def personio_file(one: FormQuestion, _: int) -> str:
    what = one.id.removeprefix("documents.")
    note = '<span aria-hidden="true">*</span><span class="sr-only"> (required)</span>' if one.required else ""
    return (
        f'<div role="group" aria-labelledby="doc-label-{what}"><div id="doc-label-{what}">{escape(one.label)}{note}</div>'
        f'<button type="button" class="add-file-button">Add file</button>'
        f'<input id="doc-input-{what}" style="display:none" type="file" multiple aria-label="Upload {escape(one.label)}" name="{one.id}"'
        f' accept="{PDF}" data-upload="shown"></div>'
    )


def recruitee_text(one: FormQuestion, _: int) -> str:
    hidden = ""
    if one.id.endswith(".content"):
        hidden = f'<input type="hidden" name="{one.id.removesuffix("content")}openQuestionId" value="1">'
    return f'{hidden}<div><label for="input-{one.id}-undefined">{escape(one.label)} {star(one)}</label>' \
        f"{plain(one, id=f'input-{one.id}-undefined', name=one.id)}</div>"  # fmt: skip


def recruitee_list(one: FormQuestion, _: int) -> str:
    hidden = f'<input type="hidden" name="{one.id.rpartition(".")[0]}.openQuestionId" value="1">'
    return f"{hidden}<fieldset><legend>{escape(one.label)} {star(one)}</legend>" \
        f"{boxes(one, one.id, id_=f'input-{one.id}-undefined', wrap=False)}</fieldset>"  # fmt: skip


def recruitee_file(one: FormQuestion, _: int) -> str:
    return (
        f'<div><label for="input-{one.id}-undefined">{escape(one.label)} {star(one)}</label><input type="file" name="{one.id}"'
        f' id="input-{one.id}-undefined" {"required" * one.required} data-upload="kept" style="opacity:0"></div>'
    )


def labelled_tick(one: FormQuestion, number: int) -> str:
    return f'<div><input type="checkbox" id="tick-{number}" name="{one.id}" value="1" {"required" * one.required}>' \
        f'<label for="tick-{number}">{escape(one.label)} {star(one)}</label></div>'  # fmt: skip


def teamtailor_id(name: str) -> str:
    return name.replace("][", "_").replace("[", "_").replace("]", "")


def teamtailor_text(one: FormQuestion, _: int) -> str:
    id_ = teamtailor_id(one.id)
    need = '<span aria-hidden="true">*</span><span class="sr-only">Required</span>' if one.required else ""
    return f'<div><label for="{id_}">{escape(one.label)}{need}</label>{plain(one, id=id_, name=one.id)}</div>'


def teamtailor_list(one: FormQuestion, _: int) -> str:
    id_ = teamtailor_id(one.id)
    need = '<span aria-hidden="true">*</span><span class="sr-only">Required</span>' if one.required else ""
    return f"<fieldset><legend>{escape(one.label)}{need}</legend>{boxes(one, one.id, id_=id_, wrap=False)}</fieldset>"


def teamtailor_file(one: FormQuestion, _: int) -> str:
    name = one.id.replace("candidate_", "candidate[", 1) + "]"
    need = '<span aria-hidden="true">*</span><span class="sr-only">Required</span>' if one.required else ""
    return (
        f'<div><label for="{one.id}">{escape(one.label)}{need}</label><input type="file" id="{one.id}" data-upload="stored"'
        f' data-into="{escape(name)}" accept="{PDF}"><input type="hidden" name="{escape(name)}"></div>'
    )


def teamtailor_tick(one: FormQuestion, number: int) -> str:
    return f'<input type="hidden" name="{one.id}" value="0">{labelled_tick(one, number)}'


def smartrecruiters(tag: str) -> Draw:
    """A component: what it holds is in its open shadow root."""

    def draw(one: FormQuestion, _: int) -> str:
        need = str(one.required).lower()
        label = f'<label class=" c-spl-form-field-label " for="{one.id}" id="{one.id}-label">{escape(one.label)}{star(one)}</label>'
        if one.kind == "file":
            inner = '<label for="file-input">Choose a file or drop it here</label><input tabindex="-1" type="file" id="file-input"'
            inner += f' accept="{PDF}" data-upload="shown" data-name="{one.id}" {"required" * one.required}>'
            said = f"<h3>{escape(one.label)}{star(one)}</h3>"
            return f'<div>{said}<{tag} data-test="{one.id}"><template shadowrootmode="open">{inner}</template></{tag}></div>'
        if one.kind == "consent":
            inner = f'<input class="c-spl-checkbox__input" type="checkbox" id="{one.id}" aria-required="{need}"'
            inner += f' aria-labelledby="{one.id}-label">{label}'
        elif one.kind == "long_text":
            inner = f'{label}<textarea class=" c-spl-textarea " id="{one.id}" aria-required="{need}"></textarea>'
        elif one.kind in ("single", "multi", "yes_no"):
            inner = f'{label}<div><input class="c-spl-input" id="{one.id}" type="text" role="combobox" aria-required="{need}"></div>'
        else:
            inner = f'{label}<input class=" c-spl-input " id="{one.id}" type="{kind_of_input(one)}" aria-required="{need}">'
        return f'<{tag}><template shadowrootmode="open">{inner}</template></{tag}>'

    return draw


def breezy_entry(one: FormQuestion, inner: str) -> str:
    return f'<div class="section"><h3>{escape(one.label)}<span>{"*" * one.required}</span></h3>{inner}</div>'


def breezy_text(one: FormQuestion, _: int) -> str:
    return breezy_entry(one, plain(one, name=one.id, placeholder=one.label))


def breezy_list(one: FormQuestion, number: int) -> str:
    return breezy_entry(one, f'<div class="multiplechoice">{boxes(one, one.id, id_=f"b{number}")}</div>')


def breezy_file(one: FormQuestion, _: int) -> str:
    own = f'{"required" * one.required} data-upload="shown" accept="{PDF}"'
    return breezy_entry(one, f'<a>Upload Resume</a><input id="main-attachment" name="{one.id}" type="file" style="display:none;" {own}>')


def breezy_tick(one: FormQuestion, number: int) -> str:
    return f'<label><input type="checkbox" id="tick-{number}" name="{one.id}" {"required" * one.required}> {escape(one.label)}</label>'


BREEZY = (
    '<form name="form">%s<div style="position:absolute;left:-9999px" aria-hidden="true"><label for="hp_7f2b"></label>'
    '<input id="hp_7f2b" type="text" name="hp_7f2b" tabindex="-1" autocomplete="off"></div><input id="form_token" type="hidden">'
    '<button type="button" class="button green large">Submit Application</button></form>'
)

STYLES: dict[str, Style] = {
    "greenhouse": Style(
        greenhouse_text, greenhouse_list, greenhouse_file, greenhouse_tick,
        '<form id="application-form" class="application--form">%s'
        '<button type="submit" class="btn btn--pill">Submit application</button></form>',
    ),
    "lever": Style(
        lever_text, lever_list, lever_file, lambda one, n: lever_entry(one, breezy_tick(one, n)),
        '<form id="application-form" method="post"><ul>%s</ul><input type="hidden" name="h-captcha-response" id="hcaptchaResponseInput">'
        '<button id="hcaptchaSubmitBtn" type="submit" class="hidden" style="display:none"></button>'
        '<button id="btn-submit" type="button" class="postings-btn" data-qa="btn-submit">Submit application</button></form>',
        "<meta name='generator' content='lever'>",
    ),
    "ashby": Style(ashby_text, ashby_list, ashby_file, lambda one, n: ashby_entry(one, breezy_tick(one, n)), ASHBY),
    "workable": Style(
        workable_text, workable_list, workable_file, workable_tick,
        '<form data-ui="application-form"><section data-ui="section-fields">%s</section>'
        '<button data-ui="apply-button" type="submit">Submit application</button></form>',
    ),
    "personio": Style(
        personio_text, personio_list, personio_file, labelled_tick,
        '<form class="DynamicForm_formContainer">%s<button type="submit" disabled>Submit Application</button></form>',
        "<script>window.personio = {'application_form_fields': {}};</script>",
    ),
    "recruitee": Style(
        recruitee_text, recruitee_list, recruitee_file, labelled_tick,
        '<form id="offer-application-form">%s<button type="submit" data-testid="submit-application-form-button">Send</button></form>',
        "<meta name='generator' content='recruitee'><!-- candidate.openQuestionAnswers -->",
    ),
    "teamtailor": Style(
        teamtailor_text, teamtailor_list, teamtailor_file, teamtailor_tick,
        '<dialog id="cookies"><input type="checkbox" id="analytics"><label for="analytics">Analytics</label></dialog>'
        '<form id="job-application-form" method="post">%s<input type="submit" name="commit" value="Submit application"></form>',
        "<meta name='generator' content='teamtailor'>",
    ),
    "smartrecruiters": Style(
        smartrecruiters("spl-input"), smartrecruiters("spl-autocomplete"),
        smartrecruiters("oc-resume-upload"), smartrecruiters("spl-checkbox"),
        "<oc-oneclick-form><div>%s</div><div class='footer'><button type='button' data-test='footer-submit'>Submit</button></div>"
        "</oc-oneclick-form>",
    ),
    "breezy": Style(breezy_text, breezy_list, breezy_file, breezy_tick, BREEZY),
}  # fmt: skip


def drawn(system: str, asked: Sequence[FormQuestion], *, setup: dict[str, Any] | None = None) -> str:
    """The whole page."""
    style = STYLES[system]
    head = greenhouse_head(asked) if system == "greenhouse" else style.head
    fields = []
    for number, one in enumerate(asked):
        kind = {"file": style.file, "consent": style.tick, "single": style.list_, "multi": style.list_, "yes_no": style.list_}
        fields.append(kind.get(one.kind, style.text)(one, number))
    said = json.dumps({"system": system, "options": {one.id: one.options for one in asked}, **(setup or {})}).replace("</", "<\\/")
    script = f"<script>window.sandboxForm = {said};</script><script src='/forms/_/behaviour.js'></script>" if setup is not None else ""
    body = style.around % "".join(fields)
    top = f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Apply</title>{head}</head>"
    return f"{top}<body><main>{body}</main>{script}</body></html>"
