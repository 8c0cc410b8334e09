// What a step costs in a short run and in a long one.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { documentOf } from "../stories/machine.mjs";
import { longStory, policyRun } from "../stories/stories.mjs";
import { Pages, close } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const open = (document, options) => pages.open(document, options);

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
