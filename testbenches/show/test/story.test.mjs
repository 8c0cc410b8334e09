// Moments at accesses, steps by all that changes, and the old and the new of what changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { lanesOf } from "../src/model/lanes.js";
import { lookAt } from "../src/model/look.js";
import { atAccess, atCycle, atRecord, step } from "../src/model/moment.js";
import { ownerOf } from "../src/model/owner.js";
import { Recording } from "../src/model/recording.js";
import { staleOf } from "../src/model/stale.js";
import { follow } from "../src/model/together.js";
import { ruleText } from "../src/words/rules.js";
import { say } from "../src/words/say.js";
import { copyStory } from "./stories/copies.mjs";
import { forgottenStory } from "./stories/harts.mjs";
import { forkStory, policyStory, twoRuns } from "./stories/stories.mjs";

const recordingsOf = (document) => readDocument(JSON.stringify(document)).runs.map((run) => new Recording(run));
const recordingOf = (document) => recordingsOf(document)[0];
const find = (recording, is) => recording.records.findIndex(is);
const all = ({ what, why, rule }) => `${what} ${why} ${ruleText(rule)}`;
const told = (recording, is) => say(recording, find(recording, is));
const text = (pieces) => pieces.map((piece) => piece.text).join("");
const marked = (pieces) => pieces.filter((piece) => piece.changed).map((piece) => piece.text).join(" ");

test("a moment at an access counts the accesses answered, and nothing of the next cycle", () => {
  for (const story of [forkStory(), copyStory(), policyStory(), forgottenStory()]) {
    const recording = recordingOf(story);
    recording.answers.forEach((index, rank) => {
      const { state, moment } = lookAt(recording, atAccess(recording, rank));
      assert.equal(state.counts.accesses, rank + 1);
      const faults = recording.answers.slice(0, rank + 1).filter((i) => recording.records[i].cause !== undefined).length;
      assert.equal(state.counts.faults, faults);
      assert.ok(state.at <= moment.cycle, `access ${rank + 1}`);
      assert.equal(moment.cycle, recording.records[index].to);
    });
  }
});

test("by access and by cycle count the same where one access is answered", () => {
  const recording = recordingOf(copyStory());
  const [, rank] = recording.answers.keys();
  const [access, cycle] = [atAccess(recording, rank), atCycle(recording, 204)].map((moment) => lookAt(recording, moment));
  assert.deepEqual(access.state.counts, cycle.state.counts);
  assert.deepEqual([access.state.counts.accesses, access.state.counts.faults], [2, 1]);
  assert.equal(access.told.what, cycle.told.what);
  assert.match(cycle.told.what, /walk finds physical 0x8004c000/, "the answer is told in its cycle");
});

test("two runs in step by access have made as many accesses", () => {
  const [clock, fifo] = recordingsOf(twoRuns());
  clock.answers.forEach((index, rank) => {
    const moment = atAccess(clock, rank);
    const { moment: other } = follow(clock, moment, fifo, "access");
    const n = (recording, at) => recording.answers.slice(0, at.access + 1).length;
    assert.equal(lookAt(fifo, other).state.counts.accesses, n(fifo, other));
  });
});

test("without a kernel the step shown is that of the access", () => {
  const recording = recordingOf(forgottenStory());
  assert.deepEqual(recording.answers.map((_, rank) => lookAt(recording, atAccess(recording, rank)).state.step.line), [8, 9, 13, 15, 17]);
});

test("an access is asked for, its walk follows, then its answer", () => {
  const recording = recordingOf(copyStory());
  const asked = find(recording, (record) => record.k === "access" && record.how === "walk");
  const answer = recording.end(asked);
  assert.deepEqual(recording.records.slice(asked, answer + 1).map(({ k }) => k), ["access", "activity", "start", "read", "read", "update", "pte", "answer"]);
  assert.match(all(say(recording, asked)), /a walk begins\. It is asked for here, and answered in cycle 204/);
  assert.doesNotMatch(say(recording, asked).what, /finds/);
  assert.match(say(recording, answer).what, /a walk finds physical 0x8004c000/);
  const waiting = lookAt(recording, atRecord(recording, asked + 3));
  assert.deepEqual([waiting.focus.index, waiting.focus.done], [asked, false]);
});

