"""What the re-made forms ask: the standard fields under each system's own names, and a few invented questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: ``kind`` as in ``rolecall.applying.forms``; ``single`` without options looks them up while one types."""

    id: str
    label: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()


NOTICE = ("None", "One month", "Three months")
HEARD = ("A friend", "A fair", "A job board")

STANDARD: dict[str, tuple[Asked, ...]] = {
    "greenhouse": (
        Asked("first_name", "First Name", "text", True),
        Asked("last_name", "Last Name", "text", True),
        Asked("email", "Email", "email", True),
        Asked("phone", "Phone", "phone"),
        Asked("candidate-location", "Location (City)", "single", True),
        Asked("resume", "Resume/CV", "file", True),
        Asked("question_501", "What is your notice period?", "single", True, NOTICE),
        Asked("question_502", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        Asked("question_503", "How did you hear about us?", "multi", False, HEARD),
    ),
    "lever": (
        Asked("resume", "Resume/CV", "file", True),
        Asked("name", "Full name", "text", True),
        Asked("email", "Email", "email", True),
        Asked("phone", "Phone", "phone"),
        Asked("location", "Current location", "text", True),
        Asked("urls[LinkedIn]", "LinkedIn URL", "text"),
        Asked("cards[7a][field0]", "What is your notice period?", "single", True, NOTICE),
        Asked("cards[7a][field1]", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        Asked("cards[7a][field2]", "How did you hear about us?", "multi", False, HEARD),
    ),
    "ashby": (
        Asked("_systemfield_name", "Name", "text", True),
        Asked("_systemfield_email", "Email", "email", True),
        Asked("_systemfield_location", "Current Location", "single", True),
        Asked("_systemfield_resume", "Resume", "file", True),
        Asked("0b6e1d52-77aa-4c0e-9a55-3f0d3f1c9f01", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        Asked("0b6e1d52-77aa-4c0e-9a55-3f0d3f1c9f02", "How did you hear about us?", "multi", False, HEARD),
    ),
    "workable": (
        Asked("firstname", "First name", "text", True),
        Asked("lastname", "Last name", "text", True),
        Asked("email", "Email", "email", True),
        Asked("phone", "Phone", "phone", True),
        Asked("resume", "Resume", "file", True),
        Asked("CA_501", "What is your notice period?", "single", True, NOTICE),
        Asked("QA_502", "Do you have a bicycle?", "yes_no", True, ("YES", "NO")),
        Asked("gdpr", "I accept the privacy notice", "consent", True),
    ),
    "personio": (
        Asked("first_name", "First name", "text", True),
        Asked("last_name", "Last name", "text", True),
        Asked("email", "Email", "email", True),
        Asked("phone", "Phone", "phone"),
        Asked("custom_attribute_501", "What is your notice period?", "text", True),
        Asked("documents.cv", "CV", "file", True),
        Asked("documents.other", "Other", "file"),
    ),
    "recruitee": (
        Asked("candidate.name", "Full name", "text", True),
        Asked("candidate.email", "Email address", "email", True),
        Asked("candidate.phone", "Phone number", "phone"),
        Asked("candidate.cv", "CV or resume", "file", True),
        Asked("candidate.openQuestionAnswers.501.content", "What is your notice period?", "text", True),
        Asked("candidate.openQuestionAnswers.502.flag", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        Asked("candidate.openQuestionAnswers.503.multiContent", "How did you hear about us?", "multi", False, HEARD),
        Asked("candidate.agreements.0.consent", "I accept the privacy notice", "consent", True),
    ),
    "teamtailor": (
        Asked("candidate[answers_attributes][0][choice]", "What is your notice period?", "single", True, NOTICE),
        Asked("candidate[first_name]", "First name", "text", True),
        Asked("candidate[last_name]", "Last name", "text", True),
        Asked("candidate[email]", "Email", "email", True),
        Asked("candidate[phone]", "Phone", "phone"),
        Asked("candidate_resume_remote_url", "Resume", "file", True),
        Asked("candidate[consent_given]", "I accept the privacy notice", "consent", True),
        Asked("candidate[consent_given_future_jobs]", "Contact me about future jobs", "consent"),
    ),
    "smartrecruiters": (
        Asked("first-name-input", "First name", "text", True),
        Asked("last-name-input", "Last name", "text", True),
        Asked("email-input", "Email", "email", True),
        Asked("confirm-email-input", "Confirm your email", "email", True),
        Asked("spl-form-element_10", "City", "single"),
        Asked("linkedin-input", "LinkedIn", "text"),
        Asked("resume-upload", "Resume", "file", True),
        Asked("noPolicy", "I accept the privacy notice", "consent", True),
    ),
    "breezy": (
        Asked("cResume", "Resume", "file", True),
        Asked("cName", "Full Name", "text", True),
        Asked("cEmail", "Email Address", "email", True),
        Asked("cPhoneNumber", "Phone Number", "phone"),
        Asked("section_1_question_0", "What is your notice period?", "single", True, NOTICE),
        Asked("section_1_question_1", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        Asked("smsConsent", "I agree to receive text messages", "consent"),
    ),
}
