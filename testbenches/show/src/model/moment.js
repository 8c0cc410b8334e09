// A moment: a cycle, the number of records that have happened, and whether the reader is at a
// certain access or record. Moves from moment to moment are functions without state.

import { ANSWER } from "./answers.js";

/** What a step can be: "change" stops at all that changes, so it tells the whole story. */
export const UNITS = ["change", "access", "event", "record", "cycle"];

const clamp = (value, low, high) => Math.max(low, Math.min(value, high));

/** The moment at the end of a cycle. */
export function atCycle(recording, cycle) {
  const at = clamp(Math.floor(Number.isFinite(cycle) ? cycle : 0), 0, recording.cycles);
  return { cycle: at, index: recording.indexAtCycle(at), access: null, record: null };
}

/** The moment at which the access of a rank is answered. */
export function atAccess(recording, rank) {
  const answer = recording.answer(rank);
  if (answer === null) return atCycle(recording, 0);
  const end = recording.end(answer.index);
  return { cycle: Math.min(recording.records[end].at, recording.cycles), index: end + 1, access: rank, record: null };
}

/** The cycle in which a record ends: that of a run which is not recorded to its end is earlier. */
export function endOf(recording) {
  return Math.min(recording.run.cut?.at ?? recording.cycles, recording.cycles);
}

/** The moment just after a record. */
export function atRecord(recording, index) {
  if (recording.records.length === 0) return atCycle(recording, 0);
  const place = clamp(index, 0, recording.records.length - 1);
  return { cycle: recording.records[place].at, index: place + 1, access: null, record: place };
}

function byAccess(recording, moment, way) {
  const last = recording.answers.length - 1;
  if (last < 0) return byRecord(recording, moment, way);
  if (moment.access !== null) return atAccess(recording, clamp(moment.access + way, 0, last));
  const done = recording.answeredAt(moment.index);
  if (way > 0) return atAccess(recording, clamp(done + 1, 0, last));
  const before = done >= 0 && recording.records[recording.end(recording.answers[done])].at === moment.cycle ? done - 1 : done;
  return atAccess(recording, clamp(before, 0, last));
}

function byEvent(recording, moment, way) {
  const place = moment.record ?? moment.index - 1;
  const from = way > 0 ? recording.notedFrom(place + 1) : recording.notedFrom(place) - 1;
  const index = recording.noted[from];
  if (index !== undefined) return atRecord(recording, index);
  return way > 0 ? moment : atCycle(recording, 0);
}

/** The moment of a stop: of an answer the access, with its walk. */
export function atStop(recording, index) {
  const rank = recording.rank.get(index);
  return rank === undefined || recording.end(recording.answers[rank]) !== index ? atRecord(recording, index) : atAccess(recording, rank);
}

function byChange(recording, moment, way) {
  const place = moment.record ?? moment.index - 1;
  const from = way > 0 ? recording.stopFrom(place + 1) : recording.stopFrom(place) - 1;
  const index = recording.stops[from];
  if (index !== undefined) return atStop(recording, index);
  return way > 0 ? moment : atCycle(recording, 0);
}

function byRecord(recording, moment, way) {
  const place = moment.record ?? moment.index - 1;
  return atRecord(recording, place + way);
}

/** The next moment (`way` 1) or the one before (-1), in steps of a unit. */
export function step(recording, moment, unit, way) {
  switch (unit) {
    case "change": return byChange(recording, moment, way);
    case "access": return byAccess(recording, moment, way);
    case "event": return byEvent(recording, moment, way);
    case "record": return byRecord(recording, moment, way);
    default: return atCycle(recording, moment.cycle + way);
  }
}

/** Whether nothing is left to step to. */
export function isAtEnd(recording, moment, unit) {
  const next = step(recording, moment, unit, 1);
  return next.index === moment.index && next.cycle === moment.cycle && next.access === moment.access;
}

/** The part of an address behind `#` that leads to this moment. */
export function toHash(recording, moment) {
  const cycle = `cycle=${moment.cycle}`;
  if (moment.access !== null) return `${cycle}&access=${moment.access + 1}`;
  if (moment.record === null) return cycle;
  const before = recording.indexAtCycle(moment.cycle - 1);
  return `${cycle}&record=${moment.record - before + 1}`;
}

/** The moment of such a text; null if it names none. */
export function fromHash(recording, hash) {
  const named = new URLSearchParams(hash.replace(/^#/, ""));
  const number = (name) => {
    const text = named.get(name);
    return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
  };
  const cycle = number("cycle");
  const access = number("access");
  if (access !== null && recording.answer(access - 1) !== null) return atAccess(recording, access - 1);
  if (cycle === null) return null;
  const record = number("record");
  if (record !== null && record >= 1) {
    const index = recording.indexAtCycle(cycle - 1) + record - 1;
    if (recording.records[index]?.at === cycle) return atRecord(recording, index);
  }
  return atCycle(recording, cycle);
}

/** Kinds of record of one hart. */
export const OF_HART = new Set(["access", ANSWER, "start", "read", "update", "line", "fence", "satp"]);

/** The access that the views show: the chosen one, else one that waits for its walk, else the last answered. */
export function focusOf(recording, moment, state) {
  if (moment.access !== null) {
    const answer = recording.answer(moment.access);
    return answer && { ...answer, done: true };
  }
  let waiting = null;
  // Of a record of a hart, that hart's access is shown.
  const about = moment.record === null ? undefined : recording.records[moment.record];
  const isOther = (record) => about !== undefined && OF_HART.has(about.k) && (about.hart ?? 0) !== (record.hart ?? 0);
  for (const [, index] of state.accepted) {
    const record = recording.records[index];
    if (isOther(record)) continue;
    const open = recording.end(index) >= moment.index;
    if (open && record.how !== "tlb" && (waiting === null || index > waiting)) waiting = index;
  }
  if (waiting !== null) {
    const record = recording.records[waiting];
    return { rank: recording.rank.get(waiting), index: waiting, record, done: false };
  }
  for (let rank = recording.answeredAt(moment.index); rank >= 0; rank--) {
    const answer = recording.answer(rank);
    if (!isOther(answer.record)) return { ...answer, done: true };
  }
  return null;
}

const WEIGHT = { event: 5, fence: 4, step: 3, satp: 3, [ANSWER]: 2.5, update: 2, start: 2, read: 2, access: 2, line: 1, region: 0.6, root: 0.5, process: 0.5, policy: 0.4, frame: 0.3, pte: 0.2 };

/** The record that a moment is about; null if nothing happens in its cycle. */
export function subjectOf(recording, moment) {
  if (moment.access !== null) return recording.end(recording.answers[moment.access]) ?? null;
  if (moment.record !== null) return moment.record;
  let best = null;
  for (let i = moment.index - 1; i >= 0 && recording.records[i].at === moment.cycle && moment.index - i < 500; i--) {
    const weight = WEIGHT[recording.records[i].k] ?? 0;
    if (best === null || weight > (WEIGHT[recording.records[best].k] ?? 0)) best = i;
  }
  return best;
}
