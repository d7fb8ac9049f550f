// The pure functions of course/widgets/playground.mjs; tests/course/test_playground.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  asker, colours, paint, percent, places, short, thickness, ticks, unpack,
} from "../../course/widgets/playground.mjs";

const rgb = (table, k) => [...table.slice(4 * k, 4 * k + 3)];

test("colours go from blue through white to orange", () => {
  const table = colours();
  assert.deepEqual(rgb(table, 0), [0, 114, 178]);
  assert.deepEqual(rgb(table, 255), [213, 94, 0]);
  for (const k of [127, 128]) assert.ok(rgb(table, k).every((c) => c >= 253));
  assert.ok(rgb(colours(0.5), 0)[0] === 128);
  assert.ok(table.every((value, i) => i % 4 !== 3 || value === 255));
});

test("paint writes the colour of each byte", () => {
  const table = colours();
  const rgba = paint(new Uint8Array([0, 255, 7]), table, new Uint8ClampedArray(12));
  assert.deepEqual([rgb(rgba, 0), rgb(rgba, 1), rgb(rgba, 2)], [rgb(table, 0), rgb(table, 255), rgb(table, 7)]);
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
  assert.deepEqual([0, 0.984, 1].map(percent), ["0 %", "98 %", "100 %"]);
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

function fake() {
  const sent = [], world = { visible: true, time: 0 };
  const turns = asker((message) => sent.push(message), () => world.visible, "me", () => world.time);
  return { sent, world, turns };
}

test("at most two requests are on their way", () => {
  const { sent, turns } = fake();
  turns.play();
  for (let k = 0; k < 5; k++) turns.ask();
  assert.deepEqual(sent.map((m) => m.seq), ["me-1", "me-2"]);
  turns.answered("me-1");
  for (let k = 0; k < 5; k++) turns.ask();
  assert.equal(sent.length, 3);
  turns.answered("someone-else");
  turns.answered(undefined);
  turns.ask();
  assert.equal(sent.length, 3);
});

test("nothing is asked while paused or out of sight", () => {
  const { sent, world, turns } = fake();
  turns.ask();
  assert.equal(sent.length, 0);
  turns.play();
  world.visible = false;
  turns.ask();
  assert.equal(sent.length, 0);
  world.visible = true;
  turns.ask();
  turns.playing = false;
  turns.answered("me-1");
  turns.ask();
  assert.equal(sent.length, 1);
});

test("play, pause, play does not make more requests than two", () => {
  const { sent, turns } = fake();
  for (let k = 0; k < 10; k++) {
    turns.play();
    turns.ask();
    turns.playing = false;
  }
  assert.equal(sent.length, 2);
});

test("silence is noticed, and forgotten with the next play", () => {
  const { sent, world, turns } = fake();
  turns.play();
  turns.ask();
  turns.ask();
  assert.ok(!turns.silent());
  world.time = 10_000;
  assert.ok(turns.silent());
  turns.playing = false;
  turns.play();
  turns.ask();
  assert.equal(sent.length, 3);
  turns.answered("me-3");
  assert.ok(!turns.silent());
});
