// Shows the playground and asks for frames; playground.py trains, and says what a frame is. Asks only while it plays
// and can be seen, and has at most two requests on their way: one that the kernel works on, one that waits for it.

const [BLUE, ORANGE, PINK, GREY] = [[0, 114, 178], [213, 94, 0], "#a34a7f", "#444444"];
const PLANE = { left: 28, top: 4, size: 236, width: 268, height: 278 };
const NETWORK = { width: 264, height: 368, tile: 34 };
const CURVE = { left: 38, top: 20, right: 36, bottom: 32, width: 268, height: 176 };
const SILENCE = 4000; // milliseconds without an answer after which something is said
const TRAINING = "Training, one epoch a frame.";
const NO_ANSWER = "The kernel does not answer. It is busy, or it was restarted: then run the cell again.";
const LAMPS = { reached: "● Reached:", before: "◐ Reached before:", goal: "○ Goal:" };

// Pure functions

/** 256 RGBA colours: blue for 0, white in the middle, orange for 255; `depth` 0 … 1 is how far from white they go. */
export function colours(depth = 1) {
  const table = new Uint8ClampedArray(4 * 256);
  for (let k = 0; k < 256; k++) {
    const strength = (depth * Math.abs(k - 127.5)) / 127.5;
    (k < 127.5 ? BLUE : ORANGE).forEach((c, i) => (table[4 * k + i] = Math.round(255 + strength * (c - 255))));
    table[4 * k + 3] = 255;
  }
  return table;
}

/** Write the colour of each byte of `values` into `rgba`. */
export function paint(values, table, rgba) {
  const from = new Uint32Array(table.buffer), to = new Uint32Array(rgba.buffer, rgba.byteOffset, values.length);
  for (let k = 0; k < values.length; k++) to[k] = from[values[k]];
  return rgba;
}

/** The middles [x, y] of all units, layer by layer: layers from left to right, the units of each centred. */
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

/** A fraction, such as 0.98, as "98 %". */
export const percent = (fraction) => `${Math.round(100 * fraction)} %`;

/** A frame's buffers as arrays; they may begin anywhere in memory, so those of 4-byte numbers are copied. */
export function unpack(buffers) {
  const bytes = (b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  const floats = (b) => new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
  const [plane, units, weights, curve, points] = buffers.map((b, k) => (k < 2 ? bytes(b) : floats(b)));
  return { plane, units, weights, curve, points };
}

/** Who asks for frames: at most two at a time, only while `playing`, and only if `visible()`. */
export function asker(send, visible, name, now = () => performance.now()) {
  const waiting = new Set();
  let count = 0, heard = now();
  return {
    playing: false,
    play() {
      if (this.silent()) waiting.clear(); // they are lost: the kernel was restarted, or the connection broke
      this.playing = true;
    },
    ask() {
      if (!this.playing || waiting.size >= 2 || !visible()) return;
      if (!waiting.size) heard = now();
      const seq = `${name}-${++count}`;
      waiting.add(seq);
      send({ kind: "frame", seq });
    },
    answered(seq) {
      heard = now();
      waiting.delete(seq);
    },
    silent: () => waiting.size > 0 && now() - heard > SILENCE,
    waiting: () => waiting.size,
  };
}

// Drawing

/** A canvas's context in CSS pixels, cleared, as sharp as the screen. */
function pen(canvas, { width, height }) {
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale)) {
    Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  const plain = { font: "12px system-ui, sans-serif", fillStyle: GREY, strokeStyle: GREY, lineWidth: 1 };
  return Object.assign(context, plain);
}

function text(context, words, x, y, align = "center", baseline = "middle") {
  Object.assign(context, { textAlign: align, textBaseline: baseline });
  context.fillText(words, x, y);
}

