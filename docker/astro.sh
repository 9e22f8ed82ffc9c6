#!/usr/bin/env bash
# What Astro's container db-migration does here (docker-compose.override.yml): both schemas, connections and pools, then the bundled
# services. It is started again until the databases answer; again it changes nothing.
set -euo pipefail
airflow db migrate
python -m rolecall.store
python -m rolecall.maintenance.connection_rows write
python -m rolecall.maintenance.pools
exec python -m rolecall.services --host 0.0.0.0 --port "${SERVICES_PORT:-8000}"
