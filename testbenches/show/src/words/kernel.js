// What follows from records around one another: why a fence, what a fault of no disk was, whether a
// copy is a fork's, whether any frame is free.

import { pageOf } from "../model/hex.js";
import { fenceChanges } from "./fences.js";
import { processName } from "./names.js";

/** The furthest that is looked for a cause or a consequence. */
const REACH = 3000;

const isEvent = (record, ...names) => record.k === "event" && names.includes(record.event);

/** The first record from `index` on, in steps of `way`, that `is` accepts, unless `stops` comes before. */
function near(recording, index, way, is, stops) {
  for (let i = index + way, left = REACH; left > 0 && i >= 0 && i < recording.records.length; i += way, left--) {
    const record = recording.records[i];
    if (is(record)) return record;
    if (stops(record)) return null;
  }
  return null;
}

/** A process as its record names it, where that comes in the same cycle after what it does first. */
export function nameOf(recording, state, index, pid) {
  if (state.processes.has(pid)) return processName(state, pid);
  const { at } = recording.records[index];
  const names = (record) => record.k === "process" && record.pid === pid && record.at === at;
  const named = near(recording, index, 1, names, (record) => record.at > at);
  return named?.name ?? processName(state, pid);
}

/** The fork that a copy is made for; null if it is a copy of a page that was stored to. */
export function forkOf(recording, index) {
  const { pid } = recording.records[index];
  const fork = (record) => isEvent(record, "fork") && record.child === pid;
  const others = (record) => isEvent(record, "page_fault", "context_switch", "user_copy") || record.k === "access" || record.k === "activity" && record.what === "process";
  return near(recording, index, 1, fork, others) ?? near(recording, index, -1, fork, others);
}

/** Whether a fork copies the pages: events of copies for the child are next to it. */
export function forkCopies(recording, index) {
  const { child } = recording.records[index];
  const copy = (record) => isEvent(record, "copy") && record.pid === child;
  const others = (record) => isEvent(record, "page_fault", "context_switch", "user_copy") || record.k === "access" || record.k === "activity" && record.what === "process";
  return (near(recording, index, -1, copy, others) ?? near(recording, index, 1, copy, others)) !== null;
}

/** How many frames are free in a state; null if the machine's are not known. */
export function freeFrames(recording, state) {
  const { frames } = recording.machine;
  if (frames === null || state.frames.size === 0) return null;
  let used = 0;
  for (const [, record] of state.frames) if (record.use !== "free") used += 1;
  return frames.count - used;
}

/** How many frames are free once the handler that this record belongs to has ended. */
export function freeAfter(recording, index) {
  let end = index + 1;
  while (end < recording.records.length && end - index < REACH && !["activity", "access"].includes(recording.records[end].k)) end += 1;
  return freeFrames(recording, recording.stateAt(end));
}

/** The index of the last event of this kind on a page before a record; null if there is none. */
function lastOf(recording, index, event, pid, vpn) {
  const { records, noted, scheme } = recording;
  for (let i = recording.notedFrom(index) - 1; i >= 0; i--) {
    const record = records[noted[i]];
    if (isEvent(record, event) && record.pid === pid && typeof record.va === "string" && pageOf(record.va, scheme.page_bits)[0] === vpn) return noted[i];
  }
  return null;
}

/** Why a store is answered with a copy: who shares the frame, and what the region allows. */
function copyReason(recording, index) {
  const { pid, va } = recording.records[index];
  const state = recording.stateAt(index);
  const region = regionOf(state, pid, va);
  const frame = state.frames.get(state.pages.get(pid)?.get(pageOf(va, recording.scheme.page_bits)[0]));
  const sharers = new Set((frame?.pids ?? []).map(([owner]) => owner));
  const allowed = region?.perm?.includes("w") ? `The region ${region.name ?? region.kind ?? region.start} allows the store (${region.perm}), so ${processName(state, pid)} is not killed` : "";
  const many = frame?.what === "zero" ? "its frame is the page of zeroes, which nobody may write" : `${sharers.size} processes share frame ${frame?.ppn}`;
  const shared = frame?.what === "zero" || sharers.size > 1 ? `${many}, so W cannot be set in it` : "";
  const reasons = [allowed, shared].filter((text) => text !== "").join("; ");
  return `It stores to a page that it shares, and gets a copy of its own.${reasons === "" ? "" : ` ${reasons.charAt(0).toUpperCase()}${reasons.slice(1)}.`}`;
}

