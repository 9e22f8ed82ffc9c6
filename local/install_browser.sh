#!/bin/sh
# What fills in employers' forms, where Chromium is on PATH: installed once, beside what install.sh installed. Never a reason to stop:
# without it forms are handed over.
#
#   local/install_browser.sh VENV
set -eu

venv=$1
lock=requirements-browser.lock
done="$venv/.installed.browser.lock"
log="$venv/install-browser.log"

command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || exit 0
cmp -s "$lock" "$done" && exit 0
"$venv/bin/python" -c 'import playwright' 2>/dev/null && exit 0
echo "Chromium is here: installing what fills in forms by it ($lock)"
if command -v uv >/dev/null 2>&1; then
    set -- uv pip install --quiet --python "$venv/bin/python"
else
    set -- "$venv/bin/python" -m pip install -q --root-user-action ignore --disable-pip-version-check --no-input
fi
if "$@" --no-deps --require-hashes -r "$lock" >"$log" 2>&1; then
    cp "$lock" "$done"
else
    echo "  it could not be installed ($log says why): forms are handed over to you until it is"
fi
