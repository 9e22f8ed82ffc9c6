#!/bin/sh
# Whether Airflow's health page shows a fresh heartbeat of this kind of component, without starting a Python:  beats.sh triggerer
# Where there are several of a kind, the page tells of the newest heartbeat only. 75: the API server does not answer, which is not
# this container's fault (healthy.sh does not count it).
set -u
health=$(curl --fail --silent --max-time 5 "${HEALTH_URL:-http://airflow-api-server:8080/api/v2/monitor/health}") || exit 75
printf %s "$health" | tr -d ' \n' | grep -q "\"$1\":{\"status\":\"healthy\""
