#!/bin/sh
# Installs what fills in forms in Chromium (requirements-browser.lock) where that is wanted and there is a Chromium; never Chromium itself.
#
#   local/install_browser.sh COMMAND PYTHON
#
# Wanted: by the demo, whose invented employers have forms, and wherever BROWSER_FORMS=on is given. BROWSER_FORMS=off: never.
set -eu

case $1:${BROWSER_FORMS:-} in
*:off) exit 0 ;;
demo:* | *:on) ;;
*) exit 0 ;;
esac
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || exit 0
"$2" -c 'import playwright' 2>/dev/null && exit 0
echo "installing Playwright, with which forms are filled in in the Chromium that is here"
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$2" --no-deps --require-hashes -r requirements-browser.lock
else
    "$2" -m pip install -q --root-user-action ignore --disable-pip-version-check --no-input --no-deps --require-hashes -r requirements-browser.lock
fi || echo "→ it could not be installed: such forms are handed over to you instead" >&2
