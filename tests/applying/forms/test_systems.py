"""What each system's own pages and answers say: re-made with the ids, names and roles that they have, and invented employers."""

# ruff: noqa: E501  pages are as wide as they are
from __future__ import annotations

import json
from pathlib import Path

import pytest

from rolecall.applying.forms import Form, read_form
from rolecall.applying.forms.form_reader import MAX_CONTENT, all_systems
from rolecall.errors import InvalidInput

RECORDED = Path(__file__).parents[4] / "shared" / "forms"


def told(form: Form) -> list[tuple[str, str, str, bool, tuple[str, ...]]]:
    return [(one.id, one.label, one.kind, one.required, one.options) for one in form.questions]


def test_greenhouses_interface() -> None:
    job = {
        "questions": [
            {"label": "Email", "required": True, "fields": [{"name": "email", "type": "input_text", "values": []}]},
            {
                "label": "Resume/CV",
                "required": True,
                "fields": [{"name": "resume", "type": "input_file"}, {"name": "resume_text", "type": "textarea"}],
            },
            {
                "label": "Do you need sponsorship?",
                "required": True,
                "description": "<p>Now or later.</p>",
                "fields": [{"name": "question_1", "type": "multi_value_single_select", "values": [{"label": "Yes"}, {"label": "No"}]}],
            },
        ],
        "location_questions": [{"label": "Location", "required": False, "fields": [{"name": "latitude", "type": "input_hidden"}]}],
        "compliance": [
            {
                "type": "eeoc",
                "questions": [
                    {
                        "label": "DisabilityStatus",
                        "fields": [
                            {
                                "name": "disability_status",
                                "type": "multi_value_single_select",
                                "values": [{"label": "I do not want to answer"}],
                            }
                        ],
                    }
                ],
            }
        ],
        "demographic_questions": {
            "questions": [
                {
                    "id": 7,
                    "label": "Your gender?",
                    "type": "multi_value_multi_select",
                    "answer_options": [{"label": "Woman"}, {"label": "Man"}],
                }
            ]
        },
        "data_compliance": [{"type": "gdpr", "requires_consent": True, "requires_retention_consent": True}],
    }
    form = read_form(json.dumps(job))
    assert form.system == "greenhouse"
    assert told(form) == [
        ("email", "Email", "email", True, ()),
        ("resume", "Resume/CV", "file", True, ()),
        ("question_1", "Do you need sponsorship?", "yes_no", True, ("Yes", "No")),
        ("disability_status", "DisabilityStatus", "single", False, ("I do not want to answer",)),
        ("7", "Your gender?", "multi", False, ("Woman", "Man")),
        ("gdpr_consent_given", "I consent to the processing of my data", "consent", True, ()),
        ("gdpr_retention_consent_given", "I consent to the processing of my data", "consent", False, ()),
    ]
    assert [one.id for one in form.fields if one.sensitive] == ["question_1", "disability_status", "7"]
    assert [one.id for one in form.consents] == ["gdpr_retention_consent_given"]
    assert form.fields[2].help == "Now or later."


GREENHOUSE_PAGE = """<html><head><link href="https://job-boards.cdn.greenhouse.io/x.css"></head><body><script>window.__remixContext = {context};</script>
<form id="application-form"><div class="field-wrapper"><label id="first_name-label" for="first_name" class="label">First Name<span>*</span></label>
<input id="first_name" aria-required="true" maxlength="255"></div>
<fieldset class="phone-input"><legend class="visually-hidden">Phone</legend><div class="select"><label id="country-label" for="country">Country<span>*</span></label>
<input class="select__input" id="country" role="combobox" aria-labelledby="country-label" aria-required="true"><input required aria-hidden="true" tabindex="-1" class="remix-css-1a0ro4n-requiredInput" value=""></div>
<label for="phone">Phone<span>*</span></label><input id="phone" type="tel" aria-required="true"></fieldset>
<div role="group" aria-labelledby="upload-label-resume" class="file-upload"><div id="upload-label-resume">Resume/CV</div><div><button>Attach</button>
<label class="visually-hidden" for="resume">Attach</label><input id="resume" class="visually-hidden" type="file" accept=".pdf,.docx"></div></div>
<div role="group" aria-labelledby="upload-label-cover_letter" class="file-upload"><div id="upload-label-cover_letter">Cover Letter</div><p>letter.pdf</p></div>
<div class="select"><label id="question_9-label" for="question_9">How did you hear of us?</label><input class="select__input" id="question_9" role="combobox" aria-labelledby="question_9-label"></div>
</form></body></html>"""