test("steps by all that changes tell a copy on write from the fault to the store", () => {
  const recording = recordingOf(copyStory());
  let moment = atAccess(recording, 0);
  const kinds = [];
  for (let i = 0; i < 11; i++) {
    moment = step(recording, moment, "change", 1);
    const { k, event } = recording.records[moment.access === null ? moment.record : recording.end(recording.answers[moment.access])];
    kinds.push(event ?? k);
  }
  assert.deepEqual(kinds, ["page_fault", "copy", "pte", "fence", "line", "frame", "frame", "read", "read", "pte", "answer"]);
});

test("many of a kind in one cycle are one stop, which says how many", () => {
  const records = Array.from({ length: 64 }, (_, i) => ({ at: 0, k: "frame", ppn: `0x${(0x80000 + i).toString(16)}`, use: "kernel" }));
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ records }] });
  assert.deepEqual(recording.stops, [63]);
  assert.deepEqual(recording.groups.get(63), { count: 64, first: 0 });
});

test("an entry that changes says whose it is, the old and the new, and marks what differs", () => {
  const recording = recordingOf(copyStory());
  const kernel = told(recording, (record) => record.at === 170 && record.k === "pte");
  assert.equal(kernel.what, "The kernel writes the entry for 0x400000 of child, at 0x8004b000: VR··U·A· to frame 0x80041 becomes VRW·U·A· to frame 0x8004c.");
  assert.deepEqual([text(kernel.change.old), text(kernel.change.now)], ["VR··U·A· → 0x80041", "VRW·U·A· → 0x8004c"]);
  assert.deepEqual([marked(kernel.change.old), marked(kernel.change.now)], ["· 0x80041", "W 0x8004c"]);
  const walker = told(recording, (record) => record.at === 203 && record.k === "pte");
  assert.match(walker.what, /The walker writes the entry for 0x400000 of child, at 0x8004b000: D is set\./);
  assert.deepEqual([marked(walker.change.old), marked(walker.change.now)], ["·", "D"]);
  assert.match(told(recording, (record) => record.k === "update").what, /^The walker sets D in the entry/);
  assert.match(all(told(recordingOf(forkStory()), (record) => record.k === "update")), /sets A( and D)? in/);
  const scenario = told(recordingOf(forgottenStory()), (record) => record.k === "pte" && record.at === 11);
  assert.match(all(scenario), /^The scenario writes .* becomes VRW·U·AD to frame 0x90000\. It leads to frame 0x90000 now/);
  for (const story of [forkStory(), copyStory(), policyStory(), forgottenStory()]) {
    const each = recordingOf(story);
    each.records.forEach((record, i) => record.k === "pte" && assert.doesNotMatch(all(say(each, i)), /Software|A or D|A, or A and D/));
  }
});

test("entries of all levels are found from their roots", () => {
  const recording = recordingOf(copyStory());
  assert.deepEqual(ownerOf(recording.last, recording.scheme, "0x8004b004"), { level: 0, va: "0x401000", pid: 2 });
  assert.deepEqual(ownerOf(recording.last, recording.scheme, "0x8004a004"), { level: 1, va: "0x400000", pid: 2 });
  assert.equal(ownerOf(recording.last, recording.scheme, "0x70000000"), null);
});

test("a frame that loses a sharer is not said to be given to a page", () => {
  const recording = recordingOf(copyStory());
  const lost = told(recording, (record) => record.at === 171 && record.ppn === "0x80041");
  assert.equal(lost.what, "Frame 0x80041 is no longer mapped by child: it holds a page of heap of parent alone.");
  assert.doesNotMatch(all(lost), /was given to a page/);
  assert.deepEqual([text(lost.change.old), text(lost.change.now)], ["heap of parent and child", "heap of parent"]);
  const given = told(recording, (record) => record.at === 171 && record.ppn === "0x8004c");
  assert.match(all(given), /holds a page of heap of child\. .*was given to a page/);
});

test("a frame that a copy fills is not free until the accounts are told", () => {
  const recording = recordingOf(copyStory());
  const taken = (cycle) => [...recording.stateAt(recording.indexAtCycle(cycle)).taken].map(([ppn]) => ppn);
  assert.deepEqual([149, 150, 170, 171].map(taken), [[], ["0x8004c"], ["0x8004c"], []]);
});

