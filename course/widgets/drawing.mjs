// The drawing pad: keeps the ink, as strokes, or as 28 × 28 bytes of an edited test digit, and sends its pixels;
// drawing.py prepares them, asks the network, and answers with a frame. See there for what a frame holds.

import { BLUE, ORANGE, panel, pen, say } from "./canvas.mjs";

const SIZE = 280, CELLS = 28, PICTURE = 108, EVERY = 100; // CSS pixels; cells a side; CSS pixels; milliseconds
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Pure functions

/** The ink of an image's RGBA pixels: one byte each, the opacity. */
export const opacities = (rgba) => Uint8Array.from({ length: rgba.length / 4 }, (_, k) => rgba[4 * k + 3]);

/** RGBA pixels of bytes, from white for 0 to black for 255. */
export function grays(bytes) {
  const rgba = new Uint8ClampedArray(4 * bytes.length).fill(255);
  bytes.forEach((ink, k) => rgba.fill(255 - ink, 4 * k, 4 * k + 3));
  return rgba;
}

/** RGBA pixels of signed bytes: 128 is 0 and white, 255 blue, 0 dark orange, as helpers.plots.WEIGHTS has it. */
export function weights(bytes) {
  const ends = [[179, 71, 0], [0, 114, 178]], rgba = new Uint8ClampedArray(4 * bytes.length).fill(255);
  bytes.forEach((byte, k) => {
    const t = Math.min(1, Math.abs(byte - 127.5) / 127.5), end = ends[Number(byte > 127)];
    for (let c = 0; c < 3; c++) rgba[4 * k + c] = 255 + t * (end[c] - 255);
  });
  return rgba;
}

/** The cell [column, row] of a place (x, y) in 0 … 1; places beyond the edge belong to the cell nearest to them. */
export const cellAt = ([x, y]) => [x, y].map((t) => Math.min(CELLS - 1, Math.max(0, Math.floor(t * CELLS))));

/** The middle (x, y) of a cell. */
export const middleOf = ([column, row]) => [(column + 0.5) / CELLS, (row + 0.5) / CELLS];

/** The pen's width for strokes, as a part of the pad's; as digits.pen_width has it. */
export function penWidth(strokes, { part, least, most }) {
  const sides = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (const stroke of strokes) {
      for (const point of stroke) [low, high] = [Math.min(low, point[axis]), Math.max(high, point[axis])];
    }
    return Math.max(0, high - low);
  });
  return Math.min(most, Math.max(least, part * Math.max(...sides)));
}

/** The cell that an arrow key leads to; at the edge, the same. */
export function moved([column, row], key) {
  const [dx, dy] = ARROWS[key];
  const inside = (n) => Math.min(CELLS - 1, Math.max(0, n));
  return [inside(column + dx), inside(row + dy)];
}

/** All cells that a straight line from one cell to another goes through. */
export function between([x0, y0], [x1, y1]) {
  const steps = Math.max(1, Math.abs(x1 - x0), Math.abs(y1 - y0));
  return Array.from({ length: steps + 1 }, (_, k) => [
    Math.round(x0 + ((x1 - x0) * k) / steps),
    Math.round(y0 + ((y1 - y0) * k) / steps),
  ]);
}

/** When to send: `soon` at most every 100 ms, while at most one message is `waiting()`, and always the last state;
 *  `now` at once. `attempt` is called when an answer came. */
export function sender(send, waiting, now = () => performance.now(), later = setTimeout, cancel = clearTimeout) {
  let due = false, timer = 0, last = -Infinity;
  function go(...what) {
    if (timer) cancel(timer);
    [due, timer, last] = [false, 0, now()];
    send(...what);
  }
  function attempt() {
    if (!due || timer || waiting() > 1) return;
    const wait = last + EVERY - now();
    if (wait <= 0) go();
    else timer = later(() => ((timer = 0), attempt()), wait);
  }
  return { soon: () => ((due = true), attempt()), now: go, attempt, due: () => due };
}

// Drawing