def test_greenhouses_page_is_completed_by_what_it_carries() -> None:
    questions = [
        {"label": "Resume/CV", "required": True, "fields": [{"name": "resume", "type": "input_file", "allowed_filetypes": ["pdf"]}]},
        {
            "label": "How did you hear of us?",
            "required": True,
            "fields": [{"name": "question_9", "type": "multi_value_single_select", "values": [{"label": "A friend"}, {"label": "An ad"}]}],
        },
    ]
    context = {"state": {"loaderData": {"routes/$url_token_.jobs_.$job_post_id": {"jobPost": {"questions": questions}}}}}
    form = read_form(GREENHOUSE_PAGE.replace("{context}", json.dumps(context)))
    assert form.system == "greenhouse"
    assert told(form) == [
        ("first_name", "First Name", "text", True, ()),
        ("country", "Country", "single", True, ()),
        ("phone", "Phone", "phone", True, ()),
        ("resume", "Resume/CV", "file", True, ()),
        ("question_9", "How did you hear of us?", "single", True, ("A friend", "An ad")),
        ("cover_letter", "Cover Letter", "file", False, ()),
    ]


def test_ashbys_interface_leaves_out_what_is_hidden() -> None:
    entries = [
        {"field": {"path": "_systemfield_name", "title": "Name", "type": "String"}, "isRequired": True},
        {"field": {"path": "u1", "title": "Ready to move?", "type": "Boolean"}, "isRequired": True},
        {"field": {"path": "u2", "title": "Never shown", "type": "String"}, "isHidden": True},
        {
            "field": {
                "path": "u3",
                "title": "Which?",
                "type": "MultiValueSelect",
                "selectableValues": [{"label": "A", "value": "1"}, {"label": "B", "value": "2"}],
            }
        },
    ]
    posting = {"applicationForm": {"sections": [{"fieldEntries": entries}]}, "surveyForms": []}
    form = read_form(json.dumps({"data": {"jobPosting": posting}}))
    assert (form.system, told(form)) == (
        "ashby",
        [
            ("_systemfield_name", "Name", "text", True, ()),
            ("u1", "Ready to move?", "yes_no", True, ("Yes", "No")),
            ("u3", "Which?", "multi", False, ("A", "B")),
        ],
    )


def test_ashbys_page_has_two_buttons_for_a_yes_or_no_and_a_file_that_only_fills_in() -> None:
    form = read_form(
        '<body><div id="form"><div class="ashby-application-form-autofill-uploader"><div><input type="file" tabindex="-1"></div></div>'
        '<div class="ashby-application-form-container"><div data-field-path="_systemfield_email">'
        '<label class="_required_1x_9" for="_systemfield_email">Email</label>'
        '<input name="_systemfield_email" id="_systemfield_email" type="email" required></div>'
        '<div data-field-path="u1"><label class="_heading_1 _required_f7cvd_91" for="u1">Can you start soon?'
        '</label><div class="_yesno_2"><button>Yes</button><button>No</button>'
        '<input type="checkbox" tabindex="-1" name="u1"></div></div>'
        '<div data-field-path="u2"><fieldset><label class="_required_f7cvd_91" for="u2">Where?</label><div>'
        '<strong>Pick all.</strong></div><div><span><input type="checkbox" id="z-0" name="Oslo">'
        '</span><label for="z-0">Oslo</label></div><div><span><input type="checkbox" id="z-1" name="Rome"></span>'
        '<label for="z-1">Rome</label></div></fieldset></div>'
        '<div data-field-path="_systemfield_resume">'
        '<label class="_required_f7cvd_91" for="_systemfield_resume">Resume</label>'
        '<input type="file" id="_systemfield_resume" required></div></div></div></body>'
    )
    assert (form.system, told(form)) == (
        "ashby",
        [
            ("_systemfield_email", "Email", "email", True, ()),
            ("u1", "Can you start soon?", "yes_no", True, ("Yes", "No")),
            ("u2", "Where?", "multi", True, ("Oslo", "Rome")),
            ("_systemfield_resume", "Resume", "file", True, ()),
        ],
    )


