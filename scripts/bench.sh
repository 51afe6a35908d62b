#!/usr/bin/env bash
# Measures, beside peers, and prints the tables of docs/benchmarks.md.
set -eu
cd "$(dirname "$0")/.."
scripts/need.sh
cargo build --release --locked --package tongxin
cargo run --release --locked --manifest-path bench/Cargo.toml --bin bench -- "$@"
