// Shows the playground and asks for frames; playground.py trains, and says what a frame is. Asks only while it plays
// and can be seen, and has at most two requests on their way: one that the kernel works on, one that waits for it.
// Blue is positive everywhere, orange negative. What a picture shows can be read as words too, and reached by keyboard.

import { panel, pen, say } from "./canvas.mjs";

const PLANE = { left: 26, top: 4, size: 190, width: 222, height: 214, reach: 3 };
const NETWORK = { width: 410, height: 248, tile: 26, left: 42, right: 10 };
const CURVE = { left: 38, top: 16, right: 34, bottom: 28, width: 222, height: 104 };
const MAX_LAYERS = 6, MAX_UNITS = 8; // as in playground.py, and so is reach
const TRAINING = "Training, one epoch a frame.";
const BUFFERS = ["plane", "units", "weights", "biases", "values", "sums", "slopes", "curve", "points"];
const THEMES = {
  light: { back: "#ffffff", ink: "#444444", line: "#767676", grid: "#dddddd", pink: "#a34a7f",
    classes: ["#d55e00", "#0072b2", "#009e73"] },
  dark: { back: "#1b1b1b", ink: "#d0d0d0", line: "#8a8a8a", grid: "#444444", pink: "#e08fbd",
    classes: ["#f0904a", "#4db1ee", "#35cfa3"] },
};

// Pure functions

const rgb = (color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16));

/** 256 colors as RGBA pixels: orange for 0, the background in the middle, blue for 255; `depth` 0 … 1 is how far from
 *  the background; `discrete` ones know only the ends. */
export function colors(theme, depth = 1, discrete = false) {
  const table = new Uint8ClampedArray(4 * 256).fill(255), back = rgb(theme.back);
  for (let k = 0; k < 256; k++) {
    const strength = discrete ? depth : (depth * Math.abs(k - 127.5)) / 127.5;
    rgb(theme.classes[k < 127.5 ? 0 : 1]).forEach((c, i) => (table[4 * k + i] = back[i] + strength * (c - back[i])));
  }
  return new Uint32Array(table.buffer);
}

/** Three maps of probabilities, one after the other, as RGBA pixels: the mixture of the classes' colors. */
export function mixed(plane, theme, depth, discrete = false) {
  const n = plane.length / 3, pixels = new Uint8ClampedArray(4 * n).fill(255);
  const back = rgb(theme.back), classes = theme.classes.map(rgb);
  for (let k = 0; k < n; k++) {
    let parts = [plane[k] / 255, plane[n + k] / 255, plane[2 * n + k] / 255];
    if (discrete) parts = parts.map((p, c) => Number(c === parts.indexOf(Math.max(...parts))));
    for (let i = 0; i < 3; i++) {
      const color = parts.reduce((sum, p, c) => sum + p * classes[c][i], 0);
      pixels[4 * k + i] = back[i] + depth * (color - back[i]);
    }
  }
  return new Uint32Array(pixels.buffer);
}

/** The middles [x, y] of all units, layer by layer: layers from left to right, the units of each centered. */
export function places(sizes, { width, height, tile, left = 0, right = 0 }) {
  const step = (width - left - right - tile) / (sizes.length - 1), most = Math.max(...sizes);
  const gap = Math.min(height / most, tile + 14);
  const y = (k, n) => height / 2 + (k - (n - 1) / 2) * gap;
  return sizes.map((n, l) => Array.from({ length: n }, (_, k) => [left + tile / 2 + l * step, y(k, n)]));
}

/** Where the numbers of layer l begin in a frame's arrays: its weights, its biases and sums, its values. */
export function starts(sizes, l) {
  const before = sizes.slice(0, l).reduce((sum, n) => sum + n, 0);
  const weights = sizes.slice(1, l).reduce((sum, n, k) => sum + n * sizes[k], 0);
  return { weights, biases: before - sizes[0], values: before };
}

/** A number to be read: five digits, which give back the output to three. */
export const digits = (value) => String(Number(value.toPrecision(5))).replace("-", "−");

