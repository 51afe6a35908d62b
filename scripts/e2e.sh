#!/usr/bin/env bash
# Tests the pages in Chromium: of the server that TONGXIN_BIN names, else of what `make run` builds.
set -eu
cd "$(dirname "$0")/.."
scripts/islands.sh
[ -n "${TONGXIN_BIN:-}" ] || cargo build --release --locked --package tongxin
cd tests/e2e
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
exec node run.mjs
