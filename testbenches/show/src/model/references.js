// The reference string of a process: one reference an access, with the frames that its pages are
// in afterwards. An access that faulted and was made again is one reference.

import { pageOf } from "./hex.js";
import { decodePte } from "./pte.js";
import { firstWhere } from "./recording.js";
import { entryAt, pathOf } from "./walk.js";

/** With more references than this, those in a row to one page are one. */
const LONG = 400;

/** With more references than this, rows of the table are frames: places are counted from the first. */
const PLACED = 200;

/** Columns of the table that are remembered, so that a step computes only the new one. */
const REMEMBERED = 400;

export class References {
  constructor(recording, pid) {
    this.recording = recording;
    this.pid = pid;
    /** Each `{ vpn, fault, n, first, last }`: ranks of its first and last access. */
    this.list = [];
    /** The ranks of the accesses that begin them, and of those of their first faults. */
    this.begins = [];
    this.faults = [];
    this.columns = new Map();
    /** Of each reference from the first on, the pages in the rows of the table after it. */
    this.rows = [];
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
        if (fault && !before.fault) this.faults.push(rank);
        Object.assign(before, { last: rank, open: fault, fault: before.fault || fault });
      } else {
        this.begins.push(rank);
        if (fault) this.faults.push(rank);
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

  /** `{ count, faults }` of the references up to the access of a rank, which may be not done yet. */
  until(rank, isDone) {
    const to = (ranks, end) => firstWhere(ranks.length, (i) => ranks[i] > end);
    return { count: to(this.begins, rank), faults: to(this.faults, isDone ? rank : rank - 1) };
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
   * The cells of a column by row, each `{ vpn, used, ppn }`. A page takes the row of the one that made
   * room for it, as textbooks draw it, in whatever frame it is; in a long string a row is a frame.
   */
  cells({ place, frames }) {
    if (this.list.length > PLACED) return new Map([...frames].map(([ppn, page]) => [ppn, { ...page, ppn }]));
    for (let at = this.rows.length; at < place; at++) this.rows.push(rowsAfter(this.rows[at - 1] ?? [], this.column(at).frames));
    const rows = rowsAfter(this.rows[place - 1] ?? [], frames);
    const pages = new Map([...frames].map(([ppn, page]) => [page.vpn, { ...page, ppn }]));
    return new Map([...rows.entries()].filter(([, vpn]) => pages.has(vpn)).map(([row, vpn]) => [row, pages.get(vpn)]));
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

/** The pages in rows after some left and others came: these take the rows that became free, or new ones. */
function rowsAfter(before, frames) {
  const held = new Set([...frames.values()].map(({ vpn }) => vpn));
  const rows = before.map((vpn) => (held.has(vpn) ? vpn : null));
  const left = before.flatMap((vpn, row) => (vpn !== null && rows[row] === null ? [row] : []));
  const empty = before.flatMap((vpn, row) => (vpn === null ? [row] : []));
  const free = [...left, ...empty];
  const placed = new Set(rows);
  for (const vpn of held) if (!placed.has(vpn)) rows[free.shift() ?? rows.length] = vpn;
  return rows;
}

/** The leaf that maps a page now, decoded; null if the tables do not map it. */
export function leafOf(recording, state, pid, vpn) {
  const { scheme } = recording;
  const va = "0x" + (BigInt(vpn) << BigInt(scheme.page_bits)).toString(16);
  const step = pathOf(state, scheme, state.processes.get(pid)?.root, va).at(-1);
  const entry = step && entryAt(state, scheme, step.pa);
  return entry ? decodePte(entry.value, scheme) : null;
}
