#!/usr/bin/env bash
# The files of a certificate, which the tests of `tongxin-forms` leave, read by programs of others: poppler for the sheet, LearnCard's
# Open Badges types for the credential.
set -eu
cd "$(dirname "$0")/.."
files=target/tmp
failed=0
holds() {
    local what=$1
    shift
    if "$@" >/dev/null; then
        echo "ok: $what"
    else
        echo "FAILED: $what" >&2
        failed=$((failed + 1))
    fi
}

words=$(pdftotext -enc UTF-8 -layout $files/certificate.pdf -)
for part in 服务记录证明 "Record of Service" 林晓月 合计12小时 "12 h in all"; do
    holds "the sheet's text has $part" grep -qF "$part" <<<"$words"
done
# Below two lines of heading, one line a face: name, type, encoding, emb, sub, uni, object.
fonts=$(pdffonts $files/certificate.pdf | tail -n +3)
holds "there are faces" test -n "$fonts"
holds "every face is embedded, as a part, with a map to text" awk '$(NF-4) != "yes" || $(NF-3) != "yes" || $(NF-2) != "yes" {exit 1}' <<<"$fonts"
holds "the sheet is whole" pdfinfo $files/certificate.pdf

cd tests/e2e
if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund
fi
holds "the credential is as the Open Badges schema wants it" node credential.mjs ../../$files/certificate.json
exit $((failed > 0))
