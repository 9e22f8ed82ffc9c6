"""Pages of systems that nobody wrote a reader for: what their labels, roles and marks say. All invented, in the shapes such pages have."""

# ruff: noqa: E501  pages are as wide as they are
from __future__ import annotations

import pytest

from rolecall.applying.forms import Field, Form, read_form

AROUND = (
    '<html><body><nav><form action="/search"><input name="q" placeholder="Search jobs"></form></nav>'
    '<div id="cookie-banner"><input type="checkbox" id="an"><label for="an">Analytics</label></div><main>{}</main>'
    '<footer><form><label>Our news <input type="email" name="newsletter_email"></label></form></footer></body></html>'
)


def read(form: str) -> Form:
    return read_form(AROUND.format(form))


def field(form: Form, name: str) -> Field:
    return next(one for one in form.fields if one.id == name)


def told(form: Form) -> list[tuple[str, str, str, bool, tuple[str, ...]]]:
    return [(one.id, one.label, one.kind, one.required, one.options) for one in form.questions]


def test_labels_by_for_with_a_star_beside_them() -> None:
    form = read(
        '<form><div><label for="fn">First Name<span aria-hidden="true">*</span></label>'
        '<input name="first" id="fn" aria-required="true"></div>'
        '<div><label for="em">Email Address<span>*</span></label><input name="mail" id="em"></div>'
        '<div><label for="t">Will you travel?<b>*</b></label><select id="t" name="travel"><option value="">No answer</option>'
        "<option>Yes</option><option>No</option></select></div>"
        '<div><label for="up">Attach resume</label><a href="#">Attach</a> or <a>Paste</a>'
        '<input type="file" name="cv" accept=".pdf, .docx"></div></form>'
    )
    assert told(form) == [
        ("first", "First Name", "text", True, ()),
        ("mail", "Email Address", "email", True, ()),
        ("travel", "Will you travel?", "yes_no", True, ("Yes", "No")),
        ("cv", "Resume", "file", False, ()),
    ]
    assert field(form, "cv").accepts == (".pdf", ".docx")


def test_a_label_in_the_cell_beside_and_options_without_labels() -> None:
    form = read(
        '<form><table><tr><td><label for="a">Given name</label> <span class="req">*</span></td><td><input id="a" name="fn"></td></tr>'
        "<tr><td>Country of residence *</td><td><select name=c><option value=''>Not Specified</option>"
        "<option>France</option></select></td></tr>"
        "<tr><td>Notice period</td><td><input name=np></td></tr>"
        "<tr><td>Have you worked for us before?</td><td><input type=radio name=w value=1> Yes "
        "<input type=radio name=w value=0> No</td></tr></table></form>"
    )
    assert told(form) == [
        ("fn", "Given name", "text", True, ()),
        ("c", "Country of residence", "single", True, ("France",)),
        ("np", "Notice period", "text", False, ()),
        ("w", "Have you worked for us before?", "yes_no", False, ("Yes", "No")),
    ]


def test_a_german_form_of_divisions_says_what_must_be_filled_in_words() -> None:
    form = read(
        '<form><div class="row"><div class="l">Vorname *</div><div><input name="vorname"></div></div>'
        '<div class="row"><div class="l">Gehaltsvorstellung (EUR/Jahr)</div><div><input name="gehalt"></div></div>'
        '<div class="row"><div class="l">Anrede (freiwillig)</div><div><select name="anrede">'
        '<option value="0">bitte wählen</option><option>Frau</option>'
        "<option>Herr</option></select></div></div>"
        '<div class="row"><div class="l">Lebenslauf (Pflichtfeld)</div><div><input type="file" name="cv"></div></div>'
        '<div class="row"><div><input type="checkbox" name="ds"> Ich habe die <a>Datenschutzerklärung'
        "</a> gelesen und stimme zu. *</div></div></form>"
    )
    assert told(form) == [
        ("vorname", "Vorname", "text", True, ()),
        ("gehalt", "Gehaltsvorstellung (EUR/Jahr)", "text", False, ()),
        ("anrede", "Anrede", "single", False, ("Frau", "Herr")),
        ("cv", "Lebenslauf", "file", True, ()),
        ("ds", "Ich habe die Datenschutzerklärung gelesen und stimme zu.", "consent", True, ()),
    ]
    assert field(form, "gehalt").sensitive
    assert not field(form, "vorname").sensitive
    assert form.consents == ()


