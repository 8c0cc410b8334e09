// The sentence on a region that appears, changes or goes: what may be accessed, and what of it is in
// memory already.

import { pageOf } from "../model/hex.js";
import { counted, processName } from "./names.js";
import { wordPicture } from "./changes.js";
import { kernel } from "./rules.js";

/** The pages of a process inside of a region that are in frames, as `[vpn, ppn]`. */
function heldIn(recording, state, { pid, start, end }) {
  const bits = recording.scheme.page_bits;
  const [first, last] = [pageOf(start, bits)[0], pageOf(end, bits)[0]].map(BigInt);
  return [...(state.pages.get(pid) ?? [])].filter(([vpn]) => BigInt(vpn) >= first && BigInt(vpn) < last);
}

/** What of the region is in memory at the end of the cycle in which it is told. */
function memoryText(recording, record) {
  // Its frames are told after it.
  const state = recording.stateAt(recording.indexAtCycle(record.at));
  const held = heldIn(recording, state, record);
  const { pid } = record;
  const fork = forkOf(recording, record);
  if (held.length === 0) return `${fork === null ? "" : "The child has it by the fork. "}No frame is given yet: pages come when they are touched.`;
  const others = new Set(held.flatMap(([, ppn]) => (state.frames.get(ppn)?.pids ?? []).map(([owner]) => owner)).filter((owner) => owner !== pid));
  const of = others.size === 0 ? "" : `, shared with ${[...others].map((owner) => processName(state, owner)).join(" and ")}`;
  const are = `${counted(held.length, "page")} of it ${held.length === 1 ? "is" : "are"} in ${held.length === 1 ? "a frame" : "frames"} already${of}`;
  return fork === null ? `${are}; others come when they are touched.` : `The child has it by the fork: ${are}.`;
}

/** The event of the fork that makes the process of a region in its cycle; null if there is none. */
function forkOf({ records, noted }, { at, pid }) {
  for (let i = noted.findLastIndex((index) => records[index].at <= at); i >= 0 && records[noted[i]].at === at; i--) {
    const event = records[noted[i]];
    if (event.k === "event" && event.event === "fork" && event.child === pid) return event;
  }
  return null;
}

const textOf = ({ start, end, perm = "" }) => `${start} to ${end}, ${perm}`.replace(/, $/, "");

export function sayRegion({ recording, state, record, index }) {
  const who = processName(state, record.pid);
  const name = record.name ?? record.kind ?? record.start;
  const rule = kernel("a region says what may be accessed, not what is in memory");
  if (record.gone) return { what: `${who} gives up its region ${name}.`, why: "", rule };
  const old = recording.stateAt(index).regions.get(record.pid)?.get(record.start);
  const what = old === undefined ? `${who} has a region ${name}, ${textOf(record)}.` : `The region ${name} of ${who} is ${textOf(record)} now.`;
  return { what, why: memoryText(recording, record), rule, change: old === undefined ? null : wordPicture(textOf(old), textOf(record)) };
}
