// The kernel's events, each with the decision behind it.

import { accessBehind } from "../model/answers.js";
import { hex } from "../model/hex.js";
import { fenceReason, forkCopies, forkOf, freeAfter, freeFrames, minorOf, nameOf } from "./kernel.js";
import { a, causeName, placeText, plainWords, processName } from "./names.js";
import { kernel, policy } from "./rules.js";
import { victimReason } from "./victims.js";

const FAULTS = {
  major: ["The page must come from there.", "the process waits until the page has been read"],
  accessed_dirty: ["The bit is clear, and the kernel sets it.", "with Svade software keeps these bits"],
  spurious: ["The entry is correct already: the hardware used an older one.", "it is tolerated; a fence makes the next attempt succeed"],
  protection: ["No region allows it.", "the process is killed"],
  refused: ["The kernel's own access to the process's memory is not allowed.", "the call fails"],
};

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

const REASONS = { disk: "the disk", frame: "a free frame", child: "the end of a child", load_control: "load control" };

const at = (value) => hex(value) ?? String(value ?? "?");

/** The page of an event, by its name if the run gives it one. */
const place = ({ recording, record }) => placeText(recording, record.pid, at(record.va));

/** "the page 0x405000", or with a name "page 7 (0x405000)". */
function thePage(told) {
  const text = place(told);
  return text.startsWith("page ") ? text : `the page ${text}`;
}

/** Why a page that is evicted is written, or not. */
function evictionReason({ state, record }) {
  if (record.dirty) return "It is dirty, so it must be written to the disk first.";
  const held = state.frames.get(at(record.frame));
  if (typeof held?.slot === "number") return `It is clean: swap slot ${held.slot} has the same, and nothing is written.`;
  if (["text", "library", "rodata", "data", "cache", "file", "mmap", "mapped", "shared"].includes(held?.what)) return "It is clean: the file that it comes from has the same, and nothing is written.";
  return "It was never written: it is dropped, and no copy on the disk is needed.";
}

/** Why there must be a victim. */
function evictionNeed({ recording, state, index }) {
  const free = freeFrames(recording, state);
  if (free === 0) return "a frame is needed and none is free";
  if (free === null) return "a frame is needed";
  if (freeAfter(recording, index) === 0) return "a frame is needed and none is left";
  return "a frame is needed, and the process's limit of frames is reached";
}

/** The furthest that an access is looked for which led to a fault. */
const REACH = 100;

/** The bit that was clear for the access that led to a fault: "A" or "D"; both names if it is not recorded. */
function markNeeded(recording, index) {
  const { records } = recording;
  const { pid, va } = records[index];
  for (let i = index - 1; i >= Math.max(0, index - REACH); i--) {
    const { k, reason, ...access } = accessBehind(records[i]) ?? {};
    if (k !== "access" || access.pid !== pid || access.va !== va) continue;
    const [letter, clear] = plainWords(reason ?? "").split(" ");
    return clear === "clear" ? letter.toUpperCase() : "A or D";
  }
  return "A or D";
}

/** Why there is a victim, and why it is this one. */
function victimRule(told) {
  const reason = victimReason(told);
  return `${evictionNeed(told)}; the victim is this page${reason === null ? "" : `: ${reason}`}`;
}

const ENDS = {
  out_of_memory: ["No frame is free, and none can be freed.", "out of memory: a process is ended so that others can go on"],
  out_of_swap: ["No frame is free, and no swap slot for a dirty page.", "out of memory and swap: a process is ended so that its frames and slots become free"],
  disk_error: ["The disk cannot read the page, and nothing else has it.", "without its page the process cannot go on"],
  access_fault: ["PMP or PMA, or memory itself, refused an entry of its page table.", "no handling of a page fault could help"],
  bus_error: ["The translation succeeded, but memory refused the access itself.", "no handling of a page fault could help"],
};

