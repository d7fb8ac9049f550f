// The kernel of a page: Pyodide with the course in it, in a worker, so that the page stays free. live.py is its Python.
const bytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());
let live, ready;

// Pyodide goes on without a file that could not be had, or waits for ever: what fails to arrive rejects `lost`.
const plain = self.fetch;
const lost = new Promise((_, reject) => {
  self.fetch = async (...request) => {
    try {
      const answer = await plain(...request);
      if (!answer.ok) throw new Error(answer.status);
      return answer;
    } catch (error) {
      reject(new Error(`${request[0].url ?? request[0]}: ${error.message}`));
      throw error;
    }
  };
});
lost.catch(() => {});

async function start({ base, packages, archives, files }) {
  const began = performance.now();
  const contents = Promise.all(archives.map(bytes)); // while Python loads
  contents.catch(() => {});
  const { loadPyodide } = await import(base + "pyodide.mjs");
  const lockFileURL = new URL("pyodide-lock.json", self.location).href; // of the packages that the course imports
  const home = "/home/pyodide";
  const env = { HOME: home, MPLBACKEND: "module://page_backend", MPLCONFIGDIR: home, PYTHONHASHSEED: "0" };
  const python = await loadPyodide({ indexURL: base, lockFileURL, env, packages });
  const loaded = performance.now();
  for (const content of await contents) python.unpackArchive(content, "zip", { extractDir: "/course" });
  python.FS.mkdirTree("/course/notebooks");
  python.runPython('import importlib, os, sys; sys.path.insert(0, "/course"); importlib.invalidate_caches(); os.chdir("/course/notebooks")');
  live = python.pyimport("live");
  live.prepare();
  for (const [name, content] of Object.entries(files)) live.put(name, content);
  post("ready", { load: Math.round(loaded - began), all: Math.round(performance.now() - began) });
}

const post = (kind, content) => postMessage([kind, JSON.stringify(content), []]);

const tasks = {
  start: (options) => (ready = Promise.race([start(options), lost])),
  run: (id, code) => post("done", { id, ok: live.run(code) }),
  comm: (id, comm, text, buffers) => (live.handle(comm, text, buffers), post("idle", { id })),
};

onmessage = async ({ data: [kind, ...rest] }) => {
  try {
    if (kind !== "start") await ready;
    await tasks[kind](...rest);
    if (kind !== "start") live.changed();
  } catch (error) {
    post("fatal", { text: String(error?.message ?? error).slice(-1500) });
  }
};
