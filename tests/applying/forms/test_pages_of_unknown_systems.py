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
