// node build.mjs NPM OUT: bundles button.js and page.js with what page.js imports from NPM/node_modules into OUT.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [npm, out] = process.argv.slice(2).map((folder) => path.resolve(folder));
const here = path.dirname(fileURLToPath(import.meta.url));
const esbuild = (await import(pathToFileURL(path.join(npm, "node_modules/esbuild/lib/main.js")))).default;

const anywidget = { // its file on npm is AMD; with this around it, it is a module
  name: "anywidget",
  setup: (build) => build.onLoad({ filter: /anywidget[\\/]dist[\\/]index\.js$/ }, ({ path: file }) => ({
    contents: `let made; const define = (_, make) => (made = make);\n${fs.readFileSync(file, "utf8")}\nexport default made;`,
    loader: "js",
  })),
};
await esbuild.build({
  entryPoints: ["page.js", "button.js"].map((name) => path.join(here, name)),
  outdir: out, bundle: true, format: "esm", minify: true, plugins: [anywidget], nodePaths: [path.join(npm, "node_modules")],
  external: ["./page.js"], loader: { ".svg": "dataurl" }, legalComments: "linked",
  define: { "process.env.NODE_ENV": '"production"', global: "globalThis" }, logLevel: "warning",
});
