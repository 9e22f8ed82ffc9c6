"""Which of the platform's values about a person cannot be understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from rolecall.errors import InvalidInput
from rolecall.models import EmailAddress
from rolecall.people import preferences
from rolecall.sync.merge import PREFERENCES, preferences_of
from rolecall.text.display import unseen

ADDRESS: TypeAdapter[str] = TypeAdapter(EmailAddress)


def invalid_fields(theirs: Mapping[str, Any]) -> dict[str, InvalidInput]:
    """The fields that cannot be understood. Ours stay as they are until the platform's are mended."""
    wishes = preferences_of(theirs)
    found = {f"{PREFERENCES}{name}": error for name, error in preferences.problems_by_name(wishes).items()}
    try:
        preferences.refuse_too_much(wishes)
    except InvalidInput as error:
        found |= {f"{PREFERENCES}{name}": error for name in wishes}
    for name in ("name", "email", "phone"):
        if hidden := unseen(str(theirs.get(name) or "")):
            found[name] = InvalidInput(name, f"holds {hidden}, which nobody sees", fix="correct it on the platform")
    if "email" in theirs:
        try:
            ADDRESS.validate_python(theirs["email"])
        except ValidationError:
            found["email"] = InvalidInput("email", "is no e-mail address", fix="correct it on the platform")
    return found
