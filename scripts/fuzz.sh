#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (60). The sanitiser's flags need a nightly compiler or, without one, stable told to accept them.
set -eu
cd "$(dirname "$0")/.."
scripts/tools.sh
export PATH="$PWD/.tools/py/bin:$PATH"
cargo +nightly --version >/dev/null 2>&1 && export RUSTUP_TOOLCHAIN=nightly || export RUSTC_BOOTSTRAP=1
for target in $(cargo-fuzz list); do
    echo "== $target, ${FUZZ_SECONDS:-60} s"
    cargo-fuzz run "$target" -- -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048
done
