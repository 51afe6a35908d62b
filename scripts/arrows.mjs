// Holds the arrows of docs/architecture.md: a crate may depend only on crates before it, and only `tongxin` on `web`.
import { execFileSync } from "node:child_process";

const ORDER = ["notice", "city", "decide", "ledger", "session", "outbox", "forms", "web", "tongxin"];

const metadata = JSON.parse(
  execFileSync("cargo", ["metadata", "--format-version=1", "--no-deps", "--locked"], { encoding: "utf8", maxBuffer: 1 << 28 }),
);
const room = (name) => name.replace(/^tongxin-/, "");
const rooms = new Set(metadata.packages.map((p) => room(p.name)));

const wrong = [];
for (const p of metadata.packages) {
  const from = room(p.name);
  if (!ORDER.includes(from)) {
    wrong.push(`${from} is not in the order of rooms: add it to scripts/arrows.mjs and docs/architecture.md`);
    continue;
  }
  // Development dependencies count too: a test that needs a later room belongs there.
  for (const dependency of p.dependencies.filter((d) => d.path && rooms.has(room(d.name)))) {
    const to = room(dependency.name);
    if (ORDER.indexOf(to) >= ORDER.indexOf(from)) wrong.push(`${from} depends on ${to}, which comes later`);
    if (to === "web" && from !== "tongxin") wrong.push(`${from} depends on web; only tongxin may`);
  }
}
const PURE = /^(tokio|axum|hyper|reqwest|rand|getrandom)$/;
for (const p of metadata.packages.filter((p) => ["notice", "city", "decide"].includes(room(p.name)))) {
  for (const d of p.dependencies.filter((d) => d.kind === null && PURE.test(d.name))) {
    wrong.push(`${room(p.name)} is pure and may not depend on ${d.name}`);
  }
}
for (const line of wrong) console.error(line);
console.log(`${ORDER.filter((r) => rooms.has(r)).join(" <- ")}: ${wrong.length === 0 ? "every arrow holds" : `${wrong.length} wrong`}`);
process.exit(wrong.length === 0 ? 0 : 1);
