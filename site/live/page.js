// Makes a page of the website live: button.js imports this when "Run it here" is pressed.
// A lesson becomes editable, runs in order from the top, and keeps what is written; the landing page shows its scenes.
import { Cell, button } from "./cells.js";
import { Kernel } from "./kernel.js";
import { packed, unpacked, work } from "./work.js";
import "./page.css";

// @jupyter-widgets typesets formulas as MathJax 2 did.
if (window.MathJax) window.MathJax.Hub = { Queue: ([, , element]) => window.MathJax.typesetPromise?.([element]) };

const HELP = "Here a cell runs with its button or Ctrl + Enter. Hints and solutions are folded below each exercise, and an empty cell stands at the end of the page: no keys make a new one. What you write is kept in this browser.";
const PATIENCE = 15000; // ms of work after which the page offers to stop it

const json = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
};

export async function start(folder, name, box) {
  const settings = await json(new URL("settings.json", folder));
  const page = name ? new Lesson(folder, settings, name) : new Scenes(folder, settings);
  await page.open();
  box.className = "live-start";
  box.replaceChildren(...(name ? [Object.assign(document.createElement("p"), { textContent: HELP })] : []));
  window.live = page;
}

// The bar at the lower edge, and the worker behind it.
class Page {
  constructor(folder, settings) {
    Object.assign(this, { folder, settings, queue: [] });
    this.words = Object.assign(document.createElement("span"), { className: "live-words" });
    this.words.setAttribute("role", "status");
    this.offer = Object.assign(document.createElement("span"), { className: "live-offer" });
    this.bar = Object.assign(document.createElement("div"), { className: "live-bar" });
    this.bar.setAttribute("role", "region");
    this.bar.setAttribute("aria-label", "Python in this page");
    this.stopper = button("■ Stop", "Stop what is running, and start Python anew", () => this.restart("stopped"));
    this.bar.append(this.words, this.offer, this.stopper);
    document.body.append(this.bar);
    document.body.classList.add("live");
  }

  say(words, ...offers) {
    this.words.textContent = words;
    this.offer.replaceChildren(...offers);
  }

  async boot() {
    const { base, packages, archives } = this.settings;
    const files = await work.files().catch(() => ({}));
    this.say("Python is loading …");
    const slow = setTimeout(() => this.say("Python is still loading: with a slow connection this takes minutes, the first time."), 40000);
    const kernel = (this.kernel = new Kernel(new URL("worker.js", this.folder), {
      base: new URL(base, this.folder).href, packages: packages[this.name ? "lesson" : "scenes"], files, archives: archives.map((name) => new URL(name, this.folder).href),
    }));
    kernel.addEventListener("busy", () => this.watch(true));
    kernel.addEventListener("idle", () => this.watch(false));
    kernel.addEventListener("file", ({ detail }) => this.keep(work.keepFile(detail.name, detail.content)));
    kernel.addEventListener("fatal", ({ detail }) => this.failed(detail));
    try {
      this.times = await kernel.ready;
      this.say("Python is ready.");
      return true;
    } catch (error) {
      if (kernel === this.kernel) this.failed(error.message);
      return false;
    } finally {
      clearTimeout(slow);
    }
  }

  failed(reason) {
    this.watch(false);
    this.queue = [];
    this.say(`Python could not go on (${reason.trim().split("\n").pop()}). All of the page can be read, and what you wrote is kept. Check the connection to the internet, then:`,
      button("Try again", "Start Python anew", () => this.restart("new")));
  }

  keep(promise) {
    return promise.catch(() => this.say("This browser keeps nothing (a private window?): download your work before you leave."));
  }

  // The clock begins anew whenever something was finished. It only offers; nothing is stopped by itself.
  watch(busy) {
    clearTimeout(this.clock);
    this.bar.classList.toggle("live-busy", busy);
    if (busy) this.clock = setTimeout(() => this.say("Python has been busy for 15 s. A training may take that long; a loop without an end never stops by itself:", button("■ Stop it", "", () => this.restart("stopped"))), PATIENCE);
    else if (this.offer.textContent.includes("Stop it")) this.say("Python is ready.");
  }
}

class Lesson extends Page {
  constructor(folder, settings, name) {
    super(folder, settings);
    this.name = name;
    this.all = button("▶ Run all", "Run every cell in order, with what you have written", () => this.runAll());
    this.again = button("⟲ Restart", "Forget all variables and start Python anew", () => this.restart("new"));
    this.stopper.before(this.all);
    this.stopper.after(this.again, this.menu());
    addEventListener("pagehide", () => this.cells?.forEach((cell) => cell.save()));
    addEventListener("visibilitychange", () => document.hidden && this.cells?.forEach((cell) => cell.save()));
  }

  lesson(name) { return json(new URL(`lessons/${name}.json`, this.folder)); }

  async open() {
    const own = await this.lesson(this.name);
    const kept = await work.cells(this.name).catch(() => (this.keep(Promise.reject()), {}));
    const on = { lesson: this.name, run: (cell, go) => this.run(cell, go), keep: (id, cell) => this.keep(work.keepCell(this.name, id, cell)) };
    this.cells = own.map((cell) => {
      const node = document.querySelector(`.tag_id-${cell.id}`) ?? document.createElement("div"); // one that is not shown runs too
      return new Cell(cell, node, kept[cell.id], on);
    });
    this.show(Object.entries(kept).filter(([id]) => !own.some((cell) => cell.id === id)));
    for (const fold of document.querySelectorAll("details.sd-dropdown")) fold.addEventListener("toggle", () => this.read(fold));
    this.boot().then((ready) => ready && this.runAll());
  }