def test_workables_interface_and_its_page() -> None:
    form = read_form(
        json.dumps(
            [
                {
                    "name": "Details",
                    "fields": [
                        {"id": "firstname", "required": True, "label": "First name", "type": "text", "maxLength": 127},
                        {"id": "QA_1", "required": True, "label": "Can you drive?", "type": "boolean"},
                        {
                            "id": "QA_2",
                            "label": "Which?",
                            "type": "dropdown",
                            "options": [{"name": "9", "value": "A"}, {"name": "8", "value": "B"}],
                            "singleOption": True,
                        },
                    ],
                }
            ]
        )
    )
    assert told(form) == [
        ("firstname", "First name", "text", True, ()),
        ("QA_1", "Can you drive?", "yes_no", True, ("Yes", "No")),
        ("QA_2", "Which?", "single", False, ("A", "B")),
    ]
    page = read_form(
        '<form><div data-ui="section-fields"><label><span id="firstname_label"><strong>First name</strong><svg>'
        "<desc>SVGs not supported</desc></svg></span>"
        '<input aria-required="true" required id="firstname" name="firstname" aria-labelledby="firstname_label"></label>'
        '<div style="position: absolute; width: 1px; height: 1px; overflow: hidden;"><label>'
        '<input id="city" name="city" aria-hidden="true" tabindex="-1"></label></div>'
        '<span id="c_label">When could you start?</span><label>'
        '<input role="combobox" id="input_CA_1_input" aria-labelledby="c_label">'
        '<input name="CA_1" required tabindex="-1" aria-hidden="true"></label>'
        '<span id="q_label">Can you drive?</span>'
        '<fieldset role="radiogroup" data-ui="QA_1" aria-labelledby="q_label">'
        '<div role="radio" aria-labelledby="q_label r1"><label>'
        '<input type="radio" name="QA_1" tabindex="-1" aria-hidden="true" required><span id="r1">YES</span>'
        '</label></div><div role="radio" aria-labelledby="q_label r2"><label>'
        '<input type="radio" name="QA_1" tabindex="-1" aria-hidden="true" required><span id="r2">NO</span></label>'
        "</div></fieldset></div></form>"
    )
    assert (page.system, told(page)) == (
        "workable",
        [
            ("firstname", "First name", "text", True, ()),
            ("CA_1", "When could you start?", "single", True, ()),
            ("QA_1", "Can you drive?", "yes_no", True, ("YES", "NO")),
        ],
    )
    assert [one.id for one in page.fields if one.kind == "hidden"] == ["city"]


def test_levers_own_questions_stand_in_a_hidden_input() -> None:
    card = {
        "fields": [
            {"type": "textarea", "text": "Why us?", "required": True},
            {"type": "dropdown", "text": "Level?", "required": False, "options": [{"text": "A"}, {"text": "B"}]},
        ]
    }
    value = json.dumps(card).replace('"', "&quot;")
    form = read_form(
        '<body class="lever"><form id="application-form"><ul><li class="application-question resume"><label>'
        '<div class="application-label">Resume/CV<span class="required">✱</span></div>'
        '<div class="application-field"><a><span>ATTACH RESUME/CV</span><input type="file" name="resume"></a>'
        '<span class="failed">File exceeds 100MB</span></div></label></li>'
        f'</ul><input type="hidden" name="cards[u][baseTemplate]" value="{value}"><ul>'
        f'<li class="application-question custom-question"><div class="application-label"><div class="text">Why us?'
        f"</div></div>"
        '<div class="application-field required-field"><textarea name="cards[u][field0]"></textarea></div></li>'
        '<li class="application-question custom-question"><div class="application-label">Level?</div>'
        '<div class="application-field"><select name="cards[u][field1]"><option value="">Select...</option>'
        "</select></div></li></ul></form></body>"
    )
    assert (form.system, told(form)) == (
        "lever",
        [
            ("resume", "Resume/CV", "file", True, ()),
            ("cards[u][field0]", "Why us?", "long_text", True, ()),
            ("cards[u][field1]", "Level?", "single", False, ("A", "B")),
        ],
    )


