// Sentences on faults and on what ends a walk, by records as the command writes them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { Recording } from "../src/model/recording.js";
import { hitLine } from "../src/model/walk.js";
import { RULES, ruleOfReason } from "../src/words/rules.js";
import { say } from "../src/words/say.js";
import { SCHEMES, hex } from "./stories/machine.mjs";

const DEFAULT = { scheme: SCHEMES.Sv39, tlbs: [{ name: "fetch", lines: 8, seen: true }, { name: "data", lines: 8, seen: true }] };

function recordingOf(records, machine = {}) {
  const document = { pagewalk_show: 1, runs: [{ records, machine: { ...DEFAULT, ...machine } }] };
  const [run] = readDocument(JSON.stringify(document)).runs;
  assert.deepEqual(run.problems, []);
  return new Recording(run);
}

/** A walk of the data port that reads these words; `more` is of the access. */
function walk(words, more = {}, between = []) {
  const to = 20;
  const reads = words.map((word, i) => ({ at: 3 + i, k: "read", port: "data", level: 2 - i, pa: hex(0x100000 + 0x1000 * i), value: hex(word) }));
  return [
    { at: 0, k: "satp", mode: "sv39", asid: 1, root: "0x100" },
    { at: 1, k: "access", to, port: "data", n: 1, va: "0x415678", access: "load", privilege: "U", how: "walk", ...more },
    { at: 2, k: "start", port: "data", level: 2 }, ...reads, ...between,
  ];
}

const POINTERS = [0x40401n, 0x40801n];
const fault = (cause, reason, more = {}) => ({ cause: `${cause}`, reason, ...more });

function told(records, is = (record) => record.k === "access") {
  const recording = recordingOf(records);
  return say(recording, recording.end(recording.records.findIndex(is)));
}

test("every reason of the trace ports has a rule, however it is spelled", () => {
  const words = ["not canonical", "not valid", "reserved", "misaligned", "permission", "A clear", "D clear", "entry refused", "access refused"];
  for (const word of words) for (const spelled of [word, word.toLowerCase(), word.toUpperCase()]) assert.notEqual(ruleOfReason(spelled), null, spelled);
  assert.equal(ruleOfReason("A clear"), RULES.svade);
});

test("with Svade a clear A or D is what faults, not the permissions", () => {
  const a = told(walk([...POINTERS, 0x2000001fn], fault("load page fault", "A clear")));
  assert.equal(a.rule, RULES.svade);
  assert.match(a.why, /has A = 0, and software must set it/);
  const d = told(walk([...POINTERS, 0x2000005fn], fault("store page fault", "D clear", { access: "store" })));
  assert.equal(d.rule, RULES.svade);
  assert.match(d.why, /has D = 0/);
  const line = told([{ at: 1, k: "access", to: 1, port: "data", va: "0x1000", access: "store", how: "tlb", ...fault("store page fault", "D clear") }]);
  assert.equal(line.rule, RULES.svade);
  assert.match(line.why, /line in the TLB has D = 0/);
});

test("a reserved bit is told at the read and at the access, by its name", () => {
  for (const [word, said] of [[0x2000001fn | 1n << 57n, /bit 57 is set/], [0x2000001fn | 1n << 63n, /low four bits/]]) {
    const records = walk([...POINTERS, word], fault("load page fault", "reserved"));
    const read = told(records, (record) => record.level === 0);
    assert.match(read.what, said);
    assert.equal(read.rule, RULES.reserved);
    assert.match(told(records).why, said);
    assert.equal(told(records).rule, RULES.reserved);
  }
  const pointer = walk([0x40401n | 0x40n], fault("load page fault", "reserved"));
  assert.match(told(pointer, (record) => record.k === "read").what, /A is set in a pointer/);
});

test("what only an extension allows is reserved where the access says so", () => {
  const range = 0x8000000020002017n | 0xc0n;
  const without = walk([...POINTERS, range], fault("load page fault", "reserved"));
  assert.match(told(without, (record) => record.level === 0).what, /N is set, which only Svnapot allows/);
  assert.match(told(without).why, /only Svnapot allows/);
  assert.match(told(walk([...POINTERS, range], { pa: "0x80005678" }), (record) => record.level === 0).what, /a leaf/);
});

test("a pointer at the last level: no leaf was found, in the read and in the access", () => {
  const records = walk([...POINTERS, 0x40c01n], fault("load page fault", "reserved"));
  assert.equal(told(records).rule, RULES.depth);
  assert.match(told(records).why, /no leaf was found/);
  const read = told(records, (record) => record.level === 0);
  assert.equal(read.rule, RULES.depth);
  assert.match(read.why, /No leaf was found/);
});

test("a read that memory refuses has no port and no level, and is part of its walk", () => {
  const refused = { at: 6, k: "read", port: null, level: null, pa: "0x102000", value: "0x0", error: true };
  const records = walk(POINTERS, fault("load access fault", "entry refused"), [refused]);
  assert.equal(told(records).rule, RULES.refused);
  assert.match(told(records).why, /entry at 0x102000, level 0, is refused, by PMP or PMA/);
  const read = told(records, (record) => record.error);
  assert.match(read.what, /0x102000, level 0: it is refused/);
  assert.equal(read.rule, RULES.refused);
});

