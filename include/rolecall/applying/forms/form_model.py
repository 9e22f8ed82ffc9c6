"""What a form asks, whatever system it is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long_text", "email", "phone", "number", "date", "yes_no", "single", "multi", "file", "consent", "hidden"]


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    :param id: what the site calls it: the name it is sent under, else the id in the page
    :param label: the question in the page's words, without marks for "required"
    :param required: whether the site refuses a form without it, also where only the label says so
    :param options: what can be chosen, in the page's words and order; empty for ``single`` where the site looks them up while one types
    :param max_length: characters, where the site says it
    :param accepts: kinds of files, as the site has them: ``.pdf``, ``application/pdf``
    :param sensitive: only ever answered with the person's own answer to this very question (``rolecall.applying.forms.sensitive``)
    :param help: what the page says beside the question
    """

    id: str
    label: str
    kind: Kind
    required: bool = False
    options: tuple[str, ...] = ()
    max_length: int | None = None
    accepts: tuple[str, ...] = ()
    sensitive: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A form's questions.

    :param system: the system it is of; ``generic`` where it was read by labels and roles alone
    :param fields: in the page's order, ``hidden`` ones included (tokens that the page sends by itself)
    :param honeypots: fields that people do not see and that must stay empty; none of them is in ``fields``
    :param consents: those of ``fields`` that are ticks nobody needs (talent pool, marketing, text messages): they stay off
    """

    system: str
    fields: tuple[Field, ...] = ()
    honeypots: tuple[Field, ...] = ()
    consents: tuple[Field, ...] = ()

    @property
    def questions(self) -> tuple[Field, ...]:
        """What a person would be asked: all but hidden fields."""
        return tuple(field for field in self.fields if field.kind != "hidden")
