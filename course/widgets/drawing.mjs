// The drawing pad: keeps the ink, as strokes, or as 28 × 28 bytes of an edited test digit, and sends its pixels;
// drawing.py prepares them, asks the network, and answers with a frame. See there for what a frame holds.

const SIZE = 280, CELLS = 28, PICTURE = 108, EVERY = 100; // CSS pixels; cells a side; CSS pixels; milliseconds
const SILENCE = 4000; // milliseconds without an answer after which something is said
const NO_ANSWER = "The kernel does not answer. It is busy, or it was restarted: then run the cell again.";
const LAMPS = { reached: "● Reached:", before: "◐ Reached before:", goal: "○ Goal:" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const [ORANGE, BLUE] = ["#d55e00", "#0072b2"];

// Pure functions

/** The ink of an image's RGBA pixels: one byte each, the opacity. */
export const opacities = (rgba) => Uint8Array.from({ length: rgba.length / 4 }, (_, k) => rgba[4 * k + 3]);

/** RGBA pixels of bytes, from white for 0 to black for 255. */
export function greys(bytes) {
  const rgba = new Uint8ClampedArray(4 * bytes.length).fill(255);
  bytes.forEach((ink, k) => rgba.fill(255 - ink, 4 * k, 4 * k + 3));
  return rgba;
}

/** The cell [column, row] of a place (x, y) in 0 … 1; places beyond the edge belong to the cell nearest to them. */
export const cellAt = ([x, y]) => [x, y].map((t) => Math.min(CELLS - 1, Math.max(0, Math.floor(t * CELLS))));

/** The middle (x, y) of a cell. */
export const middleOf = ([column, row]) => [(column + 0.5) / CELLS, (row + 0.5) / CELLS];

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

/** Where a picture of (height, width) stands in a square of `side`, as large as fits: [x, y, width, height]. */
export function placed([height, width], side) {
  const scale = side / Math.max(height, width, 1);
  return [(side - scale * width) / 2, (side - scale * height) / 2, scale * width, scale * height];
}

/** Who sends: `soon` at most every 100 ms and while at most one is unanswered, the last state always; `now` at once. */
export function sender(send, now = () => performance.now(), later = setTimeout, cancel = clearTimeout) {
  let due = false, timer = 0, last = -Infinity, waiting = 0, asked = 0;
  function go() {
    if (timer) cancel(timer);
    if (!waiting) asked = now();
    [due, timer, last, waiting] = [false, 0, now(), waiting + 1];
    send();
  }
  function attempt() {
    if (!due || timer || waiting > 1) return;
    const wait = last + EVERY - now();
    if (wait <= 0) go();
    else timer = later(() => ((timer = 0), attempt()), wait);
  }
  return {
    soon: () => ((due = true), attempt()),
    now: go,
    answered(isLast) {
      asked = now();
      waiting = isLast ? 0 : Math.max(0, waiting - 1);
      attempt();
    },
    idle: () => !due && !waiting,
    silent: () => waiting > 0 && now() - asked > SILENCE,
  };
}

// Drawing

/** Strokes, lists of places in 0 … 1, with a round pen on a square of `side`. */
function drawStrokes(context, strokes, side, pen) {
  Object.assign(context, { lineWidth: pen * side, lineCap: "round", lineJoin: "round" });
  for (const stroke of strokes) {
    const [x, y] = stroke[0];
    context.beginPath();
    if (stroke.length === 1) {
      context.arc(x * side, y * side, (pen * side) / 2, 0, 7);
      context.fill();
    } else {
      for (const [x, y] of stroke) context.lineTo(x * side, y * side);
      context.stroke();
    }
  }
}

/** A canvas's context in CSS pixels, cleared, as sharp as the screen. */
function clean(canvas, size) {
  const scale = window.devicePixelRatio || 1, pixels = Math.round(size * scale);
  if (canvas.width !== pixels) canvas.width = canvas.height = pixels;
  const context = canvas.getContext("2d");
  context.setTransform(pixels / size, 0, 0, pixels / size, 0, 0);
  context.clearRect(0, 0, size, size);
  return Object.assign(context, { imageSmoothingEnabled: false, fillStyle: "#111", strokeStyle: "#111" });
}

/** Bytes (height, width) as a canvas of that many pixels. */
function imageOf(bytes, [height, width]) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  if (bytes.length) canvas.getContext("2d").putImageData(new ImageData(greys(bytes), width, height), 0, 0);
  return canvas;
}

