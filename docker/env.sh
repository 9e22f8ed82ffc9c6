#!/bin/sh
# Writes .env for docker-compose.yaml: a random secret wherever one is required and none is set. What is set stays: running it twice
# changes nothing. No secret is printed.
#
#   docker/env.sh [FILE] [NAME=VALUE…]      FILE is .env; NAME=VALUE sets what is empty
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
file=.env
case ${1:-} in *=* | '') ;; *) file=$1; shift ;; esac
umask 077
random() { head -c "$1" /dev/urandom | od -An -tx1 | tr -d ' \n'; }
set_if_empty() { # NAME VALUE
    grep -q "^$1=" "$next" || printf '%s=\n' "$1" >>"$next"
    value=$2 awk -v name="$1" '$0 == name "=" { print name "=" ENVIRON["value"]; next } { print }' "$next" >"$next.new"
    mv "$next.new" "$next"
}
next=$(mktemp "$file.XXXXXX")
trap 'rm -f "$next" "$next.new"' EXIT
if [ -f "$file" ]; then cat "$file" >"$next"; else cat "$here/.env.example" >"$next"; fi
for name in POSTGRES_PASSWORD REDIS_PASSWORD N8N_PASSWORD; do set_if_empty "$name" "$(random 24)"; done
for name in AIRFLOW_JWT_SECRET AIRFLOW_SECRET_KEY API_TOKEN AI_SERVICE_TOKEN SANDBOX_TOKEN BACKUP_KEY WEBHOOK_SECRET; do
    set_if_empty "$name" "$(random 32)"
done
set_if_empty AIRFLOW_FERNET_KEY "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
set_if_empty COMPOSE_FILE docker-compose.yaml
for pair in "$@"; do set_if_empty "${pair%%=*}" "${pair#*=}"; done
mv "$next" "$file"
echo "$file holds every secret that compose requires → make image, make compose-up. Keep a copy of it where the backups are not."
