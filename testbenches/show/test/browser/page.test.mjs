// How the page looks and is read: themes, print, small screens, names for screen readers, damaged files.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { bareStory, forkStory, policyStory, twoRuns } from "../stories/stories.mjs";
import { Pages, close, fileOf } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const open = (document, options) => pages.open(document, options);

test("both themes have contrast; the switch goes through them", async () => {
  const page = await open(forkStory(), { colorScheme: "dark" });
  const contrast = () => page.evaluate(() => {
    const parse = (text) => text.match(/[\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const back = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parse(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0.99) return colour;
      }
      return [255, 255, 255];
    };
    const poor = [];
    for (const element of document.querySelectorAll("h1, h2, h3, p, td, th, dt, dd, button, label, .tag, .cell b, .cell small, .legend span, .note, .means, .bits")) {
      if (!element.textContent.trim() || element.closest(".hidden, dialog, .later, .skip, .flags")) continue;
      const [a, b] = [light(parse(getComputedStyle(element).color)), light(back(element))].sort((x, y) => y - x);
      if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${element.className || element.tagName} "${element.textContent.slice(0, 30)}" ${((a + 0.05) / (b + 0.05)).toFixed(1)}`);
    }
    return poor;
  });
  const seen = new Set();
  for (let i = 0; i < 3; i++) {
    const theme = await page.evaluate(() => document.documentElement.dataset.theme);
    seen.add(`${theme} ${await page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor)}`);
    assert.deepEqual(await contrast(), [], theme);
    await page.click("#theme");
  }
  assert.deepEqual([...seen].sort(), ["dark rgb(20, 23, 26)", "light rgb(246, 245, 242)", "system rgb(20, 23, 26)"]);
  await close(page);
});

test("print shows every panel, light, without controls", async () => {
  const page = await open(forkStory(), { colorScheme: "dark" });
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.locator(".bar").isVisible(), false);
  for (const panel of [".p-what", ".p-timeline", ".p-address", ".p-tree", ".p-tlb", ".p-frames", ".p-spaces"]) assert.equal(await page.locator(panel).isVisible(), true, panel);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".panel")).backgroundColor), "rgb(255, 255, 255)");
  const pdf = await page.pdf();
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  await close(page);
});

test("a narrow screen scrolls no page sideways", async () => {
  for (const story of [forkStory(), policyStory(), twoRuns(), bareStory()]) {
    const page = await open(story, { viewport: { width: 360, height: 740 } });
    await page.keyboard.press("End");
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= 360, `${story.title}: ${wide}`);
    await close(page);
  }
});

test("it has landmarks, names and a live region", async () => {
  const page = await open(forkStory());
  for (const role of ["main", "navigation", "search", "toolbar", "slider"]) assert.ok(await page.getByRole(role).count() >= 1, role);
  assert.ok(await page.getByRole("region").count() >= 6);
  assert.equal(await page.locator("#what [aria-live=polite]").count(), 1);
  const nameless = await page.evaluate(() => [...document.querySelectorAll("button, input, select, [role=img], [role=slider], section")]
    .filter((element) => !(element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || element.labels?.length || element.textContent.trim())).map((element) => element.outerHTML.slice(0, 80)));
  assert.deepEqual(nameless, []);
  await close(page);
});

test("text of a record stays text", async () => {
  const evil = "</script><img src=x onerror=alert(1)><script>alert(2)</script><!--";
  const story = forkStory();
  Object.assign(story, { title: evil, idea: evil, command: evil, spec: [evil], source: { name: evil, text: evil } });
  const [run] = story.runs;
  Object.assign(run, { name: evil, failure: evil, report: { [evil]: evil }, window: { from: 0, to: 1, whole: false, why: evil } });
  run.machine.policy = evil;
  for (const record of run.records) {
    if (record.k === "process" || record.k === "region") record.name = evil;
    if (record.k === "frame" && record.what) record.what = evil;
  }
  run.records.splice(20, 0, { at: run.records[20].at, k: "step", line: 1, text: evil }, { at: run.records[20].at, k: "event", event: evil }, { at: run.records[20].at, k: evil }, { at: run.records[20].at, k: "policy", state: evil });
  const page = await open(story);
  assert.equal(await page.locator("h1").innerText(), evil);
  for (const key of ["End", "Home", "3", "ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  await page.selectOption("#unit", "record");
  for (let i = 0; i < 40; i++) await page.keyboard.press("ArrowRight");
  assert.equal(await page.locator("img").count(), 0);
  assert.match(await page.locator(".banners").innerText(), /of a kind that this page does not know/);
  await close(page);
});

test("a damaged file says what is wrong; the template says that it is one", async () => {
  for (const [text, said] of [["{ not JSON", /damaged/], ['{"a":1}', /no record that pagewalk show wrote/], ['{"pagewalk_show":1,"runs":[]}', /no run/]]) {
    const page = await open(text);
    assert.match(await page.locator("main").innerText(), said);
    await close(page);
  }
  const page = await open(null, { raw: fileOf("/*RECORD*/") });
  assert.match(await page.locator("main").innerText(), /template/);
  await close(page);
});