def test_lists_and_boxes_that_are_only_played_by_roles() -> None:
    form = read(
        '<div><div role="group" aria-labelledby="g"><div id="g">Where would you like to work? '
        '<span class="visually-hidden">required</span></div>'
        '<div role="checkbox" tabindex="0" aria-labelledby="o1"></div><span id="o1">Oslo</span>'
        '<div role="checkbox" tabindex="0" aria-labelledby="o2"></div><span id="o2">Bergen</span></div>'
        '<div role="radiogroup" aria-label="Do you need a visa?"><div role="radio" tabindex="0">Yes</div><div role="radio">No</div></div>'
        '<label id="sl">Seniority</label><div><div role="combobox" aria-labelledby="sl" aria-controls="sb"></div>'
        '<input aria-hidden="true" tabindex="-1" name="seniority" required></div>'
        '<ul role="listbox" id="sb"><li role="option">Junior</li><li role="option">Senior</li></ul>'
        '<span id="sal">Salary expectation</span><div role="textbox" contenteditable="true" aria-labelledby="sal" id="salary"></div>'
        '<label for="bb">Source</label><button id="bb" aria-haspopup="listbox" type="button">Select</button></div>'
    )
    assert [one[1:] for one in told(form)] == [
        ("Where would you like to work?", "multi", True, ("Oslo", "Bergen")),
        ("Do you need a visa?", "yes_no", False, ("Yes", "No")),
        ("Seniority", "single", True, ("Junior", "Senior")),
        ("Salary expectation", "long_text", False, ()),
        ("Source", "single", False, ()),
    ]
    assert form.questions[2].id == "seniority"
    assert [one.sensitive for one in form.questions] == [False, True, False, True, False]


def test_labels_that_float_behind_placeholders_and_headings_over_boxes() -> None:
    form = read(
        '<form><div class="f"><input name="fname" placeholder=" "><label>First name *</label></div><div class="f">'
        '<input type="tel" name="tel"><label>Telephone</label></div>'
        '<div><h5>Your strongest languages *</h5><div><input type="checkbox" name="lang_en" id="le"><label for="le">English</label></div>'
        '<div><input type="checkbox" name="lang_de" id="ld"><label for="ld">German</label></div></div>'
        '<div><textarea name="why" placeholder="Why do you want to work with us?" maxlength="500"></textarea></div></form>'
    )
    assert [one[1:] for one in told(form)] == [
        ("First name", "text", True, ()),
        ("Telephone", "phone", False, ()),
        ("Your strongest languages", "multi", True, ("English", "German")),
        ("Why do you want to work with us?", "long_text", False, ()),
    ]
    assert field(form, "why").max_length == 500


def test_first_and_last_name_under_one_marked_legend_and_a_custom_element() -> None:
    form = read(
        "<form><fieldset><legend>Name<span>(Required)</span></legend><span>"
        '<input name="i.3" id="i3" aria-required="true"><label for="i3">First</label></span>'
        '<span><input name="i.6" id="i6" aria-required="true"><label for="i6">Last</label></span></fieldset>'
        '<app-input id="city" label="City" required></app-input><app-textarea id="why" label="Why us?"></app-textarea></form>'
    )
    assert told(form) == [
        ("i.3", "First", "text", True, ()),
        ("i.6", "Last", "text", True, ()),
        ("city", "City", "text", True, ()),
        ("why", "Why us?", "long_text", False, ()),
    ]


def test_what_stands_in_a_shadow_root_of_the_page_is_read() -> None:
    form = read(
        '<x-field><template shadowrootmode="open"><label for="n">Full name *</label><input id="n" name="n">'
        '</template></x-field><input type="file" name="cv">'
    )
    assert told(form)[0] == ("n", "Full name", "text", True, ())


def test_a_list_that_is_searched_while_one_types_and_labels_marked_by_their_class() -> None:
    form = read(
        '<form><div><div class="f-label"><label for="lvl" class="x-form-item-required">Level</label></div><div><input id="lvl" role="combobox" type="search" readonly></div></div>'
        '<div class="group required"><label class="control-label">Surname</label><div><input name="sn"></div></div>'
        '<div><label><span>Work mode</span></label><ul><li><label><input type="checkbox" name="mode" value="R"><span>Remote</span></label></li>'
        '<li><label><input type="checkbox" name="mode" value="O"><span>Office</span></label></li></ul></div>'
        '<div><p>Are you 18 or older?<span>*</span></p><ul role="radiogroup"><li><button role="radio">Yes</button></li><li><button role="radio">No</button></li></ul></div></form>'
    )
    assert told(form) == [
        ("lvl", "Level", "single", True, ()),
        ("sn", "Surname", "text", True, ()),
        ("mode", "Work mode", "multi", False, ("Remote", "Office")),
        ("Are you 18 or older?", "Are you 18 or older?", "yes_no", True, ("Yes", "No")),
    ]
    assert form.questions[-1].sensitive


