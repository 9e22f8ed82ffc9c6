"""What the re-made forms ask: the standard fields under each system's own names, and a few invented questions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question: ``kind`` as in ``rolecall.applying.forms``; ``single`` without options looks them up while one types."""

    id: str
    label: str
    kind: str
    required: bool = False
    options: tuple[str, ...] = ()


NOTICE = ("None", "One month", "Three months")
HEARD = ("A friend", "A fair", "A job board")

STANDARD: dict[str, tuple[FormQuestion, ...]] = {
    "greenhouse": (
        FormQuestion("first_name", "First Name", "text", True),
        FormQuestion("last_name", "Last Name", "text", True),
        FormQuestion("email", "Email", "email", True),
        FormQuestion("phone", "Phone", "phone"),
        FormQuestion("candidate-location", "Location (City)", "single", True),
        FormQuestion("resume", "Resume/CV", "file", True),
        FormQuestion("question_501", "What is your notice period?", "single", True, NOTICE),
        FormQuestion("question_502", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        FormQuestion("question_503", "How did you hear about us?", "multi", False, HEARD),
    ),
    "lever": (
        FormQuestion("resume", "Resume/CV", "file", True),
        FormQuestion("name", "Full name", "text", True),
        FormQuestion("email", "Email", "email", True),
        FormQuestion("phone", "Phone", "phone"),
        FormQuestion("location", "Current location", "text", True),
        FormQuestion("urls[LinkedIn]", "LinkedIn URL", "text"),
        FormQuestion("cards[7a][field0]", "What is your notice period?", "single", True, NOTICE),
        FormQuestion("cards[7a][field1]", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        FormQuestion("cards[7a][field2]", "How did you hear about us?", "multi", False, HEARD),
    ),
    "ashby": (
        FormQuestion("_systemfield_name", "Name", "text", True),
        FormQuestion("_systemfield_email", "Email", "email", True),
        FormQuestion("_systemfield_location", "Current Location", "single", True),
        FormQuestion("_systemfield_resume", "Resume", "file", True),
        FormQuestion("0b6e1d52-77aa-4c0e-9a55-3f0d3f1c9f01", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        FormQuestion("0b6e1d52-77aa-4c0e-9a55-3f0d3f1c9f02", "How did you hear about us?", "multi", False, HEARD),
    ),
    "workable": (
        FormQuestion("firstname", "First name", "text", True),
        FormQuestion("lastname", "Last name", "text", True),
        FormQuestion("email", "Email", "email", True),
        FormQuestion("phone", "Phone", "phone", True),
        FormQuestion("resume", "Resume", "file", True),
        FormQuestion("CA_501", "What is your notice period?", "single", True, NOTICE),
        FormQuestion("QA_502", "Do you have a bicycle?", "yes_no", True, ("YES", "NO")),
        FormQuestion("gdpr", "I accept the privacy notice", "consent", True),
    ),
    "personio": (
        FormQuestion("first_name", "First name", "text", True),
        FormQuestion("last_name", "Last name", "text", True),
        FormQuestion("email", "Email", "email", True),
        FormQuestion("phone", "Phone", "phone"),
        FormQuestion("custom_attribute_501", "What is your notice period?", "text", True),
        FormQuestion("documents.cv", "CV", "file", True),
        FormQuestion("documents.other", "Other", "file"),
    ),
    "recruitee": (
        FormQuestion("candidate.name", "Full name", "text", True),
        FormQuestion("candidate.email", "Email address", "email", True),
        FormQuestion("candidate.phone", "Phone number", "phone"),
        FormQuestion("candidate.cv", "CV or resume", "file", True),
        FormQuestion("candidate.openQuestionAnswers.501.content", "What is your notice period?", "text", True),
        FormQuestion("candidate.openQuestionAnswers.502.flag", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        FormQuestion("candidate.openQuestionAnswers.503.multiContent", "How did you hear about us?", "multi", False, HEARD),
        FormQuestion("candidate.agreements.0.consent", "I accept the privacy notice", "consent", True),
    ),
    "teamtailor": (
        FormQuestion("candidate[answers_attributes][0][choice]", "What is your notice period?", "single", True, NOTICE),
        FormQuestion("candidate[first_name]", "First name", "text", True),
        FormQuestion("candidate[last_name]", "Last name", "text", True),
        FormQuestion("candidate[email]", "Email", "email", True),
        FormQuestion("candidate[phone]", "Phone", "phone"),
        FormQuestion("candidate_resume_remote_url", "Resume", "file", True),
        FormQuestion("candidate[consent_given]", "I accept the privacy notice", "consent", True),
        FormQuestion("candidate[consent_given_future_jobs]", "Contact me about future jobs", "consent"),
    ),
    "smartrecruiters": (
        FormQuestion("first-name-input", "First name", "text", True),
        FormQuestion("last-name-input", "Last name", "text", True),
        FormQuestion("email-input", "Email", "email", True),
        FormQuestion("confirm-email-input", "Confirm your email", "email", True),
        FormQuestion("spl-form-element_10", "City", "single"),
        FormQuestion("linkedin-input", "LinkedIn", "text"),
        FormQuestion("resume-upload", "Resume", "file", True),
        FormQuestion("noPolicy", "I accept the privacy notice", "consent", True),
    ),
    "breezy": (
        FormQuestion("cResume", "Resume", "file", True),
        FormQuestion("cName", "Full Name", "text", True),
        FormQuestion("cEmail", "Email Address", "email", True),
        FormQuestion("cPhoneNumber", "Phone Number", "phone"),
        FormQuestion("section_1_question_0", "What is your notice period?", "single", True, NOTICE),
        FormQuestion("section_1_question_1", "Do you have a bicycle?", "yes_no", True, ("Yes", "No")),
        FormQuestion("smsConsent", "I agree to receive text messages", "consent"),
    ),
}
