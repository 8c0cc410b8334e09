import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { lanesOf } from "../src/model/lanes.js";
import { lookAt } from "../src/model/look.js";
import { atAccess, atCycle } from "../src/model/moment.js";
import { handOf, parsePolicy, ringOf, shapeOf } from "../src/model/policy.js";
import { Recording } from "../src/model/recording.js";
import { References } from "../src/model/references.js";
import { spaceOf } from "../src/model/space.js";
import { treeOf } from "../src/model/tree.js";
import { ruleText } from "../src/words/rules.js";
import { say } from "../src/words/say.js";
import { bareStory, forkStory, longStory, policyRun } from "./stories/stories.mjs";
import { SCHEMES, documentOf } from "./stories/machine.mjs";

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);
const STRING = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1];

/** CLOCK that loads pages with use = 1, written down once more. */
function clock(string, frames) {
  const places = Array(frames).fill(null);
  let hand = 0;
  return string.map((page) => {
    const known = places.find((place) => place?.page === page);
    if (known) {
      known.used = true;
      return { page, fault: false, held: places.map((place) => place?.page) };
    }
    while (places[hand]?.used) {
      places[hand].used = false;
      hand = (hand + 1) % frames;
    }
    const victim = places[hand]?.page;
    places[hand] = { page, used: true };
    hand = (hand + 1) % frames;
    return { page, fault: true, victim, held: places.map((place) => place?.page) };
  });
}

test("the table of references is that of the algorithm", () => {
  const recording = recordingOf(documentOf("t", "", [policyRun("clock")]));
  const references = new References(recording, 1);
  assert.deepEqual(references.list.map(({ vpn }) => Number(vpn) - 0x400), STRING);
  clock(STRING, 3).forEach((expected, place) => {
    const column = references.column(place);
    assert.equal(column.fault, expected.fault, `reference ${place + 1}`);
    assert.deepEqual([...column.frames.values()].map(({ vpn }) => Number(vpn) - 0x400).sort(), expected.held.filter((page) => page !== undefined).sort());
    assert.deepEqual(column.victims.map((vpn) => Number(vpn) - 0x400), expected.victim === undefined ? [] : [expected.victim]);
  });
});

test("a page takes the row of its victim, in whatever frame it is", () => {
  const run = policyRun("clock");
  const recording = recordingOf(documentOf("t", "", [run]));
  const references = new References(recording, 1);
  // Rows are asked for as the reader steps, not in order.
  for (const place of [STRING.length - 1, 0, ...STRING.keys()]) {
    const cells = references.cells(references.column(place));
    const { held } = clock(STRING, 3)[place];
    const shown = Array.from({ length: cells.size }, (_, row) => Number(cells.get(row).vpn) - 0x400);
    assert.deepEqual(shown, held.filter((page) => page !== undefined), `reference ${place + 1}`);
  }
  // Of a long string rows are frames.
  const long = recordingOf(longStory(4000));
  const many = new References(long, 1);
  assert.ok(many.list.length > 200, "the story is long");
  assert.match(String([...many.cells(many.column(3)).keys()][0]), /^0x/);
});

test("what begins in the pixel of a shorter span is drawn as long as it is", () => {
  const records = [
    { at: 10, k: "event", event: "swap_out", pid: 1, va: "0x400000", slot: 0 },
    { at: 10, k: "activity", to: 90, what: "disk_wait" },
  ];
  const run = { name: "r", machine: { config: "x", scheme: SCHEMES.Sv39, tlbs: [] }, cycles: 100, records };
  const [disk] = lanesOf(recordingOf(documentOf("t", "", [run])));
  assert.deepEqual(disk.spans(0, 100, 100), [[10, 80]]);
});

test("a policy's state is taken apart", () => {
  assert.deepEqual(parsePolicy("1:7',2:0a,+3"), [{ name: "", entries: [
    { hand: false, pid: 1, vpn: "0x7", referenced: true, word: "" }, { hand: false, pid: 2, vpn: "0xa", referenced: undefined, word: "" }, { more: 3 },
  ] }]);
  assert.deepEqual(parsePolicy("inactive:1:4;active:1:5'").map(({ name, entries }) => [name, entries.length]), [["inactive", 1], ["active", 1]]);
  assert.equal(parsePolicy("1:4=age2")[0].entries[0].word, "age2");
  assert.deepEqual(parsePolicy("1:4,untold")[0].entries[1], { word: "untold" });
  assert.deepEqual(parsePolicy(""), []);
  assert.equal(shapeOf("clock", [{}]), "clock");
  assert.equal(shapeOf("two-list", [{}, {}]), "lists");
});

test("the ring's places stay while the hand moves", () => {
  const frames = { "0x1": "0x80002", "0x2": "0x80003", "0x3": "0x80004" };
  const ring = (text) => ringOf(parsePolicy(text)[0].entries, (_, vpn) => frames[vpn]);
  for (const [text, hand] of [["1:1,1:2,1:3", 0], ["1:2,1:3,1:1", 1], ["1:3,1:1,1:2", 2]]) {
    const { pages, hand: at } = ring(text);
    assert.deepEqual(pages.map(({ vpn }) => vpn), ["0x1", "0x2", "0x3"], text);
    assert.equal(at, hand, text);
  }
  assert.equal(ring("1:1,>1:2,1:3").hand, 1);
});

