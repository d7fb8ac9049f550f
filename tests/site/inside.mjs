// node inside.mjs PYODIDE WHEELS ROOT arguments…: pytest inside Pyodide, over the files of the checkout in ROOT. The exit
// code is pytest's; 1 also if Python itself could not go on.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [pyodide, wheels, root, ...args] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(path.join(pyodide, "pyodide.mjs")));
const env = { COURSE_PROGRESS: "off", HOME: "/home/pyodide", MPLBACKEND: "agg" };
const python = await loadPyodide({ indexURL: pyodide + "/", env });
const packages = ["numpy", "contourpy", "cycler", "kiwisolver", "packaging", "pillow", "pyparsing", "python-dateutil", "traitlets"];
await python.loadPackage(packages, { messageCallback() {} });
const site = "/lib/python3.12/site-packages";
const bytes = (...parts) => new Uint8Array(fs.readFileSync(path.join(...parts)));
python.unpackArchive(bytes(pyodide, fs.readdirSync(pyodide).find((name) => name.startsWith("matplotlib"))), "wheel", { extractDir: site });
for (const name of fs.readdirSync(wheels)) python.unpackArchive(bytes(wheels, name), "wheel", { extractDir: site });
const copy = (from, to) => {
  python.FS.mkdirTree(to);
  for (const entry of fs.readdirSync(path.join(root, from), { withFileTypes: true })) {
    const here = path.join(from, entry.name);
    if (entry.isDirectory() && !entry.name.startsWith("__") && !["browser", "site"].includes(entry.name)) copy(here, `/course/${here}`);
    else if (entry.isFile()) python.FS.writeFile(`/course/${here}`, bytes(root, here));
  }
};
for (const folder of ["course", "helpers", "notebooks", "tests"]) copy(folder, `/course/${folder}`);
for (const name of ["pyproject.toml", "README.md", "Makefile", "environment.yml"]) python.FS.writeFile(`/course/${name}`, bytes(root, name));
python.globals.set("args", python.toPy(args));
let code = 1;
try {
  code = python.runPython(`
import importlib, os, sys
os.chdir("/course")
sys.path[:0] = ["/course", "/course/tests"]
importlib.invalidate_caches()
import pytest
int(pytest.main(["-p", "no:cacheprovider", "-q", "--tb=short", "--capture=sys", *args]))`);
} catch (error) {
  console.log(String(error).slice(-2000));
}
process.exit(code);