const EVENTS = {
  page_fault: ({ recording, state, record, index }) => {
    const cause = record.cause !== undefined ? ` (${causeName(record.cause)})` : "";
    const who = processName(state, record.pid);
    const where = place({ recording, record });
    const [why, rule] = record.kind === "minor" ? minorOf(recording, index) : FAULTS[record.kind] ?? ["", "it is diagnosed, then handled"];
    // The hardware told its fault before; this is what the kernel makes of it.
    const decided = record.kind === "accessed_dirty" ? `${who} needs ${markNeeded(recording, index)} set at ${where}${cause}.`
      : `${a(plainWords(record.kind ?? "page"))} fault of ${who} at ${where}${cause}.`;
    const what = `The kernel decides: ${decided}`;
    const kind = { minor: "Minor: no disk is needed. ", major: "Major: the disk is needed. " }[record.kind] ?? "";
    return [what, `${kind}${why}`, kernel(rule)];
  },
  page_cache_hit: ({ recording, state, record }) => [`${capital(thePage({ recording, record }))} of ${processName(state, record.pid)} is in the page cache, in frame ${at(record.frame)}.`, "Another process read it, or it was read before.", kernel("a page of a file is in memory once, for all who map it")],
  swap_cache_hit: ({ recording, state, record }) => [`${capital(thePage({ recording, record }))} of ${processName(state, record.pid)} is still in frame ${at(record.frame)}.`, "It was on its way to swap, and its frame was not yet used again.", kernel("the disk is not needed")],
  copy: ({ recording, state, record, index }) => {
    const fork = forkOf(recording, index);
    const who = state.processes.get(record.pid)?.name ?? fork?.name ?? processName(state, record.pid);
    const what = `${who} gets its own copy of ${place({ recording, record }).replace(/^(?!page )/, "page ")}: frame ${at(record.from)} is copied to ${at(record.to)}.`;
    return fork !== null ? [what, "The fork copies the page for the child.", kernel("without copy on write a fork copies every page at once")]
      : [what, "It stores to a page that it shares. The copy is done; its entry and the accounts of frames follow when the handler ends.", kernel("copy on write: a shared page is copied when one side stores to it")];
  },
  eviction: (told) => [`${capital(thePage(told))} of ${processName(told.state, told.record.pid)} is evicted from frame ${at(told.record.frame)}.`, evictionReason(told), policy(told.recording.machine.policy, victimRule(told))],
  swap_in: ({ recording, state, record }) => [`${capital(thePage({ recording, record }))} of ${processName(state, record.pid)} is read from swap slot ${record.slot}.`, "It was evicted before and is needed again.", kernel("a page that was evicted dirty comes back from swap")],
  swap_out: ({ recording, state, record }) => [`${capital(thePage({ recording, record }))} of ${processName(state, record.pid)} is written to swap slot ${record.slot}.`, "Its frame is needed, and only memory has its contents.", kernel("a dirty page must be saved before its frame is used again")],
  fence: ({ recording, index }) => ["The MMU accepts a fence.", fenceReason(recording, index), kernel("before older translations would be wrong, it fences")],
  context_switch: ({ recording, state, record, index }) => [`${nameOf(recording, state, index, record.pid ?? record.to)} runs now${record.from ? `, after ${processName(state, record.from)}` : ""}${record.asid !== undefined ? `, with ASID ${record.asid}` : ""}.`, "satp gets its root table and its address-space identifier.", kernel("the scheduler took the first of the ready queue")],
  blocked: ({ state, record }) => [`${processName(state, record.pid)} waits for ${REASONS[record.reason] ?? plainWords(record.reason ?? "an event")}.`, "Others run meanwhile.", kernel("a process that waits does not keep the processor")],
  suspended: ({ state, record }) => [`${processName(state, record.pid)} is swapped out as a whole.`, "All processes together need more frames than there are.", kernel("load control lets fewer processes run, so that these have their pages")],
  resumed: ({ state, record }) => [`${processName(state, record.pid)} may run again.`, "There is room for its pages.", kernel("load control")],
  fork: ({ recording, state, record, index }) => {
    const what = `${processName(state, record.pid ?? record.parent)} forks: process ${record.child} is ${record.name ?? processName(state, record.child)}.`;
    return forkCopies(recording, index)
      ? [what, "The child gets page tables of its own, and copies of the private pages that are in memory.", kernel("without copy on write a fork copies at once")]
      : [what, "The child gets page tables of its own, but the same frames; the private ones are now read-only in both.", kernel("copy on write: nothing is copied until one of them stores")];
  },
  exec: ({ record }) => [`Process ${record.pid} becomes ${record.name ?? "another program"}.`, "Its regions are replaced; their pages come when they are touched.", kernel("exec keeps the process, not its memory")],
  exit: ({ state, record }) => [`${processName(state, record.pid)} exits.`, "Its frames and tables are freed, unless others share them.", kernel("a frame is free when its last user is gone")],
  kill: ({ state, record }) => {
    const death = String(record.death?.reason ?? record.death ?? record.reason ?? "");
    const [why, rule] = Object.hasOwn(ENDS, death) ? ENDS[death] : ["No handling could let the access succeed.", "what a process may not do ends it"];
    return [`${processName(state, record.pid)} is killed: ${record.says ?? plainWords(death || "it did what is not allowed")}.`, why, kernel(rule)];
  },
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
