#!/bin/sh
# Makes the virtual environment and installs exactly what a lock file says; does nothing where that is done already.
#
#   local/install.sh VENV LOCK [LARGER_LOCK]
#
# LARGER_LOCK contains LOCK: where it is installed, LOCK is too. Uses uv where it is on PATH, else pip.
# PYTHON=python3.12 in the environment names the Python; an environment that another one made is made anew.
set -eu

venv=$1
lock=$2
larger=${3:-$2}
done="$venv/.installed.lock"
log="$venv/install.log"
needs="Rolecall needs Python 3.11, 3.12 or 3.13"

trap 'echo "interrupted before everything was installed; the same command goes on from there" >&2; exit 130' INT

version() { # such as 3.12.1; nothing where this is no Python that runs
    "$1" -c 'import platform; print(platform.python_version())' 2>/dev/null || true
}

fits() {
    case $1 in 3.11.* | 3.12.* | 3.13.*) ;; *) return 1 ;; esac
}

named_python() { # the one that PYTHON names, or why it cannot be used
    is=$(version "$PYTHON")
    if ! command -v "$PYTHON" >/dev/null; then
        echo "PYTHON=$PYTHON: there is no such program" >&2
    elif [ -z "$is" ]; then
        echo "PYTHON=$PYTHON does not run as a Python:" >&2
        "$PYTHON" -c 'import platform' 2>&1 | head -n 4 >&2
    elif ! fits "$is"; then
        echo "PYTHON=$PYTHON is Python $is; $needs" >&2
    else
        command -v "$PYTHON"
        return
    fi
    echo "→ name one that fits: make PYTHON=/path/to/python3.12 …; without PYTHON one is looked for" >&2
    exit 1
}

any_python() { # the first on PATH that fits, or what is there instead
    seen=
    for name in python3 python3.13 python3.12 python3.11 python; do
        is=$(version "$name")
        if fits "$is"; then
            command -v "$name"
            return
        fi
        seen="$seen${is:+, $name is Python $is}"
    done
    echo "$needs, and there is none on PATH${seen:+ (${seen#, })}" >&2
    echo "→ install one (Debian: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
}

has_pip() {
    command -v uv >/dev/null 2>&1 || "$venv/bin/python" -m pip --version >/dev/null 2>&1
}

is=$(version "$venv/bin/python")
usable=yes
if ! fits "$is"; then
    usable=
elif [ -n "${PYTHON:-}" ]; then
    python=$(named_python)
    [ "$(version "$python")" = "$is" ] || usable=
fi

if [ -n "$usable" ] && { cmp -s "$lock" "$done" || cmp -s "$larger" "$done"; }; then
    exit 0
fi

if [ -z "$usable" ] || ! has_pip; then
    if [ -n "${PYTHON:-}" ]; then python=$(named_python); else python=$(any_python); fi
    is=$(version "$python")
    echo "making $venv with Python $is"
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --clear --seed --python "$python" "$venv"
    elif ! answer=$("$python" -m venv --clear "$venv" 2>&1); then
        echo "$answer" >&2
        echo "→ this Python cannot make virtual environments (Debian: apt install python3-venv)" >&2
        exit 1
    fi
fi

failed() { # shows what the installer said, and what that means
    tail -n 15 "$log" >&2
    if grep -qiE 'connection broken|connect timeout|read timed out|error sending request|dns error|name resolution|proxyerror' "$log"; then
        echo "→ the package index does not answer: look at the connection (and a proxy's settings), then run the same command again" >&2
    elif grep -qiE 'no matching distribution|has no wheels|no source distribution' "$log"; then
        echo "→ the index has no such package for Python $is on this machine ($(uname -sm)): another Python of 3.11 to 3.13 may do (PYTHON=…)" >&2
    elif grep -qi 'no space left' "$log"; then
        echo "→ the disk is full: make room (about 2 GB), then run the same command again" >&2
    else
        echo "→ what failed is above, all of it in $log; mend that, then run the same command again" >&2
    fi
    exit 1
}

progress() { # a line every 15 s (EVERY): how far the installer has come; not every line of a lock is for this Python and system
    seconds=0
    while sleep "${EVERY:-15}" >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do # the sleep holds nobody's pipe open
        seconds=$((seconds + ${EVERY:-15}))
        if [ "$1" = compiling ]; then
            echo "  $seconds s: still compiling"
            continue
        fi
        fetched=$(grep -c '^Collecting' "$log" 2>/dev/null || true)
        there=0
        for found in "$venv"/lib/python*/site-packages/*.dist-info; do [ ! -d "$found" ] || there=$((there + 1)); done
        if [ "${fetched:-0}" != 0 ] && grep -q '^Installing collected' "$log"; then # pip says no more until all of them are there
            echo "  $seconds s: $fetched packages fetched, installing: $there of them are there"
            continue
        fi
        [ "${fetched:-0}" = 0 ] || fetched="$fetched of at most $1 packages fetched, "
        echo "  $seconds s: ${fetched#0}$there of at most $1 installed"
    done
}

rm -f "$done"
many=$(grep -c '==' "$lock")
echo "installing $many packages from $lock"
progress "$many" &
telling=$!
trap 'kill $telling 2>/dev/null || true' EXIT
if command -v uv >/dev/null 2>&1; then
    uv pip install --quiet --python "$venv/bin/python" --no-deps --require-hashes -r "$lock" >"$log" 2>&1 || failed
    uv pip install --quiet --python "$venv/bin/python" --no-deps --no-build-isolation --editable . >"$log" 2>&1 || failed
else
    "$venv/bin/python" -m pip install --progress-bar off --root-user-action ignore --disable-pip-version-check --no-input --no-deps \
        --require-hashes --no-compile -r "$lock" >"$log" 2>&1 || failed
    # The project itself, where it is: a change of its code needs no installation.
    "$venv/bin/python" -m pip install -q --root-user-action ignore --disable-pip-version-check --no-input --no-deps --no-build-isolation \
        --editable . >"$log" 2>&1 || failed
fi
# Modules are compiled now, by all cores at once: otherwise every process of the first start compiles them again.
kill "$telling" 2>/dev/null || true
echo "all are installed; compiling their modules, so that the first start is quick"
progress compiling &
telling=$!
env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python" -m compileall -q -j 0 "$venv/lib" >/dev/null 2>&1 || true # tests of packages may not compile
cp "$lock" "$done"
