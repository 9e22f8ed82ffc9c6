"""Rolecall's hooks, one class per file. Importing them says where this process finds its connections: in Airflow."""

from rolecall.endpoints import found_by
from rolecall.hooks.connection import connection as _of_airflow

found_by(_of_airflow)