test("a fence says which entry changed, and what an older line would do", () => {
  const recording = recordingOf(copyStory());
  const { why } = told(recording, (record) => record.k === "fence");
  assert.equal(why, "The entry for 0x400000 of child, at 0x8004b000, changed: VR··U·A· to frame 0x80041 became VRW·U·A· to frame 0x8004c. An older line would refuse the store, or lead to frame 0x80041, not to 0x8004c.");
  const fork = recordingOf(forkStory());
  const index = find(fork, (record) => record.event === "fork");
  const after = find(fork, (record, i) => record.k === "fence" && fork.records.indexOf(record) > index);
  assert.match(say(fork, after).why, /^5 entries \(0x20000 to 0x3ffffff000 of shell\) changed: W and D are cleared\. An older line with W would let a store through\./);
  const clock = recordingOf(policyStory());
  const aged = clock.records.findIndex((record, i) => record.k === "fence" && clock.records[i - 1].k === "pte" && (BigInt(clock.records[i - 1].value) & 65n) === 1n);
  assert.match(say(clock, aged).why, /^Only A was cleared in the entry for .* A would stay 0 though the page is used/);
  // The other hart's fence comes after accesses, but is for the same change.
  const other = recordingOf(forgottenStory());
  assert.match(told(other, (record) => record.k === "fence" && record.hart === 1).why, /0x80000 became VRW·U·AD to frame 0x90000/);
});

test("a line that is emptied says by which fence, or for what", () => {
  const recording = recordingOf(copyStory());
  const { what, why, rule, change } = told(recording, (record) => record.k === "line" && record.valid === false);
  assert.match(what, /is emptied: it had page 0x400 in frame 0x80041, ASID 2\./);
  assert.equal(why, "The fence of cycle 170 covers it.");
  assert.match(ruleText(rule), /rs1 ≠ x0, rs2 ≠ x0/);
  assert.equal(text(change.now), "empty");
  const line = (at, fields) => ({ at, k: "line", tlb: "data", line: 3, valid: true, vpn: "0x1", asid: 1, ppn: "0x80", flags: "R", ...fields });
  const refill = recordingOf({ pagewalk_show: 1, runs: [{ records: [line(1), line(8, { valid: false }), line(9, { vpn: "0x2" })] }] });
  assert.match(say(refill, 1).why, /refill of line 3 with page 0x2 takes its place/);
  const other = recordingOf({ pagewalk_show: 1, runs: [{ records: [line(1), { at: 7, k: "fence", va: "0x5000", asid: 1 }, line(8, { valid: false })] }] });
  assert.doesNotMatch(say(other, 2).why, /The fence of cycle/, "a fence of another page is not the reason");
  const replaced = recordingOf({ pagewalk_show: 1, runs: [{ records: [line(1), line(9, { vpn: "0x2", ppn: "0x90" })] }] });
  assert.match(say(replaced, 1).why, /It had page 0x1 in frame 0x80/);
});

test("a stale line is marked, and a hit in it is said to be one", () => {
  const recording = recordingOf(forgottenStory());
  const { state, told: hit } = lookAt(recording, atAccess(recording, 3));
  const kind = (key) => staleOf(recording, state, state.lines.get(key).get(7));
  assert.equal(kind("data"), null, "hart 0 has fenced");
  assert.deepEqual([kind("data 1").kind, kind("data 1").frame], ["frame", "0x90000"]);
  assert.match(hit.what, /^Hart 1 stores to 0x400000: a hit in a stale line/);
  assert.match(hit.why, /the table says 0x90000 since cycle 11, and no fence of hart 1 has covered the line since\. So the access goes to the old frame, not to 0x90000/);
  // A line is a register: it is filled for the walk before the write, which makes it stale.
  const write = told(recording, (record) => record.k === "pte" && record.at === 11);
  assert.match(write.why, /Line 7 of the data TLB of hart 0 and line 7 of the data TLB of hart 1 are stale now, until a fence\.$/);
  const late = forgottenStory();
  for (const record of late.runs[0].records) if (record.at === 11 && record.k === "pte") record.at = 10;
  late.runs[0].records.sort((a, b) => a.at - b.at);
  assert.match(told(recordingOf(late), (record) => record.k === "line" && record.at === 11).what, /stale already/);
  const before = lookAt(recording, atAccess(recording, 0)).state;
  assert.equal(staleOf(recording, before, before.lines.get("data").get(7)), null);
});

