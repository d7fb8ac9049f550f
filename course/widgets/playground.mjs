// Shows the playground and asks for frames; playground.py trains, and says what a frame is. Asks only while it plays
// and can be seen, and has at most two requests on their way: one that the kernel works on, one that waits for it.

import { BLUE, GRAY, ORANGE, PINK, panel, pen, say } from "./canvas.mjs";

const PLANE = { left: 28, top: 4, size: 236, width: 268, height: 278, reach: 3 };
const NETWORK = { width: 264, height: 368, tile: 34 };
const CURVE = { left: 38, top: 20, right: 36, bottom: 32, width: 268, height: 176 };
const MAX_LAYERS = 3, MAX_UNITS = 8; // as in playground.py, and so is reach
const TRAINING = "Training, one epoch a frame.";

// Pure functions

/** 256 colors as RGBA pixels: blue for 0, white in the middle, orange for 255; `depth` 0 … 1 is how far from white. */
export function colors(depth = 1) {
  const table = new Uint8ClampedArray(4 * 256).fill(255);
  for (let k = 0; k < 256; k++) {
    const strength = (depth * Math.abs(k - 127.5)) / 127.5, end = k < 127.5 ? [0, 114, 178] : [213, 94, 0];
    end.forEach((c, i) => (table[4 * k + i] = Math.round(255 + strength * (c - 255))));
  }
  return new Uint32Array(table.buffer);
}

/** The middles [x, y] of all units, layer by layer: layers from left to right, the units of each centered. */
export function places(sizes, { width, height, tile }) {
  const step = (width - tile) / (sizes.length - 1), most = Math.max(...sizes);
  const gap = Math.min(height / most, tile + 14);
  const y = (k, n) => height / 2 + (k - (n - 1) / 2) * gap;
  return sizes.map((n, l) => Array.from({ length: n }, (_, k) => [tile / 2 + l * step, y(k, n)]));
}

/** The width of the line that shows a weight. */
export const thickness = (w) => Math.min(6, 0.3 + 1.2 * Math.abs(w));

/** Round numbers from 0 to `high`, in two to five steps of 1, 2 or 5 times a power of ten. */
export function ticks(high) {
  if (!(high > 0 && Number.isFinite(high))) return [0];
  const power = 10 ** Math.floor(Math.log10(high));
  const step = [0.2, 0.5, 1, 2].map((s) => s * power).find((s) => high / s <= 5) ?? 2 * power;
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, k) => Number((k * step).toPrecision(12)));
}

/** A number of a setting or an axis, short: 0.003, 12,000, 2e+7. */
export function short(value) {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) return value.toExponential(0);
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

