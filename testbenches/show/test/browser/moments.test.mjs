// What the page shows before the first page table, of several harts, of NAPOT ranges, and of two
// runs where they differ.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readDocument } from "../../src/model/document.js";
import { Recording } from "../../src/model/recording.js";
import { differences } from "../../src/model/together.js";
import { hartStory } from "../stories/harts.mjs";
import { SCHEMES, documentOf } from "../stories/machine.mjs";
import { bareStory, forkStory, longStory, policyStory, twoRuns } from "../stories/stories.mjs";
import { Pages, cycle, what } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const recordingsOf = (document) => readDocument(JSON.stringify(document)).runs.map((run) => new Recording(run));
const close = async (page) => {
  assert.equal(await page.locator(".problem").count(), 0);
  assert.deepEqual(page.errors, []);
  await page.context().close();
};

test("before the first page table every panel is quiet", async () => {
  for (const story of [forkStory(), policyStory(), twoRuns()]) {
    // A kernel's run begins long before its first process does.
    for (const run of story.runs) for (const record of run.records) if (record.at >= 0) Object.assign(record, { at: record.at + 500 }, record.to >= 0 && typeof record.to === "number" && record.event !== "context_switch" ? { to: record.to + 500 } : {});
    for (const run of story.runs) run.cycles += 500;
    const page = await pages.open(story);
    await page.keyboard.press("Home");
    assert.equal(await cycle(page), 0);
    assert.match(await page.locator(".p-tree").innerText(), /No page table is in use yet\./);
    await close(page);
  }
});

test("of several harts the one of the access is shown, and named", async () => {
  const page = await pages.open(hartStory());
  await page.keyboard.press("2");
  for (const [key, hart] of [["Home", null], ["ArrowRight", 0], ["ArrowRight", 1], ["ArrowRight", 1], ["ArrowLeft", 1], ["ArrowLeft", 0]]) {
    await page.keyboard.press(key);
    if (hart === null) continue;
    assert.equal(await page.locator(".access b").first().innerText(), `Hart ${hart}`);
    assert.match(await page.locator(".tlb.mine h3").innerText(), new RegExp(`^data, hart ${hart}`));
    assert.match(await page.locator("#h-tree").innerText(), new RegExp(`of hart ${hart}`));
    assert.equal(await page.locator(".tlb tr.filled, .tlb tr.hit").count(), 1);
  }
  await close(page);
});

test("a NAPOT range is 64 KiB with its base, in the tree, the table and the TLB", async () => {
  const read = (at, level, pa, value) => ({ at, k: "read", port: "data", level, pa, value });
  const records = [
    { at: 0, k: "satp", mode: "sv39", asid: 1, root: "0x100" },
    { at: 1, k: "access", to: 6, port: "data", n: 1, va: "0x415678", access: "load", privilege: "U", how: "walk", pa: "0x87655678" },
    { at: 2, k: "start", port: "data", level: 2 },
    read(3, 2, "0x100000", "0x40401"), read(4, 1, "0x101010", "0x40801"), read(5, 0, "0x1020a8", "0x8000000021d960df"),
    { at: 7, k: "line", tlb: "data", line: 7, valid: true, vpn: "0x415", asid: 1, level: 5, ppn: "0x87650", flags: "RU" },
    { at: 8, k: "access", to: 8, port: "data", n: 2, va: "0x41f000", access: "load", privilege: "U", how: "tlb", pa: "0x8765f000" },
  ];
  const run = { name: "napot", machine: { config: "x", scheme: SCHEMES.Sv39, tlbs: [{ name: "data", lines: 8, seen: true }] }, cycles: 10, records };
  const page = await pages.open(documentOf("A range", "", [run]));
  assert.match(await page.locator(".tree .row.walk.leaf").textContent(), /▪ 0x87650 64K/);
  assert.match(await page.locator(".steps tr.read").last().innerText(), /0x87650\s+leaf of 64 KiB/);
  assert.match(await page.locator(".tlb tr.filled").innerText(), /0x410\s.*64 KiB\s+0x87650/s);
  assert.match(await page.locator(".becomes").innerText(), /64 KiB range, pages 0x410 to 0x41f/);
  assert.equal(await page.locator(".field.kept").count(), 0);
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator(".tlb tr.hit").count(), 1);
  await close(page);
});

