import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { brotliDecompressSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url);
const read = (name) => readFileSync(new URL(name, dist));

test("every file is there, each with its packed form", () => {
  const names = readdirSync(dist);
  for (const name of ["page.js", "map.js", "door.js", "map-worker.js", "map.css"]) {
    assert.ok(names.includes(name), name);
    assert.deepEqual(brotliDecompressSync(read(`${name}.br`)), read(name));
  }
});

test("the script of every page is small", () => {
  assert.ok(read("page.js.br").length < 4 * 1024);
});

test("no style or script loads from elsewhere", () => {
  assert.doesNotMatch(read("map.css").toString(), /url\(["']?https?:/);
  assert.doesNotMatch(read("page.js").toString(), /https?:\/\//);
});