/** What unit k of layer l computes at the point, in words with all its numbers. */
export function formula(frame, arrays, l, k) {
  const { sizes, output, activation, inputs } = frame, at = starts(sizes, l);
  const value = digits(arrays.values[at.values + k]);
  if (l === 0) return `${inputs[k]} = ${value}`;
  const n = sizes[l - 1], below = starts(sizes, l - 1).values, weight = at.weights + k * n;
  const products = Array.from({ length: n }, (_, j) =>
    `${digits(arrays.weights[weight + j])} · ${digits(arrays.values[below + j])}`.replace(/· (−\S+)/, "· ($1)"));
  const z = digits(arrays.sums[at.biases + k]), sum = `${products.join(" + ")} + ${digits(arrays.biases[at.biases + k])}`;
  const name = l < sizes.length - 1 ? (activation === "yours" ? "your f" : activation) : output;
  if (name === "softmax") return `z = ${sum.replaceAll("+ −", "− ")} = ${z}; its share, e^z / Σ e^z, is ${value}`;
  const f = { sigmoid: "σ", identity: "" }[name] ?? name;
  return `${f}(${sum.replaceAll("+ −", "− ")}) = ${f ? `${f}(${z}) = ` : ""}${value}`;
}

/** The index of the row (epoch, train loss, test loss) of a curve whose epoch is nearest. */
export function nearest(curve, epoch) {
  let best = 0;
  for (let k = 0; k < curve.length / 3; k++) {
    if (Math.abs(curve[3 * k] - epoch) < Math.abs(curve[3 * best] - epoch)) best = k;
  }
  return best;
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

const FOUR_DIGITS = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 }); // to make one takes long

/** A number of a setting or an axis, short: 0.003, 12,000, 2e+7. */
export function short(value) {
  if (value !== 0 && (Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4)) return value.toExponential(0);
  return FOUR_DIGITS.format(value);
}

/** A frame's buffers as arrays, by name; they may begin anywhere in memory, so those of 4-byte numbers are copied. */
export function unpack(buffers) {
  const bytes = (b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  const floats = (b) => new Float32Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.byteLength));
  return Object.fromEntries(buffers.map((b, k) => [BUFFERS[k], k < 2 ? bytes(b) : floats(b)]));
}

// Drawing

function text(context, words, x, y, align = "center") {
  Object.assign(context, { textAlign: align, textBaseline: "middle" });
  context.fillText(words, x, y);
}

/** A pen in the colors of the theme. */
function themed(canvas, size, theme) {
  return Object.assign(pen(canvas, size), { fillStyle: theme.ink, strokeStyle: theme.ink });
}

