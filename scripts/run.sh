#!/usr/bin/env bash
# Builds and serves the demo city. LISTEN=host:port chooses another address. DATA=DIR keeps what happens there; without it the
# city begins with the past that `tongxin demo` invents, made anew at each start.
set -eu
cd "$(dirname "$0")/.."
listen=${LISTEN:-127.0.0.1:8080}

scripts/need.sh
echo "== 页面脚本 / scripts of the pages"
scripts/islands.sh
echo "== tongxin（首次构建约需几分钟 / the first build takes some minutes）"
cargo build --release --locked --package tongxin
if [ -z "${DATA:-}" ]; then
    # One for each port, so that two servers do not take each other's away.
    DATA=target/demo-city-${listen##*:}
    echo "== 演示城市的过去（合成数据）/ the demo city's past (synthetic)"
    rm -rf "$DATA"
    target/release/tongxin demo --data "$DATA" > /dev/null
fi
echo
echo "同心 Tongxin  http://$listen"
echo "存储：内嵌，不需要数据库或其他服务，在哪里见下一行。按 Ctrl-C 停止。"
echo "Storage: embedded, where is said below; no database or other service is needed. Ctrl-C stops it."
exec target/release/tongxin serve --listen "$listen" --data "$DATA"
