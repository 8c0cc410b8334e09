// The lanes of the timeline: for each, the spans in which something was so, ready to be drawn at
// any zoom in time that depends on the width of the picture, not on the length of the run.

import { firstWhere } from "./recording.js";
import { ofHart } from "./state.js";

/** The lanes from top to bottom: name, and the meaning that gives it its colour. */
export const LANES = [
  ["accesses", "plain"], ["misses", "walk"], ["walks", "walk"], ["faults", "fault"],
  ["evictions", "evict"], ["fences", "fence"], ["switches", "switch"], ["disk", "disk"],
];

class Lane {
  constructor(name, tone) {
    this.name = name;
    this.tone = tone;
    this.from = [];
    this.to = [];
    this.reach = [];
  }

  add(from, to) {
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
      spans.push([x, Math.max(1.5, right - x)]);
      i = later;
    }
    return spans;
  }

  /** How many begin in these cycles. */
  count(begin, end) {
    return firstWhere(this.from.length, (k) => this.from[k] > end)
      - firstWhere(this.from.length, (k) => this.from[k] >= begin);
  }
}

/** The lanes of a run that are not empty. */
export function lanesOf(recording) {
  const lanes = Object.fromEntries(LANES.map(([name, tone]) => [name, new Lane(name, tone)]));
  const open = new Map();
  for (const record of recording.records) {
    const { at, k } = record;
    if (k === "access") {
      lanes.accesses.add(at, record.to);
      if (record.how !== "tlb" && record.how !== "bare") lanes.misses.add(at, record.to);
      if (record.cause !== undefined && record.cause !== null) lanes.faults.add(record.to, record.to);
      open.set(ofHart(record.port ?? "data", record.hart), record.to);
    } else if (k === "start") {
      lanes.walks.add(at, Math.max(at, open.get(ofHart(record.port ?? "data", record.hart)) ?? at));
    } else if (k === "fence") {
      lanes.fences.add(at, at);
    } else if (k === "activity") {
      if (record.what === "disk" || record.what === "disk_wait") lanes.disk.add(at, record.to);
      if (record.what === "switch") lanes.switches.add(at, record.to);
    } else if (k === "event") {
      // Where accesses are not recorded, the kernel's fault stands for them.
      if (record.event === "page_fault" && isOutside(recording.run.window, at)) lanes.faults.add(at, at);
      if (record.event === "eviction") lanes.evictions.add(at, at);
      if (record.event === "context_switch") lanes.switches.add(at, at);
      if (record.event === "swap_in" || record.event === "swap_out") lanes.disk.add(at, at);
    }
  }
  // Faults are listed by their answers, which two ports may give out of order.
  sortLane(lanes.faults);
  return LANES.map(([name]) => lanes[name]).filter((lane) => lane.from.length > 0);
}

/** Whether a cycle is outside of the window in which single accesses are recorded. */
export function isOutside(window, cycle) {
  return window?.whole === false && (cycle < window.from || cycle > window.to);
}

function sortLane(lane) {
  const order = lane.from.map((_, i) => i).sort((a, b) => lane.from[a] - lane.from[b]);
  const from = order.map((i) => lane.from[i]);
  const to = order.map((i) => lane.to[i]);
  Object.assign(lane, { from: [], to: [], reach: [] });
  from.forEach((cycle, i) => lane.add(cycle, to[i]));
}
