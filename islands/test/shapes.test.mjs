import assert from "node:assert/strict";
import { test } from "node:test";
import { bounds, middle, north } from "../build/shapes.mjs";

const square = { type: "MultiPolygon", coordinates: [[[[0, 0], [2, 0], [2, 4], [0, 4], [0, 0]]]] };

test("bounds hold every shape", () => {
  const far = { type: "MultiPolygon", coordinates: [[[[5, -1], [6, -1], [6, 1], [5, -1]]]] };
  assert.deepEqual(bounds([square, far]), [[0, -1], [6, 4]]);
  assert.equal(bounds([]), undefined);
});

test("the middle of a square is its middle", () => {
  assert.deepEqual(middle(square), [1, 2]);
  assert.deepEqual(north(square), [1, 4]);
  assert.equal(middle({ type: "MultiPolygon", coordinates: [] }), undefined);
  assert.equal(middle({ type: "MultiPolygon", coordinates: [[[[0, 0], [1, 1], [0, 0]]]] }), undefined);
});
