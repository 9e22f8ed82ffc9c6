"""Which receivers this environment allows: the sandbox's own, and every way that sends by itself."""

from __future__ import annotations

from rolecall.services.browser.browser_process import missing
from rolecall.services.submitters import SandboxReceiver, Submitter
from rolecall.services.submitters.browser_way import BrowserSubmitter
from rolecall.services.submitters.mail_way import MailSubmitter
from rolecall.services.submitters.recruitee_way import RecruiteeSubmitter
from rolecall.settings import Settings


def submitters(settings: Settings) -> list[Submitter]:
    """The submitters, in the order in which they are asked. A sandbox reaches nobody outside."""
    sandbox = settings.sandbox_url or None
    real: list[Submitter] = [RecruiteeSubmitter(sandbox=sandbox), MailSubmitter(sandbox=bool(sandbox))]
    if settings.browser_forms != "off" and (sandbox or settings.browser_forms == "on") and not missing():
        real.append(BrowserSubmitter(sandbox=sandbox))
    return [SandboxReceiver(sandbox), *real] if sandbox else real
