"""What ``./rolecall person cv`` says, over the platform's REST."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import InvalidInput, suggesting

SHOWN = (("name", "name"), ("headline", "headline"), ("location", "place"), ("email", "e-mail"), ("years", "years of work"))


def stored(platform: PlatformClient, person_id: str, file: Path, data: bytes, *, replace: str = "", another: bool = False) -> list[str]:
    """Stores a CV; in whose place it came, and what was read of it, in lines.

    :param replace: id or file name of one of the person's CVs
    :raises InvalidInput: they have no such CV
    """
    cv_id = _named(platform.cvs(person_id), replace)["id"] if replace else ""
    read = platform.upload_cv(person_id, data, filename=file.name, cv_id=cv_id, another=another)
    before = (read.get("file") or {}).get("replaced")
    place = f"in the place of {before} (--another keeps both)" if before and not replace else f"in the place of {before}" if before else ""
    lines = [f"{file.name} is stored as {read['id']}{f', {place}' if place else ''}; read in it:"]
    lines += [f"  {label:<14} {read.get(key) or 'nothing: tell it with PATCH, or in the file'}" for key, label in SHOWN]
    roles = [f"{role.get('title', '')} at {role.get('company', '')}".removesuffix(" at ") for role in read.get("roles", [])]
    return [
        *lines,
        f"  {'work':<14} {'; '.join(roles[:5]) or 'nothing'}",
        f"  {'skills':<14} {', '.join(read.get('skills', [])[:12]) or 'none listed'}",
        *(f"  {'mind':<14} {warning}" for warning in read.get("warnings", [])),
    ]


def listed(platform: PlatformClient, person_id: str) -> list[str]:
    """A person's CVs, a line each. Each is matched; for a job the one counts that fits it best."""
    lines = []
    for one in platform.cvs(person_id):
        at = f"uploaded {one['uploadedAt'][:10]}" if one["uploadedAt"] else f"changed {one['updatedAt'][:10]}"
        waiting = f", {one['waiting']} waiting to be sent" if one["waiting"] else ""
        matches = f"{one['matches']} match{'' if one['matches'] == 1 else 'es'}" if one["matchedAt"] else "not matched yet"
        lines.append(f"{one['id']}  {one['filename'] or 'no file'}  {at}, {matches}{waiting}")
    return lines or [f"{person_id} has no CV yet → ./rolecall person cv {person_id} FILE"]


def removed(platform: PlatformClient, person_id: str, name: str) -> list[str]:
    """Removes one of a person's CVs; what went with it, in lines.

    :param name: id or file name
    :raises InvalidInput: they have no such CV
    """
    one = _named(platform.cvs(person_id), name)
    done = platform.remove_cv(one["id"])
    n = done["matches"]
    return [
        f"{done['filename'] or done['id']} is removed, with {n} match{'' if n == 1 else 'es'}; what was sent with it stays",
        *(f"  withdrawn: {job}" for job in done["withdrawn"]),
        *(f"  asked anew, with another CV: {job}" for job in done["askedAnew"]),
    ]


def _named(cvs: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = [one for one in cvs if name in (one["id"], one["filename"])]
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput("CV", f"{len(found)} CVs are called {name}", fix=f"give its id: {', '.join(one['id'] for one in found)}")
    known = [word for one in cvs for word in (one["id"], one["filename"]) if word]
    raise InvalidInput("CV", f"there is no {suggesting([name], known)}", fix="./rolecall person cv ID lists them")
