// Bundles each script into the directory that the Python package serves, or into the one named as the argument.
import { readFile, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { minify } from "terser";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = process.argv[2] ?? here("../src/pellucid/collect/static");
const SCRIPTS = { pellucid: "main", lite: "lite", stub: "stub", consent: "banner" };

await build({
  entryPoints: Object.entries(SCRIPTS).map(([out, name]) => ({ in: here(`src/${name}.ts`), out })),
  outdir: target,
  bundle: true,
  charset: "utf8",
  format: "iife",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  target: "es2020",
});
for (const name of Object.keys(SCRIPTS)) {
  const file = `${target}/${name}.js`;
  const { code } = await minify(await readFile(file, "utf8"), {
    compress: { passes: 3, inline: 1, pure_getters: true },
    ecma: 2020,
    format: { preamble: "/*! Pellucid, MIT */" },
  });
  await writeFile(file, `${code}\n`);
  const compressed = gzipSync(code, { level: 9 }).length;
  console.log(`${file}: ${(await stat(file)).size} bytes, ${compressed} compressed`);
}
