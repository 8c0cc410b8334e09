// One run, indexed: any moment costs the same, however long the run is.
//
// States are persistent, so a keyframe is only a reference. Between keyframes records are applied
// one by one; a step forward applies just the new ones.

import { apply, INITIAL } from "./state.js";

/** Records between two keyframes. */
export const STRIDE = 256;

/** The first place in `length` places for which `is` holds; `length` if there is none. */
export function firstWhere(length, is) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Records that a reader wants to stop at when stepping by events. */
const NOTED = new Set(["event", "fence", "step", "satp"]);

export class Recording {
  constructor(run) {
    this.run = run;
    this.machine = run.machine;
    this.scheme = run.machine.scheme;
    this.records = run.records;
    this.cycles = run.cycles;
    const pageBits = this.scheme.page_bits;
    this.keyframes = [INITIAL];
    let state = INITIAL;
    this.noted = [];
    const accesses = [];
    this.records.forEach((record, index) => {
      state = apply(state, record, pageBits);
      if (state.index % STRIDE === 0) this.keyframes.push(state);
      if (NOTED.has(record.k)) this.noted.push(index);
      if (record.k === "access") accesses.push(index);
    });
    this.last = state;
    /** The harts that records name, in order. */
    this.harts = [...new Set(this.records.map((record) => record.hart ?? 0))].sort((a, b) => a - b);
    const to = (index) => this.records[index].to;
    /** Indices of the accesses in the order of their answers. */
    this.answers = accesses.sort((a, b) => to(a) - to(b) || a - b);
    this.rank = new Map(this.answers.map((index, rank) => [index, rank]));
    this.applied = 0;
    this.recent = INITIAL;
  }

  /** The state after `index` records. */
  stateAt(index) {
    const wanted = Math.max(0, Math.min(index, this.records.length));
    const key = this.keyframes[Math.min(Math.floor(wanted / STRIDE), this.keyframes.length - 1)];
    const near = this.recent.index <= wanted && this.recent.index > key.index;
    let state = near ? this.recent : key;
    for (; state.index < wanted; this.applied++) {
      state = apply(state, this.records[state.index], this.scheme.page_bits);
    }
    this.recent = state;
    return state;
  }

  /** How many records there are up to and including this cycle. */
  indexAtCycle(cycle) {
    return firstWhere(this.records.length, (i) => this.records[i].at > cycle);
  }

  /** The rank of the last access answered by this cycle; -1 if there is none. */
  answeredBy(cycle) {
    return firstWhere(this.answers.length, (i) => this.records[this.answers[i]].to > cycle) - 1;
  }

  /** The access of a rank, and the index of its record. */
  answer(rank) {
    const index = this.answers[rank];
    return index === undefined ? null : { rank, index, record: this.records[index] };
  }

  /** The first place in the list of noted records at or after `index`. */
  notedFrom(index) {
    return firstWhere(this.noted.length, (i) => this.noted[i] >= index);
  }

  /** Whether any record is of this kind. */
  has(kind) {
    this.kinds ??= new Set(this.records.map((record) => record.k));
    return this.kinds.has(kind);
  }
}
