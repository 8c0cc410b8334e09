// Several harts: TLBs, satp, walks and accesses are kept apart, and named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { lanesOf } from "../src/model/lanes.js";
import { lookAt } from "../src/model/look.js";
import { atAccess, atRecord } from "../src/model/moment.js";
import { Recording } from "../src/model/recording.js";
import { search } from "../src/model/search.js";
import { satpOf } from "../src/model/state.js";
import { walkOf } from "../src/model/walk.js";
import { say } from "../src/words/say.js";
import { hartStory } from "./stories/harts.mjs";

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);

test("each hart has its own satp, lines and walks", () => {
  const recording = recordingOf(hartStory());
  assert.deepEqual(recording.harts, [0, 1]);
  assert.deepEqual([0, 1].map((hart) => satpOf(recording.last, hart).asid), [1, 2]);
  const [first, second] = recording.records.map((record, i) => [record, i]).filter(([record]) => record.k === "access").map(([, i]) => i);
  for (const [index, hart] of [[first, 0], [second, 1]]) {
    const { reads, lines } = walkOf(recording, index);
    assert.deepEqual(reads.map((read) => read.hart ?? 0), hart === 0 ? [0, 0] : [1, 1, 1]);
    assert.deepEqual(lines.map((line) => line.hart ?? 0), [hart]);
  }
  assert.equal(recording.last.lines.get("data").get(7).valid, false, "the fence of hart 0 is its own");
  assert.equal(recording.last.lines.get("data 1").get(7).valid, true);
});

test("a moment shows the hart of its access, or of its record", () => {
  const recording = recordingOf(hartStory());
  const at = (is) => lookAt(recording, atRecord(recording, recording.records.findIndex(is)));
  const harts = recording.answers.map((index, rank) => lookAt(recording, atAccess(recording, rank)).hart);
  assert.deepEqual(harts, recording.answers.map((index) => recording.records[index].hart ?? 0));
  const read = at((record) => record.k === "read" && record.hart === undefined);
  assert.deepEqual([read.hart, read.focus.record.hart], [0, undefined], "not that of the access accepted last");
  assert.equal(at((record) => record.k === "read" && record.hart === 1).focus.record.hart, 1);
  // A hit in one hart's TLB is not one in the other's.
  const last = lookAt(recording, atAccess(recording, recording.answers.length - 1));
  assert.deepEqual([last.hart, last.hit], [1, 7]);
});

test("sentences name the hart, where there are several", () => {
  const recording = recordingOf(hartStory());
  recording.records.forEach((record, i) => {
    if (["access", "start", "read", "update", "line", "fence", "satp"].includes(record.k)) assert.match(say(recording, i).what, new RegExp(`[Hh]art ${record.hart ?? 0}\\b`), record.k);
  });
  const one = recordingOf({ pagewalk_show: 1, runs: [{ records: [{ at: 0, k: "fence", va: null, asid: null }] }] });
  assert.doesNotMatch(say(one, 0).what, /hart/);
});

test("search finds what one hart does; the timeline has all of them", () => {
  const recording = recordingOf(hartStory());
  const found = search(recording, "hart 1 walk", () => "").hits.map((i) => recording.records[i]);
  assert.ok(found.length > 0 && found.every((record) => record.hart === 1));
  const lanes = lanesOf(recording).filter(({ name }) => name === "accesses");
  assert.deepEqual(lanes.map(({ title, from }) => [title, from.length]), [["accesses 0", 1], ["accesses 1", 2]]);
});
