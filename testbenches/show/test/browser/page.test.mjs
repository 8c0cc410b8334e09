import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readDocument } from "../../src/model/document.js";
import { Recording } from "../../src/model/recording.js";
import { documentOf } from "../stories/machine.mjs";
import { bareStory, forkStory, longStory, policyRun, policyStory, twoRuns } from "../stories/stories.mjs";
import { Pages, cycle, fileOf, what } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);
const recordOf = (document, is) => document.runs[0].records.findIndex(is);
async function open(document, options) {
  const page = await pages.open(document, options);
  return page;
}
const close = async (page) => {
  assert.deepEqual(page.errors, []);
  await page.context().close();
};

test("every button steps", async () => {
  const story = forkStory();
  const recording = recordingOf(story);
  const page = await open(story);
  const at = (rank) => recording.answer(rank).record.to;
  assert.equal(await page.inputValue("#unit"), "change");
  await page.selectOption("#unit", "access");
  assert.equal(await cycle(page), at(0));
  await page.click("#forward");
  assert.equal(await cycle(page), at(1));
  await page.click("#back");
  assert.equal(await cycle(page), at(0));
  await page.click("#last");
  assert.equal(await cycle(page), recording.cycles);
  await page.click("#first");
  assert.equal(await cycle(page), 0);
  await page.selectOption("#unit", "cycle");
  await page.click("#forward");
  assert.equal(await cycle(page), 1);
  await page.selectOption("#unit", "event");
  await page.click("#forward");
  const [first] = recording.noted.filter((index) => recording.records[index].at > 1);
  assert.equal(await cycle(page), recording.records[first].at);
  await page.selectOption("#unit", "record");
  await page.click("#back");
  assert.equal(await cycle(page), recording.records[first - 1].at);
  await page.fill("#cycle", "77");
  await page.press("#cycle", "Enter");
  assert.equal(await page.evaluate(() => location.hash), "#cycle=77");
  await close(page);
});

test("it plays, pauses, and stops at the end", async () => {
  const story = policyStory();
  const page = await open(story);
  await page.selectOption("#unit", "access");
  await page.selectOption("#speed", "30");
  const begin = await cycle(page);
  await page.click("#play");
  await page.waitForFunction((was) => Number(document.querySelector("#cycle").value) > was, begin);
  await page.click("#play");
  const held = await cycle(page);
  await page.waitForTimeout(200);
  assert.equal(await cycle(page), held);
  await page.click("#play");
  await page.waitForFunction(() => document.querySelector("#play").getAttribute("aria-pressed") === "false", null, { timeout: 20000 });
  assert.ok(await cycle(page) > held);
  await close(page);
});

test("every key does what the help says", async () => {
  const story = forkStory();
  const recording = recordingOf(story);
  const page = await open(story);
  await page.keyboard.press("End");
  assert.equal(await cycle(page), recording.cycles);
  await page.keyboard.press("Home");
  assert.equal(await cycle(page), 0);
  await page.keyboard.press("2");
  assert.equal(await page.inputValue("#unit"), "access");
  await page.keyboard.press("ArrowRight");
  assert.equal(await cycle(page), recording.answer(0).record.to);
  await page.keyboard.press("Shift+ArrowRight");
  assert.equal(await cycle(page), recording.answer(0).record.to + 1);
  await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("3");
  assert.equal(await page.inputValue("#unit"), "event");
  await page.keyboard.press("4");
  assert.equal(await page.inputValue("#unit"), "record");
  await page.keyboard.press("5");
  assert.equal(await page.inputValue("#unit"), "cycle");
  await page.keyboard.press("]");
  assert.equal(await page.inputValue("#speed"), "5");
  await page.keyboard.press("[");
  assert.equal(await page.inputValue("#speed"), "2");
  await page.keyboard.press("1");
  assert.equal(await page.inputValue("#unit"), "change");
  const before = await cycle(page);
  await page.keyboard.press("Space");
  assert.equal(await page.getAttribute("#play", "aria-pressed"), "true");
  await page.waitForFunction((was) => Number(document.querySelector("#cycle").value) !== was, before);
  await page.keyboard.press("Space");
  assert.equal(await page.getAttribute("#play", "aria-pressed"), "false");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("t");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "light");
  await close(page);
});

