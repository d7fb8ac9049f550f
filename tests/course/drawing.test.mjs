// The pure functions of course/widgets/drawing.mjs; tests/course/test_canvas.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  between, cellAt, grays, middleOf, moved, opacities, penWidth, sender, weights,
} from "../../course/widgets/drawing.mjs";

test("ink is the opacity, and is shown as gray", () => {
  const rgba = Uint8ClampedArray.of(17, 17, 17, 0, 17, 17, 17, 200, 0, 0, 0, 255);
  assert.deepEqual([...opacities(rgba)], [0, 200, 255]);
  assert.deepEqual([...grays(Uint8Array.of(0, 255, 100))], [255, 255, 255, 255, 0, 0, 0, 255, 155, 155, 155, 255]);
});

test("the pen is finer for a small drawing, as in digits.py", () => {
  const limits = { part: 0.15, least: 0.015, most: 0.08 };
  assert.equal(penWidth([], limits), 0.015);
  assert.equal(penWidth([[[0.5, 0.5]]], limits), 0.015);
  assert.ok(Math.abs(penWidth([[[0.1, 0.5]], [[0.3, 0.6]]], limits) - 0.03) < 1e-9);
  assert.equal(penWidth([[[0.1, 0.5], [0.9, 0.5]]], limits), 0.08);
});

test("places belong to cells, also beyond the edge", () => {
  assert.deepEqual(cellAt([0, 0]), [0, 0]);
  assert.deepEqual(cellAt([1, 0.5]), [27, 14]);
  assert.deepEqual(cellAt([-3, 9]), [0, 27]);
  for (const cell of [[0, 0], [27, 27], [5, 20]]) assert.deepEqual(cellAt(middleOf(cell)), cell);
});

test("arrow keys move by one cell and stop at the edge", () => {
  assert.deepEqual(moved([5, 5], "ArrowLeft"), [4, 5]);
  assert.deepEqual(moved([5, 5], "ArrowUp"), [5, 4]);
  assert.deepEqual(moved([27, 27], "ArrowRight"), [27, 27]);
  assert.deepEqual(moved([0, 27], "ArrowDown"), [0, 27]);
});

test("a quick stroke leaves no gaps between cells", () => {
  assert.deepEqual(between([3, 3], [3, 3]), [[3, 3], [3, 3]]);
  const cells = between([2, 10], [9, 7]);
  assert.deepEqual([cells[0], cells.at(-1)], [[2, 10], [9, 7]]);
  cells.slice(1).forEach(([x, y], k) => {
    assert.ok(Math.max(Math.abs(x - cells[k][0]), Math.abs(y - cells[k][1])) === 1);
  });
});

function fake() {
  const world = { time: 1000, sent: [], timer: null, waiting: 0 };
  const later = (run, wait) => ((world.timer = { run, at: world.time + wait }), 7);
  const post = () => (world.sent.push(world.time), world.waiting++);
  const push = sender(post, () => world.waiting, () => world.time, later, () => (world.timer = null));
  world.pass = (milliseconds) => {
    world.time += milliseconds;
    if (world.timer?.at <= world.time) {
      const { run } = world.timer;
      world.timer = null;
      run();
    }
  };
  world.answer = (waiting) => ((world.waiting = waiting), push.attempt());
  return { world, push };
}

test("soon sends at most every 100 ms, and the last state always", () => {
  const { world, push } = fake();
  for (let k = 0; k < 50; k++) {
    push.soon();
    world.answer(0);
    world.pass(10);
  }
  assert.ok(world.sent.length >= 5 && world.sent.length <= 6, `${world.sent}`);
  world.sent.slice(1).forEach((time, k) => assert.ok(time - world.sent[k] >= 100));
  const before = world.sent.length;
  push.soon();
  assert.ok(push.due());
  world.pass(200);
  assert.ok(!push.due());
  world.answer(0);
  world.pass(1000);
  assert.equal(world.sent.length, before + 1);
});

test("now sends at once, and nothing is sent twice", () => {
  const { world, push } = fake();
  push.soon();
  world.pass(5);
  push.soon();
  push.now();
  assert.deepEqual(world.sent, [1000, 1005]);
  world.pass(1000);
  assert.equal(world.sent.length, 2);
});

test("a slow kernel gets no queue", () => {
  const { world, push } = fake();
  for (let k = 0; k < 30; k++) {
    push.soon();
    world.pass(100);
  }
  assert.equal(world.sent.length, 2);
  world.answer(1);
  assert.equal(world.sent.length, 3);
});

test("signed bytes are white in the middle, blue above, orange below", () => {
  const [low, middle, high] = [0, 1, 2].map((k) => [...weights(Uint8Array.of(0, 128, 255))].slice(4 * k, 4 * k + 3));
  assert.deepEqual(low, [179, 71, 0]);
  assert.ok(middle.every((value) => value > 253));
  assert.deepEqual(high, [0, 114, 178]);
});
