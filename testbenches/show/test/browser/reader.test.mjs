// What a reader does who looks for a copy on write: search, compare, choose, scroll, print.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { copyStory } from "../stories/copies.mjs";
import { forgottenStory, hartStory } from "../stories/harts.mjs";
import { forkStory, longStory, policyStory, twoRuns } from "../stories/stories.mjs";
import { Pages, cycle, what } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const close = async (page) => {
  assert.equal(await page.locator(".problem").count(), 0);
  assert.deepEqual(page.errors, []);
  await page.context().close();
};
const box = (page, selector) => page.locator(selector).first().boundingBox();

test("the results are inside of the page at every width, and leave the keys to the page", async () => {
  for (const width of [1400, 1366, 700, 360]) {
    const page = await pages.open(copyStory(), { viewport: { width, height: 768 }, hash: "#cycle=10" });
    await page.keyboard.press("2");
    await page.keyboard.press("/");
    await page.keyboard.type("shared");
    await page.waitForSelector(".results li");
    const list = await box(page, ".results");
    assert.ok(list.x >= 0 && list.x + list.width <= width, `${width}: ${list.x} + ${list.width}`);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".results").count(), 0);
    assert.notEqual(await page.evaluate(() => document.activeElement.id), "search");
    await close(page);
  }
});

test("from what is found steps go on with all that changes, and the page says so", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=10&access=1" });
  await page.keyboard.press("2");
  await page.fill("#search", "copy on write");
  await page.press("#search", "Enter");
  assert.match(await what(page), /child gets its own copy/);
  assert.equal(await page.inputValue("#unit"), "change");
  await page.waitForSelector(".hint");
  assert.match(await page.locator(".hint").innerText(), /Steps go by all that changes now/);
  const said = [];
  for (let i = 0; i < 5; i++) {
    await page.keyboard.press("ArrowRight");
    said.push(await what(page));
  }
  assert.equal(await page.locator(".hint").count(), 0);
  assert.match(said.join("\n"), /kernel writes the entry.*\nSFENCE.*\nLine 7 of the data TLB is emptied.*\nFrame 0x80041 is no longer.*\nFrame 0x8004c holds/);
  await close(page);
});

test("old and new stand below the sentence, with what differs marked", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=170&record=1" });
  assert.equal(await page.locator(".change .old dd").innerText(), "VR··U·A· → 0x80041");
  assert.equal(await page.locator(".change .new dd").innerText(), "VRW·U·A· → 0x8004c");
  assert.deepEqual(await page.locator(".change .new mark").allInnerTexts(), ["W", "0x8004c"]);
  await close(page);
});

test("another process is compared at the same address; long tables open", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=204&access=2" });
  await page.selectOption("#process", "1");
  assert.match(await page.locator(".steps tr").last().innerText(), /0x80048000\s.*0x80041\s.*not read/s);
  assert.equal(await page.locator(".tree .row.walk.known").count(), 2);
  assert.match(await page.locator(".key").innerText(), /the same address in the tables of parent; the access is of child/);
  await close(page);
  const long = await pages.open(longStory(4000));
  await long.keyboard.press("End");
  const rows = () => long.locator(".tree .row.leaf").count();
  const few = await rows();
  const more = long.locator(".tree .opens").first();
  assert.match(await more.textContent(), /⋯ \d+ more/);
  await more.focus();
  await long.keyboard.press("Enter");
  while (await long.locator(".tree .opens").count() > 0) await long.locator(".tree .opens").first().click();
  assert.ok(few < 40 && await rows() === 40, `${few}, then ${await rows()}`);
  await close(long);
});

test("a frame shows its number, is chosen by number or press, and tells what became of it", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=150" });
  const cell = page.locator("[data-ppn='0x8004c']");
  assert.match(await cell.innerText(), /…\s*4c/);
  assert.match(await cell.getAttribute("aria-label"), /being filled with a copy/);
  assert.match(await page.locator(".legend").innerText(), /00 is frame 0x80000/);
  await page.fill(".go-frame", "80041");
  await page.press(".go-frame", "Enter");
  assert.equal(await page.locator(".cell.chosen").getAttribute("data-ppn"), "0x80041");
  const history = await page.locator(".history li").allInnerTexts();
  assert.equal(history.length, 3);
  assert.match(history.join("\n"), /shared by parent and child[\s\S]*is copied to 0x8004c[\s\S]*of parent alone/);
  await page.locator(".history button").last().click();
  assert.equal(await cycle(page), 171);
  await page.locator("[data-ppn='0x80042']").focus();
  assert.match(await page.locator(".frame-use").innerText(), /heap of parent and child/);
  await page.keyboard.press("ArrowUp");
  assert.equal(await page.locator(".cell.chosen").getAttribute("data-ppn"), "0x80041");
  await close(page);
});

test("an outline moves nothing in a cell", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=149" });
  const place = (ppn) => page.evaluate((ppn) => {
    const cell = document.querySelector(`[data-ppn='${ppn}']`).getBoundingClientRect();
    const letter = document.querySelector(`[data-ppn='${ppn}'] b`).getBoundingClientRect();
    return [letter.left + letter.width / 2 - cell.left - cell.width / 2, letter.top - cell.top].map(Math.round);
  }, ppn);
  const [shared, own] = [await place("0x80041"), await place("0x80048")];
  assert.equal(shared[1], own[1], "a double border takes no room");
  await page.goto(`${page.address}#cycle=150`);
  await page.waitForSelector("[data-ppn='0x80041'].subject");
  assert.deepEqual(await place("0x80041"), shared);
  await close(page);
});