/** The region of a process that has this address; null if it has none. */
function regionOf(state, pid, va) {
  for (const [, region] of state.regions.get(pid) ?? []) if (BigInt(region.start) <= BigInt(va) && BigInt(va) < BigInt(region.end)) return region;
  return null;
}

/** The fork that a change of an entry or a fence is a part of, if it is told just after it. */
export function forkAhead(recording, index) {
  const fork = near(recording, index, 1, (record) => isEvent(record, "fork"), (record) => ["access", "activity", "step"].includes(record.k) || record.k === "event");
  return fork !== null && fork.at <= recording.records[index].at + 1 ? fork : null;
}

/** "For the fork that makes child, " of such a change; else nothing. */
export function forkText(recording, index) {
  const fork = forkAhead(recording, index);
  return fork === null ? "" : `For the fork that makes ${fork.name ?? `process ${fork.child}`}, `;
}

/** What resolved a fault without the disk, from what followed: `[why, rule]`. */
export function minorOf(recording, index) {
  const { records, scheme } = recording;
  const { pid, va } = records[index];
  const [vpn] = typeof va === "string" ? pageOf(va, scheme.page_bits) : [null];
  const ofPage = (record) => record.pid === pid && typeof record.va === "string" && pageOf(record.va, scheme.page_bits)[0] === vpn;
  const before = recording.stateAt(index).pages.get(pid)?.get(vpn);
  for (let i = index + 1; i < Math.min(records.length, index + REACH); i++) {
    const record = records[i];
    if (isEvent(record, "copy") && ofPage(record)) return [copyReason(recording, index), "copy on write: a shared page is copied when one side stores to it"];
    if (isEvent(record, "page_cache_hit") && ofPage(record)) return ["The page of the file is in the page cache.", "a page of a file that is in memory needs no disk"];
    if (isEvent(record, "swap_cache_hit") && ofPage(record)) return ["The page was evicted, but is still in memory.", "a page whose frame was not used again needs no disk"];
    if (isEvent(record, "promotion") && ofPage(record)) return ["Its page becomes part of a superpage.", "enough pages of an aligned run are in memory"];
    if (isEvent(record, "kill") && record.pid === pid) return ["It would need no disk, but the process is killed first.", "no frame could be found for it"];
    if (isEvent(record, "page_fault") && record.pid === pid) break;
    if (record.k !== "frame" || !(record.pids ?? []).some(([owner, page]) => owner === pid && page === vpn)) continue;
    if (record.what === "zero") return ["It has only read there so far, and the page of zeroes is mapped.", "one page of zeroes serves all who have not stored yet"];
    if (record.ppn !== before) {
      const [dropped, touched] = [lastOf(recording, index, "eviction", pid, vpn), lastOf(recording, index, "page_fault", pid, vpn)];
      if (dropped !== null && records[dropped].dirty === false) return [`It was dropped in cycle ${records[dropped].at.toLocaleString("en")}, clean and never saved, so it holds zeroes: it gets a frame of zeroes again.`, "a page that was never written can be made again from nothing"];
      return [touched === null ? "It is touched for the first time, and gets a frame filled with zeroes." : "It gets a frame filled with zeroes.", "a page that no file and no swap slot has begins as zeroes"];
    }
  }
  if (before !== undefined) return ["The page is in memory already, and its permissions are widened.", "the region allows what the entry did not yet allow"];
  return ["It is resolved without the disk.", "the page, or what it is made from, is in memory"];
}

/** Why there is a fence: what changed between the fence before it and what follows it. */
export function fenceReason(recording, index) {
  const { records } = recording;
  const { hart = 0, va = null, at } = records[index];
  const other = (record) => record.k === "fence" && (record.hart ?? 0) === hart;
  const stops = (record) => ["access", "activity", "step"].includes(record.k) || other(record);
  const before = (is, stop = stops) => near(recording, index, -1, is, stop) !== null;
  const after = (is) => near(recording, index, 1, is, stops) !== null;
  const ended = (record) => isEvent(record, "exit", "kill", "exec");
  // The fence of an end names no address; that of an exec is before its event.
  if (va === null && (before(ended) || after((record) => isEvent(record, "exec") || record.k === "root" && record.root === null))) {
    return "An address space has ended, and its translations must not be used by who gets its identifier next.";
  }
  const switches = (record) => isEvent(record, "context_switch") || record.k === "satp" && (record.hart ?? 0) === hart;
  const now = (record) => record.at === at && switches(record);
  if (before(now) || after(now)) return "Another address space is used from now on, and translations of the one before must not be.";
  return fenceChanges(recording, index) ?? "Older translations must not be used any longer.";
}
