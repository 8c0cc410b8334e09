// Opens stories in Chromium, from files, as a reader does.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

/** Chromium as it must run in a container without a network, possibly as root. */
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** A browser; `CHROMIUM` names another than Debian's. */
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

const TEMPLATE = readFileSync(new URL("../../bundle.html", import.meta.url), "utf8");

/** The file of a document, as README.md says to write it. */
export function fileOf(document) {
  const json = typeof document === "string" ? document : JSON.stringify(document);
  const [before, after] = TEMPLATE.split("/*RECORD*/");
  return before + json.replaceAll("<", "\\u003c") + after;
}

/** A server that gives a page, and for what is posted to `run` what a function returns. */
function serve(page, run) {
  const server = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const [status, text] = request.method === "POST" && request.url === "/key/run" ? run(Buffer.concat(chunks).toString())
        : request.url === "/key/" ? [200, page] : [404, ""];
      response.writeHead(status, { "Content-Type": status === 200 && text === page ? "text/html; charset=utf-8" : "application/json" });
      response.end(text);
    });
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => {
    resolve({ server, address: `http://127.0.0.1:${server.address().port}/key/` });
  }));
}

export class Pages {
  async start() {
    this.folder = mkdtempSync(join(tmpdir(), "pagewalk-show-"));
    this.browser = await launch();
    return this;
  }

  async stop() {
    await this.browser.close();
    rmSync(this.folder, { recursive: true });
  }

  /** A page that a server of this machine gives, with its answers to edits. */
  async openServed(document, run) {
    const page = await this.newPage({});
    const { server, address } = await serve(fileOf(document), run);
    page.server = server;
    page.sent = [];
    page.removeAllListeners("request");
    page.on("request", (request) => request.url().startsWith(address) ? page.sent.push(request.method()) : page.errors.push(`request of ${request.url()}`));
    await page.goto(address);
    return page;
  }

  /** A page that shows the document; `page.errors` collects what goes wrong, and every request. */
  async open(document, { hash = "", raw = null, ...options } = {}) {
    const page = await this.newPage(options);
    this.count = (this.count ?? 0) + 1;
    const file = join(this.folder, `page-${this.count}.html`);
    writeFileSync(file, raw ?? fileOf(document));
    page.address = pathToFileURL(file).href;
    await page.goto(page.address + hash);
    return page;
  }

  async newPage(options) {
    const context = await this.browser.newContext({ viewport: { width: 1440, height: 1000 }, reducedMotion: "reduce", ...options });
    const page = await context.newPage();
    page.errors = [];
    page.on("pageerror", (error) => page.errors.push(error.message));
    page.on("console", (message) => message.type() === "error" && page.errors.push(message.text()));
    page.on("request", (request) => request.url().startsWith("file:") || page.errors.push(`request of ${request.url()}`));
    page.on("dialog", (dialog) => { page.errors.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
    return page;
  }
}

/** The cycle that the page shows. */
export const cycle = async (page) => Number(await page.inputValue("#cycle"));
export const what = (page) => page.locator("#what .what").first().innerText();

/** Closes a page on which nothing went wrong. */
export const close = async (page) => {
  assert.deepEqual(page.errors, []);
  await page.context().close();
};