test("search goes to what it finds, and back", async () => {
  const story = forkStory();
  const page = await open(story);
  await page.fill("#search", "copy");
  const copies = story.runs[0].records.filter((r) => r.event === "copy").length;
  assert.match(await page.locator(".results [role=status]").innerText(), new RegExp(`^${copies} found`));
  await page.waitForFunction(() => !/so far/.test(document.querySelector(".results [role=status] span").innerText));
  await page.press("#search", "Enter");
  assert.match(await what(page), /job gets its own copy of page 0x401000/);
  const copy = story.runs[0].records[recordOf(story, (r) => r.event === "copy")];
  assert.equal(await cycle(page), copy.at);
  await page.fill("#search", "page_fault");
  await page.press("#search", "Enter");
  const first = await cycle(page);
  await page.press("#search", "Enter");
  assert.ok(await cycle(page) > first);
  await page.press("#search", "Shift+Enter");
  assert.equal(await cycle(page), first);
  // The page has its keys again: n and N visit what is found, an arrow steps.
  assert.equal(await page.locator(".results").count(), 0);
  await page.keyboard.press("n");
  assert.ok(await cycle(page) > first);
  await page.keyboard.press("N");
  assert.equal(await cycle(page), first);
  await page.click("#found-next");
  assert.ok(await cycle(page) > first);
  await page.focus("#search");
  await page.locator(".results li button").nth(3).click();
  assert.equal(await page.locator(".results").count(), 0);
  await page.fill("#search", "123");
  assert.match(await page.locator(".results [role=status]").innerText(), /^Enter goes to cycle 123\./);
  await page.press("#search", "Enter");
  assert.equal(await cycle(page), 123);
  await page.fill("#search", "nothingofthekind");
  await page.waitForFunction(() => /Nothing is found/.test(document.querySelector(".results [role=status]").innerText));
  await close(page);
});

test("a link leads to its moment, the address follows, the back button goes back", async () => {
  const story = forkStory();
  const page = await open(story, { hash: "#cycle=200" });
  assert.equal(await cycle(page), 200);
  await page.fill("#search", "fork");
  await page.press("#search", "Enter");
  const fork = story.runs[0].records[recordOf(story, (r) => r.event === "fork")].at;
  assert.equal(await cycle(page), fork);
  assert.match(await page.evaluate(() => location.hash), new RegExp(`^#cycle=${fork}&record=\\d+$`));
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#cycle").value === "200");
  await page.goForward();
  await page.waitForFunction((at) => Number(document.querySelector("#cycle").value) === at, fork);
  await page.keyboard.press("Escape");
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => location.hash.includes("access="));
  const there = await page.evaluate(() => location.hash);
  const sentence = await what(page);
  await close(page);
  const again = await open(story, { hash: there });
  assert.equal(await what(again), sentence);
  await close(again);
});

test("a click on the timeline goes there; it zooms and pans", async () => {
  const story = forkStory();
  const recording = recordingOf(story);
  const page = await open(story);
  const box = await page.locator(".lanes").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + 20);
  assert.ok(Math.abs(await cycle(page) - recording.cycles / 2) <= 2);
  assert.deepEqual(await page.locator(".lanes").boundingBox(), box, "a step moves nothing else");
  const before = await page.locator(".lanes svg").screenshot();
  await page.click("[aria-label='Zoom in']");
  await page.click("[aria-label='Zoom in']");
  const zoomed = await page.locator(".lanes svg").screenshot();
  assert.ok(!before.equals(zoomed), "zooming draws again");
  await page.mouse.move(box.x + 300, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + 100, box.y + 20, { steps: 5 });
  await page.mouse.up();
  assert.ok(!zoomed.equals(await page.locator(".lanes svg").screenshot()), "dragging pans");
  assert.ok(Math.abs(await cycle(page) - recording.cycles / 2) <= 2, "dragging does not go elsewhere");
  await page.click("[aria-label='Show the whole run']");
  await page.mouse.click(box.x + box.width - 1, box.y + 20);
  assert.ok(await cycle(page) > recording.cycles * 0.95);
  await close(page);
});

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
  assert.match(await page.locator(".replacement .quiet").first().innerText(), /20 references, 14 of them with a fault/);
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

