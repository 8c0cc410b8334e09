// Files that pagewalk show wrote: SHOW_FILES=folder npm run test:browser. Every panel shows them at
// many moments, without an error or a request.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Pages, cycle } from "./page.mjs";

const folder = process.env.SHOW_FILES;
const files = folder ? readdirSync(folder).filter((name) => /\.(html|json)$/.test(name)).sort() : [];
const pages = new Pages();
before(() => folder && pages.start());
after(() => folder && pages.stop());

for (const name of files) {
  test(name, async () => {
    const text = readFileSync(join(folder, name), "utf8");
    const page = await pages.open(name.endsWith(".json") ? text : null, name.endsWith(".html") ? { raw: text } : {});
    assert.equal(await page.locator(".failure, .banners .fault").allInnerTexts().then((all) => all.join("; ")), "");
    // Wherever a moment is shown, before a key leads on to another.
    const look = async (place) => {
      assert.deepEqual(await page.locator(".problem").allInnerTexts(), [], place);
      assert.doesNotMatch(await page.locator("body").innerText(), /undefined|NaN|\[object|cannot show the record/, place);
    };
    const press = async (key) => {
      await page.keyboard.press(key);
      await look(`${key}, cycle ${await cycle(page)}`);
    };
    await look("as it opens");
    for (const key of ["Home", "End", "Home"]) await press(key);
    const last = Number(await page.getAttribute("#cycle", "max"));
    for (let i = 0; i <= 20; i++) {
      const wanted = Math.floor((last * i) / 20);
      await page.fill("#cycle", String(wanted));
      await page.press("#cycle", "Enter");
      await page.evaluate(() => document.activeElement.blur());
      assert.equal(await cycle(page), wanted);
      await look(`cycle ${wanted}`);
      for (const key of ["1", "ArrowRight", "ArrowRight", "2", "ArrowRight", "3", "ArrowRight", "ArrowLeft"]) await press(key);
      assert.ok(await cycle(page) <= last);
    }
    assert.deepEqual(page.errors, []);
    await page.context().close();
  });
}

test("there are files, if a folder is named", () => assert.ok(!folder || files.length > 0));
