#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (60). The sanitiser's flags need a nightly compiler, which rustup installs; where
# there is no rustup, or it cannot, stable is told to accept them.
set -eu
cd "$(dirname "$0")/.."
scripts/tools.sh cargo
export PATH="$PWD/.tools/py/bin:$PATH"
command -v c++ >/dev/null || { echo "模糊测试需要 C++ 编译器（如 g++）。 / Fuzzing needs a C++ compiler (g++, clang)." >&2; exit 1; }
if ! cargo +nightly --version >/dev/null 2>&1 && command -v rustup >/dev/null; then
    rustup toolchain install nightly --profile minimal || echo "没有 nightly，改用稳定版。 / No nightly; stable is used." >&2
fi
cargo +nightly --version >/dev/null 2>&1 && export RUSTUP_TOOLCHAIN=nightly || export RUSTC_BOOTSTRAP=1
for target in $(cargo-fuzz list); do
    echo "== $target, ${FUZZ_SECONDS:-60} s"
    cargo-fuzz run "$target" -- -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=2048
done
