// Sentences on what the kernel does, by what is recorded around an event.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { atCycle } from "../src/model/moment.js";
import { lookAt } from "../src/model/look.js";
import { lanesOf } from "../src/model/lanes.js";
import { Recording } from "../src/model/recording.js";
import { ruleText } from "../src/words/rules.js";
import { say } from "../src/words/say.js";

const MACHINE = { frames: { first: "0x80000", count: 4 }, slots: 4, policy: "fifo", tlbs: [] };
const START = [{ at: 0, k: "process", pid: 1, name: "shell" }, { at: 0, k: "root", pid: 1, root: "0x80000" }];

/** All sentences on the first record that `is` accepts. */
function told(records, is, machine = MACHINE) {
  const [run] = readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records: [...START, ...records], machine }] })).runs;
  const recording = new Recording(run);
  const { what, why, rule } = say(recording, recording.records.findIndex(is));
  return [what, why, ruleText(rule)].join(" ");
}
const event = (name, fields = {}, at = 10) => ({ at, k: "event", event: name, pid: 1, ...fields });
const isEvent = (name) => (record) => record.event === name;
const page = (ppn, fields, at = 0) => ({ at, k: "frame", ppn, use: "page", ...fields });

test("a fork that copies says so, whether its copies come before it or after it", () => {
  const copy = event("copy", { pid: 2, va: "0x400000", from: "0x80001", to: "0x80002" });
  const fork = event("fork", { child: 2, name: "job" });
  for (const records of [[copy, fork], [fork, copy]]) {
    const text = told(records, isEvent("fork"));
    assert.doesNotMatch(text, /read-only|same frames|nothing is copied/);
    assert.match(text, /copies/);
    const copied = told(records, isEvent("copy"));
    assert.match(copied, /^job gets its own copy/);
    assert.match(copied, /fork copies the page for the child/);
    assert.doesNotMatch(copied, /stores/);
  }
  const later = [fork, event("page_fault", { pid: 2, va: "0x400000", kind: "minor" }, 12), { ...copy, at: 13 }];
  assert.match(told(later, isEvent("fork")), /same frames/);
  assert.match(told(later, isEvent("copy")), /It stores to a page that it shares/);
});

