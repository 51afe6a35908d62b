#!/usr/bin/env bash
# The ledger under simulated crashes, power cuts on its files and kill -9, each time under a new seed, for SOAK_MINUTES; then
# SOAK_KILLS kills of a process that takes bookings. A failure prints its seed; SOAK_SEED=N lives that one again, and
# SOAK_MINUTES=0 kills only.
set -euo pipefail
cd "$(dirname "$0")/.."
minutes=${SOAK_MINUTES:-10}
if [ "$minutes" != 0 ]; then
    cargo run --locked --release --quiet --package tongxin-ledger --example soak -- \
        --minutes "$minutes" ${SOAK_SEED:+--seed "$SOAK_SEED"}
fi
exec cargo run --locked --release --quiet --package tongxin-forms --example booking_kills -- \
    --rounds "${SOAK_KILLS:-1000}" ${SOAK_SEED:+--seed "$SOAK_SEED"}