  // Answers to cells that the lesson no longer has: shown at its end, so that none is lost.
  show(gone) {
    if (!gone.length) return;
    const fold = document.createElement("details");
    fold.innerHTML = "<summary>What you wrote in cells that this lesson no longer has</summary>";
    fold.append(...gone.map(([, { text }]) => Object.assign(document.createElement("pre"), { textContent: text })));
    document.querySelector("main article").append(fold);
  }

  // Whoever opens a solution has read it, as with solution("1.1").
  read(fold) {
    const key = fold.open && fold.querySelector("summary").innerText.match(/^Solution of (\d+\.\d+)/)?.[1];
    if (!key) return;
    this.queue.push({ text: `from course.exercises import record as _record\n_record.read_solution("${key}")`, begin: () => null, end() {} });
    this.pump();
  }

  runAll() {
    this.queue = this.cells.filter((cell) => cell.state !== "stopped");
    this.pump();
  }

  // A cell, and before it those above that have not run; what was waiting comes after.
  run(cell, go) {
    if (go) this.cells.slice(this.cells.indexOf(cell) + 1).find((one) => one.editor && !one.node.querySelector("details:not([open]) .cm-editor"))?.editor.focus();
    const above = this.cells.slice(0, this.cells.indexOf(cell)).filter((one) => ["new", "waiting"].includes(one.state));
    this.queue = [...new Set([...above, cell, ...this.queue])];
    this.pump();
  }

  // Code was changed and run: what stands below ran with what was there before, and is offered to be run again.
  following(cell) {
    const below = cell.changedSince ? this.cells.slice(this.cells.indexOf(cell) + 1).filter((one) => ["done", "old", "failed"].includes(one.state)) : [];
    below.forEach((one) => one.show("old"));
    const again = () => {
      this.queue = below;
      this.pump();
    };
    return below.length ? [button("▶ Run what follows", "The cells below, which ran before this change", again)] : [];
  }

  async pump() {
    for (const cell of this.queue) cell.show?.("waiting");
    if (this.running) return;
    const kernel = this.kernel;
    this.running = true;
    try {
      await kernel.ready;
      for (let cell; (cell = this.queue.shift()); ) {
        if (cell.own) this.say(this.queue.length ? `Running, ${this.queue.length} more …` : "Running …");
        const ok = await kernel.run(cell.text, cell.begin());
        if (ok === null || kernel !== this.kernel) return; // stopped
        cell.end(ok ? "done" : "failed");
        if (!ok && cell.own) {
          if (this.queue.length) this.say("Stopped at an error, below the cell.", button("Show it", "", () => cell.node.scrollIntoView({ block: "center" })));
          else this.say("Ended with an error.");
          this.queue.splice(0).forEach((one) => one.show?.("new"));
        } else if (!this.queue.length) this.say("Python is ready.", ...this.following(cell));
      }
    } catch { /* failed() or restart() has said why */ } finally {
      if (kernel === this.kernel) this.running = false;
    }
  }

  async restart(why) {
    this.kernel.end();
    this.watch(false);
    this.queue = [];
    this.running = false;
    this.cells.forEach((cell) => cell.rest());
    if (await this.boot()) this.say(why === "stopped" ? "Stopped, and started anew: variables are forgotten, what you wrote is not." : "Started anew: variables are forgotten, what you wrote is not.");
  }

  menu() {
    const fold = document.createElement("details");
    fold.className = "live-menu";
    fold.innerHTML = '<summary class="live-button">My work</summary><div></div>';
    const pick = Object.assign(document.createElement("input"), { type: "file", accept: ".zip,.ipynb,.jsonl,.py", hidden: true });
    pick.addEventListener("change", () => pick.files[0] && this.bring(pick.files[0]));
    fold.lastChild.append(
      button("Download", "A zip for the folder notebooks/: your lessons, your progress, my_network.py", () => this.download()),
      button("Bring in …", "A zip from “Download”, a notebook, or .progress.jsonl", () => pick.click()), pick,
      button("Reset this lesson", "The lesson’s own code in every cell; yours can be brought back cell by cell", () => confirm("Put the lesson’s own code into every cell? Each cell keeps yours under “Bring mine back”.") && this.cells.forEach((cell) => cell.reset())),
      button("Forget everything", "Erase answers and progress from this browser", async () => {
        if (!confirm("Erase all answers and all progress, of all lessons, from this browser? This cannot be undone.")) return;
        this.cells.forEach((cell) => (cell.dirty = false));
        await this.keep(work.forget());
        location.reload();
      }),
    );
    fold.addEventListener("click", ({ target }) => target.closest("div") && (fold.open = false));
    return fold;
  }

  async download() {
    this.cells.forEach((cell) => cell.save());
    const content = await packed((name) => json(new URL(`../../_sources/notebooks/${name}.ipynb`, this.folder)));
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([content])), download: "neural-networks-from-scratch.zip" });
    link.click();
    this.say("Unpack it into the folder notebooks/ of the course.");
  }

  async bring(file) {
    try {
      this.cells.forEach((cell) => cell.save());
      const words = await unpacked(file, (name) => this.lesson(name));
      this.say(`Brought in: ${words}. To go on with it:`, button("Reload the page", "", () => location.reload()));
    } catch (error) {
      this.say(`${error.message}.`);
    }
  }
}

// The landing page: places with data-scene, each with a piece of Python that shows something there.
class Scenes extends Page {
  async open() {
    if (!(await this.boot())) return;
    const code = await json(new URL("scenes.json", this.folder));
    for (const place of document.querySelectorAll("[data-scene]")) {
      this.say("Running …");
      const output = document.createElement("div");
      place.replaceChildren(output);
      await this.kernel.run(code[place.dataset.scene], output);
    }
    this.say("Python is ready.");
  }

  async restart() {
    this.kernel.end();
    await this.open();
  }
}
