"""A person's answers to the questions of forms: what they confirmed, what their CV says, and nothing else."""

from rolecall.applying.answers.answering import Given, OpenQuestion, answer_field, answer_form
from rolecall.applying.answers.bank import Answer, forget_answer, known_answers, mark_never_answered, save_answer

__all__ = [
    "Answer",
    "Given",
    "OpenQuestion",
    "answer_field",
    "answer_form",
    "forget_answer",
    "known_answers",
    "mark_never_answered",
    "save_answer",
]
