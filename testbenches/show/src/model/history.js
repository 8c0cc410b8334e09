// What happened to each frame: the records that gave it another use, or moved a page from or to it.

import { hex } from "./hex.js";

/** The frames of a record, if it changes what they hold. */
function framesIn(record) {
  if (record.k === "frame") return [record.ppn];
  if (record.k !== "event") return [];
  const named = record.event === "copy" ? [record.from, record.to] : ["eviction", "promotion"].includes(record.event) ? [record.frame] : [];
  return named.map(hex).filter((ppn) => ppn !== null);
}

/** The indices of the records on a frame, in order; found for all frames at the first call. */
export function historyOf(recording, ppn) {
  recording.histories ??= recording.records.reduce((all, record, index) => {
    for (const frame of framesIn(record)) all.set(frame, [...(all.get(frame) ?? []), index]);
    return all;
  }, new Map());
  return recording.histories.get(ppn) ?? [];
}
