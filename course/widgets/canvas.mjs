// What the pages of the playground and the drawing pad share: the panel with its goals and words, and the conversation
// with the kernel. canvas.py puts this file in place of the import in playground.mjs and drawing.mjs.

export const [BLUE, ORANGE, PINK, GRAY] = ["#0072b2", "#d55e00", "#a34a7f", "#444444"];
const SILENCE = 4000; // milliseconds without an answer after which something is said
const NO_ANSWER = "The kernel does not answer. It is busy, or it was restarted: then run the cell again.";
const LAMPS = { reached: "● Reached:", before: "◐ Reached before:", goal: "○ Goal:" };

/** Numbers the messages of one view, and counts those without an answer; the kernel answers in order.
 *  `post(message, buffers)` sends; `silence()` is called when an answer has been missing for too long. */
export function conversation(post, silence, later = setTimeout, cancel = clearTimeout) {
  const view = Math.random().toString(36).slice(2); // there may be several of one widget
  let sent = 0, answered = 0, timer = null, silent = false;
  const listen = () => (timer = later(() => ((silent = true), silence()), SILENCE));
  return {
    send(message, buffers = []) {
      if (sent === answered) listen();
      post({ ...message, seq: [view, ++sent] }, buffers);
    },
    /** Takes the `seq` of a frame; returns whether it answers this view. */
    hear(seq) {
      if (seq?.[0] !== view) return false;
      cancel(timer);
      [answered, silent] = [Math.max(answered, seq[1]), false];
      if (sent > answered) listen();
      return true;
    },
    waiting: () => sent - answered,
    /** After a silence the messages are lost: the kernel was restarted, or the connection broke. */
    forgetLost: () => silent && ([answered, silent] = [sent, false]),
    close: () => cancel(timer),
  };
}

export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** A canvas's 2D context in CSS pixels, cleared, as sharp as the screen. */
export function pen(canvas, { width, height }) {
  const scale = window.devicePixelRatio || 1, context = canvas.getContext("2d");
  if (canvas.width !== Math.round(width * scale) || !canvas.style.width) {
    Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
    context.font = "12px system-ui, sans-serif"; // which lasts, and to set it takes long
  }
  context.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  context.clearRect(0, 0, width, height);
  return Object.assign(context, { fillStyle: GRAY, strokeStyle: GRAY, lineWidth: 1 });
}

/** The white panel of a canvas, goals above and words below. `receive(frame, buffers, mine)` gets every frame, `mine`
 *  if this view asked for it; `stop()` is called when the kernel cannot be reached. */
export function panel({ model, el }, name, receive, stop = () => {}) {
  /** An element, and the class canvas-… and name-… for each of `classes`. */
  function make(tag, classes = "", parent = null, properties = {}) {
    const element = Object.assign(document.createElement(tag), properties);
    for (const part of classes.split(" ").filter(Boolean)) element.classList.add(`canvas-${part}`, `${name}-${part}`);
    parent?.append(element);
    return element;
  }
  const root = make("div", "", el, { className: `canvas ${name}` });
  root.addEventListener("focusin", (event) => {
    event.target.dataset.lmSuppressShortcuts = "true"; // keys typed here are not JupyterLab's
  });
  const lamps = make("div", "lamps", root, { role: "status" }), panels = make("div", "panels", root);
  const words = make("div", "words", root, { role: "status" });
  const button = (text, parent, onclick, label = text) =>
    make("button", "", parent, { type: "button", textContent: text, title: label, ariaLabel: label, onclick });

  const noAnswer = () => say(words, NO_ANSWER);
  const post = (message, buffers) => {
    try {
      model.send(message, undefined, buffers);
    } catch { // the kernel was restarted
      stop();
      noAnswer();
    }
  };
  const talk = conversation(post, noAnswer);
  const send = (message, ...arrays) => {
    root.ariaBusy = "true";
    talk.send(message, arrays.map((array) => array.buffer));
  };
  /** `help(k)`, if given, is called by a button beside goal k. */
  const showGoals = (goals, help = null) => goals.forEach(([task, state], k) => {
    let lamp = lamps.children[k];
    if (!lamp) {
      lamp = make("div", "", lamps);
      make("span", "", lamp);
      if (help) button("Show how", lamp, () => help(k), `Show how to reach goal ${k + 1}`);
    }
    say(lamp.firstChild, `${LAMPS[state]} ${task}`);
    lamp.dataset.state = state;
  });
  const hear = (frame, buffers) => {
    const mine = talk.hear(frame.seq);
    if (!talk.waiting()) root.ariaBusy = "false";
    receive(frame, buffers, mine);
  };
  model.on("msg:custom", hear);
  const close = () => (model.off("msg:custom", hear), talk.close());
  return { root, panels, words, make, button, send, talk, showGoals, close };
}
