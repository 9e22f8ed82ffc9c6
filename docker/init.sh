#!/usr/bin/env bash
# Runs once before the Airflow services: both schemas, connections and pools, and the web UI's password file. Again it changes nothing.
set -euo pipefail
python -m rolecall.store
airflow db migrate
python -m rolecall.maintenance.connection_rows write
python -m rolecall.maintenance.pools
umask 077
python - <<'PY'
import json, os, pathlib

users = os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"]
file = pathlib.Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
file.write_text(json.dumps({users.split(":")[0]: os.environ["AIRFLOW_PASSWORD"]}))
PY