def test_recruitees_interface() -> None:
    offer = {
        "slug": "x",
        "options_cv": "required",
        "options_phone": "off",
        "options_cover_letter": "optional",
        "options_photo": "off",
        "open_questions": [
            {"id": 5, "kind": "boolean", "body": "Is it so?", "required": True},
            {"id": 6, "kind": "single_choice", "body": "Which?", "open_question_options": [{"body": "A"}, {"body": "B"}]},
        ],
    }
    form = read_form(json.dumps({"offer": offer}))
    assert (form.system, [one[0] for one in told(form)]) == (
        "recruitee",
        ["name", "email", "cv", "cover_letter", "open_question.5", "open_question.6"],
    )
    assert told(form)[-2:] == [
        ("open_question.5", "Is it so?", "yes_no", True, ("Yes", "No")),
        ("open_question.6", "Which?", "single", False, ("A", "B")),
    ]
    assert told(form)[2][3]
    assert not told(form)[3][3]


def test_personio_says_required_in_words_only_and_once_for_both_names() -> None:
    form = read_form(
        '<body>personio application_form_fields<form><div role="group" aria-labelledby="n"><span id="n">Name'
        '<span aria-hidden="true">*</span><span class="sr-only">(required)</span></span>'
        '<label class="sr-only" for="field-first_name">First</label>'
        '<input id="field-first_name" name="first_name"><label class="sr-only" for="field-last_name">Last</label>'
        '<input id="field-last_name" name="last_name"></div>'
        '<div><label for="field-phone">Phone <span aria-hidden="true">*</span><span class="sr-only">(required)'
        '</span></label><input id="field-phone" name="phone"></div>'
        '<div><label for="field-available_from">Available from</label><input id="field-available_from" name="available_from"></div>'
        '<div role="group" aria-labelledby="d"><div id="d">CV<span>* (required)</span></div><button>Add file'
        '</button><input id="doc-input-cv" type="file" name="documents.cv" aria-label="Upload CV"></div></form>'
        "</body>"
    )
    assert (form.system, told(form)) == (
        "personio",
        [
            ("first_name", "First", "text", True, ()),
            ("last_name", "Last", "text", True, ()),
            ("phone", "Phone", "phone", True, ()),
            ("available_from", "Available from", "text", False, ()),
            ("documents.cv", "CV", "file", True, ()),
        ],
    )


def test_breezys_questionnaire_is_read_where_the_page_is_not_drawn_yet() -> None:
    rows = [
        {
            "_id": 7,
            "questions": [
                {"text": "Why?", "type": {"id": "paragraph"}, "required": True},
                {"text": "Which?", "type": {"id": "multiplechoice"}, "options": [{"text": "A"}, {"text": "B"}]},
            ],
        }
    ]
    value = json.dumps(rows).replace('"', "&quot;")
    form = read_form(
        '<form name="form"><input type="text" name="cName" placeholder="%PLACEHOLDER_FULL_NAME%" required>'
        '<input type="email" name="cEmail" placeholder="%PLACEHOLDER_EMAIL%" required>'
        '<div style="position:absolute;left:-9999px"><input id="hp_7f2b" name="hp_7f2b" tabindex="-1"></div>'
        f'<input type="hidden" id="questions" value="{value}"><h3>{{{{ question.text }}}}</h3>'
        f'<input name="section_{{{{section._id}}}}"></form>'
    )
    assert (form.system, told(form)) == (
        "breezy",
        [
            ("cName", "Full Name", "text", True, ()),
            ("cEmail", "Email Address", "email", True, ()),
            ("section_7_question_0", "Why?", "long_text", True, ()),
            ("section_7_question_1", "Which?", "single", False, ("A", "B")),
        ],
    )
    assert [one.id for one in form.honeypots] == ["hp_7f2b"]


