"""Airflow's own folder must not be this machine's."""

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()