test("a walk that has not read yet is not said to be unneeded", async () => {
  const story = bareStory();
  const access = story.runs[0].records.filter((record) => record.how === "walk")[1];
  const hit = story.runs[0].records.find((record) => record.how === "tlb");
  const page = await pages.open(story, { hash: `#cycle=${access.at}` });
  assert.match(await page.locator(".key").innerText(), /the walk will go; it has not read yet/);
  await page.goto(`${page.address}#cycle=${hit.to}`);
  await page.waitForFunction(() => /none was needed/.test(document.querySelector(".key").innerText));
  await close(page);
});

test("next difference goes to where two runs differ, by button and key; the end is that of both", async () => {
  const story = twoRuns();
  const [clock, fifo] = recordingsOf(story);
  const found = differences(clock, fifo);
  const page = await pages.open(story);
  await page.keyboard.press("Home");
  for (const [i, { rank, text }] of found.entries()) {
    await (i % 2 === 0 ? page.click("#apart") : page.keyboard.press("d"));
    assert.equal(await cycle(page), clock.answer(rank).record.to);
    assert.match(await page.locator(".differ").innerText(), new RegExp(text.slice(0, 20).replaceAll(/[.()]/g, ".")));
  }
  assert.equal(await page.getAttribute("#apart", "aria-disabled"), "true");
  const last = await cycle(page);
  for (const again of [() => page.keyboard.press("d"), () => page.click("#apart", { force: true })]) {
    await again();
    assert.equal(await cycle(page), last);
    assert.match(await page.locator(".hint").innerText(), /last difference/);
  }
  await page.keyboard.press("End");
  const whens = await page.locator("#what .when").allInnerTexts();
  assert.deepEqual(whens.map((text) => Number(/cycle ([\d,]+)/.exec(text)[1].replaceAll(",", ""))), [clock.cycles, fifo.cycles]);
  assert.equal(await page.locator("#what .note").count(), 0);
  await close(page);
  const single = await pages.open(policyStory());
  assert.equal(await single.locator("#apart").count(), 0);
  await close(single);
});

test("the columns of the references are whole at the left, at every moment", async () => {
  const page = await pages.open(longStory(4000), { viewport: { width: 700, height: 900 } });
  await page.keyboard.press("2");
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press("ArrowRight");
    const cut = await page.evaluate(() => {
      const names = document.querySelector(".string thead th[scope=row]").getBoundingClientRect();
      return [...document.querySelectorAll(".string thead th[scope=col]")].map((column) => column.getBoundingClientRect())
        .filter((column) => column.left < names.right - 1 && column.right > names.right + 1).length;
    });
    assert.equal(cut, 0, `step ${i}`);
  }
  await close(page);
});

test("references beyond the window are called recorded", async () => {
  const story = policyStory();
  Object.assign(story.runs[0], { window: { from: 0, to: story.runs[0].cycles - 100, whole: false, why: "" } });
  const page = await pages.open(story);
  await page.keyboard.press("End");
  assert.match(await page.locator(".replacement .quiet").first().innerText(), /recorded from cycle 0 to .* the last one recorded\. .*20 recorded references/s);
  await close(page);
});

test("after an edit the page says that the scenario was edited in it", async () => {
  const source = { name: "a.toml", text: "idea = \"First.\"\n" };
  const first = { ...forkStory(), source, served: true };
  const page = await pages.openServed(first, (text) => [200, JSON.stringify({ ...policyStory(), title: `Run ${text.length}`, source: { ...source, text }, served: true })]);
  const madeBy = () => page.locator(".about dl").innerText();
  assert.doesNotMatch(await madeBy(), /edited/);
  const run = async (text) => {
    await page.fill("#editor", text);
    await page.click("#run");
    await page.waitForFunction((title) => document.querySelector("h1").textContent === title, `Run ${text.length}`);
  };
  await run("idea = \"Second, and longer.\"");
  assert.match(await madeBy(), /pagewalk show .*edited in this page/);
  assert.ok((await what(page)).length > 0);
  await run(source.text);
  assert.doesNotMatch(await madeBy(), /edited/);
  page.server.close();
  page.server.closeAllConnections();
  await close(page);
});