test("the tree shows the path, valid entries only, and says what it leaves out", () => {
  for (const [name, scheme] of Object.entries(SCHEMES)) {
    const recording = recordingOf(bareStory(scheme));
    const look = lookAt(recording, atAccess(recording, 0));
    const columns = treeOf(look);
    assert.equal(columns.length, scheme.levels.length - 1, name);
    assert.deepEqual(columns.map(({ tables }) => tables[0].rows.filter((row) => row.step).length), columns.map(() => 1), name);
    assert.equal(columns.at(-1).tables[0].rows.find((row) => row.step).role, "leaf", name);
  }
  const recording = recordingOf(longStory(2000));
  const [, , last] = treeOf(lookAt(recording, atCycle(recording, recording.cycles)));
  const [table] = last.tables;
  const hidden = table.rows.reduce((sum, row) => sum + (row.more ?? 0), 0);
  assert.equal(table.count, 40);
  assert.equal(table.rows.filter((row) => !row.more).length + hidden, 40);
});

test("a layout has every region from high to low, and its pages that are in frames", () => {
  const recording = recordingOf(forkStory());
  const parts = spaceOf(recording.last, recording.scheme, 1, "0x402");
  assert.deepEqual(parts.filter((part) => part.region).map((part) => part.region.name), ["stack", "heap", "data", "text"]);
  const heap = parts.find((part) => part.region?.name === "heap");
  assert.deepEqual([heap.pages, heap.held], [8, 3]);
  assert.deepEqual(heap.cells.map((cell) => cell.now), [false, false, true, false, false, false, false, false]);
});

test("a region of 2^27 pages is drawn in a bounded number of cells", () => {
  const records = [{ at: 0, k: "process", pid: 1, name: "a" }, { at: 0, k: "region", pid: 1, kind: "heap", start: "0x0", end: "0x8000000000" }, { at: 0, k: "frame", ppn: "0x1", use: "page", pids: [[1, "0x7ffffff"]] }];
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ records }] });
  const [part] = spaceOf(recording.last, recording.scheme, 1, null);
  assert.ok(part.cells.length <= 48 && part.held === 1);
});

test("a lane draws at most one span a pixel, at any zoom", () => {
  const recording = recordingOf(longStory(20000));
  const lanes = lanesOf(recording);
  assert.ok(lanes.some((lane) => lane.name === "misses") && !lanes.some((lane) => lane.name === "evictions"));
  for (const lane of lanes) {
    for (const [begin, end] of [[0, recording.cycles], [1000, 1100], [recording.cycles - 10, recording.cycles]]) {
      const spans = lane.spans(begin, end, 800);
      assert.ok(spans.length <= 802, `${lane.name}: ${spans.length}`);
      assert.ok(spans.every(([x, wide]) => x >= 0 && x + wide <= 803));
    }
    const all = lane.spans(0, 400, 100000).length;
    assert.equal(all, lane.from.filter((from, i) => from <= 400 && lane.to[i] >= 0).length, lane.name);
  }
});

test("outside of the window the kernel's faults are drawn, inside those of the accesses", () => {
  const story = forkStory();
  const [run] = story.runs;
  const faults = (window) => lanesOf(recordingOf({ ...story, runs: [{ ...run, window, records: run.records.filter((record) => record.k !== "access" || record.to <= window.to) }] }))
    .find((lane) => lane.name === "faults").from.length;
  const all = run.records.filter((record) => record.event === "page_fault").length;
  assert.equal(faults({ from: 0, to: run.cycles, whole: true }), all);
  assert.equal(faults({ from: 0, to: 300, whole: false }), all);
});

test("the hand of a clock moves while A is cleared; an eviction says why this page", () => {
  const clock = recordingOf(clockStory());
  const passed = (cycle) => handOf(clock, clock.stateAt(clock.indexAtCycle(cycle)), parsePolicy("1:400,1:401,1:402")[0].entries).passed;
  assert.deepEqual([0, 10, 20, 30].map(passed), [0, 1, 2, 2]);
  assert.match(ruleText(say(clock, clock.records.length - 1).rule), /the hand passed page 0x400000, page 0x401000 with A = 1 and cleared it; this page is the first with A = 0/);
});

/** Three pages; the hand clears A of two, and the third is the victim. */
function clockStory() {
  const page = (i) => ({ at: 0, k: "frame", ppn: `0x8001${i}`, use: "page", what: "heap", pids: [[1, `0x40${i}`]] });
  const write = (at, i, flags) => ({ at, k: "pte", pa: `0x8000200${i * 4}`, value: `0x${(0x80010 + i << 10 >>> 0 | flags).toString(16)}`, by: "kernel" });
  const records = [
    { at: 0, k: "process", pid: 1, name: "a" }, { at: 0, k: "root", pid: 1, root: "0x80001" }, { at: 0, k: "pte", pa: "0x80001004", value: "0x20000801", by: "kernel" },
    page(0), page(1), page(2), write(0, 0, 0x57), write(0, 1, 0x57), write(0, 2, 0x17), { at: 0, k: "policy", state: "1:400,1:401,1:402" },
    write(10, 0, 0x17), write(20, 1, 0x17), { at: 30, k: "pte", pa: "0x80002008", value: "0x0", by: "kernel" }, { at: 31, k: "event", event: "eviction", pid: 1, va: "0x402000", frame: "0x80012", dirty: false },
  ];
  return { pagewalk_show: 1, runs: [{ records, machine: { scheme: SCHEMES.Sv32, policy: "clock", tlbs: [] } }] };
}
