// What a reader is told of a fork and a copy on write: in the order of causes, with the reasons of
// the kernel, and nothing that is of another moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { lookAt } from "../src/model/look.js";
import { atAccess, atCycle, atRecord } from "../src/model/moment.js";
import { inOrder } from "../src/model/order.js";
import { Recording } from "../src/model/recording.js";
import { References } from "../src/model/references.js";
import { EXACT, readOn, search } from "../src/model/search.js";
import { WORDS, glossed } from "../src/words/glossary.js";
import { groupText } from "../src/words/groups.js";
import { say, tellOf } from "../src/words/say.js";
import { copyStory } from "./stories/copies.mjs";
import { forkedStory } from "./stories/forked.mjs";

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);
const find = (recording, is) => recording.records.findIndex(is);
const told = (recording, is) => say(recording, find(recording, is));
const text = (pieces) => pieces.map((piece) => piece.text).join("");
const marked = (pieces) => pieces.filter((piece) => piece.changed).map((piece) => piece.text);

test("a line comes first in its cycle, unless its cause is in it; accounts come before the policy's", () => {
  const line = (at, fields) => ({ at, k: "line", tlb: "data", line: 0, ...fields });
  const access = (at, to, how) => ({ at, k: "access", to, how });
  const kinds = (...records) => inOrder(records).map(({ k, line }) => (k === "line" ? `line ${line}` : k));
  assert.deepEqual(kinds(access(5, 5, "tlb"), line(5), { at: 5, k: "activity" }), ["line 0", "access", "activity"]);
  assert.deepEqual(kinds({ at: 4, k: "fence" }, { at: 5, k: "frame" }, line(5, { valid: false }), line(5, { line: 1 })), ["fence", "line 0", "line 1", "frame"]);
  assert.deepEqual(kinds({ at: 5, k: "fence" }, line(5, { valid: false })), ["fence", "line 0"], "its own fence");
  assert.deepEqual(kinds({ at: 5, k: "fence", hart: 1 }, line(5, { valid: false })), ["line 0", "fence"], "another hart's fence");
  assert.deepEqual(kinds({ at: 5, k: "read" }, line(5), access(6, 6, "tlb")), ["read", "line 0", "access"]);
  assert.deepEqual(kinds({ at: 5, k: "policy" }, { at: 5, k: "frame" }, { at: 5, k: "slot" }, { at: 5, k: "pte" }), ["frame", "slot", "policy", "pte"]);
});

test("a fill is told right after its walk, before the access of its cycle", () => {
  const recording = recordingOf(copyStory());
  const kinds = recording.stops.map((index) => recording.records[index]).filter(({ at }) => at >= 203).map(({ k, at }) => `${k} ${at}`);
  assert.deepEqual(kinds, ["pte 203", "answer 204", "line 205", "access 205"]);
  const filled = lookAt(recording, atRecord(recording, find(recording, (record) => record.k === "line" && record.at === 205)));
  assert.deepEqual([filled.filled, text(filled.told.change.old)], [7, "empty"]);
});

test("marks of an access are of its moment only", () => {
  const recording = recordingOf(copyStory());
  const at = lookAt(recording, atAccess(recording, 0));
  assert.deepEqual([at.present, at.hit], [true, 7]);
  for (const cycle of [40, 150, 170]) assert.equal(lookAt(recording, atCycle(recording, cycle)).present, false, `${cycle}`);
});

test("a region that a fork makes has its pages already", () => {
  const recording = recordingOf(forkedStory());
  const [parent, child] = [1, 2].map((pid) => told(recording, (record) => record.k === "region" && record.pid === pid));
  assert.match(parent.why, /^No frame is given yet/);
  assert.equal(child.why, "The child has it by the fork: 2 pages of it are in frames already, shared with parent.");
  const empty = forkedStory();
  empty.runs[0].records = empty.runs[0].records.filter(({ k, at }) => !(k === "frame" && at === 101));
  assert.match(told(recordingOf(empty), (record) => record.k === "region" && record.pid === 2).why, /^The child has it by the fork\. No frame is given yet/);
  const grown = told(recording, (record) => record.k === "region" && record.at === 120);
  assert.equal(grown.what, "The region heap of parent is 0x400000 to 0x410000, rw- now.");
  assert.equal(grown.why, "2 pages of it are in frames already, shared with child; others come when they are touched.");
  assert.deepEqual([text(grown.change.old), text(grown.change.now)], ["0x400000 to 0x408000, rw-", "0x400000 to 0x410000, rw-"]);
});

test("what a fork writes before it is told names the fork", () => {
  const recording = recordingOf(forkedStory());
  const write = told(recording, (record) => record.k === "pte" && record.at === 100);
  assert.match(write.what, /^For the fork that makes child, the kernel writes the entry for 0x400000 of parent/);
  assert.match(told(recording, (record) => record.k === "fence").why, /^For the fork that makes child: 5 entries/);
  assert.doesNotMatch(told(recording, (record) => record.k === "pte" && record.at === 0).what, /fork/);
});

