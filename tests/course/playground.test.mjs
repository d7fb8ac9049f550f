// The pure functions of course/widgets/playground.mjs; tests/course/test_canvas.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { colors, places, short, thickness, ticks, unpack } from "../../course/widgets/playground.mjs";

const rgb = (table, k) => [...new Uint8Array(table.buffer, 4 * k, 3)];

test("colors go from blue through white to orange", () => {
  const table = colors();
  assert.deepEqual(rgb(table, 0), [0, 114, 178]);
  assert.deepEqual(rgb(table, 255), [213, 94, 0]);
  for (const k of [127, 128]) assert.ok(rgb(table, k).every((c) => c >= 253));
  assert.ok(rgb(colors(0.5), 0)[0] === 128);
  assert.ok([...new Uint8Array(table.buffer)].every((value, i) => i % 4 !== 3 || value === 255));
});

test("units keep their distance and stay inside", () => {
  const box = { width: 264, height: 368, tile: 34 };
  for (const sizes of [[2, 1], [2, 8, 8, 1], [2, 1, 8, 3, 1], [2, 8, 8, 8, 1]]) {
    const at = places(sizes, box);
    assert.deepEqual(at.map((layer) => layer.length), sizes);
    for (const layer of at) {
      for (const [x, y] of layer) {
        assert.ok(x >= 17 && x <= 247 && y >= 17 && y <= 351);
      }
      for (let k = 1; k < layer.length; k++) assert.ok(layer[k][1] - layer[k - 1][1] >= 34 + 8);
    }
    assert.equal(at[0][0][0], 17);
    assert.equal(at.at(-1)[0][0], 247);
  }
});

test("thickness grows with the weight, and has an end", () => {
  assert.ok(thickness(0) > 0 && thickness(-2) === thickness(2) && thickness(2) > thickness(1));
  assert.equal(thickness(1e9), 6);
});

test("ticks are round and few", () => {
  assert.deepEqual(ticks(0.7), [0, 0.2, 0.4, 0.6]);
  assert.deepEqual(ticks(10), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks(300), [0, 100, 200, 300]);
  for (const high of [1e-9, 0.01, 0.999, 1, 4.2, 19, 51, 1234567, 1e30]) {
    const all = ticks(high);
    assert.ok(all.length >= 3 && all.length <= 6, `${high}: ${all}`);
    assert.ok(all.at(-1) <= high * (1 + 1e-6));
  }
  for (const none of [0, -1, NaN, Infinity]) assert.deepEqual(ticks(none), [0]);
});

test("numbers are written short", () => {
  assert.deepEqual([0, 0.0001, 0.3, 10, 12000, 2e7].map(short), ["0", "0.0001", "0.3", "10", "12,000", "2e+7"]);
});

test("buffers may begin anywhere", () => {
  const memory = new ArrayBuffer(64), bytes = new Uint8Array(memory);
  bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 5);
  bytes.set([7, 8, 9], 13);
  const floats = new DataView(memory, 5, 8), plain = new DataView(memory, 13, 3);
  const read = unpack([plain, plain, floats, floats]);
  assert.deepEqual([...read.plane], [7, 8, 9]);
  assert.deepEqual([...read.weights], [1.5, -2]);
  assert.equal(read.points, undefined);
  assert.deepEqual([...unpack([plain, plain, floats, floats, floats]).points], [1.5, -2]);
});