/** Pixels as an image `width` wide, which is all there is on the canvas. */
function paint(canvas, pixels, width) {
  const height = pixels.length / width, image = new ImageData(new Uint8ClampedArray(pixels.buffer), width, height);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The color of each value. A loop: Uint32Array.from with a function takes twenty times as long. */
function heat(values, table) {
  const pixels = new Uint32Array(values.length);
  for (let k = 0; k < values.length; k++) pixels[k] = table[values[k]];
  return pixels;
}

/** Draws it, and returns the weights as [{ path, l, k, j }]. With slopes, these are shown in place of the weights, and
 *  the frame of a unit is as strong as the gradient of all that leads into it. */
function drawNetwork(canvas, atlas, frame, { units, weights, biases, slopes }, table, theme, marked) {
  const { sizes, inputs } = frame, context = themed(canvas, NETWORK, theme), at = places(sizes, NETWORK);
  const { tile } = NETWORK, edges = [], blame = slopes.length > 0, sign = (v) => theme.classes[v < 0 ? 0 : 1];
  const most = blame ? slopes.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-12) / 4 : 1;
  const pull = at.map((layer) => layer.map(() => 0)), shown = blame ? slopes : weights;
  let w = 0, b = 0, unit = 0;
  for (let l = 1; l < sizes.length; l++) {
    at[l].forEach(([x, y], k) => {
      at[l - 1].forEach(([x0, y0], j) => {
        const a = x0 + tile / 2, e = x - tile / 2, middle = (a + e) / 2, path = new Path2D();
        path.moveTo(a, y0);
        path.bezierCurveTo(middle, y0, middle, y, e, y);
        context.lineWidth = thickness(shown[w] / most) + (marked === `W${l}[${k},${j}]` ? 3 : 0);
        context.strokeStyle = `${sign(shown[w])}a0`;
        context.stroke(path);
        pull[l][k] += blame ? (slopes[w] / most) ** 2 : 0;
        edges.push({ path, l, k, j, value: weights[w++] });
      });
      pull[l][k] += blame ? (slopes[weights.length + b] / most) ** 2 : 0;
      b++;
    });
  }
  const side = Math.sqrt(units.length / at.flat().length);
  paint(atlas, heat(units, table), side);
  b = 0;
  at.forEach((layer, l) => layer.forEach(([x, y], k) => {
    const corner = [x - tile / 2, y - tile / 2, tile, tile];
    context.drawImage(atlas, 0, side * unit++, side, side, ...corner);
    context.strokeStyle = blame && l ? theme.pink : theme.line;
    context.lineWidth = blame && l ? 0.5 + Math.min(6, Math.sqrt(pull[l][k])) : 1;
    context.strokeRect(...corner);
    if (!l) return text(context, inputs[k], x - tile / 2 - 5, y, "right");
    context.fillStyle = sign(biases[b++]);
    context.fillRect(x - tile / 2 - 3, y + tile / 2 - 6, 8, 8);
    context.lineWidth = 1;
    context.strokeStyle = theme.back;
    context.strokeRect(x - tile / 2 - 3, y + tile / 2 - 6, 8, 8);
    context.fillStyle = theme.ink;
  }));
  return edges;
}

const onPlane = ({ left, top, size, reach }) => [
  (value) => left + ((value + reach) / (2 * reach)) * size,
  (value) => top + ((reach - value) / (2 * reach)) * size,
];

