// A site that `make site` built: SITE=folder node --test test/browser/site.test.mjs. Its pages as
// readers see them, from files: no request, nothing cut off, pictures that lead to their moments.

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { Pages } from "./page.mjs";

const site = process.env.SITE;
const pages = new Pages();
before(() => site && pages.start());
after(() => site && pages.stop());

const at = (name) => pathToFileURL(join(site, name)).href;
const ideas = site ? readdirSync(join(site, "docs/ideas")).filter((name) => /^\d\d-.*\.html$/.test(name)).sort() : [];
const close = async (page) => {
  assert.deepEqual(page.errors, []);
  await page.context().close();
};
const skip = site ? false : "no SITE is named";

test("no page is wider than its window; all pictures are there", { skip }, async () => {
  const page = await pages.newPage({});
  const documents = ["index.html", "live.html", "ARCHITECTURE.html", "docs/interfaces.html", "docs/spec.html", "docs/results.html", "docs/ideas/index.html", "source/LICENSE.html"];
  for (const name of [...documents, ...ideas.map((name) => `docs/ideas/${name}`)]) {
    await page.goto(at(name));
    for (const width of [320, 800, 1400]) {
      await page.setViewportSize({ width, height: 900 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} at ${width}`);
    }
    const lost = await page.evaluate(async () => {
      const all = [...document.images];
      for (const image of all) image.loading = "eager";
      const loaded = await Promise.allSettled(all.map((image) => image.decode()));
      return all.filter((_, i) => loaded[i].status === "rejected").map((image) => image.src);
    });
    assert.deepEqual(lost, [], name);
    assert.equal(await page.locator("h1").count(), 1, name);
    assert.equal(await page.locator("img:not([alt]), img[alt='']").count(), 0, name);
  }
  await close(page);
});

test("each run opens at the moment of its picture", { skip }, async () => {
  const page = await pages.newPage({});
  let opened = 0;
  for (const name of ideas) {
    await page.goto(at(`docs/ideas/${name}`));
    const runs = await page.locator(".caption a.live").evaluateAll((all) => all.map((link) => link.href));
    assert.ok(runs.length > 0, name);
    for (const address of runs) {
      await page.goto(address);
      assert.notEqual(await page.locator("#what .what").first().innerText(), "");
      const { hash } = new URL(address);
      const wanted = new URLSearchParams(hash.slice(1)).get("cycle");
      if (wanted !== null) assert.equal(await page.inputValue("#cycle"), wanted);
      else assert.match(hash, /^#access=\d+$/);
      opened += 1;
    }
  }
  assert.ok(opened >= 15, `${opened}`);
  await close(page);
});

test("both themes have contrast, print has no navigation, keys lead to the text", { skip }, async () => {
  const page = await pages.newPage({});
  await page.goto(at(`docs/ideas/${ideas[4]}`));
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const low = await page.evaluate(() => {
      const light = (colour) => {
        const parts = colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
      };
      const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
          const { backgroundColor } = getComputedStyle(at);
          if (!/, 0\)$|transparent/.test(backgroundColor)) return backgroundColor;
        }
        return "rgb(255, 255, 255)";
      };
      const found = [];
      for (const element of document.querySelectorAll("main p, main li, main a, main td, main th, main code, main pre, main h1, main h2, .list a, .list b, .list h2, summary, .way span")) {
        const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5 && !element.matches(".self")) found.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
      }
      return [...new Set(found)];
    });
    assert.deepEqual(low, [], colorScheme);
  }
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.locator("nav.list").isVisible(), false);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor), "rgb(255, 255, 255)");
  await page.emulateMedia({ media: "screen" });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "text");
  await close(page);
});

test("there is a site, if one is named", () => assert.ok(!site || existsSync(join(site, "index.html")) && ideas.length > 0));