/** Bytes as an image `width` pixels wide on a canvas of its own. */
function heat(canvas, values, width, table) {
  const height = values.length / width;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  paint(values, table, image.data);
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
        context.strokeStyle = `rgba(${weights[w++] < 0 ? BLUE : ORANGE}, 0.6)`;
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

function drawPoints(canvas, points, nTrain, reach) {
  const context = pen(canvas, PLANE), { left, top, size, height } = PLANE;
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
    context.fillStyle = train ? `rgb(${[BLUE, ORANGE][label]})` : "white";
    context.strokeStyle = train ? "white" : `rgb(${[BLUE, ORANGE][label]})`;
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
    context.fillStyle = GREY;
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
  [GREY, PINK].forEach((colour, column) => {
    context.beginPath();
    for (let k = 0; k < curve.length; k += 3) context.lineTo(x(curve[k]), y(curve[k + 1 + column]));
    Object.assign(context, { strokeStyle: colour, fillStyle: colour, lineWidth: 2 });
    context.stroke();
    context.fillRect(end - 2, ends[column] - 2, 4, 4);
    text(context, ["train", "test"][column], end + 6, ends[column] + (column ? -below : below) * apart, "left");
  });
}

// The page

function make(tag, className = "", parent = null, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (className) element.className = `playground-${className}`;
  parent?.append(element);
  return element;
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function render({ model, el }) {
  const root = make("div", "", el, { className: "playground" });
  root.addEventListener("focusin", (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // keys typed here are not JupyterLab's
  });
  const lamps = make("div", "lamps", root, { role: "status" }), panels = make("div", "panels", root);
  const words = make("div", "words", root, { role: "status" });
  const [left, middle, result] = ["controls", "network", "result"].map((name) => make("div", name, panels));
  const buttons = make("div", "buttons", left);
  const button = (name, parent, onclick, label) =>
    make("button", "", parent, { type: "button", textContent: name, title: label, ariaLabel: label, onclick });
  const play = button("Play", buttons, () => setPlaying(!turns.playing), "Play or pause the training");
  play.className = "playground-play";
  button("Step", buttons, () => (setPlaying(false), send({ kind: "step" })), "Step: train one epoch");
  button("Restart", buttons, () => send({ kind: "restart" }), "Restart: the same network begins anew");
  button("Reset", buttons, () => (setPlaying(false), send({ kind: "reset" })), "Reset: everything as at the start");

  const picture = (parent, label) => make("canvas", "", parent, { role: "img", ariaLabel: label });
  const depth = make("div", "depth", middle), widths = make("div", "widths", middle), atlas = make("canvas");
  const network = picture(middle, "The units as heat maps, with a line for each weight");
  const background = make("canvas", "heat", result);
  background.style = `left: ${PLANE.left}px; top: ${PLANE.top}px; width: ${PLANE.size}px; height: ${PLANE.size}px`;
  const foreground = picture(result, "The points, over the output of the network everywhere in the plane");
  foreground.className = "playground-points";
  const curve = picture(result, "Train loss and test loss by epoch"), table = make("div", "numbers", middle);
  const numbers = ["epoch", "train loss", "test loss", "test accuracy"].map((name) =>
    make("strong", "", make("div", "", table, { textContent: name })),
  );
  const strong = colours(), pale = colours(0.6), inputs = {};
  let scene = null, frame = null, fresh = false, request = 0, changes = 0;

  const send = (message) => {
    try {
      model.send(message);
    } catch { // the kernel was restarted
      setPlaying(false);
      say(words, NO_ANSWER);
    }
  };
  const id = Math.random().toString(36).slice(2); // of this view; there may be several of one playground
  const turns = asker(send, () => !document.hidden && root.getClientRects().length > 0, id);
  const set = (name, value) => send({ kind: "set", name, value, seq: `${id}-set-${++changes}` });
  const wake = () => (request ||= requestAnimationFrame(tick));

  function tick() {
    request = 0;
    if (fresh) draw();
    turns.ask();
    if (turns.silent()) say(words, NO_ANSWER);
    if (turns.playing) wake();
  }

  function setPlaying(playing) {
    if (playing) turns.play();
    turns.playing = playing;
    play.textContent = playing ? "Pause" : "Play";
    say(words, playing ? TRAINING : (frame?.words ?? ""));
    wake();
  }

  function control(name, label, choices) {
    const line = make("label", "", left), head = make("span", "", line, { textContent: label });
    if (typeof choices[0] === "string") {
      const list = make("select", "", line, { onchange: () => set(name, list.value) });
      for (const choice of choices) list.append(new Option(choice));
      return { show: (value) => (list.value = value) };
    }
    const readout = make("strong", "", head);
    const range = make("input", "", line, { type: "range", min: 0, max: choices.length - 1, step: 1 });
    const read = () => (range.ariaValueText = readout.textContent = short(choices[range.value]));
    range.oninput = () => (read(), set(name, choices[range.value]));
    return { show: (value) => ((range.value = choices.indexOf(value)), read()) };
  }

  function showHidden(hidden, [mostLayers, mostUnits]) {
    const focused = root.contains(document.activeElement) ? document.activeElement.title : null;
    const change = (...layers) => () => (showHidden(layers, [mostLayers, mostUnits]), set("hidden", layers));
    depth.replaceChildren();
    widths.replaceChildren();
    const counter = (parent, count, low, high, label, less, more) => {
      button("−", parent, less, `Fewer ${label}`).disabled = count <= low;
      make("strong", "", parent, { textContent: count });
      button("+", parent, more, `More ${label}`).disabled = count >= high;
    };
    depth.append("hidden layers");
    const [fewer, more] = [change(...hidden.slice(0, -1)), change(...hidden, hidden.at(-1) ?? 4)];
    counter(depth, hidden.length, 0, mostLayers, "hidden layers", fewer, more);
    hidden.forEach((n, k) => {
      const box = make("div", "", widths), units = (by) => change(...hidden.with(k, n + by));
      box.style.left = `${places([2, ...hidden, 1], NETWORK)[k + 1][0][0]}px`;
      counter(box, n, 1, mostUnits, `units in hidden layer ${k + 1}`, units(-1), units(+1));
    });
    [...root.querySelectorAll("button")].find((b) => b.title === focused && !b.disabled)?.focus();
  }

  function draw() {
    fresh = false;
    const { epoch, losses, accuracy, goals, sizes } = frame;
    goals.forEach(([task, state], k) => {
      const lamp = lamps.children[k] ?? make("div", "", lamps);
      say(lamp, `${LAMPS[state]} ${task}`);
      lamp.dataset.state = state;
    });
    const values = [epoch.toLocaleString("en"), losses[0].toFixed(3), losses[1].toFixed(3), percent(accuracy)];
    values.forEach((value, k) => say(numbers[k], value));
    if (scene) {
      const { choices, labels, settings, most, reach, points, outdated } = scene;
      for (const [name, options] of Object.entries(choices)) inputs[name] ??= control(name, labels[name], options);
      if (!outdated) { // or a slider would jump back under the hand
        for (const [name, input] of Object.entries(inputs)) input.show(settings[name]);
        showHidden(settings.hidden, most);
      }
      drawPoints(foreground, frame.arrays.points, points, reach);
      scene = null;
    }
    drawNetwork(network, atlas, { sizes, ...frame.arrays }, strong);
    heat(background, frame.arrays.plane, Math.sqrt(frame.arrays.plane.length), pale);
    drawCurve(curve, frame.arrays.curve);
    say(words, turns.playing ? TRAINING : frame.words);
  }

  function receive(message, buffers) {
    if (message?.kind !== "frame") return;
    turns.answered(message.seq);
    const arrays = unpack(buffers), points = arrays.points ?? frame?.arrays.points;
    const outdated = message.seq?.startsWith(`${id}-set-`) && message.seq !== `${id}-set-${changes}`;
    frame = { ...message, arrays: { ...arrays, points } };
    if (message.settings) scene = { ...message, outdated };
    fresh = true;
    if (message.stopped && turns.playing) setPlaying(false);
    wake();
  }

  model.on("msg:custom", receive);
  send({ kind: "look" });
  return () => {
    turns.playing = false;
    cancelAnimationFrame(request);
    request = -1; // so that nothing wakes it again
    model.off("msg:custom", receive);
  };
}

export default { render };