function drawPoints(canvas, frame, points, theme, showTest) {
  const context = themed(canvas, PLANE, theme), { left, top, size, reach } = PLANE, [x, y] = onPlane(PLANE);
  for (let tick = -reach + 1; tick < reach; tick += 2) {
    text(context, short(tick).replace("-", "−"), x(tick), top + size + 9);
    text(context, short(tick).replace("-", "−"), left - 5, y(tick), "right");
  }
  text(context, "x₁", left + size - 6, top + size + 9);
  text(context, "x₂", left - 5, top + 8, "right");
  const strongest = colors(theme);
  const colorOf = (label) => {
    if (frame.classes) return theme.classes[label];
    const pixel = strongest[Math.min(255, Math.max(0, Math.round(127.5 * (1 + label))))];
    return `rgb(${pixel & 255}, ${(pixel >> 8) & 255}, ${(pixel >> 16) & 255})`;
  };
  context.save();
  context.rect(left, top, size, size);
  context.clip();
  for (let k = points.length / 3 - 1; k >= 0; k--) { // those for training last, on top
    const train = k < frame.trains_on, color = colorOf(points[3 * k + 2]);
    if (!train && !showTest) continue;
    context.beginPath();
    context.arc(x(points[3 * k]), y(points[3 * k + 1]), train ? 3 : 2.3, 0, 7);
    const edge = frame.classes ? theme.back : theme.line;
    [context.fillStyle, context.strokeStyle] = train ? [color, edge] : [theme.back, color];
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** A cross at the point whose numbers are shown. */
function drawProbe(canvas, [x1, x2], theme) {
  const context = themed(canvas, PLANE, theme), [x, y] = onPlane(PLANE);
  for (const [color, width] of [[theme.back, 3], [theme.ink, 1]]) {
    Object.assign(context, { strokeStyle: color, lineWidth: width });
    context.strokeRect(x(x1) - 5, y(x2), 10, 0);
    context.strokeRect(x(x1), y(x2) - 5, 0, 10);
  }
}

function drawCurve(canvas, curve, theme, cursor) {
  const context = themed(canvas, CURVE, theme), { left, top, right, bottom, width, height } = CURVE;
  const epochs = Math.max(10, curve.at(-3)), wide = width - left - right;
  const most = curve.reduce((most, value, k) => (k % 3 ? Math.max(most, value) : most), 0);
  const x = (epoch) => left + (epoch / epochs) * wide;
  const y = (loss) => height - bottom - (loss / (1.05 * most || 1)) * (height - top - bottom);
  context.strokeStyle = theme.grid;
  for (const tick of ticks(most)) {
    context.strokeRect(left, y(tick), wide, 0);
    text(context, short(tick), left - 5, y(tick), "right");
  }
  for (const tick of ticks(epochs)) text(context, short(tick), x(tick), height - bottom + 9);
  text(context, "epoch", left + wide / 2, height - 6);
  text(context, "loss", left - 5, 7, "right");
  if (cursor !== null) context.fillRect(x(curve[3 * cursor]) - 0.5, top, 1, height - top - bottom);
  const end = x(curve.at(-3)), ends = [y(curve.at(-2)), y(curve.at(-1))];
  const apart = Math.max(0, 14 - Math.abs(ends[0] - ends[1])) / 2, below = ends[0] > ends[1] ? 1 : -1;
  [theme.ink, theme.pink].forEach((color, column) => {
    context.beginPath();
    for (let k = 0; k < curve.length; k += 3) context.lineTo(x(curve[k]), y(curve[k + 1 + column]));
    Object.assign(context, { strokeStyle: color, fillStyle: color, lineWidth: 2 });
    context.stroke();
    context.fillRect(end - 2, ends[column] - 2, 4, 4);
    text(context, ["train", "test"][column], end + 6, ends[column] + (column ? -below : below) * apart, "left");
  });
}

// The page

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

function render({ model, el }) {
  const { root, panels, words, make, button, send, talk, showGoals, close } =
    panel({ model, el }, "playground", receive, () => setPlaying(false));
  const bar = make("div", "bar");
  panels.before(bar);
  const [left, middle, result] = ["controls", "network", "result"].map((name) => make("div", name, panels));
  const play = button("Play", bar, () => setPlaying(!playing), "Play or pause the training");
  play.classList.add("canvas-play", "playground-play");
  const paused = (kind) => () => (setPlaying(false), send({ kind }));
  button("Step", bar, paused("step"), "Step: train one epoch");
  button("Restart", bar, () => send({ kind: "restart" }), "Restart: the same network begins anew");
  button("Reset", bar, paused("reset"), "Reset: everything as at the start");
  button("New points", bar, () => send({ kind: "new points" }), "New points, of another seed");
  button("New weights", bar, () => send({ kind: "new weights" }), "New weights, of another seed");

  const picture = (parent, label, role = "img") =>
    make("canvas", "", parent, { role, ariaLabel: label, tabIndex: role === "img" ? -1 : 0 });
  const status = make("div", "status", middle), widths = make("div", "widths", middle);
  const board = make("div", "board", middle), atlas = make("canvas");
  const network = picture(board, "The units as heat maps, with a line for each weight");
  const legend = make("div", "legend", middle);
  const background = make("canvas", "heat", result);
  background.style = `left: ${PLANE.left}px; top: ${PLANE.top}px; width: ${PLANE.size}px; height: ${PLANE.size}px`;
  const foreground = picture(result, "The points, over the output of the network everywhere in the plane");
  foreground.classList.add("playground-points");
  const cross = picture(result, "A point of the plane, whose numbers are shown: the arrow keys move it", "application");
  cross.classList.add("playground-cross");
  const big = make("div", "big", result), curve = picture(result, "Losses by epoch: arrow keys read them", "application");
  curve.classList.add("playground-curve");
  const depth = make("div", "depth", status), table = make("div", "numbers", status);
  const numbers = ["epoch", "train loss", "test loss", "test accuracy"].map((name) =>
    make("strong", "", make("div", "", table, { textContent: name })),
  );
  const inspector = make("div", "inspector");
  words.before(inspector);
  const readout = make("div", "readout", inspector, { role: "status" }), fields = make("div", "fields", inspector);
  let playing = false, frame = null, arrays = {}, shown = null, drawn = null, request = 0, edges = [], buttons = [];
  let selected = null, hovered = null, marked = "", note = "", cursor = null, drawing = null, draft = [], built = "";
  let crossed = "", told = 0; // what the cross shows, and when the numbers were last written

  // Only while it plays and can be seen, with at most two messages on their way: one that the kernel works on, one
  // that waits for it.
  function tick() {
    request = 0;
    const visible = !document.hidden && root.getClientRects().length > 0; // before drawing: no layout is needed
    if (frame !== shown) draw();
    if (playing && visible && talk.waiting() < 2) send({ kind: "frame" });
    if (playing) wake();
  }

  function wake() {
    request ||= requestAnimationFrame(tick);
  }

  /** Draw the same frame again: something else is shown of it. */
  function again() {
    shown = drawn = null;
    if (frame) wake();
  }

  function setPlaying(value) {
    if (value) talk.forgetLost();
    playing = value;
    play.textContent = playing ? "Pause" : "Play";
    readout.ariaLive = playing ? "off" : "polite";
    say(words, playing ? TRAINING : (frame?.words ?? ""));
    again();
  }

  function set(name, value) {
    model.set(name, value);
    model.save_changes();
    send({ kind: "look" }); // finds out whether the kernel is there; when the setting has arrived, a frame comes by itself
  }

  // Settings

  function control(name, label, choices) {
    const line = make("label", "setting", left), head = make("span", "", line, { textContent: label });
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

  function inputControl(label, choices) {
    const line = make("div", "inputs", left, { role: "group", ariaLabel: label });
    const toggles = choices.map(([name, symbol]) => {
      const toggle = button(symbol, line, () => {
        const now = model.get("features");
        const next = now.includes(name) ? now.filter((other) => other !== name) : [...now, name];
        if (next.length) set("features", next);
      }, `Take ${symbol} as an input`);
      return () => (toggle.ariaPressed = String(model.get("features").includes(name)));
    });
    return () => toggles.forEach((show) => show());
  }

  function viewControl(name, label) {
    const line = make("label", "view", bar), box = make("input", "", line, { type: "checkbox" });
    line.append(label);
    box.onchange = () => set(name, box.checked);
    return () => ((box.checked = model.get(name)), again());
  }

  function showHidden() {
    const hidden = model.get("hidden"), focused = root.contains(document.activeElement) && document.activeElement.title;
    const change = (...layers) => () => set("hidden", layers);
    depth.replaceChildren("layers ");
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

  // Numbers: of the unit under the pointer or with the focus, of a weight, of the losses

  const last = () => frame.sizes.length - 1;
  const nameOf = (l, k) =>
    l === 0 ? `Input ${frame.inputs[k]}` : l === last() ? `Output${frame.sizes[l] > 1 ? ` ${k}` : ""}` : `Layer ${l}, unit ${k + 1}`;

  /** A button over every unit; the arrow keys lead from one to the next. */
  function build() {
    const key = `${frame.sizes} ${frame.inputs}`;
    if (key === built) return;
    built = key;
    buttons.flat().forEach((b) => b.remove());
    [selected, hovered, marked, note] = [[last(), 0], null, "", ""];
    const at = places(frame.sizes, NETWORK), { tile } = NETWORK;
    buttons = at.map((layer, l) => layer.map(([x, y], k) => {
      const b = button("", board, () => choose(l, k), nameOf(l, k));
      b.classList.add("playground-unit");
      b.style = `left: ${x - tile / 2}px; top: ${y - tile / 2}px; width: ${tile}px; height: ${tile}px`;
      b.onmouseenter = () => (([hovered, note] = [[l, k], ""]), again());
      b.onmouseleave = b.onblur = () => ((hovered = null), again());
      b.onfocus = () => (choose(l, k), (hovered = [l, k]), again());
      b.onkeydown = (event) => {
        const step = STEPS[event.key];
        if (!step) return;
        event.preventDefault();
        const layer = Math.min(last(), Math.max(0, l + step[0]));
        buttons[layer][Math.min(frame.sizes[layer] - 1, Math.max(0, k - step[1]))].focus();
      };
      return b;
    }));
    choose(...selected);
  }

  /** Show the unit's bias and weights in fields, where they can be set. */
  function choose(l, k) {
    selected = [l, k];
    buttons.flat().forEach((b) => (b.tabIndex = -1));
    buttons[l][k].tabIndex = 0;
    const n = l ? frame.sizes[l - 1] : 0, names = l ? [`b${l}[${k}]`] : [];
    for (let j = 0; j < n; j++) names.push(`W${l}[${k},${j}]`);
    fields.replaceChildren();
    for (const name of names) {
      const line = make("label", "field", fields, { textContent: name });
      const field = make("input", "", line, { type: "number", step: 0.1, ariaLabel: `${name} of ${nameOf(l, k)}` });
      field.dataset.name = name;
      let taken = null; // what was last sent; in JupyterLab, Enter makes no change event
      const put = () => {
        if (field.value === "") return;
        [taken, note] = [field.value, ""]; // the note under the pointer says the weight as it was
        send({ kind: "put", name, value: Number(taken) });
      };
      field.onkeydown = (event) => void (event.key === "Enter" && put()); // false would swallow the key
      field.onchange = () => field.value !== taken && put();
      field.onfocus = () => (([marked, taken] = [name, null]), again());
      field.onblur = () => ((marked = ""), again());
    }
    showNumbers();
    again();
  }

  const ofUnit = (l, k) => {
    const at = starts(frame.sizes, l).biases + k, slope = arrays.slopes[arrays.weights.length + at];
    const gradient = l && slope !== undefined ? ` Gradient of its bias: ${digits(slope)}.` : "";
    return `${nameOf(l, k)}${l ? `: bias b${l}[${k}] = ${digits(arrays.biases[at])}.${gradient}` : "."}`;
  };

  function showNumbers() {
    told = performance.now();
    const [l, k] = hovered ?? selected, at = frame.probe.map(digits).join(", ");
    say(readout, note || `${ofUnit(l, k)} At (${at}): ${formula(frame, arrays, l, k)}`);
    const { weights, biases } = starts(frame.sizes, selected[0]), n = frame.sizes[selected[0] - 1];
    [...fields.querySelectorAll("input")].forEach((field, j) => {
      const value = j ? arrays.weights[weights + selected[1] * n + j - 1] : arrays.biases[biases + selected[1]];
      if (field !== document.activeElement) field.value = Number(value.toPrecision(5));
    });
    if (!playing) buttons.forEach((layer, l) => layer.forEach((b, k) => (b.ariaLabel = b.title = ofUnit(l, k))));
  }

  function edgeAt(event) {
    const { left, top } = network.getBoundingClientRect(), context = network.getContext("2d");
    const scale = network.width / NETWORK.width;
    context.lineWidth = 7;
    const [x, y] = [(event.clientX - left) * scale, (event.clientY - top) * scale];
    return edges.findLast(({ path }) => context.isPointInStroke(path, x, y));
  }

  network.onmousemove = (event) => {
    const edge = edgeAt(event), name = edge ? `W${edge.l}[${edge.k},${edge.j}]` : "";
    if (name === marked) return;
    marked = name;
    network.style.cursor = edge ? "pointer" : "";
    note = edge
      ? `${name} = ${digits(edge.value)}: the weight from ${nameOf(edge.l - 1, edge.j)} to ${nameOf(edge.l, edge.k)}. Click to set it.`
      : "";
    again();
  };
  network.onmouseleave = () => (([marked, note] = ["", ""]), again());
  network.onclick = (event) => {
    const edge = edgeAt(event);
    if (!edge) return;
    choose(edge.l, edge.k);
    const field = fields.querySelectorAll("input")[1 + edge.j];
    field.focus();
    field.select();
  };

  const place = (event) => {
    const { left, top } = cross.getBoundingClientRect(), { size, reach } = PLANE;
    const inside = (value) => Math.min(reach, Math.max(-reach, Math.round(100 * value) / 100));
    return [
      inside(((event.clientX - left - PLANE.left) / size) * 2 * reach - reach),
      inside(reach - ((event.clientY - top - PLANE.top) / size) * 2 * reach),
    ];
  };
  cross.onmousemove = (event) => {
    note = "";
    if (talk.waiting() < 2) send({ kind: "probe", at: place(event) });
  };
  cross.onclick = (event) => drawing !== null && addPoint(place(event));
  cross.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (event.key === "Enter" && drawing !== null) addPoint(frame.probe);
    if (!step) return;
    event.preventDefault();
    note = "";
    send({ kind: "probe", at: frame.probe.map((x, k) => Math.round(10 * x + step[k]) / 10) });
  };

  function readCurve(k) {
    const row = Math.min(arrays.curve.length / 3 - 1, Math.max(0, k));
    const [epoch, train, test] = arrays.curve.subarray(3 * row, 3 * row + 3);
    [cursor, note] = [row, `Epoch ${epoch}: train loss ${digits(train)}, test loss ${digits(test)}.`];
    again();
  }
  curve.onmousemove = (event) => {
    const across = event.clientX - curve.getBoundingClientRect().left - CURVE.left;
    const epochs = Math.max(10, arrays.curve.at(-3));
    readCurve(nearest(arrays.curve, (across / (CURVE.width - CURVE.left - CURVE.right)) * epochs));
  };
  curve.onmouseleave = curve.onblur = () => (([cursor, note] = [null, ""]), again());
  curve.onfocus = () => readCurve(Infinity);
  curve.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    readCurve(Math.min(cursor ?? Infinity, arrays.curve.length / 3 - 1) + step[0]);
  };

  // Own points, and the state as text

  function drawer(title) {
    const details = make("details", "drawer", bar);
    make("summary", "", details, { textContent: title });
    return [details, make("div", "inside", details)];
  }
  const [ownDrawer, own] = drawer("Own points"), [textDrawer, texts] = drawer("As text");
  make("div", "", own, { textContent: "Choose a class and click in the plane, or paste lines of x₁, x₂, class." });
  const kinds = [0, 1, 2].map((k) => button(`Draw class ${k}`, own, () => {
    drawing = drawing === k ? null : k;
    kinds.forEach((b, other) => (b.ariaPressed = String(other === drawing)));
    cross.style.cursor = drawing === null ? "" : "crosshair";
  }));
  const csv = make("textarea", "", own, { rows: 5, ariaLabel: "Points: lines of x₁, x₂, class", placeholder: "0.5, -1, 1" });
  button("Use these lines", own, () => send({ kind: "paste", csv: csv.value }));
  button("Clear", own, () => showOwn([]), "Clear: the next points begin a new set");

  function showOwn(points = model.get("own")) {
    draft = points;
    csv.value = draft.map((row) => row.join(", ")).join("\n");
  }

  function addPoint([x1, x2]) {
    showOwn([...draft, [x1, x2, drawing]]);
    if (draft.length < 2) return;
    model.set("own", draft);
    set("dataset", "own");
  }

  const which = make("select", "", texts, { ariaLabel: "What is shown as text", onchange: () => send({ kind: "text" }) });
  which.append(
    new Option("The state: Playground(\"…\") restores it", "state"),
    new Option("As code, with Network and train", "code"),
    new Option("All numbers", "table"),
  );
  const area = make("textarea", "", texts, { rows: 12, readOnly: true, ariaLabel: "The text" });
  textDrawer.ontoggle = () => textDrawer.open && send({ kind: "text" });

  // Frames

  function draw() {
    const theme = THEMES[getComputedStyle(root).colorScheme] ?? THEMES.light;
    shown = frame;
    build();
    showGoals(frame.goals, (k) => send({ kind: "goal", k }));
    frame.numbers.forEach((value, k) => say(numbers[k], value));
    if (arrays.points !== drawn) {
      drawn = arrays.points;
      drawPoints(foreground, frame, drawn, theme, model.get("show_test"));
      showLegend(theme);
    }
    edges = drawNetwork(network, atlas, frame, arrays, colors(theme), theme, marked);
    const discrete = model.get("discrete"), side = Math.sqrt(arrays.units.length / frame.sizes.reduce((a, b) => a + b));
    if (hovered) {
      const first = (starts(frame.sizes, hovered[0]).values + hovered[1]) * side * side;
      paint(background, heat(arrays.units.subarray(first, first + side * side), colors(theme, 0.6, discrete)), side);
    } else if (frame.classes === 3) {
      paint(background, mixed(arrays.plane, theme, 0.6, discrete), Math.sqrt(arrays.plane.length / 3));
    } else {
      paint(background, heat(arrays.plane, colors(theme, 0.6, discrete)), Math.sqrt(arrays.plane.length));
    }
    say(big, hovered ? nameOf(...hovered) : "Output");
    const crossNow = `${frame.probe} ${theme.ink}`;
    if (crossNow !== crossed) drawProbe(cross, frame.probe, theme);
    crossed = crossNow;
    if (cursor !== null) cursor = Math.min(cursor, arrays.curve.length / 3 - 1);
    drawCurve(curve, arrays.curve, theme, cursor);
    if (!playing || performance.now() - told > 100) showNumbers(); // faster, nobody reads; text costs more than pictures
    say(words, playing ? TRAINING : frame.words);
  }

  function showLegend(theme) {
    const [orange, blue, green] = theme.classes, ofClass = (k) => (frame.classes ? `, class ${k}` : "");
    const entries = [[`■ blue: positive${ofClass(1)}`, blue], [`■ orange: negative${ofClass(0)}`, orange]];
    if (frame.classes === 3) entries.push(["■ green: class 2", green]);
    entries.push(["● to train  ○ to test", theme.ink]);
    if (model.get("blame")) entries.push(["lines and frames: the gradient", theme.pink]);
    legend.replaceChildren(...entries.map(([textContent, color]) => {
      const entry = make("span", "", null, { textContent });
      entry.style.color = color;
      return entry;
    }));
  }

  function receive(message, buffers, mine) {
    frame = message;
    arrays = { ...arrays, ...unpack(buffers) };
    if (!arrays.points) return; // the first frame with the points is on its way
    if (mine && frame.state !== undefined) area.value = frame[which.value];
    if (frame.stopped && playing) setPlaying(false);
    wake();
  }

  const show = { hidden: showHidden, own: () => showOwn() };
  for (const [name, [label, choices]] of Object.entries(model.get("offers"))) {
    show[name] = name === "features" ? inputControl(label, choices) : control(name, label, choices);
  }
  const views = [["discrete", "discrete"], ["show_test", "test points"], ["blame", "gradient"]];
  for (const [name, label] of views) show[name] = viewControl(name, label);
  bar.append(ownDrawer, textDrawer);
  for (const name in show) {
    show[name]();
    model.on(`change:${name}`, show[name]);
  }
  const themes = new MutationObserver(again);
  for (const element of [document.documentElement, document.body]) themes.observe(element, { attributes: true });
  send({ kind: "look" });
  return () => {
    playing = false;
    cancelAnimationFrame(request);
    request = -1; // so that nothing wakes it again
    themes.disconnect();
    for (const name in show) model.off(`change:${name}`, show[name]);
    close();
  };
}

export default { render };
