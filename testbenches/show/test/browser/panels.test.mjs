// What the panels show, of one run and of two.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readDocument } from "../../src/model/document.js";
import { Recording } from "../../src/model/recording.js";
import { bareStory, forkStory, longStory, policyStory, twoRuns } from "../stories/stories.mjs";
import { Pages, close, cycle, what } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);
const recordOf = (document, is) => document.runs[0].records.findIndex(is);
const open = (document, options) => pages.open(document, options);

test("the panels show the walk, the line, the frame and the page of an access", async () => {
  const story = forkStory();
  const recording = recordingOf(story);
  const rank = recording.answers.findIndex((index) => recording.records[index].how === "walk" && recording.records[index].pa);
  const access = recording.answer(rank).record;
  const page = await open(story, { hash: `#cycle=${access.to}&access=${rank + 1}` });
  assert.equal(await page.locator(".va").innerText(), access.va);
  assert.equal(await page.locator(".pa").innerText(), access.pa);
  assert.equal(await page.locator(".tree .row.walk").count(), 3);
  assert.equal(await page.locator(".tree .edge.walk").count(), 2);
  assert.equal(await page.locator(".steps tr.read").count(), 3);
  assert.equal(await page.locator(".steps tr.read .flags").last().getAttribute("aria-label"), "flags V R X U");
  assert.match(await page.locator(".steps tr.read").last().innerText(), /, A set by the walker/);
  assert.equal(await page.locator(".tree .row.walk.leaf text.on").allTextContents().then((all) => all.join("")), "VRXUA");
  assert.equal(await page.locator(".tlb tr.filled").count(), 1);
  assert.equal(await page.locator(".map .cell.now").count(), 1);
  assert.equal(await page.locator(".pages i.now").count(), 1);
  const hit = recording.answers.findIndex((index) => recording.records[index].how === "tlb");
  await page.goto(`${page.address}#cycle=${recording.answer(hit).record.to}&access=${hit + 1}`);
  await page.waitForSelector(".tlb tr.hit");
  assert.equal(await page.locator(".tree .row.walk:not(.known)").count(), 0);
  await close(page);
});

test("after a fork shared frames say so, for every owner", async () => {
  const story = forkStory();
  const index = recordOf(story, (r) => r.event === "context_switch" && r.pid === 2);
  const page = await open(story, { hash: `#cycle=${story.runs[0].records[index].at}` });
  const shared = page.locator(".map .cell.shared");
  assert.ok(await shared.count() >= 5);
  assert.match(await shared.first().getAttribute("aria-label"), /of shell, job, shared by 2 mappings/);
  assert.equal(await shared.first().locator("small").innerText(), "1+2");
  await page.selectOption("#process", "1");
  assert.match(await page.locator("#h-tree").innerText(), /of shell/);
  await page.selectOption("#process", "2");
  assert.match(await page.locator("#h-tree").innerText(), /of job/);
  await close(page);
});

test("counts and report are those of the document", async () => {
  const story = forkStory();
  const recording = recordingOf(story);
  const page = await open(story, { hash: `#cycle=${recording.cycles}` });
  for (const name of ["accesses", "misses", "walks", "faults", "fences", "switches"]) {
    assert.equal(await page.locator(`.count-${name} dd`).innerText(), String(recording.last.counts[name]), name);
  }
  await page.locator(".about summary").first().click();
  assert.equal(await page.locator(".report td").innerText(), String(story.runs[0].report.counts.accesses));
  await close(page);
});

test("replacement: the table, the faults, the ring with its hand", async () => {
  const story = policyStory();
  const recording = recordingOf(story);
  const page = await open(story, { hash: `#cycle=${recording.cycles}` });
  assert.equal(await page.locator(".string tbody tr:not(.faults):not(.victims)").count(), 3);
  assert.equal(await page.locator(".string .faults td").count(), 16);
  assert.equal(await page.locator(".string thead th.now").innerText(), "1");
  assert.equal(await page.locator(".ring .place").count(), 3);
  assert.equal(await page.locator(".ring .place.hand").count(), 1);
  assert.match(await page.locator(".replacement .quiet").first().innerText(), /20 references so far, 14 of them with a fault/);
  await close(page);
});

test("a long string scrolls to its current column, a long tree to the end of its path", async () => {
  const story = longStory(4000);
  const recording = recordingOf(story);
  const page = await open(story, { viewport: { width: 700, height: 900 }, hash: `#cycle=${recording.cycles}` });
  const inside = (outer, inner) => page.evaluate(([outer, inner]) => {
    const box = document.querySelector(outer).getBoundingClientRect();
    const part = [...document.querySelectorAll(inner)].at(-1).getBoundingClientRect();
    return part.left >= box.left - 1 && part.right <= box.right + 1;
  }, [outer, inner]);
  assert.equal(await inside(".string-box", ".string th.now"), true);
  await close(page);
});

test("pages have the names that the run gives them", async () => {
  const story = policyStory();
  story.runs[0].labels = { "1:0x400": "zero", "1:0x407": "seven" };
  const page = await open(story);
  assert.equal(await page.locator(".string thead th.now").innerText(), "seven");
  await close(page);
});

test("two runs go side by side, by access and by cycle", async () => {
  const page = await open(twoRuns());
  assert.equal(await page.locator("#what .body").count(), 2);
  assert.equal(await page.locator(".lanes").count(), 2);
  await page.selectOption("#sync", "access");
  for (let i = 0; i < 12; i++) {
    const [left, right] = await page.locator(".va").allInnerTexts();
    assert.equal(left, right);
    await page.click("#forward");
  }
  const apart = await page.locator("#what .when").allInnerTexts();
  await page.selectOption("#sync", "cycle");
  const together = await page.locator("#what .when").allInnerTexts();
  assert.equal(together[0], together[1]);
  assert.equal(apart[0], together[0]);
  const second = page.locator(".lanes").nth(1);
  const box = await second.boundingBox();
  await page.mouse.click(box.x + box.width / 4, box.y + 10);
  const [a, b] = await page.locator("#what .when").allInnerTexts();
  assert.equal(a, b);
  await close(page);
});

test("bare ports: no process, no frames, so no such panels; the step is in its source", async () => {
  const story = bareStory();
  const page = await open(story);
  for (const absent of [".p-frames", ".p-spaces", ".p-replacement", "#process"]) assert.equal(await page.locator(absent).count(), 0, absent);
  for (const present of [".p-address", ".p-tree", ".p-tlb", ".p-source"]) assert.equal(await page.locator(present).count(), 1, present);
  assert.match(await page.locator(".source .now").innerText(), /^7\s+\{ load = 0x0080_0000/);
  assert.match(await what(page), /a megapage of 2 MiB/);
  assert.equal(await page.locator(".field.kept").count(), 1);
  await close(page);
});

test("a window, a cut and a failure are told at the top", async () => {
  const story = forkStory();
  story.runs[0].records = story.runs[0].records.filter((record) => record.at <= 400);
  Object.assign(story.runs[0], { window: { from: 0, to: 100, whole: false, why: "It is a long run." }, cut: { at: 400, why: "The file would be too large." }, failure: "a load gave another value" });
  const page = await open(story);
  const text = await page.locator(".banners").innerText();
  assert.match(text, /cycles 0 to 100 only\. It is a long run\./);
  assert.match(text, /ends at cycle 400.*The file would be too large\./);
  await page.keyboard.press("End");
  assert.equal(await cycle(page), 400);
  await page.keyboard.press("Shift+ArrowRight");
  assert.match(await what(page), /The record has ended, in cycle 400/);
  assert.match(text, /The run failed\. a load gave another value/);
  await close(page);
});
