#!/bin/sh
# A health check that also ends the container once it has failed so many times in a row: docker starts again what ends, not what hangs.
#
#   healthy.sh TIMES SECONDS COMMAND…
#
# SECONDS is how long the command may take: less than docker's own limit, which would end this script before it could count. An exit
# status of ALIVE_STATUS (pg_isready's 1: it answers, but is recovering) is unhealthy but not counted.
set -u

times=$1 seconds=$2
shift 2
count=/tmp/unhealthy

timeout -k 1 "$seconds" "$@"
status=$?
if [ "$status" -eq 0 ]; then
    rm -f "$count"
    exit 0
fi
[ "$status" = "${ALIVE_STATUS:-}" ] && exit 1

failed=$(($(cat "$count" 2>/dev/null || echo 0) + 1))
echo "$failed" >"$count"
[ "$failed" -lt "$times" ] && exit 1

rm -f "$count"
echo "unhealthy $failed times in a row: ending the container" >&2
# The main process is a child of PID 1 (an init), which nobody inside can kill; when it ends, the container does.
for stat in /proc/[0-9]*/stat; do
    pid=${stat#/proc/} pid=${pid%/stat}
    parent=$(sed 's/.*) . \([0-9]*\) .*/\1/' "$stat" 2>/dev/null) || continue
    if [ "$parent" = 1 ] && [ "$pid" != "$$" ]; then kill -KILL "$pid" 2>/dev/null; fi
done
exit 1
