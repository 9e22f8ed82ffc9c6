#!/bin/sh
# Makes the virtual environment and installs exactly what a lock file says; does nothing where that is done already.
#
#   local/install.sh VENV LOCK [LARGER_LOCK]
#
# LARGER_LOCK contains LOCK: where it is installed, LOCK is too. Uses uv where it is on PATH, else pip.
set -eu

venv=$1
lock=$2
larger=${3:-$2}
done="$venv/.installed.lock"

if cmp -s "$lock" "$done" || cmp -s "$larger" "$done"; then
    exit 0
fi

fit() { # is this a Python that can run Rolecall?
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' >/dev/null 2>&1
}

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14 python}; do
        if fit "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "Rolecall needs Python 3.11 to 3.14, and found: $(python3 --version 2>&1 || echo none)" >&2
    echo "→ install one (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
}

if ! fit "$venv/bin/python" || { ! command -v uv >/dev/null 2>&1 && ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; }; then
    python=$(find_python)
    echo "making $venv with $("$python" --version)"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --clear --seed --python "$python" "$venv"
    elif ! "$python" -m venv --clear "$venv"; then
        echo "→ this Python cannot make virtual environments (Debian: apt install python3-venv)" >&2
        exit 1
    fi
fi

fail() {
    echo "→ not everything could be installed: see above; is the package index reachable? Then run the same command again" >&2
    exit 1
}

rm -f "$done" || fail
echo "installing $(grep -c '==' "$lock") packages from $lock"
if command -v uv >/dev/null 2>&1; then
    # Modules are compiled now, by all cores at once: otherwise every process of the first start compiles them again.
    uv pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes --compile-bytecode -r "$lock" || fail
else
    "$venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input --no-deps --require-hashes --no-compile -r "$lock" || fail
    env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" >/dev/null 2>&1 || true # tests of packages may not compile
fi
cp "$lock" "$done"
