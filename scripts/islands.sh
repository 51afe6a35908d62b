#!/usr/bin/env bash
# Installs the islands' locked dependencies and builds the scripts that pages serve, each only if something changed: the
# server holds the built files inside, so new ones mean compiling it anew.
set -eu
cd "$(dirname "$0")/../islands"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
if [ ! -e dist/page.js ] || [ -n "$(find src build.mjs package-lock.json -newer dist/page.js)" ]; then
    npm run --silent build
fi
