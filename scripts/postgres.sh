#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, with TONGXIN_POSTGRES set to its address; the server and its data go
# when the command ends.
#
#     scripts/postgres.sh cargo test --package tongxin-ledger --features postgres
set -euo pipefail

bin() { pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
if [ ! -x "$(bin)/initdb" ]; then
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || { echo "PostgreSQL is missing: install the server (Debian: postgresql)" >&2; exit 1; }
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq postgresql >/dev/null
fi
bin=$(bin)

# The server refuses to run as root.
as=()
[ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=postgres --regid=postgres --init-groups)
data=$(mktemp -d)
[ "$(id -u)" -ne 0 ] || chown postgres "$data"
stop() {
    "${as[@]}" "$bin/pg_ctl" stop --pgdata "$data/db" --mode immediate --silent || true
    rm -rf "$data"
}
trap stop EXIT

cd "$data"
"${as[@]}" "$bin/initdb" --pgdata "$data/db" --username tongxin --auth trust --encoding UTF8 --no-locale >"$data/log" || { cat "$data/log" >&2; exit 1; }
# Only on a socket in the temporary folder: no port to be taken.
"${as[@]}" "$bin/pg_ctl" start --pgdata "$data/db" --silent --wait --log "$data/server.log" \
    --options "-c listen_addresses='' -c unix_socket_directories='$data' -c max_connections=300"
cd - >/dev/null
export TONGXIN_POSTGRES="host=$data user=tongxin dbname=postgres"
"$@"
