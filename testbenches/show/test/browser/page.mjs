// Opens stories in Chromium, from files, as a reader does.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const TEMPLATE = readFileSync(new URL("../../bundle.html", import.meta.url), "utf8");

/** The file of a document, as README.md says to write it. */
export function fileOf(document) {
  const json = typeof document === "string" ? document : JSON.stringify(document);
  const [before, after] = TEMPLATE.split("/*RECORD*/");
  return before + json.replaceAll("<", "\\u003c") + after;
}

export class Pages {
  async start() {
    this.folder = mkdtempSync(join(tmpdir(), "pagewalk-show-"));
    this.browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
    return this;
  }

  async stop() {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }

  /** A page that shows the document; `page.errors` collects what goes wrong, and every request. */
  async open(document, { hash = "", raw = null, ...options } = {}) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 1000 }, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.errors = [];
    page.on("pageerror", (error) => page.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && page.errors.push(message.text()));
    page.on("request", (request) => request.url().startsWith("file:") || page.errors.push(`request of ${request.url()}`));
    page.on("dialog", (dialog) => { page.errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
    this.count = (this.count ?? 0) + 1;
    const file = join(this.folder, `page-${this.count}.html`);
    writeFileSync(file, raw ?? fileOf(document));
    page.address = pathToFileURL(file).href;
    await page.goto(page.address + hash);
    return page;
  }
}

/** The cycle that the page shows. */
export const cycle = async (page) => Number(await page.inputValue("#cycle"));
export const what = (page) => page.locator("#what .what").first().innerText();
