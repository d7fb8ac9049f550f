// A code cell of the page, made editable: the editor (CodeMirror), its buttons, its output, and what is kept of it.
import { indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";
import { EditorView, basicSetup } from "codemirror";

const SAVE = 400; // ms after the last key
const HELD = "neural-networks-from-scratch/running/";
const STATES = { new: "", waiting: "waits", running: "is running …", done: "has run", old: "has run, before something above was changed", failed: "ended with an error", stopped: "did not end the last time; it runs again when you press Run" };

export function button(words, title, press) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "live-button", textContent: words, title });
  made.addEventListener("click", press);
  return made;
}

export class Cell {
  // `own` is the lesson's {id, source}, `node` its place in the page, `kept` the learner's {text, of, before} or nothing.
  // `on.run(cell, go)` is called to run it, and with `go` to go on to the next, `on.keep(id, kept)` to keep what was written.
  constructor(own, node, kept, on) {
    Object.assign(this, { own, node, on, place: `${on.lesson}/${own.id}`, before: kept?.before, of: kept?.of ?? own.source, state: "new" });
    this.output = node.querySelector(":scope > .cell_output") ?? Object.assign(document.createElement("div"), { className: "cell_output" });
    node.append(this.output);
    this.still = [...this.output.childNodes];
    this.alts = [...this.output.querySelectorAll("img")].map((img) => img.alt);
    this.tools = Object.assign(document.createElement("div"), { className: "live-tools" });
    this.note = Object.assign(document.createElement("div"), { className: "live-note" });
    const place = node.querySelector(".cell_input");
    if (place) this.edit(place, kept?.text ?? own.source);
    else node.hidden = false;
    this.show(this.held() ? "stopped" : "new");
    this.ask();
  }

  // The learner's own code that the last run did not come back from, stopped or not, is not run again unasked.
  held() { return !!this.editor && this.text !== this.own.source && localStorage.getItem(HELD + this.place) !== null; }

  edit(place, text) {
    const keys = [{ key: "Shift-Enter", run: () => (this.on.run(this, true), true) }, { key: "Mod-Enter", run: () => (this.on.run(this), true) }, { key: "Ctrl-Enter", run: () => (this.on.run(this), true) }, indentWithTab];
    place.replaceChildren();
    place.addEventListener("keydown", (event) => event.stopPropagation()); // Sphinx would take "/" for its search
    this.editor = new EditorView({
      parent: place,
      state: EditorState.create({
        doc: text,
        extensions: [
          Prec.highest(keymap.of(keys)), basicSetup, python(), indentUnit.of("    "), EditorState.tabSize.of(4), syntaxHighlighting(classHighlighter),
          EditorView.contentAttributes.of({ "aria-label": `Code of the cell ${this.own.id}. Shift and Enter run it; Escape, then Tab leaves it.` }),
          EditorView.updateListener.of((change) => change.docChanged && this.changed()),
        ],
      }),
    });
    this.label = Object.assign(document.createElement("span"), { className: "live-state" });
    this.undo = button("↺ Reset", "The lesson’s own code again", () => this.reset());
    this.again = button("Bring mine back", "What you had written before the reset", () => this.write(this.before));
    this.tools.append(button("▶ Run", "Run this cell (Shift+Enter), and first what stands above and has not run", () => this.on.run(this)), this.undo, this.again, this.label);
    place.after(...(this.own.say ? [Object.assign(document.createElement("p"), { className: "live-say", textContent: this.own.say })] : []), this.tools, this.note);
    place.closest("details")?.addEventListener("toggle", () => this.editor.requestMeasure());
  }

  get text() { return this.editor ? this.editor.state.doc.toString() : this.own.source; }

  write(text) { this.editor.dispatch({ changes: { from: 0, to: this.editor.state.doc.length, insert: text } }); }

  reset() {
    if (!this.editor || this.text === this.own.source) return;
    this.before = this.text;
    this.of = this.own.source;
    this.write(this.own.source);
    this.ask();
  }

  changed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE);
    this.dirty = true;
    this.show(this.state === "stopped" ? "new" : this.state);
  }

  // Called by the timer, and when the page is left.
  save() {
    clearTimeout(this.timer);
    if (!this.dirty) return;
    this.dirty = false;
    const own = this.text === this.own.source;
    this.on.keep(this.own.id, own && !this.before ? null : { text: this.text, of: own ? this.own.source : this.of, before: this.before });
  }

  // The lesson has another text here than when the learner began to change it: which shall it be?
  ask() {
    this.note.replaceChildren();
    if (!this.editor || this.of === this.own.source || this.text === this.own.source) return;
    const settle = (take) => {
      if (take) this.before = this.text;
      this.of = this.own.source;
      if (take) this.write(this.own.source);
      this.dirty = true;
      this.save();
      this.show(this.state);
      this.ask();
    };
    this.note.append("Your copy is older: the lesson has changed here since you wrote this. ", button("Keep mine", "", () => settle(false)), button("Take the new one", "Yours can be brought back", () => settle(true)));
  }

  show(state) {
    this.state = state;
    this.node.dataset.live = state;
    if (!this.editor) return;
    this.label.textContent = STATES[state];
    this.undo.hidden = this.text === this.own.source;
    this.again.hidden = !this.before || this.before === this.text;
  }

  // Empty the output for a run; its height is held until the new one is there, so that the page does not jump.
  begin() {
    this.output.style.minHeight = `${this.output.offsetHeight}px`;
    this.output.replaceChildren();
    this.output.alts = this.text === this.own.source ? [...this.alts] : []; // they describe the lesson's own figures
    this.changedSince = this.ran !== undefined && this.ran !== this.text;
    this.ran = this.text;
    this.show("running");
    localStorage.setItem(HELD + this.place, "");
    return this.output;
  }

  end(state) {
    this.show(state);
    if (state === "done" || state === "failed") localStorage.removeItem(HELD + this.place);
    setTimeout(() => (this.output.style.minHeight = ""), 300);
  }

  // After a stop: widgets that nobody answers any more give way to the picture that stood there.
  rest() {
    if (this.output.querySelector(".live-widget") || this.state === "running") this.output.replaceChildren(...this.still);
    this.end(this.state === "running" ? "stopped" : "new");
  }
}
