"""Where an ad says that applications go by mail; with a shade of doubt, nowhere."""

from __future__ import annotations

import pytest

from rolecall.text.apply_address import apply_address, contact_address, is_own
from rolecall.text.mail_domains import is_free_mail

TO = "mailto:jobs@acme-widgets.example?subject=Nurse"


@pytest.mark.parametrize(
    "text",
    [
        "We like you. Please send your CV to jobs@acme-widgets.example.",
        "Questions are welcome.\n\nBitte senden Sie Ihre Bewerbungsunterlagen an Jobs@Acme-Widgets.example",
        "Envoyez votre candidature à jobs@acme-widgets.example !",
    ],
)
def test_an_ad_that_says_where_to_send_a_cv_names_an_address(text: str) -> None:
    assert apply_address(text, None, company="Acme Widgets GmbH", title="Nurse") == TO


@pytest.mark.parametrize(
    "text",
    [
        "Please send your CV to acme.widgets@gmail.com.",
        "Please send your CV to jobs@somebody-else.example.",
        "Please send your CV to jobs@acme-widgets.example or bewerbung@acme-widgets.example.",
        "Please do not send your CV to jobs@acme-widgets.example.",
        "Need an accommodation to apply? Write to help@acme-widgets.example.",
        "Our data protection officer deletes applications: privacy@acme-widgets.example.",
        "Agencies may not send CVs. Talk to sales@acme-widgets.example.",
        "Please send your CV to jobs@acme-widgets.evil.example.",
        "Apply on our site. Our office is reached at office@acme-widgets.example.",
    ],
)
def test_no_address_is_taken_where_there_is_doubt(text: str) -> None:
    assert apply_address(text, None, company="Acme Widgets GmbH", title="Nurse") is None


def test_a_link_holds_the_address_that_its_words_do_not_show() -> None:
    html = '<p>Send your application <a href="mailto:jobs@acme-widgets.example?subject=x" rel="nofollow">here</a>.</p>'
    assert apply_address("Send your application here.", html, company="Acme Widgets", title="Nurse") == TO


def test_two_jobs_of_one_mailbox_have_two_apply_addresses() -> None:
    text = "Send your CV to jobs@acme-widgets.example."
    found = {apply_address(text, None, company="Acme Widgets", title=title) for title in ("Nurse", "Porter")}
    assert len(found) == 2


def test_the_address_of_the_ads_data_is_on_no_free_mail_providers_domain() -> None:
    assert contact_address("jobs@other.example", title="Nurse") == "mailto:jobs@other.example?subject=Nurse"
    assert contact_address("acme@web.de", title="Nurse") is None
    assert contact_address("noreply@other.example", title="Nurse") is None
    assert contact_address("jobs@other.example, hr@other.example", title="Nurse") is None


@pytest.mark.parametrize("domain", ["gmail.com", "Outlook.de", "bluewin.ch", "seznam.cz", "mail.yahoo.co.jp", "qq.com", "posteo.de"])
def test_anybody_can_have_an_address_at_a_free_mail_provider(domain: str) -> None:
    assert is_free_mail(domain)
    assert not is_own(domain, domain.partition(".")[0])
