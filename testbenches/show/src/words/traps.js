// What the kernel is busy with: the fault, or the call, that its handler runs for.

import { accessBehind } from "../model/answers.js";
import { causeName, processName } from "./names.js";

/** Cycles in which a handler follows what it is for. */
const NEAR = 3;

/** What a handler that begins an event within it is for. */
const FOR = { exit: "the end of", fork: "a fork of", exec: "an exec of", blocked: "a call of" };

/** The access that the hardware refused just before the handler of this index began; null if there is none. */
function refusedBefore(recording, index) {
  const { records } = recording;
  for (let i = index - 1; i >= 0 && records[i].at >= records[index].at - NEAR; i--) {
    const access = accessBehind(records[i]);
    if (access === null || recording.end(recording.answers[recording.rank.get(i)]) !== i) continue;
    return access.cause === undefined || access.cause === null ? null : access;
  }
  return null;
}

/** The event that tells what a handler was for, of those within it; null if it has none. */
function eventWithin(recording, index) {
  const { records } = recording;
  const { to } = records[index];
  for (let i = index + 1; i < records.length && records[i].at <= to; i++) {
    const { k, event } = records[i];
    if (k === "event" && (event === "page_fault" || Object.hasOwn(FOR, event))) return records[i];
    if (k === "activity" && records[i].at >= to) break;
  }
  return null;
}

/** What the handler of this index is for: "the store page fault of child at 0x400000"; null if it is not known. */
export function trapOf(recording, state, index) {
  const refused = refusedBefore(recording, index);
  if (refused !== null) {
    const who = refused.pid === undefined || refused.pid === null ? "" : ` of ${processName(state, refused.pid)}`;
    return `the ${causeName(refused.cause)}${who} at ${refused.va}, which the hardware told in cycle ${refused.to.toLocaleString("en")}`;
  }
  const event = eventWithin(recording, index);
  if (event === null) return null;
  if (event.event === "page_fault") return `the ${event.cause === undefined ? "page fault" : causeName(event.cause)} of ${processName(state, event.pid)}${typeof event.va === "string" ? ` at ${event.va}` : ""}`;
  return `${FOR[event.event]} ${processName(state, event.pid)}`;
}

/** The part of a handler that a cycle is in, if it is for a fault. */
export function partOf(recording, index, cycle) {
  const { records } = recording;
  for (let i = index + 1; i < records.length && records[i].at <= records[index].to; i++) {
    if (records[i].k !== "event" || records[i].event !== "page_fault") continue;
    const at = records[i].at.toLocaleString("en");
    return cycle < records[i].at ? `Trap entry and the search for the region come first: the kernel decides in cycle ${at}.`
      : cycle === records[i].at ? "" : `It decided in cycle ${at}, and does what it decided; then it returns, and the access is made again.`;
  }
  return "";
}