TRAPS = {
    "off the screen and named so": '<div style="position:absolute;left:-9999px" aria-hidden="true"><label for="hp_1"></label>'
    '<input id="hp_1" name="hp_1" tabindex="-1"></div>',
    "said in words": '<p><label>Enter website. For robots only, leave it if you are human.<input name="website"></label></p>',
    "said behind it": '<div class="v"><label for="x">Phone</label><input name="x" id="x" autocomplete="new-password">'
    "<p>This field is for validation purposes and should be left unchanged.</p></div>",
    "hidden, tempting, out of the keyboard's way": '<div style="display:none"><input name="homepage" tabindex="-1" autocomplete="off"></div>',
    "a word of a trap and closed": '<div class="hidden"><label>Message</label><input name="form[hp]" autocomplete="off"></div>',
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_no_field(trap: str) -> None:
    form = read(f'<form><label>Name *<input name="name"></label><label>CV<input type="file" name="cv"></label>{TRAPS[trap]}</form>')
    assert [one.id for one in form.fields] == ["name", "cv"]
    assert len(form.honeypots) == 1


def test_real_fields_of_a_folded_form_are_no_traps() -> None:
    form = read(
        '<div style="display:none"><form><label for="n">First name *</label><input id="n" name="first" tabindex="-1">'
        '<label for="e">Email</label><input id="e" name="email" type="email" tabindex="-1" autocomplete="off">'
        '<label for="w">Website</label><input id="w" name="website" tabindex="-1"><input type="file" name="cv"></form></div>'
    )
    assert [one.id for one in form.fields] == ["first", "email", "website", "cv"]
    assert form.honeypots == ()


def test_ticks_that_nobody_needs_are_listed_so_that_they_stay_off() -> None:
    form = read(
        '<form><label>Name<input name="name"></label><input type="file" name="cv">'
        '<label><input type="checkbox" name="privacy" required> I have read the privacy policy</label>'
        '<label><input type="checkbox" name="pool" checked> Yes, keep my data for future positions</label>'
        "<fieldset><legend>May we send you text messages?</legend><label>"
        "<input type=radio name=sms value=1> Yes - I consent to messages</label>"
        "<label><input type=radio name=sms value=0> No - I do not consent</label></fieldset></form>"
    )
    assert [one.id for one in form.consents] == ["pool", "sms"]
    assert field(form, "privacy").required


def test_the_search_the_language_the_cookies_and_a_newsletter_are_no_questions() -> None:
    form = read(
        '<form><label>Name<input name="name"></label></form><select aria-label="Language" id="language-select">'
        "<option>Deutsch</option></select>"
    )
    assert [one.id for one in form.fields] == ["name"]


def test_a_token_of_the_page_is_a_hidden_field_and_no_question() -> None:
    form = read('<form><input type="hidden" name="csrf" value="x"><label>Name<input name="name"></label></form>')
    assert [(one.id, one.kind) for one in form.fields] == [("csrf", "hidden"), ("name", "text")]
    assert [one.id for one in form.questions] == ["name"]


def test_ids_that_several_elements_have_lead_each_label_to_its_own_control() -> None:
    part = '<x-field><template shadowrootmode="open"><label for="i">{}</label><input id="i" name="{}"{}></template></x-field>'
    shadow = read(part.format("First name *", "first", "") + part.format("Last name", "last", "") + part.format("Email", "m", " required"))
    assert [one[:4] for one in told(shadow)] == [
        ("first", "First name", "text", True),
        ("last", "Last name", "text", False),
        ("m", "Email", "email", True),
    ]
    twice = read(
        '<form><div><label for="tel">Your mobile number</label><input id="tel" name="mob"></div>'
        '<div><label for="tel">Number of somebody to reach *</label><input id="tel" name="other"></div><input type="file" name="cv"></form>'
    )
    assert [(*one[:2], one[3]) for one in told(twice)[:2]] == [
        ("mob", "Your mobile number", False),
        ("other", "Number of somebody to reach", True),
    ]
    radios = read(
        '<form><p>Shift?</p><input type="radio" name="sh" id="o"><label for="o">Early</label>'
        '<input type="radio" name="sh" id="o"><label for="o">Late</label><input type="file" name="cv"></form>'
    )
    assert told(radios)[0][4] == ("Early", "Late")
    alone = read(
        '<form><input id="only" aria-label="Given name"><input id="only" aria-label="Surname"><input type="file" name="cv"></form>'
    )
    assert [(one.id, one.label) for one in alone.questions[:2]] == [("only", "Given name"), ("only", "Surname")]


@pytest.mark.parametrize(
    "option", ["— Make a Selection —", "-- Choisir --", "<wählen>", "Wybierz", "No answer", "Not Specified", "--None--"]
)
def test_what_only_says_to_choose_is_no_option(option: str) -> None:
    shown = option.replace("<", "&lt;")
    form = read(
        f'<form><label>Travel?<select name="t"><option value="0">{shown}<option>Yes<option>No</select></label><input type="file"></form>'
    )
    assert (form.questions[0].kind, form.questions[0].options) == ("yes_no", ("Yes", "No"))


def test_what_says_that_somebody_will_not_say_stays_an_option() -> None:
    form = read(
        '<form><label>Gender<select name="g"><option>Keine Angabe<option>Frau<option>No answer</select></label><input type="file"></form>'
    )
    assert form.questions[0].options == ("Keine Angabe", "Frau", "No answer")


@pytest.mark.parametrize(
    "word", ["pole wymagane", "obligatoria", "champ requis", "campo obbligatorio", "povinné pole", "vereist", "kötelező"]
)
def test_required_is_read_in_many_languages(word: str) -> None:
    form = read(
        f'<form><label for="a">Xyz ({word})</label><input id="a" name="a"><label for="b">Abc</label><input id="b"><input type="file"></form>'
    )
    assert [(one.label, one.required) for one in form.questions[:2]] == [("Xyz", True), ("Abc", False)]


def test_a_mark_beside_the_label_in_the_row_above_is_the_questions_own() -> None:
    row = '<tr><td>{}<label for="{}">{}</label></td></tr><tr><td><input id="{}"></td></tr>'
    form = read(
        "<form><table>"
        + row.format('<span class="m">*</span>', "a", "Badge number", "a")
        + row.format("", "b", "Pet", "b")
        + '<tr><td><i>*</i><span id="q">Will you move?</span></td></tr><tr><td role="radiogroup" aria-labelledby="q">'
        '<input type="radio" name="w" id="w1"><label for="w1">Yes</label><input type="radio" name="w" id="w2"><label for="w2">No</label></td></tr>'
        '</table><div><b>*</b><label for="x">One</label><label for="y">Two</label></div><input id="x"><input id="y"><input type="file"></form>'
    )
    assert [(one.label, one.required) for one in form.questions[:3]] == [("Badge number", True), ("Pet", False), ("Will you move?", True)]
    assert [(one.label, one.required) for one in form.questions[3:5]] == [("One", False), ("Two", False)]


def test_a_list_that_is_played_takes_the_options_of_the_one_that_is_sent_or_opened() -> None:
    form = read(
        '<form><div><label>Site *</label><div><span role="combobox" aria-label="Site">Bitte auswählen</span></div>'
        '<select name="site" tabindex="-1" aria-hidden="true"><option value="">Bitte auswählen<option>Kiel<option>Ulm</select></div>'
        '<label id="s">State</label><div role="combobox" aria-labelledby="s" aria-owns="l"><input id="in" aria-autocomplete="list" readonly></div>'
        '<div id="l" role="listbox"><div role="option">Maine</div><div role="option">Utah</div></div><input type="file"></form>'
    )
    assert [one[1:] for one in told(form)[:2]] == [("Site", "single", True, ("Kiel", "Ulm")), ("State", "single", False, ("Maine", "Utah"))]


def test_a_placeholder_says_more_than_what_stands_beside_the_question_before() -> None:
    form = read(
        '<form><div><label>Upload resume<input type="file" name="cv"></label><span>Max. 5 MB</span></div>'
        '<div><input name="li" placeholder="LinkedIn profile (optional)"></div><div><input name="a" placeholder="Town"> <i>as in your passport</i></div>'
        '<div><input name="b" placeholder="Street"></div><div>Floor <input name="c" placeholder="e.g. 3"></div></form>'
    )
    assert [one.label for one in form.questions] == ["Resume", "LinkedIn profile", "Town", "Street", "Floor"]


@pytest.mark.parametrize(
    "text",
    [
        "Wyrażam zgodę na przetwarzanie danych na potrzeby przyszłych rekrutacji.",
        "Ja, bewaar mijn gegevens voor toekomstige vacatures",
        "Je souhaite recevoir les offres d'emploi par courriel",
    ],
)
def test_ticks_nobody_needs_stay_off_in_other_languages(text: str) -> None:
    form = read(f'<form><input type="file" name="cv"><label><input type="checkbox" name="x"> {text}</label></form>')
    assert [(one.kind, one.label) for one in form.consents] == [("consent", text)]


@pytest.mark.parametrize("label", ["Telefoonnummer", "Numer telefonu", "Cellulare", "Cellular Number", "Mobilnummer", "Téléphone portable"])
def test_a_phone_number_is_one_in_many_languages(label: str) -> None:
    form = read(f'<form><label for="a">{label}</label><input id="a" name="q1"><input type="file" name="cv"></form>')
    assert form.questions[0].kind == "phone"
