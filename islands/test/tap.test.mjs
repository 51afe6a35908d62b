import assert from "node:assert/strict";
import { test } from "node:test";
import { bookingOf } from "../build/tap.mjs";

/** A ticket of booking `number`, its signature left zero: the server looks at that. */
function ticket(number, version = 1) {
  const bytes = Buffer.alloc(89);
  bytes[0] = version;
  bytes.writeBigUInt64BE(number, 1);
  return bytes.toString("base64url");
}

test("a ticket and a typed number name a booking", () => {
  assert.equal(bookingOf("42"), "000000000042");
  assert.equal(bookingOf(ticket(42n)), "000000000042");
  assert.equal(bookingOf(ticket(1n << 40n)), "1099511627776");
});

test("what is no code names none", () => {
  for (const text of ["", "42a", "=1+1", ticket(42n, 2), ticket(42n).slice(1), `${ticket(42n)}A`, "漢".repeat(119)]) {
    assert.equal(bookingOf(text), "", text);
  }
});
