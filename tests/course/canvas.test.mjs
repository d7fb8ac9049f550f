// The conversation of course/widgets/canvas.mjs; tests/course/test_canvas.py runs this with `node --test`.

import assert from "node:assert/strict";
import { test } from "node:test";

import { conversation } from "../../course/widgets/canvas.mjs";

function fake() {
  const world = { sent: [], silences: 0, timer: null };
  const later = (run) => (world.timer = run);
  const cancel = () => (world.timer = null);
  const talk = conversation(({ seq }) => world.sent.push(seq), () => world.silences++, later, cancel);
  return { world, talk };
}

test("messages are numbered, and counted until they are answered", () => {
  const { world, talk } = fake();
  for (let k = 0; k < 3; k++) talk.send({ kind: "look" });
  const [[view]] = world.sent;
  assert.deepEqual(world.sent, [[view, 1], [view, 2], [view, 3]]);
  assert.equal(talk.waiting(), 3);
  assert.ok(talk.hear([view, 1]));
  assert.equal(talk.waiting(), 2);
  assert.ok(talk.hear([view, 3])); // answers come in order: number 2 got none
  assert.equal(talk.waiting(), 0);
  assert.equal(world.timer, null);
});

test("what another view asked for, or nobody, is no answer", () => {
  const { talk } = fake();
  talk.send({});
  for (const seq of [undefined, null, [], ["another", 1]]) assert.ok(!talk.hear(seq));
  assert.equal(talk.waiting(), 1);
});

test("silence is noticed as long as an answer is missing", () => {
  const { world, talk } = fake();
  assert.equal(world.timer, null);
  talk.send({});
  talk.send({});
  talk.hear(world.sent[0]);
  world.timer();
  assert.equal(world.silences, 1);
  talk.hear(world.sent[1]);
  assert.equal(world.timer, null);
});

test("only after a silence are messages given up", () => {
  const { world, talk } = fake();
  talk.send({});
  talk.forgetLost();
  assert.equal(talk.waiting(), 1);
  world.timer();
  talk.forgetLost();
  assert.equal(talk.waiting(), 0);
  talk.send({});
  assert.equal(talk.waiting(), 1);
});