def test_bamboohrs_answer_with_its_trap() -> None:
    fields = {
        "firstName": {"isRequired": True},
        "resumeFileId": {"isRequired": True},
        "genderId": [],
        "nickname_4f": {"isRequired": False, "label": "Please leave this field blank"},
        "countryId": {"isRequired": False, "options": [{"id": "1", "text": "Norway"}]},
        "customQuestions": [{"id": 3, "question": "Licence?", "type": "yes_no", "isRequired": True}],
    }
    form = read_form(json.dumps({"result": {"formFields": fields}}))
    assert (form.system, told(form)) == (
        "bamboohr",
        [
            ("firstName", "First Name", "text", True, ()),
            ("resumeFileId", "Resume", "file", True, ()),
            ("countryId", "Country", "single", False, ("Norway",)),
            ("3", "Licence?", "yes_no", True, ("Yes", "No")),
        ],
    )
    assert [one.id for one in form.honeypots] == ["nickname_4f"]


def test_smartrecruiters_components_say_their_questions_without_their_insides() -> None:
    form = read_form(
        '<oc-oneclick-form><oc-easy-apply><oc-apply-with-resume><input type="file" id="file-input"></oc-apply-with-resume></oc-easy-apply>'
        '<oc-input attrid="first-name-input">'
        '<spl-input id="first-name-input" label="First name" required type="text"></spl-input></oc-input>'
        '<oc-input><spl-input id="confirm-email-input" label="Confirm your email" required type="email"></spl-input></oc-input>'
        '<oc-textarea><spl-textarea id="hiring-manager-message-input" label="Message"></spl-textarea></oc-textarea></oc-oneclick-form>'
    )
    assert (form.system, told(form)) == (
        "smartrecruiters",
        [
            ("first-name-input", "First name", "text", True, ()),
            ("confirm-email-input", "Confirm your email", "email", True, ()),
            ("hiring-manager-message-input", "Message", "long_text", False, ()),
        ],
    )


def test_every_system_is_found_by_itself() -> None:
    folder = Path(__file__).parents[3] / "include/rolecall/applying/forms/systems"
    assert {f"{one.name}_forms" for one in all_systems()} == {path.stem for path in folder.glob("[a-z]*.py")}


def test_the_address_tells_the_system_where_the_page_does_not() -> None:
    assert (
        read_form("<form><label>Name<input name=n></label></form>", url="https://acme.teamtailor.com/jobs/1/applications/new").system
        == "teamtailor"
    )
    assert read_form("<form><label>Name<input name=n></label></form>", url="https://[broken").system == "generic"


@pytest.mark.parametrize("rubbish", ["", b"", " \n", "{", "[1, 2", '{"a": 1}', "x" * (MAX_CONTENT + 1), None, 3])
def test_what_cannot_be_a_form_is_refused_by_name(rubbish: object) -> None:
    with pytest.raises(InvalidInput, match="content"):
        read_form(rubbish)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "odd",
    [
        "<",
        "no page",
        b"\xff\xfe\x00",
        "<form>" * 3000 + "<input name=a>",
        "<input aria-labelledby='a'><p id=a>",
        "<label for=a><input id=a>",
        "\0" * 50,
    ],
)
def test_what_is_no_form_has_no_questions(odd: str | bytes) -> None:
    assert all(one.label or one.id for one in read_form(odd).fields)


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDED.iterdir() if path.is_dir()) if RECORDED.is_dir() else ["none"])
def test_recorded_pages_that_are_cut_anywhere_break_nothing(name: str) -> None:
    if not RECORDED.is_dir():
        pytest.skip("recorded forms are not beside the project (../shared/forms)")
    for path in sorted((RECORDED / name).glob("*.html"))[:1]:
        text = path.read_text(encoding="utf-8")
        for part in (0.4, 0.8):
            read_form(text[: int(len(text) * part)])
            read_form(text[int(len(text) * part) :].lstrip("{["))


def test_recorded_pages_have_no_trap_among_their_fields() -> None:
    if not RECORDED.is_dir():
        pytest.skip("recorded forms are not beside the project (../shared/forms)")
    for path in sorted(RECORDED.glob("*/*.html")):
        form = read_form(path.read_bytes())
        assert not [
            one.label
            for one in form.questions
            if one.id.startswith("hp_") or "robots" in one.label.lower() or "leave blank" in one.label.lower()
        ]
