"""``@application_task``: a Python task about one application, with a button that leads to its ad."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk.bases.decorator import DecoratedOperator, task_decorator_factory

from rolecall.links.ad_link import AdLink


class ApplicationTask(DecoratedOperator, PythonOperator):
    """As ``@task``; its function takes an ``application_id``."""

    template_fields: Sequence[str] = ("templates_dict", "op_args", "op_kwargs")
    template_fields_renderers = {"templates_dict": "json", "op_args": "py", "op_kwargs": "py"}  # noqa: RUF012  # Airflow reads it from the class
    custom_operator_name = "@application_task"
    operator_extra_links = (AdLink(),)

    def __init__(self, *, python_callable: Callable[..., Any], op_args: Any, op_kwargs: Any, **kwargs: Any) -> None:
        given = {"python_callable": python_callable, "op_args": op_args, "op_kwargs": op_kwargs}
        super().__init__(kwargs_to_upstream=given, **given, **kwargs)


def application_task(python_callable: Callable[..., Any] | None = None, **kwargs: Any) -> Any:
    """The decorator."""
    return task_decorator_factory(python_callable=python_callable, decorated_operator_class=ApplicationTask, **kwargs)
