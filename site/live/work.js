// What the learner made, in this browser's storage, so that it survives from lesson to lesson and from visit to visit:
// the files of the notebooks' folder (.progress.jsonl, my_network.py), and of each lesson the cells that were changed:
// {id: {text, of, before}}, `of` being the lesson's own text when it was changed, `before` what a reset took away.
import { clear, createStore, entries, get, update } from "idb-keyval";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

const store = createStore("neural-networks-from-scratch", "work");
const RECORD = ".progress.jsonl";
const MARK = "cells/";
const AGAIN = "neural-networks-from-scratch/again/"; // + a lesson: button.js offers at once to go on with it

const lines = (bytes) => (bytes ? strFromU8(bytes).split("\n").filter(Boolean) : []);

export const work = {
  files: async () => (await get("files", store)) ?? {},
  cells: async (lesson) => (await get(MARK + lesson, store)) ?? {},
  // One transaction each, so that two tabs cannot lose each other's answers: of the record, every line of both is kept.
  keepFile: (name, content) => update("files", (files = {}) => ({ ...files, [name]: name === RECORD ? united(files[name], content) : content }), store),
  keepCell: async (lesson, id, cell) => {
    await update(MARK + lesson, (cells = {}) => {
      const { [id]: _, ...others } = cells;
      return cell ? { ...others, [id]: cell } : others;
    }, store);
    localStorage.setItem(AGAIN + lesson, "yes"); // last: what was written is kept even where this is refused
  },
  forget: () => {
    Object.keys(localStorage).filter((key) => key.startsWith(AGAIN)).forEach((key) => localStorage.removeItem(key));
    return clear(store);
  },
};

function united(old, now) {
  const both = new Set([...lines(old), ...lines(now)]);
  return strToU8([...both].map((line) => line + "\n").join(""));
}

// All of it as a zip for the folder notebooks/: the files, and each lesson that was worked on, with its own cells.
export async function packed(notebook) {
  const all = { ...(await work.files()) };
  for (const [key, cells] of await entries(store)) {
    if (!key.startsWith(MARK) || !Object.keys(cells).length) continue;
    const name = key.slice(MARK.length), content = await notebook(name);
    for (const cell of content.cells) {
      if (!cells[cell.id]) continue;
      cell.source = cells[cell.id].text;
      if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
    }
    all[`${name}.ipynb`] = strToU8(JSON.stringify(content, null, 1) + "\n");
  }
  return zipSync(all);
}

// The other way: a zip such as that, a notebook, or a record. Says what was brought in. `lesson(name)` → its cells.
export async function unpacked(file, lesson) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const files = /\.zip$/i.test(file.name) ? unzipSync(bytes) : { [file.name]: bytes };
  const said = [];
  for (const [path, content] of Object.entries(files)) {
    const name = path.split("/").pop(), number = name.match(/^(\d\d_[a-z_0-9]*[a-z0-9]).*\.ipynb$/)?.[1];
    if (number) said.push(`${await cellsOf(number, JSON.parse(strFromU8(content)), lesson)} cells of ${number}`);
    else if (/progress.*\.jsonl$/.test(name)) said.push(`${lines(content).length} lines of progress`, await work.keepFile(RECORD, content) ?? "");
    else if (name === "my_network.py") await work.keepFile(name, content);
  }
  const words = said.filter(Boolean);
  if (!words.length) throw new Error(`${file.name} holds no lesson and no progress: choose the zip from “Download”, a notebook such as 01_neuron.ipynb, or .progress.jsonl`);
  return words.join(", ");
}

async function cellsOf(name, notebook, lesson) {
  const cells = await lesson(name), own = new Map(cells.map((cell) => [cell.id, cell.source]));
  const same = new Map(cells.map((cell) => [cell.id, cell.notebook])); // where the page's own code is not the notebook's
  let count = 0;
  for (const { id, source } of notebook.cells) {
    const text = Array.isArray(source) ? source.join("") : source;
    if (!own.has(id) || [own.get(id), same.get(id)].includes(text)) continue;
    const before = (await work.cells(name))[id]?.text;
    await work.keepCell(name, id, { text, of: own.get(id), before: before === text ? undefined : before });
    count++;
  }
  return count;
}