test("a line is stale by its frame, its rights, its D, its A, or when nothing is mapped", () => {
  const base = [{ at: 0, k: "satp", mode: "sv32", asid: 1, root: "0x100" }, { at: 0, k: "pte", pa: "0x100004", value: "0x40401", by: "software" }, { at: 0, k: "pte", pa: "0x101000", value: "0x200000d7", by: "software" },
    { at: 1, k: "line", tlb: "data", line: 0, valid: true, vpn: "0x400", asid: 1, level: 0, ppn: "0x80000", flags: "RWUD" }];
  const machine = { scheme: recordingOf(copyStory()).scheme, tlbs: [{ name: "data", lines: 2 }] };
  const cases = [["0x200000d7", undefined], ["0x240000d7", "frame"], ["0x200000d3", "rights"], ["0x20000057", "dirty"], ["0x20000097", "accessed"], ["0x0", "unmapped"]];
  for (const [value, kind] of cases) {
    const recording = recordingOf({ pagewalk_show: 1, runs: [{ machine, records: [...base, { at: 2, k: "pte", pa: "0x101000", value, by: "software" }] }] });
    assert.equal(staleOf(recording, recording.last, recording.last.lines.get("data").get(0))?.kind, kind, value);
  }
});

test("a page that was dropped clean and comes back is not touched for the first time", () => {
  const fault = (at) => ({ at, k: "event", event: "page_fault", pid: 1, va: "0x400008", access: "load", kind: "minor" });
  const frame = (at, use) => ({ at, k: "frame", ppn: "0x80001", use, ...(use === "page" ? { what: "heap", pids: [[1, "0x400"]] } : {}) });
  const records = [{ at: 0, k: "process", pid: 1, name: "a" }, fault(10), frame(20, "page"), { at: 30, k: "event", event: "eviction", pid: 1, va: "0x400000", frame: "0x80001", dirty: false }, frame(31, "free"), fault(40), frame(50, "page")];
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ records }] });
  assert.match(all(say(recording, 1)), /Minor: no disk is needed\. It is touched for the first time/);
  assert.match(all(say(recording, 5)), /It was dropped in cycle 30, clean and never saved, so it holds zeroes/);
  assert.doesNotMatch(all(say(recording, 5)), /first t/);
  // Given up by the process itself, and touched again.
  const given = recordingOf({ pagewalk_show: 1, runs: [{ records: [...records.slice(0, 3), frame(31, "free"), fault(40), frame(50, "page")] }] });
  assert.match(all(say(given, 4)), /Minor: no disk is needed\. It gets a frame filled with zeroes\./);
});

test("the timeline has lanes for the kernel and for copies, and finds what is in them", () => {
  const recording = recordingOf(copyStory());
  const lanes = lanesOf(recording);
  const copies = lanes.find(({ name }) => name === "copies");
  const copy = find(recording, (record) => record.event === "copy");
  assert.deepEqual([copies.from, copies.next(-1, 1), copies.next(copy, 1), copies.next(copy + 1, -1), copies.next(copy, -1)], [[150], copy, null, copy, null]);
  assert.deepEqual(lanes.find(({ name }) => name === "kernel").from, [11]);
});

test("ASIDs are compared by the bits that the hardware keeps", () => {
  const line = (at, line, asid, ppn) => ({ at, k: "line", tlb: "data", line, valid: true, vpn: "0x400", asid, level: 0, ppn, flags: "RWUD" });
  const satp = (at, asid, root) => ({ at, k: "satp", mode: "sv32", asid, root });
  const tables = (root, table, leaf) => [{ at: 0, k: "pte", pa: `${root}004`, value: leaf[0], by: "software" }, { at: 0, k: "pte", pa: `${table}000`, value: leaf[1], by: "software" }];
  const records = [
    ...tables("0x102", "0x103", ["0x40c01", "0x200000d7"]), ...tables("0x100", "0x101", ["0x40401", "0x240000d7"]),
    satp(0, 0x1, "0x102"), line(1, 0, 0x1, "0x80000"), satp(2, 0x111, "0x100"), line(3, 1, 0x1, "0x90000"), satp(4, 0x1f, "0x102"), line(5, 2, 0xf, "0x80000"),
    { at: 6, k: "access", to: 6, port: "data", va: "0x400000", access: "store", how: "tlb", pa: "0x80000000" },
  ];
  const machine = { scheme: recordingOf(copyStory()).scheme, tlbs: [{ name: "data", lines: 4 }] };
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ machine, records }] });
  assert.equal(recording.asidMask, 0xf);
  const kinds = [0, 1, 2].map((number) => staleOf(recording, recording.last, recording.last.lines.get("data").get(number))?.kind);
  assert.deepEqual(kinds, ["frame", undefined, undefined], "the space that used the kept bits last");
  assert.equal(lookAt(recording, atAccess(recording, 0)).hit, 2);
  assert.equal(recordingOf(forkStory()).asidMask, 0xffff);
});