test("an entry that PMP refuses is never read: the next one is named", () => {
  const { why, rule } = told(walk(POINTERS.slice(0, 1), fault("load access fault", "entry refused")));
  assert.equal(rule, RULES.refused);
  assert.match(why, /entry at 0x101010, level 1,/);
  assert.match(told(walk([], fault("load access fault", "entry refused"))).why, /entry at 0x100000, level 2,/);
});

test("a refused write of A or D is an access fault of step 9, not of step 2", () => {
  const { why, rule } = told(walk([...POINTERS, 0x2000001fn], fault("load access fault", "entry refused")));
  assert.equal(rule, RULES.marksRefused);
  assert.match(why, /A must be set/);
  const stored = walk([...POINTERS, 0x2000005fn], fault("store access fault", "entry refused", { access: "store" }), [{ at: 9, k: "update", pa: "0x102000", value: "0x200000df", ok: false }]);
  assert.match(told(stored).why, /D must be set/);
  assert.equal(told(stored, (record) => record.k === "update").rule, RULES.marksRefused);
});

test("an update that fails: another writer changed the entry, and it is read again", () => {
  const again = { at: 10, k: "read", port: "data", level: 0, pa: "0x102000", value: "0x2400001f" };
  const records = walk([...POINTERS, 0x2000001fn], { pa: "0x90000678" }, [{ at: 9, k: "update", pa: "0x102000", value: "0x2000005f", ok: false }, again]);
  const { what, why, rule } = told(records, (record) => record.k === "update");
  assert.match(what, /reads it again/);
  assert.match(why, /kernel or another hart's walker/);
  assert.match(rule.gist, /step 2/);
});

test("an access that PMP or PMA refuses says both", () => {
  const { why, rule } = told(walk([...POINTERS, 0x200000dfn], fault("load access fault", "access refused")));
  assert.match(why, /PMP or PMA/);
  assert.match(rule.section, /Protection.*Attributes/);
});

test("U, SUM and MXR are told apart from R, W and X", () => {
  const entry = (word, more) => told(walk([...POINTERS, word], fault("load page fault", "permission", more)));
  assert.match(entry(0x200000dfn, { privilege: "S" }).why, /only while SUM = 1, and SUM is 0/);
  assert.equal(entry(0x200000dfn, { privilege: "S" }).rule, RULES.user);
  assert.match(entry(0x200000dfn, { privilege: "S", access: "fetch" }).why, /whatever SUM is/);
  assert.match(entry(0x200000cfn, { privilege: "U" }).why, /U-mode may use pages with U = 1 only/);
  assert.match(entry(0x200000d9n, { privilege: "U" }).why, /unless MXR = 1/);
  assert.equal(entry(0x200000d3n, { access: "store" }).rule, RULES.permission);
  const line = { at: 0, k: "line", tlb: "data", line: 3, valid: true, vpn: "0x1", asid: 1, level: 0, ppn: "0x80000", flags: "RWUD" };
  const hit = told([{ at: 0, k: "satp", mode: "sv39", asid: 1, root: "0x100" }, line, { at: 1, k: "access", to: 1, port: "data", va: "0x1000", access: "load", privilege: "S", how: "tlb", ...fault("load page fault", "permission") }]);
  assert.equal(hit.rule, RULES.user);
  const late = told([{ at: 0, k: "satp", mode: "sv39", asid: 1, root: "0x100" }, { at: 1, k: "access", to: 1, port: "data", va: "0x1000", access: "fetch", privilege: "U", how: "tlb", ...fault("instruction page fault", "permission") }, { ...line, at: 1 }]);
  assert.equal(late.rule, RULES.permission, "the line of the access before is recorded after this one");
  assert.match(hit.why, /the line in the TLB has RW·U·D: .*SUM is 0/);
});

test("a NAPOT range: its pages and frames in the read, the access and the line; it hits in all of them", () => {
  const line = { at: 21, k: "line", tlb: "data", line: 7, valid: true, vpn: "0x415", asid: 1, level: 5, ppn: "0x87650", flags: "RU" };
  const records = walk([...POINTERS, 0x8000000021d960dfn], { pa: "0x87655678" }, [line]);
  assert.match(told(records).what, /in a NAPOT range of 64 KiB/);
  assert.match(told(records, (record) => record.level === 0).what, /of 64 KiB at frames 0x87650 to 0x8765f for pages 0x410 to 0x41f/);
  assert.match(told(records, (record) => record.k === "line").what, /pages 0x410 to 0x41f, 64 KiB, .* frames 0x87650 to 0x8765f/);
  const recording = recordingOf(records);
  const hit = (va) => hitLine(recording.last, recording.scheme, "data", va, 1);
  assert.deepEqual(["0x410000", "0x41ffff", "0x40ffff", "0x420000"].map(hit), [7, 7, null, null]);
});

test("a TLB of both ports is called so", () => {
  const recording = recordingOf([{ at: 1, k: "access", to: 1, port: "data", va: "0x1000", access: "load", how: "tlb", pa: "0x80000000" }], { tlbs: [{ name: "both", lines: 8, seen: true }] });
  assert.match(say(recording, 0).what, /^The hart loads .* a hit in the TLB of both ports gives/);
});
