// The state of the machine at a moment, as the records before it made it. `apply` is pure: it
// returns a new state that shares with the old one whatever did not change.
//
// A state's `index` is the number of records applied. What changed remembers the index of its
// record (`by`), so a view can point at what is new.

import { ANSWER } from "./answers.js";
import { hex, pageOf } from "./hex.js";
import { leadsTo, pointedBy } from "./owner.js";
import { EMPTY } from "./pmap.js";

export const INITIAL = Object.freeze({
  index: 0,
  at: 0,
  /** pid -> { pid, name, root, ended } */
  processes: EMPTY,
  running: null,
  /** hart -> record of its satp */
  satps: EMPTY,
  /** ASID as it was written -> { root, by } of the address space that used it last */
  spaces: EMPTY,
  /** pid -> (start -> region) */
  regions: EMPTY,
  /** ppn -> record of the frame */
  frames: EMPTY,
  /** pid -> (vpn -> ppn) */
  pages: EMPTY,
  slots: EMPTY,
  /** ppn of a free frame that is being filled -> why; until the kernel's accounts tell its use */
  taken: EMPTY,
  /** ppn of a table -> (offset in bytes -> { value, by }) */
  tables: EMPTY,
  /** ppn of a table -> address of the entry that points to it */
  parents: EMPTY,
  /** TLB of a hart, by `ofHart` -> (line -> record of the line) */
  lines: EMPTY,
  /** port of a hart, by `ofHart` -> index of the access accepted last */
  accepted: EMPTY,
  policy: null,
  queues: null,
  activity: null,
  fence: null,
  step: null,
  event: null,
  counts: Object.freeze({ accesses: 0, misses: 0, walks: 0, reads: 0, faults: 0, evictions: 0, fences: 0, switches: 0 }),
});

/** The name of a hart's port or TLB in the state. */
export const ofHart = (name, hart = 0) => (hart === 0 ? name : `${name} ${hart}`);

/** The satp of a hart; a record that names no harts has one for all. */
export const satpOf = (state, hart = 0) => state.satps.get(hart) ?? state.satps.get(0) ?? null;

const inner = (map, key, change) => map.set(key, change(map.get(key) ?? EMPTY));

const counted = (state, name) => ({ ...state.counts, [name]: state.counts[name] + 1 });

function withEntry(state, pa, value, pageBits) {
  const [page, offset] = pageOf(pa, pageBits);
  const entry = { value, by: state.index };
  const tables = inner(state.tables, page, (table) => table.set(offset, entry));
  const below = pointedBy(value);
  return below === null ? { tables } : { tables, parents: state.parents.set(below, pa) };
}

/** The frames that are being filled, with one more if the kernel's accounts have it free. */
function withTaken(state, ppn, why) {
  // What began first is told: a copy, then its mapping.
  const isFree = ppn !== null && (state.frames.get(ppn)?.use ?? "free") === "free" && !state.taken.has(ppn);
  return isFree ? { taken: state.taken.set(ppn, { why, by: state.index }) } : {};
}

function withoutPages(pages, frame) {
  for (const [pid, vpn] of frame?.pids ?? []) {
    const known = pages.get(pid);
    if (known?.get(vpn) === frame.ppn) pages = pages.set(pid, known.delete(vpn));
  }
  return pages;
}

/** The counts with one more access that has been answered. */
function answered(state, { how, cause }) {
  const counts = counted(state, "accesses");
  if (how !== "tlb" && how !== "bare") counts.misses += 1;
  if (cause !== undefined && cause !== null) counts.faults += 1;
  return counts;
}

const EVENT_COUNTS = { eviction: "evictions", context_switch: "switches" };

