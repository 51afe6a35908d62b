// Draws again from a draw's file, by docs/draw.md alone and in another language: node redo.mjs draw.json
// It takes the beacon's signature as given; that the beacon made it is a matter of BLS, which Node does not have.
import { createHash, createHmac } from "node:crypto";
import { readFileSync } from "node:fs";

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const hmac = (key, ...parts) => parts.reduce((mac, part) => mac.update(part), createHmac("sha256", key)).digest();
const wrong = [];
const same = (what, is, says) => is === says || wrong.push(`${what} is ${is}, the file says ${says}`);

const draw = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { terms, list, outcome } = draw;
same("format", "tongxin/draw/v1", draw.format);

const digest = sha256(`tongxin/draw/v1 terms\n${JSON.stringify(terms)}\n`).toString("hex");
same("terms_digest", digest, draw.terms_digest);

// RFC 6962, section 2.1, as it is written there.
function root(leaves) {
  if (leaves.length === 1) return sha256(Buffer.of(0), leaves[0]);
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return sha256(Buffer.of(1), root(leaves.slice(0, half)), root(leaves.slice(half)));
}
const merkle = root(list.entrants);
same("list.root", merkle.toString("base64"), list.root);
list.entrants.forEach((entrant, i) => i > 0 && same(`entrant ${i} sorted`, list.entrants[i - 1] < entrant, true));

const seed = Buffer.alloc(32);
const mix = (bytes) => bytes.forEach((byte, i) => (seed[i] ^= byte));
same("number of secrets", terms.parties.length, outcome.secrets.length);
outcome.secrets.forEach((secret, i) => {
  const { by, commitment } = terms.parties[i];
  same(`commitment of ${by}`, sha256(`tongxin/draw/v1 commitment\n${terms.draw}\n${by}\n${secret}\n`).toString("hex"), commitment);
  mix(Buffer.from(secret, "hex"));
});
same("a signature", terms.beacon !== null, outcome.signature !== null);
if (outcome.signature !== null) mix(sha256(Buffer.from(outcome.signature, "hex")));

// HKDF (RFC 5869): one block of 32 bytes is one HMAC, its counter byte being 1.
const key = hmac(merkle, seed);
const words = (function* () {
  for (let block = 0; ; block++) {
    const bytes = hmac(key, `tongxin/draw/v1 ranks\n${digest}\n${block}\n`, Buffer.of(1));
    for (let at = 0; at < 32; at += 8) yield bytes.readBigUInt64BE(at);
  }
})();
function below(n) {
  const whole = ((1n << 64n) / n) * n;
  for (;;) {
    const word = words.next().value;
    if (word < whole) return Number(word % n);
  }
}
const ranks = [...list.entrants];
for (let last = ranks.length - 1; last > 0; last--) {
  const other = below(BigInt(last) + 1n);
  [ranks[last], ranks[other]] = [ranks[other], ranks[last]];
}
same("number of ranks", ranks.length, outcome.ranks.length);
ranks.forEach((entrant, i) => same(`rank ${i + 1}`, entrant, outcome.ranks[i]));

console.log(wrong.length === 0 ? `${ranks.length} ranks drawn again, all the same` : wrong.slice(0, 10).join("\n"));
process.exit(wrong.length === 0 ? 0 : 1);
