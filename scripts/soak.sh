#!/usr/bin/env bash
# The ledger under simulated crashes, power cuts on its files and kill -9, each time under a new seed, for SOAK_MINUTES.
# A failure prints its seed; SOAK_SEED=N lives that one again.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo run --locked --release --quiet --package tongxin-ledger --example soak -- \
    --minutes "${SOAK_MINUTES:-10}" ${SOAK_SEED:+--seed "$SOAK_SEED"}
