#!/bin/sh
# Brings the containers of this host to a version of the image: deploy/switch-compose.sh VERSION. Migrations run in airflow-init.
set -eu
cd "$(dirname "$0")/.."
ROLECALL_VERSION=$1
export ROLECALL_VERSION # over .env's
exec sh docker/compose.sh up
