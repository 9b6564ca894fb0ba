// Bundles src/main.ts into the file that the Python package serves, or into the file named as the argument.
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = process.argv[2] ?? here("../src/pellucid/collect/static/pellucid.js");

await build({
  entryPoints: [here("src/main.ts")],
  outfile: target,
  banner: { js: "/*! Pellucid's tracker, MIT */" },
  bundle: true,
  charset: "utf8",
  format: "iife",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  target: "es2020",
});
console.log(`${target}: ${(await stat(target)).size} bytes`);
