import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { EMPTY } from "../src/model/pmap.js";
import { Recording, STRIDE } from "../src/model/recording.js";
import { INITIAL, apply } from "../src/model/state.js";
import { forkStory, longStory, policyStory } from "./stories/stories.mjs";

/** A state as plain values, whatever shape its maps have inside. */
export function plain(value) {
  if (value?.[Symbol.iterator] && typeof value !== "string" && !Array.isArray(value)) {
    return Object.fromEntries([...value].map(([key, inner]) => [String(key), plain(inner)]).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);

test("the map behaves like a map, and old versions stay", () => {
  let map = EMPTY;
  const model = new Map();
  const versions = [];
  let seed = 7;
  for (let i = 0; i < 5000; i++) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    const key = i % 2 ? seed % 700 : `0x${(seed % 700).toString(16)}`;
    if (seed % 5 === 0) {
      map = map.delete(key);
      model.delete(key);
    } else {
      map = map.set(key, i);
      model.set(key, i);
    }
    if (i % 500 === 0) versions.push([map, new Map(model)]);
  }
  for (const [version, known] of versions) {
    assert.equal(version.size, known.size);
    assert.deepEqual(new Map([...version].sort()), new Map([...known].sort()));
    for (const [key, value] of known) assert.equal(version.get(key), value);
  }
});

test("keys of one hash are kept apart", () => {
  // Found by search: these two texts have the same hash.
  const keys = [];
  const seen = new Map();
  for (let i = 0; keys.length === 0; i++) {
    const key = `k${i.toString(36)}`;
    const hash = EMPTY.set(key, 1).root.hash;
    if (seen.has(hash)) keys.push(seen.get(hash), key);
    seen.set(hash, key);
  }
  let map = EMPTY.set(keys[0], "a").set(keys[1], "b");
  assert.deepEqual([map.get(keys[0]), map.get(keys[1]), map.size], ["a", "b", 2]);
  map = map.delete(keys[0]);
  assert.deepEqual([map.get(keys[0]), map.get(keys[1]), map.size], [undefined, "b", 1]);
});

test("applying a record leaves the old state as it was", () => {
  const { records } = readDocument(JSON.stringify(forkStory())).runs[0];
  let state = INITIAL;
  for (const record of records) {
    const before = JSON.stringify(plain(state));
    const next = apply(state, record);
    assert.equal(JSON.stringify(plain(state)), before, `${record.k} changed the state before it`);
    assert.equal(next.index, state.index + 1);
    state = next;
  }
});

test("the state at any moment is that of applying every record up to it", () => {
  const recording = recordingOf(longStory(2000));
  const wanted = [0, 1, STRIDE - 1, STRIDE, STRIDE + 1, 1999, 700, 3, 1500, 1501, 1499, recording.records.length];
  for (const index of wanted) {
    let state = INITIAL;
    for (const record of recording.records.slice(0, index)) state = apply(state, record);
    assert.deepEqual(plain(recording.stateAt(index)), plain(state), `at ${index}`);
  }
});

test("going anywhere applies at most a stride of records, a step forward one", () => {
  const recording = recordingOf(longStory(20000));
  for (const index of [19999, 5, 12345, 777]) {
    recording.applied = 0;
    recording.stateAt(index);
    assert.ok(recording.applied < STRIDE, `${recording.applied} records for ${index}`);
  }
  recording.stateAt(1000);
  recording.applied = 0;
  recording.stateAt(1001);
  assert.equal(recording.applied, 1);
});

test("after a fork a frame has two owners; a store gives one of them its own", () => {
  const recording = recordingOf(forkStory());
  const at = (event) => recording.records.findIndex((record) => record.event === event);
  const shared = recording.stateAt(recording.records.findIndex((record, i) => i > at("fork") && record.k === "satp"));
  const heap = shared.pages.get(1).get("0x401");
  assert.equal(shared.pages.get(2).get("0x401"), heap);
  assert.equal(shared.frames.get(heap).pids.length, 2);
  const copy = recording.records[at("copy")];
  const after = recording.stateAt(recording.records.findIndex((record, i) => i > at("copy") && record.k === "fence"));
  assert.equal(after.pages.get(2).get("0x401"), copy.to);
  assert.equal(after.pages.get(1).get("0x401"), heap);
  assert.equal(after.frames.get(heap).pids.length, 1);
});

test("the address of `to` in an event of a copy is a frame, in a switch a process", () => {
  const recording = recordingOf(forkStory());
  const copy = recording.records.find((record) => record.event === "copy");
  assert.match(copy.to, /^0x/);
  assert.equal(recording.last.running, 1);
});

test("a freed table is forgotten, an ended process is told", () => {
  const records = [
    { at: 0, k: "process", pid: 1, name: "a" }, { at: 0, k: "frame", ppn: "0x5", use: "table", pid: 1 },
    { at: 0, k: "pte", pa: "0x5008", value: "0x1", by: "kernel" }, { at: 1, k: "root", pid: 1, root: null }, { at: 1, k: "frame", ppn: "0x5", use: "free" },
  ];
  const states = records.reduce((all, record) => [...all, apply(all.at(-1), record)], [INITIAL]);
  assert.equal(states[3].tables.get("0x5").get(8).value, "0x1");
  assert.equal(states.at(-1).tables.has("0x5"), false);
  assert.equal(states.at(-1).processes.get(1).ended, true);
});

test("counts agree with the records", () => {
  for (const story of [forkStory(), policyStory()]) {
    const { records } = story.runs[0];
    const { counts } = recordingOf(story).last;
    const count = (is) => records.filter(is).length;
    assert.equal(counts.accesses, count((r) => r.k === "access"));
    assert.equal(counts.faults, count((r) => r.k === "access" && r.cause !== undefined));
    assert.equal(counts.misses, count((r) => r.k === "access" && r.how !== "tlb"));
    assert.equal(counts.walks, count((r) => r.k === "start"));
    assert.equal(counts.evictions, count((r) => r.event === "eviction"));
    assert.equal(counts.fences, count((r) => r.k === "fence"));
  }
});
