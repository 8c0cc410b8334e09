// Draws the pictures of pages that the documents show, from docs/images/pages/list.json:
//
//   node pictures.mjs [--check] [PART-OF-A-PICTURE'S-NAME]
//
// Each line of the list is a picture: its file, the arguments of `pagewalk show`, the moment as it
// stands behind `#` in the page's address, the panels (`header`, `bar`, or what follows `p-` in the
// class of a panel), a part of what the page says there, its width if it is not 1200, and how often
// the timeline is zoomed in. With --check nothing is drawn: every page is opened at its moment, and must say so and have the panels.
// PAGEWALK is the command; without it, it is that of cargo.

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch } from "./test/browser/page.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(ROOT, "docs/images/pages");
const LIST = join(FOLDER, "list.json");
const COMMAND = process.env.PAGEWALK ?? "cargo run --quiet --release --package testbenches --bin pagewalk --";
/** A file, whose name may have blanks, or the words of a command. */
const PAGEWALK = existsSync(COMMAND) ? [COMMAND] : COMMAND.split(" ");
/** The largest that a picture may be, in bytes. */
const LIMIT = 120_000;
/** Panels that share a row; one without the other takes all of it. */
const PAIRS = [["tree", "tlb"], ["frames", "spaces"]];

const check = process.argv.includes("--check");
const only = process.argv.slice(2).find((argument) => !argument.startsWith("--")) ?? "";
const scratch = mkdtempSync(join(tmpdir(), "pagewalk-pictures-"));
const written = new Map();

/** The page of a run, made once. */
function pageOf(show) {
  if (!written.has(show)) {
    const file = join(scratch, `${written.size}.html`);
    const [program, ...first] = PAGEWALK;
    execFileSync(program, [...first, "show", ...show.split(" "), "-o", file], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
    written.set(show, pathToFileURL(file).href);
  }
  return written.get(show);
}

/** Takes away what is not drawn; returns the panels that are not there. */
function keep({ panels, pairs }) {
  const missing = panels.filter((name) => document.querySelector(name === "header" ? "header" : name === "bar" ? ".bar" : `.p-${name}`) === null);
  const kept = (element) => panels.some((name) => element.matches(name === "header" ? "header" : name === "bar" ? ".bar" : `.p-${name}`));
  for (const element of document.querySelectorAll("#page > header, main > *")) if (!kept(element)) element.style.display = "none";
  for (const pair of pairs) {
    const [one, ...more] = pair.filter((name) => panels.includes(name));
    if (one && more.length === 0) document.querySelector(`.p-${one}`)?.classList.add("wide");
  }
  document.getElementById("page").style.padding = "0.6rem";
  // The focus and the sticky bar are no part of a picture.
  document.activeElement?.blur();
  return missing;
}

async function draw(browser, { picture, show, at, panels, says, width = 1200, zoom = 0 }) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, reducedMotion: "reduce", colorScheme: "light" });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(`${pageOf(show)}#${at}`);
  const said = (await page.locator("#what .what").allInnerTexts()).join(" / ");
  if (!said.includes(says)) throw new Error(`at ${at} the page says "${said}", not "${says}": find the moment again, or change the list`);
  for (let i = 0; i < zoom; i++) await page.keyboard.press("+");
  const missing = await page.evaluate(keep, { panels, pairs: PAIRS });
  if (missing.length > 0) throw new Error(`the page has no panel ${missing.join(", ")}`);
  // The timeline draws itself again after a change of its size.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const problems = [...errors, ...await page.locator(".problem").allInnerTexts()];
  if (problems.length > 0) throw new Error(problems.join("; "));
  if (!check) {
    const whole = join(scratch, "picture.png");
    const file = join(FOLDER, picture);
    await page.locator("#page").screenshot({ path: whole });
    // Few colours, and none mixed of dots: half the size, and the same to look at.
    execFileSync("convert", [whole, "+dither", "-colors", "64", "-strip", "-define", "png:compression-level=9", `png8:${file}`]);
    const bytes = statSync(file).size;
    if (bytes > LIMIT) throw new Error(`it has ${bytes} bytes, more than ${LIMIT}: leave a panel out`);
    console.log(`${picture}: ${Math.ceil(bytes / 1000)} kB, "${said}"`);
  }
  await context.close();
}

const list = JSON.parse(readFileSync(LIST, "utf8")).filter(({ picture }) => picture.includes(only));
const browser = await launch();
try {
  for (const picture of list) {
    try {
      await draw(browser, picture);
    } catch (error) {
      throw new Error(`${picture.picture}: ${error.message}`);
    }
  }
  if (check) console.log(`${list.length} pictures: each page says at its moment what the list says`);
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  rmSync(scratch, { recursive: true });
}
