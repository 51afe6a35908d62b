#!/usr/bin/env bash
# Checks what a build needs and says how to get it, in Chinese and English.
set -u
cd "$(dirname "$0")/.."

rust_min=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
node_min=20
missing=0

say() { printf '  ✗ %s\n    %s\n' "$1" "$2" >&2; missing=1; }
# at_least FOUND WANTED: is version FOUND no older than WANTED?
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n1)" = "$2" ]; }

if ! command -v cargo >/dev/null; then
    say "没有找到 Rust。请从 https://rustup.rs 安装稳定版($rust_min 或更新)。" \
        "Rust is not installed. Install stable Rust ($rust_min or newer) from https://rustup.rs."
else
    found=$(rustc --version | cut -d' ' -f2)
    at_least "$found" "$rust_min" || say "Rust $found 过旧，需要 $rust_min 或更新：rustup update stable。" \
        "Rust $found is too old; $rust_min or newer is needed: rustup update stable."
fi

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    say "没有找到 Node.js 或 npm。请从 https://nodejs.org 安装 Node.js $node_min 或更新。" \
        "Node.js or npm is not installed. Install Node.js $node_min or newer from https://nodejs.org."
else
    found=$(node --version | tr -d v)
    at_least "$found" "$node_min" || say "Node.js $found 过旧，需要 $node_min 或更新。" \
        "Node.js $found is too old; $node_min or newer is needed."
fi

command -v cc >/dev/null || say "没有找到 C 链接器(cc)。Debian/Ubuntu:apt install build-essential。" \
    "No C linker (cc) found. On Debian or Ubuntu: apt install build-essential."

if [ "$missing" -ne 0 ]; then
    echo "缺少以上前提，已停止。 / The prerequisites above are missing; stopped." >&2
    exit 1
fi
