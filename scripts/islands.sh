#!/usr/bin/env bash
# Installs the islands' locked dependencies when they changed, and builds the scripts that the pages serve.
set -eu
cd "$(dirname "$0")/../islands"
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
npm run --silent build