function drawCells(context, bytes, original, side) {
  const cell = side / CELLS;
  context.drawImage(imageOf(bytes, [CELLS, CELLS]), 0, 0, side, side);
  context.lineWidth = Math.max(1, cell / 5);
  bytes.forEach((ink, k) => {
    if (ink === original[k]) return;
    context.strokeStyle = ink > original[k] ? ORANGE : BLUE;
    const inset = context.lineWidth / 2, [x, y] = [(k % CELLS) * cell, Math.floor(k / CELLS) * cell];
    context.strokeRect(x + inset, y + inset, cell - 2 * inset, cell - 2 * inset);
  });
}

// The page

function make(tag, className = "", parent = null, properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (className) element.className = `drawing-${className}`;
  parent?.append(element);
  return element;
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function render({ model, el }) {
  const root = make("div", "", el, { className: "drawing" });
  root.addEventListener("focusin", (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // keys typed here are not JupyterLab's
  });
  const lamps = make("div", "lamps", root, { role: "status" }), panels = make("div", "panels", root);
  const words = make("div", "words", root, { role: "status" });
  const [left, middle, right] = ["left", "steps", "reading"].map((name) => make("div", name, panels));
  const button = (name, parent, onclick, label = name) =>
    make("button", "", parent, { type: "button", textContent: name, title: label, ariaLabel: label, onclick });

  const modes = make("div", "modes", left, { role: "group", ariaLabel: "What to do" });
  const drawing = button("Draw", modes, () => enter("draw"), "Draw a digit");
  const editing = button("Edit a test digit", modes, () => enter("edit"));
  const task = make("div", "task", left), asked = make("strong", "asked", task), row = make("span", "", task);
  const done = button("Done", task, () => push.now("count"), "Done: count this digit");
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
    const figure = make("figure", "", middle);
    return { figure, canvas: make("canvas", "", figure), caption: make("figcaption", "", figure) };
  });
  const reading = make("div", "sentence", right, { role: "status" });
  const bars = make("ol", "bars", right), lines = Array.from({ length: 10 }, (_, k) => {
    const line = make("li", "", bars);
    make("span", "", line, { textContent: k });
    const track = make("div", "track", line);
    return { line, bar: make("div", "", track), percent: make("span", "percent", line) };
  });

  let mode = "draw", strokes = [], original = new Uint8Array(784), edited = original, history = [], counted = 0;
  let cursor = [13, 13], keyboard = false, penDown = false, held = null, frame = null, last = 0;
  const id = Math.random().toString(36).slice(2); // of this view; there may be several of one pad
  const raster = make("canvas");

  function send(message, ...bytes) {
    root.ariaBusy = "true";
    try {
      model.send({ ...message, seq: `${id}-${++last}` }, undefined, bytes.map((b) => b.buffer));
    } catch { // the kernel was restarted
      say(words, NO_ANSWER);
    }
    setTimeout(() => sending.silent() && say(words, NO_ANSWER), SILENCE + 100);
  }

  function sendPixels(kind) {
    if (mode === "edit") send({ kind: "pixels" }, edited.slice());
    else send({ kind, prepare: prepare.checked }, opacities(ink().data));
    if (kind === "count") counted = strokes.length;
  }

  let kind = "ink"; // of the next message
  const sending = sender(() => (sendPixels(kind), (kind = "ink")));
  const push = {
    soon: () => ((root.ariaBusy = "true"), sending.soon()),
    now: (what = "ink") => ((kind = what), sending.now()),
  };

  /** The strokes as pixels; the canvas averages where a stroke covers part of one. */
  function ink() {
    const side = frame.grid;
    Object.assign(raster, { width: side, height: side }); // and so empty
    const context = raster.getContext("2d", { willReadFrequently: true });
    drawStrokes(context, strokes, side, frame.pen);
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
    [penDown, held] = [false, null];
    redraw();
    push.now();
  }

  function wipe() {
    if (mode === "edit") [edited, history] = [original.slice(), []];
    else strokes = [];
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
    push.soon();
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
    push.soon();
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
    if (!(key in ARROWS) || penDown) push.soon();
  };
  pad.onblur = () => (([keyboard, penDown] = [false, false]), redraw());

  function redraw() {
    if (!frame) return;
    const context = clean(pad, SIZE), cell = SIZE / CELLS;
    if (mode === "edit") {
      drawCells(context, edited, original, SIZE);
      Object.assign(context, { strokeStyle: "rgba(128, 128, 128, 0.25)", lineWidth: 1 });
      for (let k = 1; k < CELLS; k++) {
        context.strokeRect(k * cell, -1, 0, SIZE + 2);
        context.strokeRect(-1, k * cell, SIZE + 2, 0);
      }
    } else drawStrokes(context, strokes, SIZE, frame.pen);
    if (keyboard) {
      Object.assign(context, { strokeStyle: ORANGE, lineWidth: penDown ? 5 : 3 });
      context.strokeRect(cursor[0] * cell - 1, cursor[1] * cell - 1, cell + 2, cell + 2);
    }
  }

  /** One of the small pictures: what is drawn on it, and what is said under it. */
  function picture(k, caption, draw) {
    const { figure, canvas, caption: below } = steps[k];
    figure.hidden = !caption;
    if (!caption) return;
    Object.assign(canvas, { role: "img", ariaLabel: caption });
    draw(clean(canvas, PICTURE));
    say(below, caption);
  }

  function drawSteps([scaled, image]) {
    const { box: [top, bottom, left, right], grid } = frame, wide = right - left, high = bottom - top;
    const whole = (bytes) => (context) => context.drawImage(imageOf(bytes, [CELLS, CELLS]), 0, 0, PICTURE, PICTURE);
    if (mode === "edit") {
      picture(0, "The test digit", whole(original));
      picture(1, "Your changes", (context) => drawCells(context, edited, original, PICTURE));
      picture(2, "As it goes in", whole(image));
      picture(3);
      return;
    }
    picture(0, "1 · What you drew", (context) => {
      const scale = PICTURE / grid;
      drawStrokes(context, strokes, PICTURE, frame.pen);
      Object.assign(context, { strokeStyle: ORANGE, lineWidth: 1.5 });
      if (wide && prepare.checked) context.strokeRect(left * scale, top * scale, wide * scale, high * scale);
    });
    if (!prepare.checked) {
      picture(1, "2 · Made smaller, 28\u00a0×\u00a028", whole(image));
      picture(2);
      picture(3);
      return;
    }
    picture(1, "2 · Cropped", (context) => {
      const [x, y, width, height] = placed([high, wide], PICTURE);
      if (wide) context.drawImage(raster, left, top, wide, high, x, y, width, height);
    });
    const [height, width] = frame.scaled, unit = PICTURE / CELLS; // pixels as large as in the last picture
    picture(2, wide ? `3 · Scaled to ${width}\u00a0×\u00a0${height}` : "3 · Scaled", (context) => {
      const [x, y] = [(CELLS - width) / 2, (CELLS - height) / 2].map((n) => n * unit);
      if (wide) context.drawImage(imageOf(scaled, frame.scaled), x, y, width * unit, height * unit);
      Object.assign(context, { strokeStyle: "#999", lineWidth: 1 });
      context.strokeRect(4 * unit, 4 * unit, 20 * unit, 20 * unit);
    });
    picture(3, "4 · Centred in 28\u00a0×\u00a028", (context) => {
      const middle = ((frame.middle + 0.5) * PICTURE) / CELLS;
      whole(image)(context);
      Object.assign(context, { strokeStyle: ORANGE, lineWidth: 1 });
      context.strokeRect(middle, 0, 0, PICTURE);
      context.strokeRect(0, middle, PICTURE, 0);
    });
  }

  function draw(buffers) {
    const { goals, best, probabilities, percents } = frame;
    goals.forEach(([task, state], k) => {
      const lamp = lamps.children[k] ?? make("div", "", lamps);
      say(lamp, `${LAMPS[state]} ${task}`);
      lamp.dataset.state = state;
    });
    say(words, frame.words);
    say(reading, frame.reading);
    reading.dataset.read = best === null ? "" : String(best);
    say(asked, frame.asked);
    say(row, `${frame.row} in a row`);
    lines.forEach(({ line, bar, percent }, k) => {
      bar.style.width = `${100 * (probabilities[k] ?? 0)}%`;
      say(percent, percents[k] ?? "");
      line.dataset.best = k === best;
    });
    drawSteps(buffers);
  }

  function receive(message, buffers) {
    if (message?.kind !== "frame" || !message.seq?.startsWith(`${id}-`)) return;
    const isLast = message.seq === `${id}-${last}`, first = !frame;
    const bytes = buffers.map((b) => new Uint8Array(b.buffer, b.byteOffset, b.byteLength));
    frame = message;
    if ("digit" in message) {
      [original, history] = [bytes[2].slice(), []];
      edited = original.slice();
      if (!first && message.mode === "draw") [mode, prepare.checked, strokes] = ["draw", true, []]; // Reset
      arrange();
    }
    if (message.counted) strokes.splice(0, counted); // and not what was drawn since
    if (mode === message.mode) draw(bytes);
    redraw();
    sending.answered(isLast);
    if (isLast && sending.idle()) root.ariaBusy = "false";
  }

  model.on("msg:custom", receive);
  arrange();
  send({ kind: "look" });
  return () => model.off("msg:custom", receive);
}

export default { render };
