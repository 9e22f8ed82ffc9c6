"""One application that was planned and may be sent."""

from __future__ import annotations

import pytest

from rolecall.applying.plan import plan
from rolecall.models import ApplyOrder
from rolecall.store import Connection
from tests.world import match

ORDER = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")


@pytest.fixture
def application(db: Connection) -> str:
    """Its id."""
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, title="Nurse", company="Clinic")])
    db.commit()
    return planned.applications[0]["application_id"]


def state(db: Connection, application: str) -> str:
    """Where it stands."""
    row = db.execute("select state from application where id = %s", (application,)).fetchone()
    db.commit()
    assert row is not None
    return str(row["state"])
