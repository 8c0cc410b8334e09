import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "../src/model/document.js";
import { lookAt } from "../src/model/look.js";
import { UNITS, atAccess, atCycle, atRecord, focusOf, fromHash, isAtEnd, step, subjectOf, toHash } from "../src/model/moment.js";
import { Recording } from "../src/model/recording.js";
import { differences, follow, nextDifference } from "../src/model/together.js";
import { walkOf } from "../src/model/walk.js";
import { bareStory, forkStory, longStory, twoRuns } from "./stories/stories.mjs";

const recordingsOf = (document) => readDocument(JSON.stringify(document)).runs.map((run) => new Recording(run));

test("stepping forward visits everything in order, and back the same", () => {
  const [recording] = recordingsOf(forkStory());
  const expected = { access: recording.answers.length, change: recording.stops.length, event: recording.noted.length, record: recording.records.length, cycle: recording.cycles };
  for (const unit of UNITS) {
    let moment = atCycle(recording, 0);
    if (unit !== "cycle") moment = { ...moment, index: 0 };
    const seen = [];
    while (!isAtEnd(recording, moment, unit) && seen.length <= recording.cycles) {
      const next = step(recording, moment, unit, 1);
      assert.ok(next.cycle >= moment.cycle, `${unit} goes back at ${moment.cycle}`);
      seen.push(next);
      moment = next;
    }
    assert.equal(seen.length, expected[unit], unit);
    for (let i = seen.length - 2; i >= 0; i--) {
      moment = step(recording, moment, unit, -1);
      assert.deepEqual(moment, seen[i], `${unit} back to ${i}`);
    }
  }
});

test("every moment has an address that leads to it", () => {
  const [recording] = recordingsOf(forkStory());
  const moments = [
    ...recording.answers.map((_, rank) => atAccess(recording, rank)),
    ...recording.records.map((_, index) => atRecord(recording, index)),
    ...Array.from({ length: recording.cycles + 1 }, (_, cycle) => atCycle(recording, cycle)),
  ];
  for (const moment of moments) assert.deepEqual(fromHash(recording, `#${toHash(recording, moment)}`), moment, toHash(recording, moment));
});

test("an access is told with its own step, though the next begins before its line is filled", () => {
  const story = bareStory();
  const [{ records }] = story.runs;
  const steps = records.filter(({ k }) => k === "step");
  // The next step begins in the cycle in which the line is seen.
  const filled = records.findIndex(({ k }) => k === "line");
  const [next] = records.splice(records.indexOf(steps[1]), 1);
  records.splice(filled, 0, { ...next, at: records[filled].at });
  const [recording] = recordingsOf(story);
  const look = lookAt(recording, atAccess(recording, 0));
  assert.equal(look.state.step.line, steps[0].line);
});

test("a damaged address leads nowhere, or to the nearest", () => {
  const [recording] = recordingsOf(forkStory());
  for (const hash of ["", "#", "#cycle=", "#cycle=x", "#cycle=-1", "#what", "#record=3"]) assert.equal(fromHash(recording, hash), null, hash);
  assert.equal(fromHash(recording, "#cycle=999999999").cycle, recording.cycles);
  assert.equal(fromHash(recording, "#cycle=5&record=999").record, null);
  assert.equal(fromHash(recording, "#cycle=5&access=999999").access, null);
});

test("while a walk lasts, its access is the one shown", () => {
  const [recording] = recordingsOf(forkStory());
  const index = recording.records.findIndex((record) => record.how === "walk");
  const { at, to } = recording.records[index];
  const moment = atCycle(recording, at + 1);
  const focus = focusOf(recording, moment, recording.stateAt(moment.index));
  assert.deepEqual([focus.index, focus.done], [index, false]);
  const later = atCycle(recording, to);
  const answered = focusOf(recording, later, recording.stateAt(later.index));
  assert.deepEqual([answered.index, answered.done], [index, true]);
});

test("a walk has the reads of its own access only", () => {
  const [recording] = recordingsOf(longStory(3000));
  for (const index of recording.answers) {
    const record = recording.records[index];
    const walk = walkOf(recording, index);
    if (record.how === "tlb") {
      assert.equal(walk, null);
      continue;
    }
    assert.ok(walk.reads.length >= 1 && walk.reads.length <= 3);
    assert.deepEqual(walk.reads.map(({ level }) => level), [2, 1, 0].slice(0, walk.reads.length));
    if (record.cause === undefined) assert.equal(walk.lines.length, 1);
    assert.ok(walk.reads.every((read) => read.at >= record.at && read.at <= record.to));
  }
});

test("a moment is about the weightiest record of its cycle", () => {
  const [recording] = recordingsOf(forkStory());
  const fork = recording.records.findIndex((record) => record.event === "fork");
  const subject = subjectOf(recording, atCycle(recording, recording.records[fork].at));
  assert.equal(recording.records[subject].k, "event");
});

test("two runs stay at the same access of the same process", () => {
  const [clock, fifo] = recordingsOf(twoRuns());
  for (let rank = 0; rank < clock.answers.length; rank++) {
    const moment = atAccess(clock, rank);
    const { moment: other, exact } = follow(clock, moment, fifo, "access");
    assert.equal(exact, true);
    const focus = focusOf(fifo, other, fifo.stateAt(other.index));
    assert.equal(focus.record.n, clock.answer(rank).record.n);
    assert.equal(focus.record.va, clock.answer(rank).record.va);
  }
  assert.equal(follow(clock, atCycle(clock, 77), fifo, "cycle").moment.cycle, 77);
});

test("the differences of two runs are faults of one only, and other victims", () => {
  const [clock, fifo] = recordingsOf(twoRuns());
  const found = differences(clock, fifo);
  assert.ok(found.length > 0);
  const faults = (recording) => {
    const of = new Map();
    for (const index of recording.answers) {
      const { n, cause } = recording.records[index];
      of.set(n, (of.get(n) ?? false) || cause !== undefined);
    }
    return of;
  };
  const [mine, its] = [faults(clock), faults(fifo)];
  const n = ({ rank }) => clock.answer(rank).record.n;
  const single = found.filter(({ text }) => /faults in/.test(text)).map(n);
  assert.deepEqual(single, [...mine.keys()].filter((key) => mine.get(key) !== its.get(key)));
  assert.ok(found.some(({ text }) => /evicts page 0x\w+, .* page 0x\w+\.$/.test(text)), "other victims");
  let moment = atCycle(clock, 0);
  const visited = [];
  for (let next; (next = nextDifference(found, clock, moment)) !== null; moment = atAccess(clock, next.rank)) visited.push(next);
  assert.deepEqual(visited, found);
  assert.deepEqual(differences(clock, clock), []);
});

test("the end of one run goes with the end of the other", () => {
  const [clock, fifo] = recordingsOf(twoRuns());
  assert.notEqual(clock.cycles, fifo.cycles);
  for (const by of ["access", "cycle"]) assert.equal(follow(clock, atCycle(clock, clock.cycles), fifo, by).moment.cycle, fifo.cycles);
});
