// Bundles the page into bundle.html: `node build.mjs`; `--check` fails if it is not up to date.
// README.md says how the digest of the sources is computed.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(fileURLToPath(import.meta.url));
const BUNDLE = join(ROOT, "bundle.html");
const LIMIT = 300 * 1024;

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

/** The files that the bundle is made from, relative to this folder, sorted by their bytes. */
export function sources() {
  const all = [...filesUnder(join(ROOT, "src")), ...["build.mjs", "package.json", "package-lock.json"].map((name) => join(ROOT, name))];
  const names = all.map((path) => relative(ROOT, path).split(sep).join("/"));
  return names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** Of each file its name, a zero byte, its length in decimal, a zero byte, its contents. */
export function digest() {
  const hash = createHash("sha256");
  for (const name of sources()) {
    const contents = readFileSync(join(ROOT, name));
    hash.update(`${name}\0${contents.length}\0`);
    hash.update(contents);
  }
  return `sha256:${hash.digest("hex")}`;
}

async function bundle() {
  const options = { absWorkingDir: ROOT, bundle: true, minify: true, write: false, target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" };
  const script = await build({ ...options, entryPoints: ["src/main.jsx"], format: "iife", jsx: "automatic", jsxImportSource: "preact" });
  const styles = readdirSync(join(ROOT, "src/style")).sort().map((name) => readFileSync(join(ROOT, "src/style", name), "utf8"));
  const style = await build({ ...options, stdin: { contents: styles.join("\n"), loader: "css" } });
  const license = readFileSync(join(ROOT, "node_modules/preact/LICENSE"), "utf8").trim();
  const parts = {
    DIGEST: digest(),
    LICENSES: `Preact, which is part of the script below:\n${license.replaceAll("--", "- -")}`,
    STYLE: style.outputFiles[0].text.trim(),
    SCRIPT: script.outputFiles[0].text.trim(),
  };
  const template = readFileSync(join(ROOT, "src/template.html"), "utf8");
  const text = template.replaceAll(/@(DIGEST|LICENSES|STYLE|SCRIPT)@/g, (_, name) => parts[name]);
  if (text.split("/*RECORD*/").length !== 2) throw new Error("the place of the record must occur once");
  if (text.split("</script").length !== 3) throw new Error("the script must not contain the end of a script");
  if (Buffer.byteLength(text) > LIMIT) throw new Error(`the bundle is larger than ${LIMIT} bytes`);
  return text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = await bundle();
  if (process.argv.includes("--check")) {
    if (readFileSync(BUNDLE, "utf8") !== text) {
      console.error("bundle.html is not what the sources give: run `npm run build`, and commit it");
      process.exit(1);
    }
    console.log("bundle.html is up to date");
  } else {
    writeFileSync(BUNDLE, text);
    console.log(`bundle.html: ${Math.round(Buffer.byteLength(text) / 1024)} KiB`);
  }
}
