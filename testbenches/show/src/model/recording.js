// One run, indexed: any moment costs the same, however long the run is.
//
// States are persistent, so a keyframe is only a reference. Between keyframes records are applied
// one by one; a step forward applies just the new ones.

import { ANSWER, withAnswers } from "./answers.js";
import { asidMaskOf } from "./asids.js";
import { inOrder } from "./order.js";
import { apply, INITIAL } from "./state.js";
import { stopsOf } from "./stops.js";

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
    this.records = inOrder(withAnswers(run.records));
    this.cycles = run.cycles;
    const pageBits = this.scheme.page_bits;
    this.keyframes = [INITIAL];
    let state = INITIAL;
    this.noted = [];
    const accesses = [];
    /** The index of each access by its record, and of its answer by that index. */
    const asked = new Map();
    this.ends = new Map();
    this.records.forEach((record, index) => {
      state = apply(state, record, pageBits);
      if (state.index % STRIDE === 0) this.keyframes.push(state);
      if (NOTED.has(record.k)) this.noted.push(index);
      if (record.k === "access") {
        accesses.push(index);
        asked.set(record, index);
      }
      if (record.k === ANSWER) this.ends.set(asked.get(record.asked), index);
    });
    this.last = state;
    /** The bits of an ASID that the hardware keeps. */
    this.asidMask = asidMaskOf(this.records);
    /** Whether a kernel runs: else the tables are written by the scenario itself. */
    this.hasKernel = state.processes.size > 0;
    /** The harts that records name, in order. */
    this.harts = [...new Set(this.records.map((record) => record.hart ?? 0))].sort((a, b) => a - b);
    /** Indices of the accesses in the order of their answers. */
    this.answers = accesses.sort((a, b) => this.end(a) - this.end(b));
    /** The place in this order, by the index of an access or of its answer. */
    this.rank = new Map(this.answers.flatMap((index, rank) => [[index, rank], [this.end(index), rank]]));
    Object.assign(this, stopsOf(this.records, (index) => this.ends.has(index)));
    this.applied = 0;
    this.recent = INITIAL;
    this.prior = INITIAL;
  }

  /** The state after `index` records. */
  stateAt(index) {
    const wanted = Math.max(0, Math.min(index, this.records.length));
    const key = this.keyframes[Math.min(Math.floor(wanted / STRIDE), this.keyframes.length - 1)];
    let state = key;
    for (const near of [this.recent, this.prior]) if (near.index <= wanted && near.index > state.index) state = near;
    if (state === this.recent && state.index === wanted) return state;
    for (; state.index < wanted; this.applied++) {
      // What changed is told by the state before as well.
      this.prior = state;
      state = apply(state, this.records[state.index], this.scheme.page_bits);
    }
    this.recent = state;
    return state;
  }

  /** How many records there are up to and including this cycle. */
  indexAtCycle(cycle) {
    return firstWhere(this.records.length, (i) => this.records[i].at > cycle);
  }

  /** The index of the record that tells what came of the access with this index: its answer or itself. */
  end(index) {
    return this.ends.get(index) ?? index;
  }

  /** The rank of the last access answered by this cycle; -1 if there is none. */
  answeredBy(cycle) {
    return this.answeredAt(this.indexAtCycle(cycle));
  }

  /** The same, after so many records. */
  answeredAt(index) {
    return firstWhere(this.answers.length, (i) => this.end(this.answers[i]) >= index) - 1;
  }

  /** The first place in the list of stops at or after `index`. */
  stopFrom(index) {
    return firstWhere(this.stops.length, (i) => this.stops[i] >= index);
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
