#!/usr/bin/env bash
# Measures beside peers and prints the tables of docs/benchmarks.md; --write puts them there too. Arguments choose sections: decision publish batch replay places server ledger http
set -eu
cd "$(dirname "$0")/.."
scripts/need.sh

# The ledger's section needs a PostgreSQL beside it and none of the other peers, so it is measured by itself.
write=() others=() ledger= http=
[ $# -gt 0 ] && [ "$*" != --write ] || ledger=all http=all
for word in "$@"; do
    case $word in
    --write) write=(--write docs/benchmarks.md) ;;
    ledger) ledger=only ;;
    http) http=only ;;
    *) others+=("$word") ;;
    esac
done
if [ -n "$ledger" ]; then
    cargo build --release --locked --package tongxin-forms --example booking_speed
    TMPDIR="$PWD/target" scripts/postgres.sh target/release/examples/booking_speed \
        --peers --seconds 3 --folder target "${write[@]}"
fi
# Bookings through the pages: the server, its ledger and whoever asks, in one process.
if [ -n "$http" ]; then
    cargo build --release --locked --package tongxin-web --example booking_http
    target/release/examples/booking_http --folder target "${write[@]}"
fi
if [ -n "$ledger$http" ]; then
    [ "$ledger$http" = allall ] || [ ${#others[@]} -gt 0 ] || exit 0
    [ ${#write[@]} -eq 0 ] || others=(--write "${others[@]}")
    set -- "${others[@]}"
fi
mkdir -p .tools
if ! cmp -s scripts/bench-python.txt .tools/bench-python.txt; then
    if python3 -m venv --clear .tools/bench-py && .tools/bench-py/bin/pip install --quiet --disable-pip-version-check --only-binary :all: -r scripts/bench-python.txt; then
        cp scripts/bench-python.txt .tools/bench-python.txt
    else
        echo "没有 Python 或网络，略过与 shapely 的对比。 / No Python or network: the comparison with shapely is left out." >&2
    fi
fi
[ ! -e .tools/bench-python.txt ] || export BENCH_PYTHON="$PWD/.tools/bench-py/bin/python"
scripts/islands.sh
cargo build --release --locked --package tongxin
exec cargo run --release --locked --manifest-path bench/Cargo.toml --bin bench -- "$@"
