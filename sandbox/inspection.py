"""What tests and the demo ask about the sandbox itself: receipts, messages, faults, pages, health."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, HTTPException, Query

from sandbox.ads.content import Catalogue
from sandbox.faults import Fault, Faults
from sandbox.pages import Pages
from sandbox.receivers.answers import answers
from sandbox.records import Records

Limit = Annotated[int, Query(ge=1, le=20_000)]


def bearer(token: str | None) -> Any:
    """A dependency that wants ``Authorization: Bearer <token>`` where a token is set."""

    def check(authorization: Annotated[str, Header()] = "") -> None:
        if token and not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "send Authorization: Bearer $SANDBOX_TOKEN", headers={"WWW-Authenticate": "Bearer"})

    return Depends(check)


def router(records: Records, faults: Faults, pages: Pages, catalogue: Catalogue, token: str | None = None) -> APIRouter:
    """The routes below ``/_sandbox``."""
    root = APIRouter(prefix="/_sandbox")

    @root.get("/health")
    async def health() -> dict[str, Any]:
        """Up, and what it serves. Never asks for the token: it shows nothing of anybody."""
        return {"status": "ok", "service": "sandbox", "ads": {board: len(ads) for board, ads in catalogue.listings.items()}}

    guarded = APIRouter(dependencies=[bearer(token)])

    @guarded.get("/receipts")
    async def receipts(key: str | None = None, limit: Limit = 1000, bodies: bool = False) -> dict[str, Any]:
        """Applications received: totals, and the newest ones, oldest first."""
        return records.receipts(key=key, limit=limit, bodies=bodies)

    @guarded.get("/answers")
    async def answered() -> dict[str, Any]:
        """What employers answer what they received, as mails to those who applied."""
        return {"answers": answers(records)}

    @guarded.get("/messages")
    async def messages(channel: str | None = None, limit: Limit = 1000) -> dict[str, Any]:
        """Messages received: counts by channel, and the newest ones, oldest first."""
        return records.messages(channel=channel, limit=limit)

    @guarded.get("/pages")
    async def saved_pages() -> dict[str, list[str]]:
        """The saved pages served, by board; each name is the keywords that find it."""
        return pages.names()

    @guarded.get("/faults")
    async def shown() -> dict[str, Any]:
        """Faults switched on."""
        return {"faults": faults.shown()}

    @guarded.put("/faults")
    async def put(fault: Fault) -> dict[str, Any]:
        """Switches a fault on."""
        try:
            faults.put(fault)
        except ValueError as error:
            raise HTTPException(409, str(error)) from error
        return {"faults": faults.shown()}

    @guarded.delete("/faults")
    @guarded.delete("/faults/{target}")
    async def clear(target: str | None = None) -> dict[str, Any]:
        """Switches faults off: all, or one target's."""
        return {"cleared": faults.clear(target), "faults": faults.shown()}

    root.include_router(guarded)
    return root