test("an eviction says what the disk has, and why there is a victim", () => {
  const evicted = event("eviction", { va: "0x400000", frame: "0x80001", dirty: false });
  const held = (fields) => [page("0x80000", { use: "table" }), page("0x80001", { what: "heap", pids: [[1, "0x400"]], ...fields })];
  const never = told([...held({}), evicted], isEvent("eviction"));
  assert.match(never, /never written: it is dropped, and no copy on the disk is needed/);
  assert.match(never, /the process's limit of frames is reached/);
  assert.doesNotMatch(never, /none is free/);
  assert.match(told([...held({ slot: 3 }), evicted], isEvent("eviction")), /swap slot 3 has the same/);
  assert.match(told([...held({ what: "text" }), evicted], isEvent("eviction")), /file that it comes from has the same/);
  const full = [...held({}), page("0x80002", { what: "heap" }), page("0x80003", { use: "kernel" })];
  assert.match(told([...full, evicted], isEvent("eviction")), /a frame is needed and none is free/);
});

test("who is killed for want of memory has done nothing forbidden", () => {
  for (const [death, said] of [["out_of_memory", /out of memory/], ["out_of_swap", /no swap slot/], ["disk_error", /disk cannot read/]]) {
    const text = told([event("kill", { death, says: "SIGKILL" })], isEvent("kill"));
    assert.match(text, said);
    assert.doesNotMatch(text, /may not do|let the access succeed/);
  }
  assert.match(told([event("kill", { death: "write_to_text" })], isEvent("kill")), /may not do/);
});

test("a minor fault says what it was", () => {
  const fault = event("page_fault", { va: "0x400008", access: "store", kind: "minor" });
  const had = page("0x80001", { what: "heap", pids: [[1, "0x400"]] });
  const cases = [
    [[fault, event("copy", { va: "0x400000", from: "0x80001", to: "0x80002" }, 20)], /copy on write/],
    [[fault, page("0x80001", { what: "zero", pids: [[1, "0x400"]] }, 20)], /page of zeroes is mapped/],
    [[fault, page("0x80001", { what: "heap", pids: [[1, "0x400"]] }, 20)], /frame filled with zeroes/],
    [[fault, event("page_cache_hit", { va: "0x400000", frame: "0x80001" }, 20)], /in the page cache/],
    [[fault, event("swap_cache_hit", { va: "0x400000", frame: "0x80001" }, 20)], /still in memory/],
    [[had, fault, { at: 20, k: "pte", pa: "0x80001000", value: "0x200000df", by: "kernel" }], /permissions are widened/],
    [[fault, event("kill", { death: "out_of_memory" }, 20)], /killed first/],
  ];
  for (const [records, said] of cases) {
    const text = told(records, isEvent("page_fault"));
    assert.match(text, said);
    assert.doesNotMatch(text, /, or /);
  }
});

test("a fence says that page tables changed only if they did", () => {
  const fence = { at: 12, k: "fence", va: null, asid: 1 };
  const pte = { at: 11, k: "pte", pa: "0x80000000", value: "0x0", by: "kernel" };
  const isFence = (record) => record.k === "fence";
  for (const records of [[pte, fence], [fence, { ...pte, at: 13 }]]) assert.match(told(records, isFence), /Page tables changed/);
  const others = {
    exit: [event("exit", {}, 12), { at: 12, k: "satp", mode: "bare", asid: 0, root: "0x0" }, fence],
    kill: [event("kill", { death: "out_of_memory" }, 12), fence],
    exec: [fence, event("exec", { name: "ls" }, 13)],
    switch: [event("context_switch", { pid: 1 }, 12), { at: 12, k: "satp", mode: "sv39", asid: 1, root: "0x80000" }, fence],
  };
  for (const [name, records] of Object.entries(others)) assert.doesNotMatch(told([pte, { ...fence, at: 11 }, ...records], (record) => isFence(record) && (record.at === 12)), /Page tables changed/, name);
  assert.match(told(others.exit, isFence), /address space has ended/);
  assert.match(told(others.switch, isFence), /Another address space is used/);
  assert.match(told([{ at: 1, k: "fence", va: "0x1000", asid: 1 }], isFence), /global ones stay/);
});

test("words for what frames hold and cycles are spent on", () => {
  const frame = (fields) => told([{ at: 1, k: "frame", ppn: "0x80003", ...fields }], (record) => record.k === "frame");
  assert.match(frame({ use: "kernel" }), /^Frame 0x80003 is the kernel's own\./);
  assert.match(frame({ use: "page", what: "zero", pids: [[1, "0x400"]] }), /is the page of zeroes, mapped by shell/);
  assert.match(frame({ use: "page", what: "heap", pids: [[1, "0x400"]] }), /holds a page of heap of shell/);
  const wait = { at: 1, k: "activity", to: 9, what: "disk_wait" };
  assert.match(told([wait], (record) => record.k === "activity"), /waits for the disk/);
  const run = readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records: [wait] }] })).runs[0];
  assert.deepEqual(lanesOf(new Recording(run)).map(({ name }) => name), ["disk"]);
  const marked = told([event("page_fault", { va: "0x1000", kind: "accessed_dirty", cause: "store page fault" })], isEvent("page_fault"));
  assert.match(marked, /^The kernel decides: shell needs A or D set at 0x1000/);
  const access = { at: 5, k: "access", to: 5, port: "data", pid: 1, va: "0x1000", access: "store", how: "tlb", cause: "store page fault", reason: "D clear" };
  assert.match(told([access, event("page_fault", { va: "0x1000", kind: "accessed_dirty", cause: "store page fault" })], isEvent("page_fault")), /^The kernel decides: shell needs D set at 0x1000/);
  assert.match(told([event("page_fault", { va: "0x1000", kind: "refused" })], isEvent("page_fault")), /a refused fault/);
});

test("the sentence between records begins with a capital", () => {
  const records = [{ at: 1, k: "access", to: 9, port: "data", va: "0x1000", access: "load", how: "walk", pa: "0x80000000" }];
  const [run] = readDocument(JSON.stringify({ pagewalk_show: 1, runs: [{ records, cycles: 20 }] })).runs;
  const recording = new Recording(run);
  assert.match(lookAt(recording, atCycle(recording, 4)).told.what, /^The hart waits/);
});

test("the first process that runs has its name, which is recorded after it begins", () => {
  const runs = event("context_switch", { pid: 2, from: null, asid: 2 });
  const named = (at) => ({ at, k: "process", pid: 2, name: "job" });
  assert.match(told([runs, named(10)], isEvent("context_switch")), /^job runs now, with ASID 2\./);
  assert.match(told([runs, named(11)], isEvent("context_switch")), /^Process 2 runs now, with ASID 2\./);
  assert.match(told([runs, { at: 10, k: "queues", ready: [] }, named(10)], isEvent("context_switch")), /^job runs now/);
});
