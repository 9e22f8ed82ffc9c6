"""To the ad that a task was about."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperatorLink

from rolecall.hooks.store_hook import StoreHook

OF_APPLICATION = """
select coalesce(application.url, job.url, application.apply_url) as url
from application left join job on job.id = application.job_key where application.id = %s
"""
OF_JOB = "select url from job where id = %s"


class AdLink(BaseOperatorLink):
    """Of the task's application, or of the job that it found best (``ad_of``). Only addresses of the web lead anywhere."""

    name = "Ad"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """The ad's address; ``""``: there is none."""
        application = (getattr(operator, "op_kwargs", None) or {}).get("application_id")
        job = getattr(operator, "ad_of", None)
        if not application and not job:
            return ""
        with StoreHook(getattr(operator, "conn_id", None) or StoreHook.default_conn_name).get_conn() as conn:
            row = conn.execute(OF_APPLICATION, (application,)) if application else conn.execute(OF_JOB, (job,))
            found = str((row.fetchone() or {}).get("url") or "")
        return found if found.startswith(("https://", "http://")) else ""
