"""Airflow's own folder must not be this machine's."""

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()

import rolecall.hooks  # noqa: E402, F401  # says where connections are found once, before any test says otherwise
from tests.boards.conftest import fake  # noqa: E402, F401