test("a step costs the same with 1,000 and with 100,000 records", async () => {
  const cost = async (wanted) => {
    const page = await open(longStory(wanted));
    await page.waitForSelector(".counts");
    const client = await page.context().newCDPSession(page);
    await client.send("Performance.enable", { timeDomain: "threadTicks" });
    // What the page's thread computes; not what it waits for.
    const used = async () => {
      const { metrics } = await client.send("Performance.getMetrics");
      const value = (name) => metrics.find((metric) => metric.name === name).value;
      return (value("ScriptDuration") + value("LayoutDuration") + value("RecalcStyleDuration")) * 1000;
    };
    const steps = (count) => page.evaluate(async (count) => {
      for (let i = 0; i < count; i++) {
        document.querySelector("#forward").click();
        await new Promise((done) => setTimeout(done, 0));
        document.body.getBoundingClientRect();
      }
    }, count);
    await steps(20);
    let begin = await used();
    await steps(80);
    const step = (await used() - begin) / 80;
    // Far from any moment before it.
    const places = await page.evaluate(() => [0.9, 0.2, 0.7, 0.4, 0.6].map((share) => Math.floor(document.querySelector("#cycle").max * share)));
    begin = await used();
    for (const place of places) {
      await page.evaluate((to) => { location.hash = `#cycle=${to}`; }, place);
      await page.waitForFunction((to) => Number(document.querySelector("#cycle").value) === to, place);
    }
    const jump = (await used() - begin) / places.length;
    await close(page);
    return { step, jump };
  };
  const short = await cost(1000);
  const long = await cost(100000);
  console.log(`a step: ${short.step.toFixed(2)} ms and ${long.step.toFixed(2)} ms; going to the middle: ${short.jump.toFixed(1)} ms and ${long.jump.toFixed(1)} ms`);
  assert.ok(long.step <= 2 * short.step, `${short.step} and ${long.step}`);
  assert.ok(long.jump <= 2 * short.jump, `${short.jump} and ${long.jump}`);
});

test("a long run with a policy steps as fast as a short one", async () => {
  const string = Array.from({ length: 400 }, (_, i) => (i * 7 + (i >> 3)) % 9);
  const page = await open(documentOf("long", "", [policyRun("clock", string, 4)]));
  await page.keyboard.press("End");
  assert.equal(await page.locator(".ring .place").count(), 4);
  await close(page);
});

test("a served scenario is edited, and runs again", async () => {
  const source = { name: "a.toml", text: "idea = \"First.\"\n" };
  const first = { ...forkStory(), source, served: true };
  const asked = [];
  const page = await pages.openServed(first, (text) => {
    asked.push(text);
    if (text.includes("wrong")) return [422, "a.toml:1: <b>wrong</b>"];
    return [200, JSON.stringify({ ...policyStory(), title: "Another", source: { ...source, text }, served: true })];
  });
  await page.fill("#editor", "wrong");
  await page.click("#run");
  await page.waitForSelector(".p-editor .problem");
  assert.equal(await page.locator(".p-editor .problem").innerText(), "a.toml:1: <b>wrong</b>");
  await page.click("#undo");
  assert.equal(await page.inputValue("#editor"), source.text);
  // Keys of the page are text here.
  await page.press("#editor", "ArrowRight");
  await page.locator("#editor").pressSequentially("?");
  assert.equal(await page.locator("dialog[open]").count(), 0);
  await page.fill("#editor", "idea = \"Second.\"");
  await page.press("#editor", "Control+Enter");
  await page.waitForFunction(() => document.querySelector("h1").textContent === "Another");
  assert.deepEqual(asked, ["wrong", "idea = \"Second.\""]);
  assert.equal(await page.inputValue("#editor"), "idea = \"Second.\"");
  page.server.close();
  page.server.closeAllConnections();
  await page.click("#run");
  await page.waitForSelector(".p-editor .problem");
  assert.match(await page.locator(".p-editor .problem").innerText(), /--serve still running/);
  page.errors = page.errors.filter((text) => !text.includes("Failed to load resource"));
  await close(page);
});

test("a page that is only a file has no editor", async () => {
  const page = await open({ ...forkStory(), source: { name: "a.toml", text: "" } });
  assert.equal(await page.locator("#editor").count(), 0);
  await close(page);
});
