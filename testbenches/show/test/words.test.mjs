import assert from "node:assert/strict";
import { test } from "node:test";
import { accessBehind } from "../src/model/answers.js";
import { readDocument } from "../src/model/document.js";
import { Recording } from "../src/model/recording.js";
import { EXACT, SAID, readOn, search } from "../src/model/search.js";
import { processName } from "../src/words/names.js";
import { RULES, ruleOfReason, ruleText } from "../src/words/rules.js";
import { say, tellOf } from "../src/words/say.js";
import { bareStory, forkStory, policyStory } from "./stories/stories.mjs";
import { SCHEMES } from "./stories/machine.mjs";

const recordingOf = (document) => new Recording(readDocument(JSON.stringify(document)).runs[0]);
const find = (recording, is) => recording.records.findIndex(is);
/** The sentence of a record; of an access that of its answer. */
const find2 = (recording, is) => say(recording, recording.end(find(recording, is)));

test("every record of the stories has a sentence that ends, and says no undefined", () => {
  for (const story of [forkStory(), policyStory(), ...Object.values(SCHEMES).map(bareStory)]) {
    const recording = recordingOf(story);
    recording.records.forEach((record, i) => {
      const { what, why, rule } = say(recording, i);
      const text = [what, why, ruleText(rule)].join(" ");
      assert.doesNotMatch(text, /undefined|null|NaN|\[object/, JSON.stringify(record));
      if (record.k !== "step") assert.match(what, /[.!]$/, JSON.stringify(record));
    });
  }
});

test("sentences say what happens, why, and by which rule", () => {
  const recording = recordingOf(forkStory());
  assert.match(find2(recording, (r) => r.k === "satp" && r.mode !== "bare").what, /^satp is now Sv\d\d, ASID /);
  const hit = find2(recording, (r) => r.how === "tlb");
  assert.match(hit.what, /shell .* a hit in the (data|fetch) TLB gives physical 0x8/);
  const walk = find2(recording, (r) => r.how === "walk" && r.pa && r.access === "fetch");
  assert.match(walk.what, /shell fetches from 0x10000: the fetch TLB misses, and a walk finds physical 0x/);
  assert.match(walk.why, /reads 3 entries/);
  assert.equal(walk.rule, RULES.success);
  const copy = find2(recording, (r) => r.event === "copy");
  assert.match(copy.what, /job gets its own copy of page 0x401000: frame 0x\w+ is copied to 0x\w+\./);
  assert.match(ruleText(copy.rule), /copy on write/);
  const fault = find2(recording, (r) => r.k === "access" && r.reason === "permission");
  assert.match(fault.what, /store page fault/);
  assert.match(fault.why, /a leaf with VR··U·A·, which does not allow a store by U-mode/);
  assert.equal(fault.rule, RULES.permission);
  const eviction = find2(recordingOf(policyStory()), (r) => r.event === "eviction");
  assert.match(ruleText(eviction.rule), /^Policy clock: /);
});

test("a fault without a reason is explained by the entry that the walk read", () => {
  const story = forkStory();
  for (const record of story.runs[0].records) delete record.reason;
  assert.equal(find(recordingOf(story), (r) => r.reason !== undefined), -1);
  const recording = recordingOf(story);
  const told = find2(recording, (r) => r.k === "access" && r.cause !== undefined);
  assert.equal(told.rule, RULES.invalid);
  assert.match(told.why, /V = 0/);
});

test("a read tells pointer, leaf and what ends a walk", () => {
  const recording = recordingOf(bareStory());
  const reads = recording.records.map((record, i) => [record, i]).filter(([record]) => record.k === "read").map(([, i]) => say(recording, i));
  assert.match(reads[0].what, /a pointer to the table/);
  assert.equal(reads[0].rule, RULES.pointer);
  assert.match(reads[1].what, /a leaf, VRWXU·AD, of 2 MiB/);
  assert.equal(reads[1].rule, RULES.leaf);
  assert.equal(reads.at(-1).rule, RULES.invalid);
});

test("the reasons of the trace ports, however they are spelled, have rules", () => {
  for (const reason of ["NotCanonical", "not_valid", "reserved", "misaligned", "permission", "accessed_clear", "DirtyClear", "entry-refused", "access_refused"]) {
    assert.notEqual(ruleOfReason(reason), null, reason);
  }
  assert.equal(ruleOfReason("novelty"), null);
});

test("a fence says what it covers", () => {
  const records = [[null, null], [null, 1], ["0x1000", null], ["0x1000", 0]].map(([va, asid], at) => ({ at, k: "fence", va, asid }));
  const recording = recordingOf({ pagewalk_show: 1, runs: [{ records }] });
  assert.deepEqual(records.map((_, i) => say(recording, i).rule), [RULES.fenceAll, RULES.fenceAsid, RULES.fenceVa, RULES.fenceVaAsid]);
});

test("search finds addresses, pages, kinds, processes, and all of them together", () => {
  const recording = recordingOf(forkStory());
  const names = (pid) => processName(recording.last, pid);
  const all = (query) => {
    const { hits, how } = search(recording, query, names);
    return hits.filter((_, i) => how[i] === EXACT).map((i) => accessBehind(recording.records[i]) ?? recording.records[i]);
  };
  assert.ok(all("0x401010").length > 0 && all("0x401010").every((r) => r.va === "0x401010"));
  assert.ok(all("0x401010").some((r) => r.k === "access" && r.va === "0x401010"));
  assert.deepEqual(all("page_fault").map((r) => r.event).filter((e) => e !== "page_fault"), []);
  assert.equal(all("page_fault").length, recording.records.filter((r) => r.event === "page_fault").length);
  assert.ok(all("page fault").some((r) => r.k === "access") && all("page fault").some((r) => r.k === "event"));
  assert.ok(all("job").length > 0 && all("job").every((r) => [r.pid, r.child].includes(2)));
  assert.ok(all("job store fault").every((r) => r.pid === 2 && r.access === "store"));
  assert.equal(all("copy").length, recording.records.filter((r) => r.event === "copy").length);
  assert.deepEqual(search(recording, "   ", names), { hits: [], how: [], first: 0, total: 0, exact: 0, said: 0 });
  assert.equal(search(recording, "zzz", names).total, 0);
});

test("search knows other words for the same", () => {
  const recording = recordingOf(forkStory());
  const count = (query) => search(recording, query, () => "").total;
  assert.ok(count("copy") > 0 && count("tlb miss") > 0 && count("context switch") > 0);
  for (const [said, word] of [["cow", "copy"], ["copy on write", "copy"], ["copy-on-write", "copy"], ["TLB miss", "miss"], ["tlb hit", "hit"], ["page fault", "fault"], ["context switch", "switch"], ["sfence", "fence"]]) {
    assert.equal(count(said), count(word), said);
  }
});

test("pages have the names that the run gives them, in sentences and in the search", () => {
  const story = policyStory();
  story.runs[0].labels = { "1:0x407": "7", "1:0x401": "71" };
  const recording = recordingOf(story);
  assert.match(find2(recording, (r) => r.k === "access").what, /^string loads from page 7 \(0x407000\): /);
  assert.match(find2(recording, (r) => r.event === "page_fault").what, /^The kernel decides: a major fault of string at page 7 \(0x407000\)/);
  assert.match(find2(recording, (r) => r.event === "eviction" && r.va === "0x407000").what, /^Page 7 \(0x407000\) of string is evicted/);
  const hits = search(recording, "page 7", () => "").hits.map((i) => accessBehind(recording.records[i]) ?? recording.records[i]);
  assert.ok(hits.some((r) => r.k === "access") && hits.some((r) => r.event === "eviction") && hits.some((r) => r.k === "frame") && hits.some((r) => r.k === "line"));
  const of7 = (r) => r.va?.startsWith("0x407") || r.vpn === "0x407" || (r.pids ?? []).some(([, vpn]) => vpn === "0x407");
  assert.ok(hits.every(of7));
  assert.equal(hits.length, recording.records.filter(of7).length);
});

const exactOf = ({ hits, how }) => hits.filter((_, i) => how[i] === EXACT);

test("search finds the words of the sentences that are shown, by time, what is exact marked", () => {
  const recording = recordingOf(forkStory());
  const tell = (index) => tellOf(recording, index);
  const find = (query) => search(recording, query, (pid) => processName(recording.last, pid));
  assert.equal(find("read-only in both").total, 0, "before the sentences are made");
  while (!readOn(recording, tell, 1)) assert.ok(recording.texts.length < recording.records.length);
  for (const words of ["shared", "writes the entry", "ASID 2", "0x", "read-only in both"]) {
    const { hits, how, first, total } = find(words);
    assert.ok(total > 0, words);
    assert.deepEqual(hits, [...hits].sort((a, b) => a - b), "by time");
    assert.equal(first, how.indexOf(Math.min(...how)), "the first that fits best");
    for (const index of hits.filter((_, i) => how[i] === SAID)) assert.ok(tell(index).toLowerCase().includes(words.toLowerCase()), `${words}: ${tell(index)}`);
  }
  assert.equal(find("ASID 1").hits.some((i) => / ASID 1\d/.test(tell(i))), false);
  const copy = recording.records.findIndex((r) => r.event === "copy");
  const { from, to } = recording.records[copy];
  for (const frame of [from, to]) {
    const exact = exactOf(find(frame));
    assert.ok(exact.includes(copy), `the copy has ${frame}`);
    assert.ok(exact.every((i) => [...Object.values(recording.records[i]), ...Object.values(accessBehind(recording.records[i]) ?? {})].includes(frame)));
  }
  // An entry, then the others of its table.
  const { pa } = recording.records.find((r) => r.k === "pte" && r.by === "walker");
  const found = find(pa);
  assert.ok(found.exact > 0 && found.total > found.exact && exactOf(found).every((i) => recording.records[i].pa === pa));
});
