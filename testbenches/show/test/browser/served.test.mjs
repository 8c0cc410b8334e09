// A page that a server gives: its editor.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forkStory, policyStory } from "../stories/stories.mjs";
import { Pages, close } from "./page.mjs";

const pages = new Pages();
before(() => pages.start());
after(() => pages.stop());

const open = (document, options) => pages.open(document, options);

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
