#!/bin/sh
# Whether a deployed stack works, over REST alone: deploy/smoke.sh [VERSION]
#
# VERSION: which one must answer; without it any may.
# AIRFLOW_URL, SERVICES_URL; AIRFLOW_USER and AIRFLOW_PASSWORD for what needs a login (DAG files that cannot be read); TRIES (30), 2 s apart.
set -u
airflow=${AIRFLOW_URL:-http://127.0.0.1:8080} services=${SERVICES_URL:-http://127.0.0.1:8000} wanted=${1:-}
said=$(mktemp) || exit 2
trap 'rm -f "$said"' EXIT

get() { curl --fail --silent --show-error --max-time 10 "$@"; }

healthy() {
    runs=$(get "$services/health") || return 1
    if [ -n "$wanted" ]; then
        printf %s "$runs" | tr -d ' \n' | grep -qF "\"version\":\"$wanted\"" || { echo "not $wanted runs: $runs" >&2; return 1; }
    fi
    health=$(get "$airflow/api/v2/monitor/health") || return 1
    printf %s "$health" | tr -d ' \n' | grep -q '"status":"unhealthy"' && { echo "Airflow is not healthy: $health" >&2; return 1; }
    return 0
}

left=${TRIES:-30}
until healthy 2>"$said"; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || { cat "$said" >&2; exit 1; }
    sleep 2
done

[ -n "${AIRFLOW_PASSWORD:-}" ] || { echo "healthy; without AIRFLOW_PASSWORD nothing more was looked at"; exit 0; }
# The login goes by standard input: it is on no command line.
token=$(printf '{"username": "%s", "password": "%s"}' "${AIRFLOW_USER:-admin}" "$AIRFLOW_PASSWORD" |
    get -X POST -H 'Content-Type: application/json' --data @- "$airflow/auth/token" | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
[ -n "$token" ] || { echo "Airflow does not accept the login" >&2; exit 1; }
errors=$(printf 'header = "Authorization: Bearer %s"' "$token" | get --config - "$airflow/api/v2/importErrors?limit=1") || exit 1
printf %s "$errors" | tr -d ' ' | grep -q '"total_entries":0' || { echo "Airflow cannot read every DAG file: $errors" >&2; exit 1; }
echo "healthy, and every DAG file can be read"
