#!/bin/sh
# The compose file's commands with the engine that is here: docker with its compose plugin, else podman-compose.
#
#   docker/compose.sh up|down|status|ARGUMENTS OF COMPOSE…
set -eu
cd "$(dirname "$0")/.."
[ -f .env ] || { echo "there is no .env → make env" >&2; exit 2; }
if docker compose version >/dev/null 2>&1 && docker info >/dev/null 2>&1; then
    engine=docker
    compose() { docker compose -f docker-compose.yaml "$@"; }
elif command -v podman-compose >/dev/null && command -v podman >/dev/null; then
    engine=podman
    export COMPOSE_PROFILES="${COMPOSE_PROFILES:-$(sed -n 's/^COMPOSE_PROFILES=//p' .env | tail -n 1)}"
    compose() {
        profiles=
        for profile in $(echo "$COMPOSE_PROFILES" | tr , ' '); do profiles="$profiles --profile $profile"; done
        # shellcheck disable=SC2086  # words
        podman-compose -f docker-compose.yaml --in-pod "" $profiles "$@"
    }
else
    echo "neither docker with its compose plugin nor podman-compose runs here → install one; make up needs neither" >&2
    exit 3
fi

wait_for() { # CONTAINER SECONDS INTERVAL: until its health check passes; each look counts (healthy.sh), so no more often than compose says
    left=$2
    until podman healthcheck run "$1" >/dev/null 2>&1; do
        left=$((left - $3))
        [ "$left" -gt 0 ] || { echo "$1 is not healthy after $2 s → podman logs $1" >&2; exit 1; }
        sleep "$3"
    done
}

up() {
    if [ "$engine" = docker ]; then
        compose up -d --wait --wait-timeout 600
        return
    fi
    # podman 4 knows no "wait until healthy" and refuses to start what depends on a container that has ended: in order, by hand.
    project=${COMPOSE_PROJECT_NAME:-$(basename "$PWD")}
    compose up -d postgres redis
    wait_for "${project}_postgres_1" 120 5
    wait_for "${project}_redis_1" 60 5
    compose up -d --no-deps airflow-init
    [ "$(podman wait "${project}_airflow-init_1")" = 0 ] || { podman logs --tail 20 "${project}_airflow-init_1" >&2; exit 1; }
    compose up -d --no-deps $(compose config 2>/dev/null | python3 -c '
import sys, yaml, os
wanted = set(filter(None, os.environ.get("COMPOSE_PROFILES", "").split(",")))
for name, service in yaml.safe_load(sys.stdin)["services"].items():
    if name not in ("postgres", "redis", "airflow-init") and (not service.get("profiles") or wanted & set(service["profiles"])):
        print(name)')
    for name in airflow-api-server rolecall-services rolecall-page airflow-scheduler airflow-dag-processor airflow-triggerer; do
        wait_for "${project}_${name}_1" 300 15
    done
}

case ${1:-} in
up) up ;;
down) compose down ;;
status) compose exec -T airflow-scheduler ./rolecall status ;;
*) compose "$@" ;;
esac
