// Where dragging.mjs grabs a handle; tests/course/test_canvas.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../course/widgets/dragging.mjs";

test("a handle is grabbed at its point that is nearest", () => {
  assert.deepEqual(nearest([0, 0, 1, 0], 0.3, 0.2), [0.3, 0]);
  assert.deepEqual(nearest([0, 0, 1, 1], 0, 1), [0.5, 0.5]);
  assert.deepEqual(nearest([0, 0, 1, 0], -2, 1), [0, 0]);
  assert.deepEqual(nearest([0, 0, 1, 0], 7, 1), [1, 0]);
  assert.deepEqual(nearest([0.2, 0.4, 0.2, 0.4], 0.9, 0.1), [0.2, 0.4]);
});