/** Strokes, lists of places in 0 … 1, with a round pen on a square of `side`. */
function drawStrokes(context, strokes, side, width) {
  Object.assign(context, { lineWidth: width * side, lineCap: "round", lineJoin: "round" });
  context.fillStyle = context.strokeStyle = "#111";
  for (const stroke of strokes) {
    const [x, y] = stroke[0];
    context.beginPath();
    if (stroke.length === 1) {
      context.arc(x * side, y * side, (width * side) / 2, 0, 7);
      context.fill();
    } else {
      for (const [x, y] of stroke) context.lineTo(x * side, y * side);
      context.stroke();
    }
  }
}

/** Bytes (height, width) as a canvas of that many pixels. */
function imageOf(bytes, [height, width], colors = grays) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  canvas.getContext("2d").putImageData(new ImageData(colors(bytes), width, height), 0, 0);
  return canvas;
}

function drawCells(context, bytes, original, side) {
  const cell = side / CELLS;
  context.drawImage(imageOf(bytes, [CELLS, CELLS]), 0, 0, side, side);
  context.lineWidth = Math.max(1, cell / 5);
  bytes.forEach((ink, k) => {
    if (ink === original[k]) return;
    context.strokeStyle = ink > original[k] ? BLUE : ORANGE;
    const inset = context.lineWidth / 2, [x, y] = [(k % CELLS) * cell, Math.floor(k / CELLS) * cell];
    context.strokeRect(x + inset, y + inset, cell - 2 * inset, cell - 2 * inset);
  });
}

/** A small picture, and the frames on it; see Picture in drawing.py. */
function drawPicture(canvas, { array: [height, width], side, frames, signed }, bytes) {
  const context = pen(canvas, { width: PICTURE, height: PICTURE }), unit = PICTURE / side;
  const [x, y] = [((side - width) * unit) / 2, ((side - height) * unit) / 2];
  context.imageSmoothingEnabled = false;
  const image = bytes.length && imageOf(bytes, [height, width], signed ? weights : grays);
  if (image) context.drawImage(image, x, y, width * unit, height * unit);
  context.strokeStyle = ORANGE;
  for (const [left, top, w, h] of frames) context.strokeRect(x + left * unit, y + top * unit, w * unit, h * unit);
}

// The page