test("a stop for many names the range of all", () => {
  const recording = recordingOf(forkedStory());
  const last = (kind, at) => recording.records.findLastIndex((record) => record.k === kind && record.at === at);
  assert.match(groupText(recording, last("pte", 100)), /^5 entries change in this cycle: for 0x400000 to 0x404000 of parent\. This is the last/);
  assert.match(groupText(recording, last("line", 101)), /^5 lines change in this cycle: 0 to 3 and 7 of the data TLB\./);
  assert.equal(groupText(recording, last("fence", 100)), null);
  const frames = recordingOf({ pagewalk_show: 1, runs: [{ records: [1, 2, 3, 9, 11].map((n) => ({ at: 0, k: "frame", ppn: `0x${n.toString(16)}`, use: "kernel" })) }] });
  assert.match(groupText(frames, 4), /0x1 to 0x3, 0x9 and 0xb\./);
});

test("the kernel's decision on a store says what allows it, and who shares the frame", () => {
  const recording = recordingOf(copyStory());
  const decided = told(recording, (record) => record.event === "page_fault");
  assert.equal(decided.what, "The kernel decides: a minor fault of child at 0x400000 (store page fault).");
  assert.match(decided.why, /The region heap allows the store \(rw-\), so child is not killed; 2 processes share frame 0x80041, so W cannot be set in it\./);
});

test("the cycles of a handler say what it is for", () => {
  const recording = recordingOf(copyStory());
  const at = (cycle) => lookAt(recording, atCycle(recording, cycle)).told;
  assert.equal(at(20).what, "The kernel handles the store page fault of child at 0x400000, which the hardware told in cycle 10, until cycle 200.");
  assert.match(at(20).why, /the kernel decides in cycle 40/);
  assert.match(at(60).why, /It decided in cycle 40/);
  const call = recordingOf({ pagewalk_show: 1, runs: [{ cycles: 9, records: [{ at: 0, k: "process", pid: 1, name: "a" }, { at: 1, k: "activity", to: 9, what: "handler" }, { at: 5, k: "event", event: "exit", pid: 1 }] }] });
  assert.equal(lookAt(call, atCycle(call, 3)).told.what, "The kernel handles the end of a, until cycle 9.");
  const unknown = recordingOf({ pagewalk_show: 1, runs: [{ cycles: 9, records: [{ at: 1, k: "activity", to: 9, what: "handler" }] }] });
  assert.equal(lookAt(unknown, atCycle(unknown, 3)).told.what, "The kernel handles a fault, a call or an interrupt, until cycle 9.");
});

test("a frame that was being filled is not said to have been free", () => {
  const recording = recordingOf(copyStory());
  const { change } = told(recording, (record) => record.k === "frame" && record.at === 171 && record.ppn === "0x8004c");
  assert.equal(text(change.old), "being filled with a copy since cycle 150");
});

test("the policy's pages are in one notation, so only those that changed are marked", () => {
  const state = (at, text) => ({ at, k: "policy", state: text });
  const process = (pid, name) => ({ at: 0, k: "process", pid, name });
  const records = [process(1, "a"), process(2, "b"), state(1, "1:1,1:2,1:3,1:4,1:5"), state(2, "1:1,1:2,1:3,1:4,1:5,2:1"), state(3, "1:2,1:3,1:4,1:5,2:1,1:1")];
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ records }] });
  const [more, turned] = [3, 4].map((index) => say(recording, index).change);
  assert.deepEqual([text(more.old), text(more.now)], ["a 0x1, …, a 0x5", "a 0x1, …, a 0x5, b 0x1"]);
  assert.deepEqual([marked(more.old), marked(more.now)], [[], ["b 0x1"]]);
  assert.deepEqual([marked(turned.old), marked(turned.now)], [["a 0x1"], ["a 0x1"]]);
});

test("a write to an entry says which lines it makes stale, and the search finds the word", () => {
  const recording = recordingOf(copyStory());
  const write = find(recording, (record) => record.k === "pte" && record.at === 170);
  assert.match(say(recording, write).why, /Line 7 of the data TLB is stale now: the table says 0x8004c, until a fence\.$/);
  readOn(recording, (index) => tellOf(recording, index));
  assert.ok(search(recording, "stale", () => "").hits.includes(write));
  const { hits, how, first } = search(recording, "copy", () => "");
  assert.deepEqual(hits, [...hits].sort((a, b) => a - b));
  assert.equal(recording.records[hits[first]].event, "copy");
  assert.ok(first > 0 && how[first] === EXACT && recording.records[hits[0]].event === "page_fault", "the fault says it, and is before");
});

test("references and their faults are counted up to the moment", () => {
  const recording = recordingOf(copyStory());
  const references = new References(recording, 2);
  assert.equal(references.count, 2);
  const [count] = recording.answers.map((_, rank) => references.until(rank, true));
  assert.deepEqual(count, { count: 1, faults: 1 });
  assert.deepEqual(references.until(0, false), { count: 1, faults: 0 });
  assert.deepEqual(references.until(2, true), { count: 2, faults: 2 });
});

test("words of the field are explained once in a text, as whole words", () => {
  const parts = glossed("U-mode with ASID 2, and U-mode again; SUMMARY");
  assert.deepEqual(parts.filter(({ means }) => means !== null).map((part) => part.text), ["U-mode", "ASID"]);
  assert.equal(parts.map((part) => part.text).join(""), "U-mode with ASID 2, and U-mode again; SUMMARY");
  for (const [word, means] of WORDS) assert.ok(word.length > 1 && means.length > 10);
});
