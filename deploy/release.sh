#!/bin/sh
# Brings a running stack to a version of the image, looks whether it works, and brings it back where it does not.
#
#   deploy/release.sh VERSION     deploys; 0: it runs and passed, 1: it did not and the version before runs again, 3: neither does
#   deploy/release.sh resume      finishes what was interrupted: the same version once more, or the way back
#
# SWITCH  command, given a version: brings the stack to it and returns when it is up (deploy/switch-compose.sh)
# SMOKE   command, given a version: 0 where it works                                 (deploy/smoke.sh)
# STATE   folder that remembers across an interruption                              (deploy/state)
set -u
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
switch=${SWITCH:-$here/switch-compose.sh} smoke=${SMOKE:-$here/smoke.sh} state=${STATE:-$here/state}
mkdir -p "$state" || exit 2
[ $# = 1 ] || { echo "usage: deploy/release.sh VERSION|resume" >&2; exit 2; }

good() { cat "$state/good" 2>/dev/null; }
note() { printf '%s\n' "$2" >"$state/$1.new" && mv "$state/$1.new" "$state/$1"; } # whole, or not at all

back() { # the version that passed last
    before=$(good)
    if [ -z "$before" ]; then
        echo "there is no version to go back to → mend it by hand, or release another" >&2
        exit 3
    fi
    note going "$before"
    echo "going back to $before" >&2
    if "$switch" "$before" && "$smoke" "$before"; then
        rm -f "$state/going"
        exit 1
    fi
    echo "$before does not come up either → deploy/release.sh resume, or mend it by hand" >&2
    exit 3
}

version=$1
if [ "$version" = resume ]; then
    version=$(cat "$state/going" 2>/dev/null) || { echo "nothing was interrupted"; exit 0; }
    [ "$version" = "$(good)" ] && back # it was interrupted on its way back
fi
case $version in '' | *[!A-Za-z0-9._-]*) echo "$version is no tag of an image" >&2; exit 2 ;; esac
note going "$version"
if "$switch" "$version" && "$smoke" "$version"; then
    note good "$version"
    rm -f "$state/going"
    echo "$version runs"
    exit 0
fi
echo "$version does not work" >&2
back
