"""What the demo's people do so that applications leave by every way, and what comes back is read: their own mail server, an answer, one
sent by hand, the employers' mails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from local.base import report
from local.demo.seed import Seeded
from local.processes import health
from rolecall.store import connect

ANSWERS = {"What is your notice period?": "3 months"}
"""What a person of the demo answers when a form asks what only they know."""

BY_HAND = """
select m.job_id, m.title, m.company from good_match m join job on job.id = m.job_id
where m.person_id = %(person)s and job.merged_into is null and job.state = 'valid' and job.apply_url is null and job.apply_kind = 'onsite'
  and not m.already_applied
  and not exists (select from application a where a.person_id = any(%(people)s) and a.run_id like 'elsewhere%%')
order by m.score desc, m.job_id limit 1
"""
"""A person's best match on a board whose terms forbid that a machine applies, as long as none of them has sent one by hand."""


class People:
    """The demo's people at the platform API.

    :param stack: what ``stack.json`` holds
    """

    def __init__(self, stack: Mapping[str, str], people: Sequence[Seeded]) -> None:
        self._stack, self._people = stack, people

    def give_mailboxes(self) -> None:
        """Each has a mail server of their own: the sandbox's.

        :raises RuntimeError: it does not let them in
        """
        host, _, port = self._stack["sandbox_smtp"].rpartition(":")
        for one in self._people:
            if one.opted_in:
                body = {"address": one.email, "host": host, "port": int(port), "security": "none", "user": one.email, "password": "demo"}
                self._call("PUT", f"{one.id}/smtp", body)

    def lose_an_answer(self) -> None:
        """The first employer who gets a mail takes it and hangs up, once in a sandbox's life: whether it arrived is unclear until they
        write.

        :raises RuntimeError: the sandbox does not answer
        """
        if not health.sandbox(self._stack, "receipts?limit=1")["ways"].get("mail"):
            health.put_fault(self._stack, {"target": "employers", "kind": "lost_answer"})

    def read_answers(self) -> int:
        """Each forwards to Rolecall what employers wrote to them, as those do who give no password of their mailbox. Returns how many were
        new.

        :raises RuntimeError: the sandbox, or the platform API, does not answer
        """
        own, new = {one.email: one for one in self._people}, 0
        for answer in health.sandbox(self._stack, "answers")["answers"]:
            if (one := own.get(answer["to"])) is not None:
                said = self._ask("POST", f"inbox?userId={quote(one.id)}", content=answer["mail"].encode(), kind="message/rfc822")
                if said.get("id"):
                    new += 1
                    report.say(f"{one.name} got a mail, read as {said['kind'].replace('_', ' ')}: {answer['subject']}")
        return new

    def answer(self) -> int:
        """Answers what their applications wait for, where the demo knows an answer. Returns how many questions."""
        answered = 0
        for one in self._people:
            for asked in self._call("GET", f"{one.id}/answers")["open"]:
                if (value := ANSWERS.get(asked["question"])) is None:
                    continue
                report.say(f"{one.name} is asked: {asked['question']} (for {'; '.join(asked['jobs'])}) and answers: {value}")
                said = {"question": asked["question"], "value": value, "options": asked["options"], "country": asked["country"] or ""}
                self._call("PUT", f"{one.id}/answers", said)
                answered += 1
        return answered

    def send_one_by_hand(self) -> None:
        """The first of them who can sends one where a machine may not, and says so; once, however often the demo runs."""
        people = [one.id for one in self._people]
        with connect(self._stack["postgres_dsn"], name="rolecall demo") as conn:
            found = [(one, row) for one in self._people if (row := conn.execute(BY_HAND, {"person": one.id, "people": people}).fetchone())]
        for one, row in found[:1]:
            self._call("POST", f"{one.id}/by-hand", {"jobId": row["job_id"], "decision": "sent"})
            report.say(f"{one.name} sent one by hand, where a board's terms forbid that a machine does: {row['title']} @ {row['company']}")

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._ask(method, f"users/{quote(path)}", content=None if body is None else json.dumps(body).encode())

    def _ask(self, method: str, path: str, *, content: bytes | None, kind: str = "application/json") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._stack['api_token']}", "Content-Type": kind}
        try:
            with health.loopback(30, headers) as client:
                answer = client.request(method, f"{self._stack['services_url']}/api/v1/{path}", content=content)
        except httpx.HTTPError as error:
            raise RuntimeError(f"the platform API does not answer ({type(error).__name__}) → make status, then make demo again") from error
        if answer.is_error:
            said = f"{answer.status_code} to {method} {path}: {answer.text[:300]}"
            raise RuntimeError(f"the platform API says {said} → ./rolecall logs services")
        found: dict[str, Any] = answer.json()
        return found
