"""The sandbox as one ASGI app."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from sandbox import inspection, services
from sandbox.ads.content import SEED, Catalogue
from sandbox.boards import glassdoor, indeed, linkedin
from sandbox.edge import SandboxMiddleware
from sandbox.faults import Faults
from sandbox.forms import form_routes
from sandbox.pages import Pages
from sandbox.receivers import ats, employers, sinks
from sandbox.records import Records

WHAT = (
    "Rolecall's sandbox: an invented internet with job boards, employers and mailboxes."
    " The mails it received: ./rolecall sandbox mails. The rest: sandbox/README.md\n"
)

ROBOTS = """\
# The sandbox's boards welcome Rolecall's robot and nobody else's.
User-agent: JobBot
Disallow: /_sandbox/
Allow: /

User-agent: *
Disallow: /
"""


@dataclass
class Sandbox:
    """Everything one sandbox consists of.

    :param records: what it received
    :param pages: saved pages it serves
    :param token: asked for by the inspection routes
    :param deduplicates: the ATS answers a repeated key with its first receipt
    """

    records: Records = field(default_factory=Records)
    pages: Pages = field(default_factory=Pages)
    faults: Faults = field(default_factory=Faults)
    seed: int = SEED
    token: str | None = None
    deduplicates: bool = False

    @classmethod
    def at(cls, state: Path | None = None, pages: Path | None = None, *, seed: int = SEED, token: str | None = None) -> Sandbox:
        """A sandbox that keeps its records in a folder."""
        return cls(records=Records(state), pages=Pages(pages), seed=seed, token=token)

    def catalogue(self) -> Catalogue:
        """The ads it serves."""
        return Catalogue(seed=self.seed, anchor=self.records.anchor())


def create_app(sandbox: Sandbox | None = None) -> SandboxMiddleware:
    """The app: boards, ATS, employers, sinks and the routes that look inside."""
    sandbox = sandbox or Sandbox()
    catalogue = sandbox.catalogue()
    app = FastAPI(title="Rolecall sandbox", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    async def what() -> PlainTextResponse:
        """What this is, for who opens the address."""
        return PlainTextResponse(WHAT)

    @app.get("/robots.txt")
    async def robots() -> PlainTextResponse:
        """RFC 9309: one file an origin."""
        return PlainTextResponse(ROBOTS)

    app.include_router(inspection.router(sandbox.records, sandbox.faults, sandbox.pages, catalogue, sandbox.token))
    app.include_router(linkedin.router(catalogue, sandbox.pages))
    app.include_router(indeed.router(catalogue, sandbox.pages))
    app.include_router(glassdoor.router(catalogue, sandbox.pages))
    app.include_router(ats.router(sandbox.records, catalogue, deduplicates=sandbox.deduplicates))
    app.include_router(employers.router(sandbox.records, catalogue, deduplicates=sandbox.deduplicates))
    app.include_router(form_routes.router(sandbox.records))
    app.include_router(sinks.router(sandbox.records))
    app.include_router(services.router())
    return SandboxMiddleware(app, sandbox.faults)
