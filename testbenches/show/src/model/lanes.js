// The lanes of the timeline: for each, the spans in which something was so, ready to be drawn at
// any zoom in time that depends on the width of the picture, not on the length of the run.

import { firstWhere } from "./recording.js";
import { ofHart } from "./state.js";

/** The lanes from top to bottom: name, the meaning that gives it its colour, and what it shows. */
export const LANES = [
  ["accesses", "plain", "Accesses, from request to answer"], ["misses", "walk", "Accesses that no line of a TLB answered"], ["walks", "walk", "Walks through the page tables"],
  ["faults", "fault", "Accesses that the hardware refuses"], ["kernel", "plain", "Cycles in which the kernel handles a fault, a call or an interrupt"], ["copies", "evict", "Pages that are copied, as on write after a fork"],
  ["loads", "disk", "Pages that come from swap or from the page cache"], ["evictions", "evict", "Pages that lose their frame"], ["fences", "fence", "SFENCE.VMA"], ["switches", "switch", "Switches to another process"], ["disk", "disk", "The disk works, or is waited for"],
];

/** Lanes that each hart has for itself, where there are several. */
const OF_HARTS = new Set(["accesses", "misses", "walks", "faults", "fences"]);

class Lane {
  constructor(name, tone, means, hart) {
    this.name = name;
    this.tone = tone;
    this.means = means;
    this.title = hart === null ? name : `${name} ${hart}`;
    this.from = [];
    this.to = [];
    this.reach = [];
    /** The indices of the records that tell what begins. */
    this.indices = [];
  }

  add(from, to, index) {
    this.indices.push(index);
    this.from.push(from);
    this.to.push(to);
    this.reach.push(Math.max(to, this.reach.at(-1) ?? 0));
  }

  /**
   * The spans to draw of the cycles from `begin` to `end` on `width` pixels, as [x, width] pairs:
   * at most one that begins in each pixel, as long as all that begin there.
   */
  spans(begin, end, width) {
    const scale = width / Math.max(1e-9, end - begin);
    const pixel = (cycle) => (cycle - begin) * scale;
    const spans = [];
    let i = firstWhere(this.reach.length, (k) => this.reach[k] >= begin);
    while (i < this.from.length && this.from[i] <= end) {
      const x = Math.max(0, pixel(this.from[i]));
      const next = begin + (Math.floor(x) + 1) / scale;
      const later = Math.max(i + 1, firstWhere(this.from.length, (k) => this.from[k] >= next));
      const right = Math.min(width, pixel(this.reach[later - 1]));
      spans.push([x, Math.max(2, right - x)]);
      i = later;
    }
    return spans;
  }

  /** Puts what begins, and the records, in order. */
  settle() {
    this.indices.sort((a, b) => a - b);
    const order = this.from.map((_, i) => i).sort((a, b) => this.from[a] - this.from[b] || a - b);
    if (order.every((place, i) => place === i)) return;
    const [from, to] = [this.from, this.to];
    Object.assign(this, { from: [], to: [], reach: [] });
    for (const place of order) {
      this.from.push(from[place]);
      this.to.push(to[place]);
      this.reach.push(Math.max(to[place], this.reach.at(-1) ?? 0));
    }
  }

  /** The record of the lane after (`way` 1) or before (-1) a place among all records; null if there is none. */
  next(place, way) {
    const at = way > 0 ? firstWhere(this.indices.length, (k) => this.indices[k] > place) : firstWhere(this.indices.length, (k) => this.indices[k] >= place) - 1;
    return this.indices[at] ?? null;
  }

  /** How many begin in these cycles. */
  count(begin, end) {
    return firstWhere(this.from.length, (k) => this.from[k] > end)
      - firstWhere(this.from.length, (k) => this.from[k] >= begin);
  }
}

/** Events, and the lane that each is in. */
const EVENTS = { eviction: "evictions", context_switch: "switches", copy: "copies", swap_in: "loads", page_cache_hit: "loads", swap_cache_hit: "loads" };

/** The lanes of a run that are not empty; of several harts, those of each. */
export function lanesOf(recording) {
  const { harts, records } = recording;
  const lanes = LANES.flatMap(([name, tone, means]) => (OF_HARTS.has(name) && harts.length > 1 ? harts : [null]).map((hart) => new Lane(name, tone, means, hart)));
  const named = new Map(lanes.map((lane) => [lane.title, lane]));
  const laneOf = (name, hart) => named.get(name) ?? named.get(`${name} ${hart ?? 0}`);
  const open = new Map();
  records.forEach((record, index) => {
    const { at, k, hart } = record;
    if (k === "access") {
      const end = recording.end(index);
      laneOf("accesses", hart).add(at, record.to, end);
      if (record.how !== "tlb" && record.how !== "bare") laneOf("misses", hart).add(at, record.to, end);
      if (record.cause !== undefined && record.cause !== null) laneOf("faults", hart).add(record.to, record.to, end);
      open.set(ofHart(record.port ?? "data", hart), record.to);
    } else if (k === "start") {
      laneOf("walks", hart).add(at, Math.max(at, open.get(ofHart(record.port ?? "data", hart)) ?? at), index);
    } else if (k === "fence") {
      laneOf("fences", hart).add(at, at, index);
    } else if (k === "activity") {
      if (record.what === "disk" || record.what === "disk_wait") laneOf("disk").add(at, record.to, index);
      if (record.what === "switch") laneOf("switches").add(at, record.to, index);
      if (record.what === "handler" || record.what === "user_copy") laneOf("kernel").add(at, record.to, index);
    } else if (k === "event") {
      // Where accesses are not recorded, the kernel's fault stands for them.
      if (record.event === "page_fault" && isOutside(recording.run.window, at)) laneOf("faults").add(at, at, index);
      if (Object.hasOwn(EVENTS, record.event)) laneOf(EVENTS[record.event]).add(at, at, index);
      if (record.event === "swap_in" || record.event === "swap_out") laneOf("disk").add(at, at, index);
    }
  });
  // Accesses are visited by their answers, which two ports may give out of order.
  lanes.forEach((lane) => lane.settle());
  return lanes.filter((lane) => lane.from.length > 0);
}

/** Whether a cycle is outside of the window in which single accesses are recorded. */
export function isOutside(window, cycle) {
  return window?.whole === false && (cycle < window.from || cycle > window.to);
}