function render({ model, el }) {
  const { root, panels, words, make, button, send, talk, showGoals, close } = panel({ model, el }, "drawing", receive);
  const [left, middle, right] = ["left", "steps", "reading"].map((name) => make("div", name, panels));

  const modes = make("div", "modes", left, { role: "group", ariaLabel: "What to do" });
  const drawing = button("Draw", modes, () => enter("draw"), "Draw a digit");
  const editing = button("Edit a test digit", modes, () => enter("edit"));
  const task = make("div", "task", left), asked = make("strong", "asked", task), row = make("span", "", task);
  button("Done", task, () => push.now("count"), "Done: count this digit");
  const choice = make("div", "task", left);
  button("Previous", choice, () => send({ kind: "digit", by: -1 }), "Previous test digit");
  button("Next", choice, () => send({ kind: "digit", by: 1 }), "Next test digit");
  const pad = make("canvas", "pad", left, { tabIndex: 0 });
  pad.setAttribute("role", "application");
  const buttons = make("div", "buttons", left);
  button("Undo", buttons, () => undo(), "Undo the last stroke or change");
  const clear = button("Clear", buttons, () => wipe());
  button("Reset", buttons, () => send({ kind: "reset" }), "Reset: everything as at the start");
  const preparing = make("label", "", left);
  const prepare = make("input", "", preparing, { type: "checkbox", checked: true });
  preparing.append(" prepare as MNIST does");
  prepare.onchange = () => push.now();
  const place = make("div", "hidden", left, { role: "status" });

  const steps = Array.from({ length: 4 }, () => {
    const figure = make("figure", "", middle), canvas = make("canvas", "", figure, { role: "img" });
    return { figure, canvas, title: make("figcaption", "", figure) };
  });
  const reading = make("div", "sentence", right, { role: "status" });
  const bars = make("ol", "bars", right, { title: "Each twelfth of a bar is a factor of ten." }), lines = Array.from({ length: 10 }, (_, k) => {
    const line = make("li", "", bars);
    make("span", "", line, { textContent: k });
    const track = make("div", "track", line);
    return { line, bar: make("div", "", track), percent: make("span", "percent", line) };
  });

  let mode = "draw", strokes = [], original = new Uint8Array(784), edited = original, history = [], counted = 0;
  let cursor = [13, 13], keyboard = false, penDown = false, held = null, frame = null;
  const raster = make("canvas");

  function sendPixels(kind = "ink") {
    if (!frame) return; // the kernel has not yet answered at all
    if (mode === "edit") send({ kind: "pixels" }, edited.slice());
    else send({ kind, prepare: prepare.checked }, opacities(ink().data));
    if (kind === "count") counted = strokes.length;
  }

  const push = sender(sendPixels, talk.waiting);

  function pushSoon() {
    root.ariaBusy = "true";
    push.soon();
  }

  /** The strokes as pixels; the canvas averages where a stroke covers part of one. */
  function ink() {
    const side = frame.grid;
    Object.assign(raster, { width: side, height: side }); // and so empty
    const context = raster.getContext("2d", { willReadFrequently: true });
    drawStrokes(context, strokes, side, penWidth(strokes, frame.pen));
    return context.getImageData(0, 0, side, side);
  }

  function enter(next) {
    if (next === mode) return;
    [mode, penDown, held] = [next, false, null];
    arrange();
    push.now();
  }

  function arrange() {
    const edit = mode === "edit";
    drawing.ariaPressed = !edit;
    editing.ariaPressed = edit;
    Object.assign(task, { hidden: edit });
    Object.assign(choice, { hidden: !edit });
    preparing.style.visibility = edit ? "hidden" : "";
    say(clear, edit ? "Restore" : "Clear");
    clear.title = clear.ariaLabel = edit ? "Restore the test digit" : "Clear the pad";
    const keys = edit ? "Space paints, Delete erases" : "Space puts the pen down and lifts it, Delete undoes";
    pad.ariaLabel = `${edit ? "Test digit, 28 by 28 pixels" : "Drawing pad"}. Arrow keys move, ${keys}.`;
    redraw();
  }

  function undo() {
    if (mode === "edit") edited = history.pop() ?? edited;
    else strokes.pop();
    takeBack();
  }

  function wipe() {
    if (mode === "edit") [edited, history] = [original.slice(), []];
    else strokes = [];
    takeBack();
  }

  function takeBack() {
    [penDown, held] = [false, null];
    redraw();
    push.now();
  }

  function paint(cells, value) {
    for (const [column, row] of cells) edited[CELLS * row + column] = value;
  }

  const remember = () => ((history = [...history.slice(-99), edited]), (edited = edited.slice()));
  const at = (event) => {
    const { left, top, width, height } = pad.getBoundingClientRect();
    return [(event.clientX - left) / width, (event.clientY - top) / height];
  };

  pad.onpointerdown = (event) => {
    if (event.button !== 0 || held || !frame) return;
    event.preventDefault();
    pad.focus({ preventScroll: true });
    pad.setPointerCapture(event.pointerId);
    [keyboard, penDown] = [false, false];
    const where = at(event), cell = cellAt(where);
    held = { pointer: event.pointerId, cell, value: edited[CELLS * cell[1] + cell[0]] > 127 ? 0 : 255 };
    if (mode === "edit") {
      remember();
      paint([cell], held.value);
    } else strokes.push([where]);
    redraw();
    pushSoon();
  };
  pad.onpointermove = (event) => {
    if (event.pointerId !== held?.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const where of (events.length ? events : [event]).map(at)) {
      if (mode === "edit") {
        paint(between(held.cell, cellAt(where)), held.value);
        held.cell = cellAt(where);
      } else strokes.at(-1).push(where);
    }
    redraw();
    pushSoon();
  };
  pad.onpointerup = pad.onpointercancel = pad.onlostpointercapture = (event) => {
    if (event.pointerId !== held?.pointer) return;
    held = null;
    push.now();
  };

  pad.onkeydown = (event) => {
    const { key } = event, inks = key === " " || key === "Enter", erases = key === "Delete" || key === "Backspace";
    const undoes = key === "z" && (event.ctrlKey || event.metaKey);
    if (!frame || !(key in ARROWS || inks || erases || undoes)) return;
    event.preventDefault();
    event.stopPropagation();
    keyboard = true;
    if (key in ARROWS) {
      cursor = moved(cursor, key);
      if (penDown) strokes.at(-1).push(middleOf(cursor));
    } else if (undoes || (erases && mode === "draw")) undo();
    else if (mode === "edit") {
      remember();
      paint([cursor], inks ? 255 : 0);
    } else {
      penDown = !penDown;
      if (penDown) strokes.push([middleOf(cursor)]);
    }
    const [column, row] = cursor, dark = edited[CELLS * row + column] > 127;
    const state = mode === "edit" ? (dark ? "ink" : "paper") : penDown ? "pen down" : "pen up";
    say(place, `column ${column + 1}, row ${row + 1}, ${state}`);
    redraw();
    if (!(key in ARROWS) || penDown) pushSoon();
  };
  pad.onblur = () => (([keyboard, penDown] = [false, false]), redraw());

  function redraw() {
    if (!frame) return;
    const context = pen(pad, { width: SIZE, height: SIZE }), cell = SIZE / CELLS;
    context.imageSmoothingEnabled = false;
    if (mode === "edit") {
      drawCells(context, edited, original, SIZE);
      Object.assign(context, { strokeStyle: "rgba(128, 128, 128, 0.25)", lineWidth: 1 });
      for (let k = 1; k < CELLS; k++) {
        context.strokeRect(k * cell, -1, 0, SIZE + 2);
        context.strokeRect(-1, k * cell, SIZE + 2, 0);
      }
    } else drawStrokes(context, strokes, SIZE, penWidth(strokes, frame.pen));
    if (keyboard) {
      Object.assign(context, { strokeStyle: ORANGE, lineWidth: penDown ? 5 : 3 });
      context.strokeRect(cursor[0] * cell - 1, cursor[1] * cell - 1, cell + 2, cell + 2);
    }
  }

  function draw(arrays) {
    const { pictures, best, bars: lengths, percents } = frame;
    showGoals(frame.goals);
    say(words, frame.words);
    say(reading, frame.reading);
    reading.dataset.read = best === null ? "" : String(best);
    say(asked, frame.asked);
    say(row, `${frame.row} in a row`);
    lines.forEach(({ line, bar, percent }, k) => {
      bar.style.width = `${100 * (lengths[k] ?? 0)}%`;
      say(percent, percents[k] ?? "");
      line.dataset.best = k === best;
    });
    steps.forEach(({ figure, canvas, title }, k) => {
      figure.hidden = k >= pictures.length;
      if (figure.hidden) return;
      drawPicture(canvas, pictures[k], arrays[k]);
      say(title, (canvas.ariaLabel = pictures[k].title));
    });
  }

  function receive(message, buffers, mine) {
    if (!mine) return; // another view's ink
    const arrays = buffers.map((b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength)), first = !frame;
    frame = message;
    if (frame.new_digit) {
      [original, history] = [arrays.at(-1).slice(), []];
      edited = original.slice();
      if (!first && frame.mode === "draw") [mode, prepare.checked, strokes] = ["draw", true, []]; // Reset
      arrange();
    }
    if (frame.counted) strokes.splice(0, counted); // and not what was drawn since
    if (mode === frame.mode) draw(arrays);
    redraw();
    push.attempt();
    if (push.due()) root.ariaBusy = "true";
  }

  arrange();
  send({ kind: "look" });
  return close;
}

export default { render };
