// The pure functions of course/widgets/playground.mjs; tests/course/test_canvas.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  colors, digits, formula, mixed, nearest, places, short, starts, thickness, ticks, unpack,
} from "../../course/widgets/playground.mjs";

const rgb = (table, k) => [...new Uint8Array(table.buffer, 4 * k, 3)];

const theme = { back: "#102030", classes: ["#d55e00", "#0072b2", "#009e73"] };

test("colors go from orange through the background to blue", () => {
  const table = colors(theme);
  assert.deepEqual(rgb(table, 0), [213, 94, 0]);
  assert.deepEqual(rgb(table, 255), [0, 114, 178]);
  for (const k of [127, 128]) rgb(table, k).forEach((c, i) => assert.ok(Math.abs(c - [16, 32, 48][i]) <= 1));
  assert.ok([...new Uint8Array(table.buffer)].every((value, i) => i % 4 !== 3 || value === 255));
  assert.deepEqual(rgb(colors(theme, 1, true), 127), [213, 94, 0]);
  assert.deepEqual(rgb(colors(theme, 1, true), 128), [0, 114, 178]);
});

test("three classes are mixed, or the likeliest is shown", () => {
  const plane = Uint8Array.of(255, 100, 0, 155, 0, 0);
  assert.deepEqual(rgb(mixed(plane, theme, 1), 0), [213, 94, 0]);
  assert.deepEqual(rgb(mixed(plane, theme, 1), 1), [84, 106, 108]);
  assert.deepEqual(rgb(mixed(plane, theme, 1, true), 1), [0, 114, 178]);
});

test("numbers of a layer are found, and its formula gives its value", () => {
  const sizes = [2, 3, 1];
  assert.deepEqual([0, 1, 2].map((l) => starts(sizes, l)), [
    { weights: 0, biases: -2, values: 0 }, { weights: 0, biases: 0, values: 2 }, { weights: 6, biases: 3, values: 5 },
  ]);
  const frame = { sizes, output: "sigmoid", activation: "relu", inputs: ["x₁", "sin x₂"] };
  const arrays = {
    weights: [1, 2, 3, 4, 5, 6, 0.5, -2, 1], biases: [0.1, 0.2, 0.3, -0.25], values: [1, -1, 0, 0, 0, 0.4378],
    sums: [-0.9, -0.8, -0.7, -0.25],
  };
  assert.equal(formula(frame, arrays, 0, 1), "sin x₂ = −1");
  assert.equal(formula(frame, arrays, 1, 1), "relu(3 · 1 + 4 · (−1) + 0.2) = relu(−0.8) = 0");
  assert.equal(formula(frame, arrays, 2, 0), "σ(0.5 · 0 − 2 · 0 + 1 · 0 − 0.25) = σ(−0.25) = 0.4378");
  assert.equal(digits(0.1234567), "0.12346");
});

test("the nearest epoch of a curve", () => {
  const curve = [0, 1, 1, 10, 1, 1, 20, 1, 1];
  assert.deepEqual([-5, 4, 6, 14, 99].map((epoch) => nearest(curve, epoch)), [0, 0, 1, 1, 2]);
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
  const read = unpack([plain, plain, ...Array(6).fill(floats)]);
  assert.deepEqual([...read.plane], [7, 8, 9]);
  assert.deepEqual([...read.weights], [1.5, -2]);
  assert.equal(read.points, undefined);
  assert.deepEqual([...unpack([plain, plain, ...Array(7).fill(floats)]).points], [1.5, -2]);
});
