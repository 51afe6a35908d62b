// Checks an eddsa-jcs-2022 proof (W3C VC-DI-EDDSA §3.3) with Node's own crypto: `node check.mjs certificate.json`.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

function base58(text) {
  let number = 0n;
  for (const letter of text) number = number * 58n + BigInt(LETTERS.indexOf(letter));
  const hex = number.toString(16);
  const zeros = text.match(/^1*/)[0].length;
  return Buffer.concat([Buffer.alloc(zeros), Buffer.from(hex.length % 2 ? `0${hex}` : hex, "hex")]);
}

// RFC 8785 for what credentials hold.
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const fields = Object.keys(value).sort();
    return `{${fields.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

const sha256 = (text) => createHash("sha256").update(text, "utf8").digest();

const { proof: [proof], ...credential } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { proofValue, ...options } = proof;
const [did, fragment] = proof.verificationMethod.split("#");
const multikey = base58(fragment.slice(1));
const right =
  proof.cryptosuite === "eddsa-jcs-2022" &&
  did === `did:key:${fragment}` &&
  credential.issuer.id === did &&
  multikey.subarray(0, 2).equals(Buffer.from([0xed, 0x01])) &&
  verify(
    null,
    Buffer.concat([sha256(canonical(options)), sha256(canonical(credential))]),
    createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: multikey.subarray(2).toString("base64url") }, format: "jwk" }),
    base58(proofValue.slice(1)),
  );
if (!right) {
  console.error("the proof does not fit");
  process.exit(1);
}
