import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { turnedAway } from "../build/gate.mjs";
import { numberOf, publicKey, readTicket } from "../build/ticket.mjs";

// Written by the server's own code: crates/forms/tests/booking/ticket.rs.
const made = JSON.parse(readFileSync(new URL("ticket.json", import.meta.url), "utf8"));
const key = await publicKey(made.key);

/** The ticket with one bit turned over. */
function turned(bit) {
  const bytes = Buffer.from(made.ticket, "base64url");
  bytes[bit >> 3] ^= 1 << (bit & 7);
  return bytes.toString("base64url");
}

test("the browser reads what the server wrote", async () => {
  assert.notEqual(key, null);
  const read = { booking: made.booking, slot: made.mark, until_ms: Date.parse(made.until), party: made.party };
  assert.deepEqual(await readTicket(made.ticket, key), { ...read, checked: true });
  assert.deepEqual(await readTicket(` ${made.ticket}\n`, null), { ...read, checked: false });
});

test("no bit of a ticket can be turned over", async () => {
  for (let bit = 8; bit < 90 * 8; bit += 1) assert.equal(await readTicket(turned(bit), key), "forged", `bit ${bit}`);
  for (let bit = 0; bit < 8; bit += 1) assert.equal(await readTicket(turned(bit), key), "unreadable", `bit ${bit}`);
  const others = await publicKey(Buffer.alloc(32, 3).toString("base64url"));
  if (others !== null) assert.equal(await readTicket(made.ticket, others), "forged");
});

test("what is no ticket is told apart from a number", async () => {
  for (const text of ["", "42a", "=1+1", made.ticket.slice(1), `${made.ticket}A`, "漢".repeat(120), "A".repeat(120)]) {
    assert.equal(await readTicket(text, key), "unreadable", text);
    assert.equal(numberOf(text), null, text);
  }
  assert.equal(numberOf("42"), "000000000042");
  assert.equal(numberOf("000000000042"), "000000000042");
  assert.equal(numberOf("1099511627776"), "1099511627776");
  assert.equal(numberOf("1".repeat(21)), null);
});

test("a key that is none leaves signatures unchecked", async () => {
  for (const text of ["", "AAAA", "!"]) assert.equal(await publicKey(text), null, text);
});

test("a gate lets a ticket in once, in its slot and its time", async () => {
  const ticket = await readTicket(made.ticket, key);
  const until = Date.parse(made.until);
  const now = until - 60_000;
  const gate = { slot: made.mark, from_ms: until - 3_600_000, listed: null, came: new Map() };
  const not = (what, changed = {}, at = now) => turnedAway(ticket, what, { ...gate, ...changed }, at);
  assert.equal(not("in"), null);
  assert.equal(not("in", { listed: new Set([made.booking]) }), null);
  assert.deepEqual(not("in", { listed: new Set(["000000000099"]) }), { why: "unlisted" });
  assert.deepEqual(not("in", { came: new Map([[made.booking, now - 1]]) }), { why: "already", at_ms: now - 1 });
  assert.equal(not("out", { came: new Map([[made.booking, now - 1]]) }), null);
  assert.deepEqual(not("in", { slot: "AAAAAAAAAAAAAAAA" }), { why: "other" });
  assert.deepEqual(not("out", { slot: "AAAAAAAAAAAAAAAA" }), { why: "other" });
  assert.deepEqual(not("in", {}, gate.from_ms - 1), { why: "early" });
  assert.equal(not("in", {}, gate.from_ms), null);
  assert.equal(not("in", {}, until - 1), null);
  assert.deepEqual(not("in", {}, until), { why: "expired", until_ms: until });
  assert.equal(not("out", {}, until), null);
  for (const why of ["forged", "unreadable"]) assert.deepEqual(turnedAway(why, "in", gate, now), { why });
});
