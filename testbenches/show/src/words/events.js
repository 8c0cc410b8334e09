// The kernel's events, each with the decision behind it.

import { hex } from "../model/hex.js";
import { causeName, plainWords, processName } from "./names.js";
import { kernel, policy } from "./rules.js";

const FAULTS = {
  minor: ["It is resolved without the disk.", "the page is in memory already, or is given as zeroes, or its permissions widen"],
  major: ["Its page must come from the disk.", "the process waits until the page has been read"],
  accessed_dirty: ["A or D is clear, and the kernel sets it.", "with Svade software keeps these bits"],
  spurious: ["The entry is correct already: the hardware used an older one.", "it is tolerated; a fence makes the next attempt succeed"],
  protection: ["No region allows it.", "the process is killed"],
  refused: ["The kernel's own access to the process's memory is not allowed.", "the call fails"],
};

const REASONS = { disk: "the disk", frame: "a free frame", child: "the end of a child", load_control: "load control" };

const at = (value) => hex(value) ?? String(value ?? "?");

const EVENTS = {
  page_fault: ({ state, record }) => {
    const [why, rule] = FAULTS[record.kind] ?? ["", "it is diagnosed, then handled"];
    return [`${processName(state, record.pid)} has a ${plainWords(record.kind ?? "page")} fault at ${at(record.va)}${record.cause !== undefined ? ` (${causeName(record.cause)})` : ""}.`, why, kernel(rule)];
  },
  page_cache_hit: ({ state, record }) => [`The page ${at(record.va)} of ${processName(state, record.pid)} is in the page cache, in frame ${at(record.frame)}.`, "Another process read it, or it was read before.", kernel("a page of a file is in memory once, for all who map it")],
  swap_cache_hit: ({ state, record }) => [`The page ${at(record.va)} of ${processName(state, record.pid)} is still in frame ${at(record.frame)}.`, "It was on its way to swap, and its frame was not yet used again.", kernel("the disk is not needed")],
  copy: ({ state, record }) => [`${processName(state, record.pid)} gets its own copy of page ${at(record.va)}: frame ${at(record.from)} is copied to ${at(record.to)}.`, "It stores to a page that it shares.", kernel("copy on write: a shared page is copied when one side stores to it")],
  eviction: ({ recording, state, record }) => [`The page ${at(record.va)} of ${processName(state, record.pid)} is evicted from frame ${at(record.frame)}.`, record.dirty ? "It is dirty, so it must be written to the disk first." : "It is clean: the disk has the same, and nothing is written.", policy(recording.machine.policy, "this page is the victim, because a frame is needed and none is free")],
  swap_in: ({ state, record }) => [`The page ${at(record.va)} of ${processName(state, record.pid)} is read from swap slot ${record.slot}.`, "It was evicted before and is needed again.", kernel("a page that was evicted dirty comes back from swap")],
  swap_out: ({ state, record }) => [`The page ${at(record.va)} of ${processName(state, record.pid)} is written to swap slot ${record.slot}.`, "Its frame is needed, and only memory has its contents.", kernel("a dirty page must be saved before its frame is used again")],
  fence: () => ["The MMU accepts a fence.", "Page tables changed.", kernel("after a change that takes rights away, or moves a page, it fences")],
  context_switch: ({ state, record }) => [`${processName(state, record.pid ?? record.to)} runs now${record.from ? `, after ${processName(state, record.from)}` : ""}${record.asid !== undefined ? `, with ASID ${record.asid}` : ""}.`, "satp gets its root table and its address-space identifier.", kernel("the scheduler took the first of the ready queue")],
  blocked: ({ state, record }) => [`${processName(state, record.pid)} waits for ${REASONS[record.reason] ?? plainWords(record.reason ?? "an event")}.`, "Others run meanwhile.", kernel("a process that waits does not keep the processor")],
  suspended: ({ state, record }) => [`${processName(state, record.pid)} is swapped out as a whole.`, "All processes together need more frames than there are.", kernel("load control lets fewer processes run, so that these have their pages")],
  resumed: ({ state, record }) => [`${processName(state, record.pid)} may run again.`, "There is room for its pages.", kernel("load control")],
  fork: ({ state, record }) => [`${processName(state, record.pid ?? record.parent)} forks: process ${record.child} is ${record.name ?? processName(state, record.child)}.`, "The child gets page tables of its own, but the same frames, now read-only in both.", kernel("copy on write: nothing is copied until one of them stores")],
  exec: ({ record }) => [`Process ${record.pid} becomes ${record.name ?? "another program"}.`, "Its regions are replaced; their pages come when they are touched.", kernel("exec keeps the process, not its memory")],
  exit: ({ state, record }) => [`${processName(state, record.pid)} exits.`, "Its frames and tables are freed, unless others share them.", kernel("a frame is free when its last user is gone")],
  kill: ({ state, record }) => [`${processName(state, record.pid)} is killed: ${record.says ?? plainWords(record.death?.reason ?? record.death ?? record.reason ?? "it did what is not allowed")}.`, "No handling could let the access succeed.", kernel("what a process may not do ends it")],
  promotion: ({ state, record }) => [`Pages of ${processName(state, record.pid)} at ${at(record.va)} become one superpage at frame ${at(record.frame)}.`, "One TLB line then covers what needed many.", kernel("enough pages of an aligned run are in memory")],
  user_copy: ({ state, record }) => [`The kernel begins to access memory of ${processName(state, record.pid)}${record.va !== undefined ? ` at ${at(record.va)}` : ""}.`, "It uses the process's own addresses, through the MMU.", kernel("SUM allows the kernel to use pages with U = 1")],
  user_copy_ends: ({ record }) => [`The kernel's copy ends: ${plainWords(record.result ?? "done")}${record.moved !== undefined ? `, ${record.moved} bytes` : ""}.`, "", kernel("what a process may not access, the kernel may not access for it")],
};

/** `{ what, why, rule }` of an event; one that is not known is told by its name and fields. */
export function sayEvent(told) {
  const { record } = told;
  const say = Object.hasOwn(EVENTS, record.event) ? EVENTS[record.event] : null;
  if (say) {
    const [what, why, rule] = say(told);
    return { what, why, rule };
  }
  const fields = Object.entries(record).filter(([name, value]) => !["at", "k", "event"].includes(name) && typeof value !== "object");
  const text = fields.map(([name, value]) => `${plainWords(name)} ${value}`).join(", ");
  return { what: `${plainWords(record.event)}${text === "" ? "" : `: ${text}`}.`, why: "", rule: null };
}
