// All that the views need of one run at one moment, computed once.

import { hex, pageOf } from "./hex.js";
import { OF_HART, focusOf, subjectOf } from "./moment.js";
import { apply, satpOf } from "./state.js";
import { hitLine, keptAsid, pathOf, tlbOf, walkOf } from "./walk.js";
import { say, sayBetween } from "../words/say.js";

/** The process whose tables are shown: the chosen one, else the one of the access. */
function shownPid(state, focus, chosen) {
  if (chosen !== null && state.processes.has(chosen)) return chosen;
  const pid = focus?.record.pid ?? state.running;
  if (pid !== null && pid !== undefined && state.processes.has(pid)) return pid;
  return [...state.processes].map(([known]) => known).sort((a, b) => a - b)[0] ?? null;
}

/** The frames that the record of the moment is about. */
function framesOf(recording, subject) {
  const record = recording.records[subject];
  if (record?.k === "frame") return new Set([record.ppn]);
  if (record?.k === "pte" || record?.k === "read" || record?.k === "update") return new Set([pageOf(record.pa, recording.scheme.page_bits)[0]]);
  if (record?.k !== "event") return new Set();
  const named = record.event === "copy" ? [record.from, record.to, record.frame] : [record.frame];
  return new Set(named.map(hex).filter((ppn) => ppn !== null));
}

/** The path through the tables: entries `{ level, pa, value, read }` from the root on. */
function pathFor(recording, state, root, focus, walk) {
  const known = focus ? pathOf(state, recording.scheme, root, focus.record.va) : [];
  const reads = walk?.reads.filter((read) => read.value && read.error !== true) ?? [];
  const above = known.filter(({ level }) => reads.every((read) => read.level < level));
  if (reads.length === 0) return known.map((entry) => ({ ...entry, read: false }));
  return [
    ...above.map((entry) => ({ ...entry, read: false })),
    ...reads.map(({ level, pa, value }) => ({ level, pa, value, read: true })),
  ];
}

/** The hart that is shown: that of the record of the moment, if it is of one, else that of the access. */
function hartOf(recording, moment, focus) {
  const record = moment.record === null ? null : recording.records[moment.record];
  if (record && OF_HART.has(record.k)) return record.hart ?? 0;
  return focus?.record.hart ?? 0;
}

/** Of an access the state with the line that its walk fills, though that is seen one cycle later. */
function withFill(recording, moment, state, walk) {
  if (moment.access === null) return state;
  const { records } = recording;
  const { hart = 0 } = records[moment.index - 1];
  const lines = walk?.lines.filter(({ index }) => index >= moment.index) ?? [];
  // Other lines of its cycle are as the hardware has them in it.
  for (let i = moment.index; i < records.length && records[i].at === moment.cycle; i++) if (records[i].k === "line" && (records[i].hart ?? 0) === hart) lines.push(records[i]);
  return lines.reduce((filled, line) => ({ ...apply(filled, line, recording.scheme.page_bits), at: state.at }), state);
}

export function lookAt(recording, moment, chosen = null) {
  const before = recording.stateAt(moment.index);
  const focus = focusOf(recording, moment, before);
  const limit = moment.access !== null ? Infinity : moment.index;
  const walk = focus ? walkOf(recording, focus.index, limit) : null;
  const state = withFill(recording, moment, before, walk);
  const hart = hartOf(recording, moment, focus);
  const satp = satpOf(state, focus?.record.hart ?? hart);
  const pid = shownPid(state, focus, chosen);
  const own = focus !== null && (focus.record.pid === undefined || focus.record.pid === null || focus.record.pid === pid || pid === null);
  const root = (pid === null ? null : state.processes.get(pid)?.root) ?? (pid === null ? satp?.root : null) ?? null;
  // Of another process the entries that the same address has in its tables, to compare.
  const path = own ? pathFor(recording, state, root, focus, walk) : pathFor(recording, state, root, focus, null);
  const tlb = focus ? tlbOf(recording.machine, focus.record.port) : null;
  const asid = keptAsid(recording, state, focus?.record.hart ?? hart);
  // Marks are of this moment only: what an access did before may no longer be so.
  const present = focus !== null && focus.done && focus.record.to === moment.cycle;
  const fill = walk?.lines.at(-1);
  const filled = fill !== undefined && (present || fill.at === moment.cycle) ? fill.line : null;
  const hit = tlb && focus.record.how === "tlb" ? hitLine(state, recording.scheme, tlb.name, focus.record.va, asid, focus.record.hart ?? 0) : null;
  const ended = moment.cycle >= recording.cycles && moment.access === null && moment.record === null;
  const subject = ended ? null : subjectOf(recording, moment);
  const told = subject !== null ? say(recording, subject) : sayBetween(recording, moment, focus);
  const frame = focus?.done && focus.record.pa ? pageOf(focus.record.pa, recording.scheme.page_bits)[0] : null;
  const page = focus ? pageOf(focus.record.va, recording.scheme.page_bits)[0] : null;
  const toldFrames = framesOf(recording, subject);
  // What a record at or after this index changed is new.
  const since = moment.access !== null && focus ? focus.index : moment.record !== null ? moment.record : recording.indexAtCycle(moment.cycle - 1);
  return { recording, moment, state, focus, walk, hart, pid, own, root, path, tlb, hit, present, filled, subject, told, frame, toldFrames, page, since, step: state.step };
}