const HANDLERS = {
  process: (state, { pid, name }) => {
    const known = state.processes.get(pid) ?? { pid, root: null, ended: false };
    return { processes: state.processes.set(pid, { ...known, name, ended: false }) };
  },
  root: (state, { pid, root = null }) => {
    const known = state.processes.get(pid) ?? { pid, name: `process ${pid}` };
    return { processes: state.processes.set(pid, { ...known, root, ended: root === null }) };
  },
  satp: (state, record) => ({
    satps: state.satps.set(record.hart ?? 0, { ...record, by: state.index }),
    spaces: record.mode === "bare" || !record.root ? state.spaces : state.spaces.set(record.asid ?? 0, { root: record.root, by: state.index }),
  }),
  region: (state, record) => ({
    regions: inner(state.regions, record.pid, (known) =>
      record.gone ? known.delete(record.start) : known.set(record.start, { ...record, by: state.index })),
  }),
  frame: (state, record) => {
    const old = state.frames.get(record.ppn);
    let pages = withoutPages(state.pages, old);
    for (const [pid, vpn] of record.pids ?? []) {
      pages = inner(pages, pid, (known) => known.set(vpn, record.ppn));
    }
    const tables = record.use === "table" ? state.tables : state.tables.delete(record.ppn);
    return { frames: state.frames.set(record.ppn, { ...record, by: state.index }), pages, tables, taken: state.taken.delete(record.ppn) };
  },
  slot: (state, { slot, pids }) => ({
    slots: pids === null || pids === undefined ? state.slots.delete(slot)
      : state.slots.set(slot, { pids, by: state.index }),
  }),
  pte: (state, { pa, value, by }, pageBits) => ({
    ...withEntry(state, pa, value, pageBits),
    ...(by === "kernel" && state.frames.size > 0 ? withTaken(state, leadsTo(value), "mapped") : {}),
  }),
  access: (state, record) => {
    const accepted = state.accepted.set(ofHart(record.port ?? "data", record.hart), state.index - 1);
    // What is answered later is counted then.
    const counts = record.to > record.at ? state.counts : answered(state, record);
    // A process runs again, so the accounts are told.
    return { accepted, counts, taken: EMPTY, running: record.pid ?? state.running };
  },
  [ANSWER]: (state, { asked }) => ({ counts: answered(state, asked) }),
  start: (state) => ({ counts: counted(state, "walks") }),
  read: (state, { pa, value, error }, pageBits) => {
    const counts = counted(state, "reads");
    if (!value || error) return { counts };
    // A machine whose tables were written before the record began is learned from its walks.
    const [page, offset] = pageOf(pa, pageBits);
    const known = state.tables.get(page)?.get(offset);
    if (known?.value === value) return { counts };
    return { counts, ...withEntry(state, pa, value, pageBits) };
  },
  update: (state, { pa, value, ok }, pageBits) =>
    ok === false ? {} : withEntry(state, pa, value, pageBits),
  line: (state, record) => ({
    lines: inner(state.lines, ofHart(record.tlb, record.hart), (lines) => lines.set(record.line, { ...record, by: state.index })),
  }),
  fence: (state, record) => ({ fence: { ...record, by: state.index }, counts: counted(state, "fences") }),
  policy: (state, record) => ({ policy: { text: record.state, by: state.index } }),
  activity: (state, record) => ({ activity: record }),
  queues: (state, record) => ({ queues: record }),
  event: (state, record) => {
    const name = EVENT_COUNTS[record.event];
    const counts = name ? counted(state, name) : state.counts;
    const running = record.event === "context_switch" ? record.pid ?? record.to ?? state.running : state.running;
    const taken = record.event === "copy" ? withTaken(state, hex(record.to), "copy") : {};
    return { event: state.index - 1, counts, running, ...taken };
  },
  step: (state, record) => ({ step: { ...record, by: state.index } }),
};

/** The state after one more record. A record of an unknown kind only moves time. */
export function apply(state, record, pageBits = 12) {
  const next = { ...state, index: state.index + 1, at: record.at };
  const handler = Object.hasOwn(HANDLERS, record.k) ? HANDLERS[record.k] : null;
  if (handler === null) return next;
  return Object.assign(next, handler(next, record, pageBits));
}