/** A frame's buffers as arrays, by name; they may begin anywhere in memory, so those of 4-byte numbers are copied. */
export function unpack(buffers) {
  const bytes = (b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  const floats = (b) => new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
  const names = ["plane", "units", "weights", "curve", "points"];
  return Object.fromEntries(buffers.map((b, k) => [names[k], k < 2 ? bytes(b) : floats(b)]));
}

// Drawing

function text(context, words, x, y, align = "center") {
  Object.assign(context, { textAlign: align, textBaseline: "middle" });
  context.fillText(words, x, y);
}

/** Bytes as an image `width` pixels wide, which is all there is on the canvas; `table` has the color of each. */
function heat(canvas, values, width, table) {
  const height = values.length / width, image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  values.forEach((value, k) => (pixels[k] = table[value]));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

function drawNetwork(canvas, atlas, { sizes, units, weights }, table) {
  const context = pen(canvas, NETWORK), at = places(sizes, NETWORK), { tile } = NETWORK;
  let w = 0, unit = 0;
  for (let l = 1; l < sizes.length; l++) {
    for (const [x, y] of at[l]) {
      for (const [x0, y0] of at[l - 1]) {
        const [a, b] = [x0 + tile / 2, x - tile / 2], middle = (a + b) / 2;
        context.beginPath();
        context.moveTo(a, y0);
        context.bezierCurveTo(middle, y0, middle, y, b, y);
        context.lineWidth = thickness(weights[w]);
        context.strokeStyle = `${weights[w++] < 0 ? BLUE : ORANGE}99`;
        context.stroke();
      }
    }
  }
  const side = Math.sqrt(units.length / at.flat().length);
  heat(atlas, units, side, table);
  context.strokeStyle = "#767676";
  context.lineWidth = 1;
  for (const [x, y] of at.flat()) {
    const corner = [x - tile / 2, y - tile / 2, tile, tile];
    context.drawImage(atlas, 0, side * unit++, side, side, ...corner);
    context.strokeRect(...corner);
  }
  at[0].forEach(([x, y], k) => text(context, `x${"₁₂"[k]}`, x, y + (k - 0.5) * (tile + 20)));
  const [x, y] = at.at(-1)[0];
  text(context, "output", x + tile / 2, y + tile / 2 + 10, "right");
}

function drawPoints(canvas, points, nTrain) {
  const context = pen(canvas, PLANE), { left, top, size, height, reach } = PLANE;
  const x = (value) => left + ((value + reach) / (2 * reach)) * size;
  const y = (value) => top + ((reach - value) / (2 * reach)) * size;
  for (let tick = -reach + 1; tick < reach; tick += 2) {
    text(context, short(tick).replace("-", "−"), x(tick), top + size + 9);
    text(context, short(tick).replace("-", "−"), left - 5, y(tick), "right");
  }
  text(context, "x₁", left + size - 6, top + size + 9);
  text(context, "x₂", left - 5, top + 8, "right");
  const dot = (px, py, label, train) => {
    context.beginPath();
    context.arc(px, py, train ? 3.2 : 2.4, 0, 7);
    const color = [BLUE, ORANGE][label];
    [context.fillStyle, context.strokeStyle] = train ? [color, "white"] : ["white", color];
    context.fill();
    context.stroke();
  };
  context.save();
  context.rect(left, top, size, size);
  context.clip();
  for (let k = points.length / 3 - 1; k >= 0; k--) {
    dot(x(points[3 * k]), y(points[3 * k + 1]), points[3 * k + 2], k < nTrain); // those for training last, on top
  }
  context.restore();
  for (const [x0, words, train] of [[left + 36, "to train", true], [left + 144, "to test", false]]) {
    for (const label of [0, 1]) dot(x0 + 10 * label, height - 10, label, train);
    context.fillStyle = GRAY;
    text(context, words, x0 + 18, height - 10, "left");
  }
}

function drawCurve(canvas, curve) {
  const context = pen(canvas, CURVE), { left, top, right, bottom, width, height } = CURVE;
  const epochs = Math.max(10, curve.at(-3)), wide = width - left - right;
  const most = curve.reduce((most, value, k) => (k % 3 ? Math.max(most, value) : most), 0);
  const x = (epoch) => left + (epoch / epochs) * wide;
  const y = (loss) => height - bottom - (loss / (1.05 * most || 1)) * (height - top - bottom);
  context.strokeStyle = "#dddddd";
  for (const tick of ticks(most)) {
    context.strokeRect(left, y(tick), wide, 0);
    text(context, short(tick), left - 5, y(tick), "right");
  }
  for (const tick of ticks(epochs)) text(context, short(tick), x(tick), height - bottom + 10);
  text(context, "epoch", left + wide / 2, height - 6);
  text(context, "loss", left - 5, 8, "right");
  const end = x(curve.at(-3)), ends = [y(curve.at(-2)), y(curve.at(-1))];
  const apart = Math.max(0, 14 - Math.abs(ends[0] - ends[1])) / 2, below = ends[0] > ends[1] ? 1 : -1;
  [GRAY, PINK].forEach((color, column) => {
    context.beginPath();
    for (let k = 0; k < curve.length; k += 3) context.lineTo(x(curve[k]), y(curve[k + 1 + column]));
    Object.assign(context, { strokeStyle: color, fillStyle: color, lineWidth: 2 });
    context.stroke();
    context.fillRect(end - 2, ends[column] - 2, 4, 4);
    text(context, ["train", "test"][column], end + 6, ends[column] + (column ? -below : below) * apart, "left");
  });
}

// The page

function render({ model, el }) {
  const { root, panels, words, make, button, send, talk, showGoals, close } =
    panel({ model, el }, "playground", receive, () => setPlaying(false));
  const [left, middle, result] = ["controls", "network", "result"].map((name) => make("div", name, panels));
  const buttons = make("div", "buttons", left);
  const play = button("Play", buttons, () => setPlaying(!playing), "Play or pause the training");
  play.classList.add("canvas-play", "playground-play");
  const paused = (kind) => () => (setPlaying(false), send({ kind }));
  button("Step", buttons, paused("step"), "Step: train one epoch");
  button("Restart", buttons, () => send({ kind: "restart" }), "Restart: the same network begins anew");
  button("Reset", buttons, paused("reset"), "Reset: everything as at the start");

  const picture = (parent, label) => make("canvas", "", parent, { role: "img", ariaLabel: label });
  const depth = make("div", "depth", middle), widths = make("div", "widths", middle), atlas = make("canvas");
  const network = picture(middle, "The units as heat maps, with a line for each weight");
  const background = make("canvas", "heat", result);
  background.style = `left: ${PLANE.left}px; top: ${PLANE.top}px; width: ${PLANE.size}px; height: ${PLANE.size}px`;
  const foreground = picture(result, "The points, over the output of the network everywhere in the plane");
  foreground.classList.add("playground-points");
  const curve = picture(result, "Train loss and test loss by epoch"), table = make("div", "numbers", middle);
  const numbers = ["epoch", "train loss", "test loss", "test accuracy"].map((name) =>
    make("strong", "", make("div", "", table, { textContent: name })),
  );
  const strong = colors(), pale = colors(0.6);
  let playing = false, frame = null, arrays = {}, shown = null, drawn = null, request = 0;

  // Only while it plays and can be seen, with at most two messages on their way: one that the kernel works on, one
  // that waits for it.
  function tick() {
    request = 0;
    if (frame !== shown) draw();
    const visible = !document.hidden && root.getClientRects().length > 0;
    if (playing && visible && talk.waiting() < 2) send({ kind: "frame" });
    if (playing) wake();
  }

  function wake() {
    request ||= requestAnimationFrame(tick);
  }

  function setPlaying(value) {
    if (value) talk.forgetLost();
    playing = value;
    play.textContent = playing ? "Pause" : "Play";
    say(words, playing ? TRAINING : (frame?.words ?? ""));
    wake();
  }

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
    send({ kind: "look" }); // finds out whether the kernel is there; when the setting has arrived, a frame comes by itself
  }

  function control(name, label, choices) {
    const line = make("label", "", left), head = make("span", "", line, { textContent: label });
    if (typeof choices[0] === "string") {
      const list = make("select", "", line, { onchange: () => set(name, list.value) });
      for (const choice of choices) list.append(new Option(choice));
      return () => (list.value = model.get(name));
    }
    const readout = make("strong", "", head), range = make("input", "", line, { type: "range", min: 0, step: 1 });
    const read = () => (range.ariaValueText = readout.textContent = short(choices[range.value]));
    range.oninput = () => (read(), set(name, choices[range.value]));
    return () => {
      const value = model.get(name);
      if (!choices.includes(value)) choices = [...choices, value].sort((a, b) => a - b);
      range.max = choices.length - 1;
      range.value = choices.indexOf(value);
      read();
    };
  }

  function showHidden() {
    const hidden = model.get("hidden"), focused = root.contains(document.activeElement) && document.activeElement.title;
    const change = (...layers) => () => set("hidden", layers);
    depth.replaceChildren("hidden layers");
    widths.replaceChildren();
    const counter = (parent, count, low, high, label, less, more) => {
      button("−", parent, less, `Fewer ${label}`).disabled = count <= low;
      make("strong", "", parent, { textContent: count });
      button("+", parent, more, `More ${label}`).disabled = count >= high;
    };
    const [fewer, more] = [change(...hidden.slice(0, -1)), change(...hidden, hidden.at(-1) ?? 4)];
    counter(depth, hidden.length, 0, MAX_LAYERS, "hidden layers", fewer, more);
    hidden.forEach((n, k) => {
      const box = make("div", "", widths), units = (by) => change(...hidden.with(k, n + by));
      box.style.left = `${places([2, ...hidden, 1], NETWORK)[k + 1][0][0]}px`;
      counter(box, n, 1, MAX_UNITS, `units in hidden layer ${k + 1}`, units(-1), units(+1));
    });
    [...root.querySelectorAll("button")].find((b) => b.title === focused && !b.disabled)?.focus();
  }

  function draw() {
    shown = frame;
    showGoals(frame.goals);
    frame.numbers.forEach((value, k) => say(numbers[k], value));
    if (arrays.points !== drawn) drawPoints(foreground, (drawn = arrays.points), frame.trains_on);
    drawNetwork(network, atlas, { sizes: frame.sizes, ...arrays }, strong);
    heat(background, arrays.plane, Math.sqrt(arrays.plane.length), pale);
    drawCurve(curve, arrays.curve);
    say(words, playing ? TRAINING : frame.words);
  }

  function receive(message, buffers) {
    frame = message;
    arrays = { ...arrays, ...unpack(buffers) };
    if (frame.stopped && playing) setPlaying(false);
    wake();
  }

  const show = { hidden: showHidden };
  for (const [name, [label, choices]] of Object.entries(model.get("offers"))) show[name] = control(name, label, choices);
  for (const name in show) {
    show[name]();
    model.on(`change:${name}`, show[name]);
  }
  send({ kind: "look" });
  return () => {
    playing = false;
    cancelAnimationFrame(request);
    request = -1; // so that nothing wakes it again
    for (const name in show) model.off(`change:${name}`, show[name]);
    close();
  };
}

export default { render };
