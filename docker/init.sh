#!/usr/bin/env bash
# Runs once before the Airflow services: both schemas, and the web UI's password file. Running it again changes nothing.
set -euo pipefail
python -m rolecall.store
airflow db migrate
umask 077
python - <<'PY'
import json, os, pathlib

users = os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
file = pathlib.Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
file.write_text(json.dumps({users.split(":")[0]: os.environ["AIRFLOW_PASSWORD"]}))
PY
