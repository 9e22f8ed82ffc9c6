"""Airflow for parsing only: a home of its own, no database, no examples."""

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()

import rolecall.hooks  # noqa: E402, F401  # says where connections are found once, before any test says otherwise
