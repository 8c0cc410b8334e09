// The reference string of a process: one reference an access, with the frames that its pages are
// in afterwards. An access that faulted and was made again is one reference.

import { compareHex, pageOf } from "./hex.js";
import { decodePte } from "./pte.js";
import { entryAt, pathOf } from "./walk.js";

/** With more references than this, those in a row to one page are one. */
const LONG = 400;

/** From as many references before those that are drawn on rows are given, so that they stay. */
const ANCHOR = 16;

/** Columns of the table that are remembered, so that a step computes only the new one. */
const REMEMBERED = 400;

export class References {
  constructor(recording, pid) {
    this.recording = recording;
    this.pid = pid;
    /** Each `{ vpn, fault, n, first, last }`: ranks of its first and last access. */
    this.list = [];
    /** How many of them faulted. */
    this.faults = 0;
    this.columns = new Map();
    const pageBits = recording.scheme.page_bits;
    recording.answers.forEach((index, rank) => {
      const record = recording.records[index];
      if ((record.pid ?? 0) !== pid || record.access === "fetch" && recording.machine.policy === null) return;
      const [vpn] = pageOf(record.va, pageBits);
      const fault = record.cause !== undefined && record.cause !== null;
      const before = this.list.at(-1);
      const again = before !== undefined && before.vpn === vpn && before.open
        && (record.n === undefined || record.n === before.n);
      if (again) {
        if (fault && !before.fault) this.faults += 1;
        Object.assign(before, { last: rank, open: fault, fault: before.fault || fault });
      } else {
        if (fault) this.faults += 1;
        this.list.push({ vpn, fault, open: fault, n: record.n, first: rank, last: rank, times: 1 });
      }
    });
    this.count = this.list.length;
    this.merged = false;
    this.merge();
  }

  /** Makes one reference of several in a row to the same page. */
  merge() {
    if (this.list.length <= LONG) return;
    const merged = [];
    for (const reference of this.list) {
      const before = merged.at(-1);
      if (before?.vpn === reference.vpn) {
        before.last = reference.last;
        before.times += reference.times;
        before.fault ||= reference.fault;
      } else {
        merged.push({ ...reference });
      }
    }
    this.merged = merged.length < this.list.length;
    this.list = merged;
  }

  /** The place of the reference that the access of this rank belongs to; -1 before the first. */
  at(rank) {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.list[middle].first > rank) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  /** `{ reference, frames, victims }` after the reference of this place. */
  column(place) {
    const known = this.columns.get(place);
    if (known) return known;
    const reference = this.list[place];
    const { recording } = this;
    const end = recording.records[recording.answers[reference.last]];
    const state = recording.stateAt(recording.indexAtCycle(end.to));
    const column = { reference, place, frames: this.frames(state), fault: reference.fault, victims: this.victims(place, end.to) };
    if (this.columns.size >= REMEMBERED) this.columns.delete(this.columns.keys().next().value);
    this.columns.set(place, column);
    return column;
  }

  /** The column of a reference that may not be complete: as far as it has come. */
  live(place, state, cycle) {
    const reference = this.list[place];
    const to = (rank) => this.recording.records[this.recording.answers[rank]].to;
    if (to(reference.last) <= cycle) return this.column(place);
    const fault = reference.fault && to(reference.first) <= cycle;
    return { reference, place, frames: this.frames(state), fault, victims: this.victims(place, cycle) };
  }

  /**
   * The rows of the table at a reference, as textbooks draw it: a page keeps its row, and a new one
   * gets that of the victim, whatever frame it is in. Each is a page or null.
   */
  rows(place) {
    if (place < 0) return [];
    this.rowsAt ??= new Map();
    const known = this.rowsAt.get(place);
    if (known) return known;
    // In a long string rows are given anew every so often, or a jump would need all that is before.
    const anchor = this.list.length > LONG ? Math.floor(place / ANCHOR) * ANCHOR : 0;
    let rows = [];
    for (let at = anchor; at <= place; at++) {
      rows = this.list.length > LONG ? placed(rows, this.column(at)) : this.rowsAt.get(at) ?? placed(rows, this.column(at));
      if (this.list.length <= LONG) this.rowsAt.set(at, rows);
    }
    return rows;
  }

  /** The most pages of the process that are in frames at once, in the references of a short string. */
  most() {
    if (this.list.length > LONG) return 0;
    this.mostRows ??= this.list.reduce((most, _, place) => Math.max(most, this.rows(place).length), 0);
    return this.mostRows;
  }

  frames(state) {
    const frames = new Map();
    for (const [vpn, ppn] of state.pages.get(this.pid) ?? []) frames.set(ppn, { vpn, used: this.bit(state, vpn, "A") });
    return frames;
  }

  bit(state, vpn, letter) {
    const { scheme } = this.recording;
    const root = state.processes.get(this.pid)?.root;
    const va = "0x" + (BigInt(vpn) << BigInt(scheme.page_bits)).toString(16);
    const leaf = pathOf(state, scheme, root, va).at(-1);
    return leaf ? decodePte(leaf.value, scheme).flags[letter] : null;
  }

  /** The pages of the process that were evicted after its reference before, up to a cycle. */
  victims(place, end) {
    const { recording } = this;
    const answered = (reference) => recording.records[recording.answers[reference.last]].to;
    const begin = place > 0 ? answered(this.list[place - 1]) : 0;
    const found = [];
    for (let i = recording.notedFrom(recording.indexAtCycle(begin)); i < recording.noted.length; i++) {
      const record = recording.records[recording.noted[i]];
      if (record.at > end) break;
      if (record.k === "event" && record.event === "eviction" && record.pid === this.pid && record.va) {
        found.push(pageOf(record.va, recording.scheme.page_bits)[0]);
      }
    }
    return found;
  }
}

/** Rows with the pages of a column: those that are still there where they were, others in the first gap. */
export function placed(rows, column) {
  const held = new Set([...column.frames.values()].map(({ vpn }) => vpn));
  const kept = rows.map((vpn) => (vpn !== null && held.has(vpn) ? vpn : null));
  const shown = new Set(kept);
  for (const vpn of [...held].filter((page) => !shown.has(page)).sort(compareHex)) {
    const gap = kept.indexOf(null);
    if (gap < 0) kept.push(vpn);
    else kept[gap] = vpn;
  }
  return kept;
}

/** The leaf that maps a page now, decoded; null if the tables do not map it. */
export function leafOf(recording, state, pid, vpn) {
  const { scheme } = recording;
  const va = "0x" + (BigInt(vpn) << BigInt(scheme.page_bits)).toString(16);
  const step = pathOf(state, scheme, state.processes.get(pid)?.root, va).at(-1);
  const entry = step && entryAt(state, scheme, step.pa);
  return entry ? decodePte(entry.value, scheme) : null;
}
