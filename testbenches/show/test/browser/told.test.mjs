// What a reader of a copy on write sees: notes in the rows that they are of, results by time, panels
// that stay where they are, and nothing that distracts.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { copyStory } from "../stories/copies.mjs";
import { forkedStory } from "../stories/forked.mjs";
import { policyStory } from "../stories/stories.mjs";
import { Pages, what } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const close = async (page) => {
  assert.equal(await page.locator(".problem").count(), 0);
  assert.deepEqual(page.errors, []);
  await page.context().close();
};

test("a TLB of eight lines is whole with all its notes, each in the row of its line", async () => {
  const page = await pages.open(forkedStory(), { viewport: { width: 1366, height: 768 }, hash: "#cycle=100" });
  assert.equal(await page.locator(".tlb tr.stale").count(), 5);
  const scrolls = await page.evaluate(() => [...document.querySelectorAll(".lines")].some((box) => box.scrollHeight > box.clientHeight + 1));
  assert.equal(scrolls, false);
  const notes = await page.evaluate(() => [...document.querySelectorAll(".tlb tr.stale")].map((row) => {
    const number = row.cells[0];
    const note = row.nextElementSibling;
    return number.rowSpan === 2 && note.className === "stale-note" && number.getBoundingClientRect().bottom >= note.getBoundingClientRect().bottom - 1
      && getComputedStyle(note.cells[0]).backgroundColor === getComputedStyle(row.cells[1]).backgroundColor;
  }));
  assert.deepEqual(notes, [true, true, true, true, true]);
  await close(page);
});

test("an access that is over is not marked as if it were now", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=10&access=1" });
  assert.equal(await page.locator(".tlb tr.hit").count(), 1);
  assert.equal(await page.locator(".access .tag.fault").count(), 1);
  await page.goto(`${page.address}#cycle=170`);
  await page.waitForSelector(".access .past");
  assert.equal(await page.locator(".tlb tr.hit").count(), 0);
  assert.equal(await page.locator(".tlb tr.stale").count(), 1);
  assert.match(await page.locator(".access").innerText(), /the last access, answered in cycle 10: *fault: permission/);
  assert.equal(await page.locator(".access .tag.fault").count(), 0);
  await close(page);
});

test("results are by time, what is exact is marked, and n goes forwards from the first of it", async () => {
  const page = await pages.open(copyStory());
  await page.fill("#search", "copy");
  await page.waitForSelector(".results li:nth-child(2)");
  await page.waitForFunction(() => !/so far/.test(document.querySelector(".results p").innerText));
  const cycles = (await page.locator(".results li .cycle").allInnerTexts()).map(Number);
  assert.deepEqual(cycles, [...cycles].sort((a, b) => a - b));
  assert.match(await page.locator(".results p").innerText(), /^2 found, in the order of time: 1 exact, 1 says it in a sentence\./);
  assert.deepEqual(await page.locator(".results .how").allInnerTexts(), ["says it", "exact"]);
  await page.press("#search", "Enter");
  assert.match(await what(page), /child gets its own copy/);
  assert.match(await page.locator(".visit").innerText(), /2 of 2/);
  await page.fill("#search", "stale");
  await page.waitForSelector(".results li");
  assert.match(await page.locator(".results li").first().innerText(), /writes the entry for 0x400000/);
  await close(page);
});

test("page replacement is folded where nothing is replaced", async () => {
  const quiet = await pages.open(copyStory(), { hash: "#cycle=170" });
  assert.equal(await quiet.locator(".p-replacement .string").first().isVisible(), false);
  await quiet.click(".p-replacement .nothing > summary");
  assert.equal(await quiet.locator(".p-replacement .string").first().isVisible(), true);
  assert.match(await quiet.locator(".p-replacement .quiet").first().innerText(), /1 of 2 references so far, 1 of them with a fault\. Places are in the order in which their first pages came/);
  await close(quiet);
  const busy = await pages.open(policyStory());
  await busy.keyboard.press("End");
  assert.equal(await busy.locator(".p-replacement .nothing").count(), 0);
  await close(busy);
});

test("at the last mark of a lane its name says so, and the panels stay where they are", async () => {
  const page = await pages.open(copyStory(), { viewport: { width: 1366, height: 900 }, hash: "#cycle=10&access=1" });
  const tops = new Set();
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press("ArrowRight");
    tops.add(await page.evaluate(() => Math.round(document.querySelector(".p-timeline").getBoundingClientRect().top)));
  }
  assert.equal(tops.size, 1, [...tops].join());
  await page.click(".lane-names button:has-text('copies')", { modifiers: ["Shift"] });
  await page.click(".lane-names button:has-text('copies')");
  await page.waitForSelector(".hint");
  assert.equal(await page.locator(".hint").innerText(), "There is no later mark in the lane copies.");
  await close(page);
});

test("words of the field are explained where they stand", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=10&access=1" });
  assert.match(await page.locator(".told abbr").first().getAttribute("title"), /user mode/);
  await page.click(".p-what .marks summary");
  assert.match(await page.locator(".p-what .marks").innerText(), /ASID[\s\S]*address-space identifier[\s\S]*MXR/);
  await close(page);
});
