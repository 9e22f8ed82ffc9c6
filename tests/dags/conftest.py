"""Airflow for parsing only: a home of its own, no database, no examples."""

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()
