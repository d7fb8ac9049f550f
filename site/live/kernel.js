// The page's side of the worker: runs cells, and is the widget manager of those that Python makes there.
import * as base from "@jupyter-widgets/base";
import { ManagerBase } from "@jupyter-widgets/base-manager";
import * as controls from "@jupyter-widgets/controls";
import { Widget } from "@lumino/widgets";
import anywidget from "anywidget";
import "@lumino/widgets/style/index.css";
import "@jupyter-widgets/controls/css/labvariables.css";
import "@jupyter-widgets/controls/css/widgets-base.css";

const VIEW = "application/vnd.jupyter.widget-view+json";
const modules = { "@jupyter-widgets/base": base, "@jupyter-widgets/controls": controls, anywidget: anywidget(base) };

class Comm {
  constructor(kernel, id) {
    Object.assign(this, { kernel, comm_id: id, target_name: "jupyter.widget" });
  }
  send(data, callbacks, metadata, buffers = []) {
    return this.kernel.ask("comm", (reply) => callbacks?.iopub?.status?.(reply), this.comm_id, JSON.stringify(data), buffers);
  }
  open() { return ""; }
  close() { return ""; }
  on_msg(hear) { this.hear = hear; }
  on_close(end) { this.end = end; }
}

class Manager extends ManagerBase {
  async loadClass(name, module) {
    if (!modules[module]?.[name]) throw new Error(`there is no ${name} in ${module}`);
    return modules[module][name];
  }
  async _create_comm() { throw new Error("widgets begin in Python here"); }
  async _get_comm_info() { return {}; }
}

export class Kernel extends EventTarget {
  // `files` maps names to the bytes of what the browser kept. Events: busy, idle, file (detail: {name, content}).
  constructor(worker, options) {
    super();
    Object.assign(this, { manager: new Manager(), comms: new Map(), waiting: new Map(), boxes: new Map(), count: 0, output: null });
    this.ready = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.ready.catch(() => {});
    this.worker = new Worker(worker, { type: "module" });
    this.worker.onmessage = ({ data: [kind, text, buffers] }) => this[`on_${kind}`](JSON.parse(text), buffers);
    this.worker.onerror = (event) => this.on_fatal({ text: event.message ?? "the worker could not be loaded" });
    this.worker.postMessage(["start", options]);
  }

  // Send the worker something to do; `done` is called with its reply.
  ask(kind, done, ...rest) {
    const id = `${++this.count}`;
    this.waiting.set(id, done);
    if (this.waiting.size === 1) this.dispatchEvent(new Event("busy"));
    this.worker.postMessage([kind, id, ...rest]);
    return id;
  }

  answer(id, reply) {
    const done = this.waiting.get(id);
    this.waiting.delete(id);
    if (!this.waiting.size) this.dispatchEvent(new Event("idle"));
    else this.dispatchEvent(new Event("busy")); // something was finished: the clock begins anew
    done?.(reply);
  }

  // Run a cell; what it shows goes into `output`. Resolves to whether it ended well, or null if it was stopped.
  run(code, output) {
    return new Promise((resolve) => {
      this.output = output;
      this.ended = resolve;
      this.ask("run", ({ ok }) => resolve(ok), code);
    });
  }

  end() {
    this.worker.terminate();
    this.ended?.(null);
    this.reject(new Error("stopped"));
  }

  on_ready(times) { this.resolve(times); }
  on_fatal({ text }) {
    this.reject(new Error(text));
    this.dispatchEvent(new CustomEvent("fatal", { detail: text }));
  }
  on_done(reply) { this.answer(reply.id, reply); }
  on_idle({ id }) { this.answer(id, { content: { execution_state: "idle" } }); }
  on_file({ name }, [content]) { this.dispatchEvent(new CustomEvent("file", { detail: { name, content } })); }
  on_clear() { this.output?.replaceChildren(); }
  on_error({ text }) { this.write("live-error", text); }
  on_stream({ name, text }) { this.write(`live-${name}`, text); }

  write(kind, text) {
    let last = this.output?.lastElementChild;
    if (last?.className !== kind) {
      last = Object.assign(document.createElement("pre"), { className: kind });
      this.output?.append(last);
    }
    last.append(text);
  }

  on_comm({ type, id, data, metadata }, buffers) {
    const views = buffers.map((b) => new DataView(b.buffer, b.byteOffset, b.byteLength));
    const message = { content: { comm_id: id, target_name: "jupyter.widget", data }, metadata, buffers: views };
    if (type === "comm_open") {
      const comm = new Comm(this, id);
      this.comms.set(id, comm);
      this.manager.handle_comm_open(comm, message);
    } else if (type === "comm_msg") this.comms.get(id)?.hear?.(message);
    else {
      this.comms.get(id)?.end?.(message);
      this.comms.delete(id);
    }
  }

  async on_display({ number, update, data, metadata }) {
    let box = this.boxes.get(number);
    if (!box) {
      if (update) return;
      this.boxes.set(number, (box = Object.assign(document.createElement("div"), { className: "live-shown" })));
      this.output?.append(box);
    }
    if (data[VIEW]) {
      box.classList.add("live-widget");
      const model = await this.manager.get_model(data[VIEW].model_id);
      const view = await this.manager.create_view(model);
      Widget.attach(view.luminoWidget, box);
    } else if (data["image/png"]) {
      const picture = new Image();
      picture.src = `data:image/png;base64,${data["image/png"]}`;
      picture.alt = this.output?.alts?.shift() ?? box.querySelector("img")?.alt ?? "A figure that your code made";
      if (metadata?.["image/png"]?.width) picture.width = metadata["image/png"].width;
      box.replaceChildren(picture);
    } else if (data["text/html"]) box.innerHTML = data["text/html"];
    else box.replaceChildren(Object.assign(document.createElement("pre"), { textContent: data["text/plain"] }));
  }
}
