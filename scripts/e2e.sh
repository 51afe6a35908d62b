#!/usr/bin/env bash
# Builds what `make run` builds and tests its pages in Chromium.
set -eu
cd "$(dirname "$0")/.."
scripts/islands.sh
cargo build --release --locked --package tongxin
cd tests/e2e
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
exec node run.mjs