test("the sentence stays in sight, small, when the page is scrolled", async () => {
  const page = await pages.open(copyStory(), { viewport: { width: 1366, height: 768 }, hash: "#cycle=170&record=1" });
  assert.equal(await page.locator(".sticky").count(), 0);
  await page.evaluate(() => document.querySelector("#h-tlb").scrollIntoView());
  await page.waitForSelector(".sticky");
  const sticky = await box(page, ".sticky");
  assert.ok(sticky.y >= 0 && sticky.y < 120 && sticky.height < 40);
  assert.match(await page.locator(".sticky").innerText(), /170 The kernel writes the entry for 0x400000/);
  await page.keyboard.press("ArrowRight");
  assert.match(await page.locator(".sticky").innerText(), /SFENCE\.VMA/);
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForSelector(".sticky", { state: "detached" });
  await close(page);
});

test("a stale line is marked in the TLB of each hart", async () => {
  const page = await pages.open(forgottenStory(), { hash: "#cycle=17&access=4" });
  assert.equal(await page.locator(".tlb").count(), 4);
  assert.match(await page.locator(".tag").first().innerText(), /hit in a stale line/);
  assert.equal(await page.locator(".tlb tr.stale").count(), 1);
  assert.equal(await page.locator(".stale-note").innerText(), "stale: the table says 0x90000");
  assert.match(await page.locator(".told").getAttribute("class"), /tone-fault/);
  await close(page);
});

test("the step that is marked is that of the sentence", async () => {
  const page = await pages.open(forgottenStory(), { hash: "#cycle=5&access=1" });
  assert.match(await page.locator(".when").innerText(), /step of line 8/);
  assert.match(await page.locator(".source .now").innerText(), /^8/);
  await close(page);
});

test("a lane's name leads to the next of it, harts have lanes of their own", async () => {
  const page = await pages.open(copyStory(), { hash: "#cycle=10&access=1" });
  await page.click(".lane-names button:has-text('copies')");
  assert.match(await what(page), /child gets its own copy/);
  await close(page);
  const harts = await pages.open(hartStory());
  const names = await harts.locator(".lane-names button").allInnerTexts();
  for (const name of ["accesses 0", "accesses 1", "walks 1"]) assert.ok(names.includes(name), names.join());
  await close(harts);
});

test("on paper the cursor is where the moment is, at any width of the window, and Before is there", async () => {
  for (const width of [1400, 700]) {
    const page = await pages.open(forkStory(), { viewport: { width, height: 900 } });
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowLeft");
    await page.emulateMedia({ media: "print" });
    await page.setViewportSize({ width: 750, height: 1000 });
    const [lanes, picture, cursor] = [await box(page, ".lanes"), await box(page, ".lane-picture"), await box(page, ".cursor")];
    assert.ok(Math.abs(picture.width - lanes.width) < 1 && Math.abs(picture.x - lanes.x) < 1);
    const end = Number(await page.getAttribute("#cycle", "max"));
    assert.ok(Math.abs(cursor.x + 1 - lanes.x - (lanes.width * await cycle(page)) / end) < 2, `${width}: ${cursor.x}`);
    assert.equal(await page.locator(".earlier").isVisible(), true);
    const labels = await page.evaluate(() => [...document.querySelectorAll(".axis span")].map((label) => label.getBoundingClientRect()).filter(({ width }) => width > 0).map(({ left, right }) => [left, right]));
    labels.slice(1).forEach(([left], i) => assert.ok(left >= labels[i][1], `${width}: labels overlap`));
    assert.ok(labels.length >= 2);
    await close(page);
  }
});

test("a sentence in Before is whole; an address is in one row from 500 px on", async () => {
  const page = await pages.open(copyStory(), { viewport: { width: 1366, height: 768 }, hash: "#cycle=204&access=2" });
  const cut = await page.evaluate(() => [...document.querySelectorAll(".earlier li button > span:last-child")].filter((line) => line.scrollWidth > line.clientWidth + 1 && getComputedStyle(line).overflow === "hidden").length);
  assert.equal(cut, 0);
  assert.match(await page.locator(".earlier").innerText(), /frame 0x80041 is copied to 0x8004c\./);
  await close(page);
  for (const width of [700, 500]) {
    const two = await pages.open(twoRuns(), { viewport: { width, height: 900 } });
    const tops = await two.evaluate(() => [...document.querySelector(".fields").children].map((field) => Math.round(field.getBoundingClientRect().top)));
    assert.equal(new Set(tops).size, 1, `${width}: ${tops}`);
    await close(two);
  }
});

test("every panel says what its marks mean", async () => {
  const story = policyStory();
  const page = await pages.open(story);
  await page.keyboard.press("End");
  for (const panel of ["timeline", "address", "tree", "tlb", "frames", "spaces", "replacement"]) {
    await page.click(`.p-${panel} .marks summary`);
    assert.ok(await page.locator(`.p-${panel} .marks dt`).count() >= 3, panel);
  }
  assert.match(await page.locator(".p-frames .marks").innerText(), /1\+2[\s\S]*mapped by processes 1 and 2/);
  await close(page);
});
