import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { Recording } from "../src/model/recording.js";
import { say } from "../src/words/say.js";
import { lookAt } from "../src/model/look.js";
import { UNITS, atCycle, step } from "../src/model/moment.js";
import { forkStory } from "./stories/stories.mjs";

test("what is no record is told in a sentence", () => {
  for (const text of ["", "/*RECORD*/", undefined, "{", "[]", "null", "{}", '{"pagewalk_show":1}', '{"pagewalk_show":1,"runs":[null]}']) {
    const { error } = readDocument(text);
    assert.equal(typeof error, "string", text);
    assert.match(error, /\.|:/);
  }
});

test("a damaged record is left out and told, and the others are read", () => {
  const records = [
    { at: 1, k: "process", pid: 1, name: "a" }, null, 7, { k: "pte" }, { at: 2, k: "access", to: 3, access: "load" },
    { at: -1, k: "fence" }, { at: 3, k: "pte", pa: "0xzz", value: "0x1" }, { at: 4, k: "novelty", x: 1 }, { at: 5, k: "fence", va: null, asid: null },
  ];
  const read = readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records }] }));
  const [run] = read.runs;
  assert.deepEqual(run.records.map(({ k }) => k), ["process", "novelty", "fence"]);
  assert.ok(run.problems.some((text) => /Record 5 \(access, cycle 2\) lacks a readable "va"/.test(text)), run.problems.join("\n"));
  assert.ok(run.problems.some((text) => /novelty/.test(text)));
  assert.ok(run.problems.some((text) => /scheme/.test(text)));
});

test("names of kinds and events that an object has by itself are no kinds", () => {
  const records = ["constructor", "__proto__", "toString"].flatMap((name) => [{ at: 1, k: name }, { at: 1, k: "event", event: name }]);
  const recording = new Recording(readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records }] })).runs[0]);
  recording.records.forEach((_, i) => assert.equal(typeof say(recording, i).what, "string"));
});

test("records out of order are put in order and told", () => {
  const records = [{ at: 5, k: "fence" }, { at: 2, k: "fence" }, { at: 2, k: "policy", state: "" }];
  const [run] = readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records }] })).runs;
  assert.deepEqual(run.records.map(({ at, k }) => `${at}${k}`), ["2fence", "2policy", "5fence"]);
  assert.ok(run.problems.some((text) => /in order/.test(text)));
});

test("another version is shown with a note", () => {
  const { notes } = readDocument(JSON.stringify({ pagewalk_show: 2, runs: [{ records: [] }] }));
  assert.match(notes[0], /version 2/);
});

/** Numbers that depend on the seed only. */
function random(seed) {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
}

test("no damage to a record makes a view fail", () => {
  const junk = [null, -1, "", "<img src=x onerror=alert(1)>", "0x", {}, [], [[1]], 1e300, true, undefined];
  for (let seed = 1; seed <= 60; seed++) {
    const next = random(seed);
    const document = structuredClone(forkStory());
    const { records } = document.runs[0];
    for (let i = 0; i < 40; i++) {
      const record = records[Math.floor(next() * records.length)];
      const fields = Object.keys(record);
      const name = fields[Math.floor(next() * fields.length)];
      record[name] = junk[Math.floor(next() * junk.length)];
    }
    const recording = new Recording(readDocument(JSON.stringify(document)).runs[0]);
    for (const unit of UNITS) {
      let moment = atCycle(recording, 0);
      for (let i = 0; i < 60; i++) {
        lookAt(recording, moment);
        moment = step(recording, moment, unit, 1);
      }
    }
    recording.records.forEach((_, i) => assert.doesNotThrow(() => say(recording, i), `seed ${seed}, record ${i}`));
  }
});
