// One sentence of what happens, one of why, and the rule or decision behind it, for a record.

import { pageOf } from "../model/hex.js";
import { bytesText, decodePte, flagText, pageBytes, pageName, splitAddress } from "../model/pte.js";
import { tlbOf, walkOf } from "../model/walk.js";
import { sayEvent } from "./events.js";
import { a, causeName, counted, plainWords, processName, verb } from "./names.js";
import { RULES, kernel, policy, ruleOfReason } from "./rules.js";

const hart = (state, record) => processName(state, record.pid);

function reads(recording, index) {
  return walkOf(recording, index)?.reads ?? [];
}

function faultRule(recording, index, record) {
  const told = ruleOfReason(record.reason);
  if (told) return told;
  const last = reads(recording, index).at(-1);
  if (!last) return null;
  if (last.error) return RULES.refused;
  const { role } = decodePte(last.value, recording.scheme);
  if (role === "invalid") return RULES.invalid;
  if (role === "reserved") return RULES.reserved;
  if (role === "pointer") return RULES.depth;
  return RULES.permission;
}

/** Why it faults, by the entry that decided it, or by the reason that the trace ports name. */
function faultReason(recording, index, record) {
  const last = reads(recording, index).at(-1);
  const reason = plainWords(record.reason ?? "");
  if (record.how === "tlb" && reason === "permission") return `The line in the TLB does not allow ${a(record.access)}${record.privilege ? ` by ${record.privilege}-mode` : ""}, so no walk is needed to refuse it.`;
  if (!last) return reason === "" ? "No page-table entry decided it." : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
  const entry = `The entry at ${last.pa}, level ${last.level},`;
  if (last.error || !last.value) return `Memory refused the read of the entry at ${last.pa}.`;
  const { role, flags } = decodePte(last.value, recording.scheme);
  if (role === "invalid") return `${entry} has V = 0: nothing is mapped there.`;
  if (role === "reserved") return `${entry} has W without R, which is reserved.`;
  if (reason === "accessed clear") return `${entry} has A = 0, and software must set it.`;
  if (reason === "dirty clear") return `${entry} has D = 0, and software must set it before a store.`;
  if (reason !== "" && reason !== "permission") return `${entry} is ${a(role)} with ${flagText(flags)}: ${reason}.`;
  const who = record.privilege ? ` by ${record.privilege}-mode` : "";
  return `${entry} is ${a(role)} with ${flagText(flags)}, which does not allow ${a(record.access)}${who}.`;
}

function sayAccess({ recording, state, record, index }) {
  const who = record.privilege === "S" && record.pid !== undefined && record.pid !== null ? `The kernel, for ${hart(state, record)},` : hart(state, record);
  const what = `${who} ${verb(record.access)} ${record.va}`;
  const tlb = tlbOf(recording.machine, record.port)?.name ?? record.port ?? "";
  const cycles = counted(record.to - record.at, "cycle");
  const walk = reads(recording, index);
  if (record.cause !== undefined && record.cause !== null) {
    return {
      what: `${what}: ${causeName(record.cause)}.`,
      why: faultReason(recording, index, record),
      rule: faultRule(recording, index, record),
    };
  }
  const there = record.pa ? `physical ${record.pa}` : "its physical address";
  if (record.how === "bare") {
    return { what: `${what}, which is ${there} too.`, why: "Addresses are not translated here.", rule: RULES.bare };
  }
  if (record.how === "tlb") {
    return {
      what: `${what}: a hit in the ${tlb} TLB gives ${there}.`,
      why: record.to > record.at ? `The answer takes ${cycles}; no entry is read from memory.` : "The answer comes in the same cycle; no entry is read from memory.",
      rule: RULES.cached,
    };
  }
  if (record.how === "l2") {
    return {
      what: `${what}: the ${tlb} TLB misses, the second-level TLB has the page, at ${there}.`,
      why: `The answer takes ${cycles}; no entry is read from memory.`, rule: RULES.cached,
    };
  }
  const leaf = walk.at(-1);
  const size = leaf && leaf.level > 0 ? `, in ${a(pageName(recording.scheme, leaf.level))} of ${bytesText(pageBytes(recording.scheme, leaf.level))}` : "";
  return {
    what: `${what}: the ${tlb} TLB misses, and a walk finds ${there}${size}.`,
    why: walk.length > 0 ? `The walk reads ${counted(walk.length, "entry", "entries")}; the answer takes ${cycles}.` : `The answer takes ${cycles}.`,
    rule: leaf && leaf.level > 0 ? RULES.superpage : RULES.success,
  };
}

function sayRead({ recording, record }) {
  const at = `The walk reads the entry at ${record.pa}, level ${record.level}`;
  if (record.error || !record.value) return { what: `${at}: memory refuses.`, why: "", rule: RULES.refused };
  const { role, flags, ppn } = decodePte(record.value, recording.scheme);
  if (role === "invalid") return { what: `${at}: V = 0.`, why: "No page is mapped there; the access faults.", rule: RULES.invalid };
  if (role === "reserved") return { what: `${at}: W without R.`, why: "The encoding is reserved; the access faults.", rule: RULES.reserved };
  if (role === "pointer") {
    if (record.level === 0) return { what: `${at}: a pointer.`, why: "There is no table below the last level; the access faults.", rule: RULES.depth };
    return { what: `${at}: a pointer to the table in frame ${ppn}.`, why: "R and X are 0, so the walk goes on one level below.", rule: RULES.pointer };
  }
  const size = bytesText(pageBytes(recording.scheme, record.level));
  return { what: `${at}: a leaf, ${flagText(flags)}, of ${size} at frame ${ppn}.`, why: "R or X is set, so the walk ends and the permissions are checked.", rule: RULES.leaf };
}

function sayStart({ recording, state, record }) {
  const top = recording.scheme.levels.length - 1;
  const root = state.satp?.root ?? state.processes.get(state.running)?.root;
  if (record.level === top) {
    return { what: `A walk for the ${record.port ?? ""} port starts at the root${root ? `, the table in frame ${root}` : ""}.`, why: "No TLB line translates the address.", rule: RULES.start };
  }
  return { what: `A walk for the ${record.port ?? ""} port starts at a table of level ${record.level}.`, why: "The walk cache knows the pointers above it.", rule: RULES.cached };
}

function sayLine({ record }) {
  const where = `Line ${record.line} of the ${record.tlb} TLB`;
  if (record.valid === false) return { what: `${where} is emptied.`, why: "A fence covers it, or its place is needed.", rule: RULES.written };
  const space = record.global ? "all address spaces" : `ASID ${record.asid ?? 0}`;
  return { what: `${where} is filled: page ${record.vpn} of ${space} is in frame ${record.ppn}.`, why: "The next access to this page needs no walk.", rule: RULES.cached };
}

function sayFence({ record }) {
  const va = record.va ?? null;
  const asid = record.asid ?? null;
  const of = [va === null ? "all addresses" : `address ${va}`, asid === null ? "all address spaces" : `ASID ${asid}`];
  const told = va === null ? (asid === null ? RULES.fenceAll : RULES.fenceAsid) : asid === null ? RULES.fenceVa : RULES.fenceVaAsid;
  return { what: `SFENCE.VMA for ${of[0]} of ${of[1]}.`, why: "Page tables changed, and older translations must not be used any longer.", rule: told };
}

function sayPte({ recording, record }) {
  const { role, flags, ppn } = decodePte(record.value, recording.scheme);
  const walker = record.by === "walker";
  const now = role === "invalid" ? "V = 0: it maps nothing" : `${a(role)}, ${flagText(flags)}, to frame ${ppn}`;
  return {
    what: `${walker ? "The walker" : "Software"} writes the entry at ${record.pa}: now ${now}.`,
    why: walker ? "It sets A, or A and D, of the leaf that it used." : "",
    rule: walker ? RULES.marks : RULES.written,
  };
}

function sayFrame({ state, record }) {
  const frame = `Frame ${record.ppn}`;
  const users = record.pids ?? [];
  if (record.use === "free") return { what: `${frame} is free.`, why: "Nothing refers to it any longer.", rule: kernel("it goes back to the free frames") };
  if (record.use === "table") return { what: `${frame} becomes a page table${record.pid !== undefined ? ` of ${processName(state, record.pid)}` : ""}.`, why: "", rule: kernel("a table is one page") };
  if (record.use !== "page") return { what: `${frame} belongs to the kernel: ${plainWords(record.use)}.`, why: "", rule: null };
  const what = record.what ? `${plainWords(record.what)}` : "a page";
  const names = [...new Set(users.map(([pid]) => processName(state, pid)))].join(" and ");
  const shared = users.length > 1 ? `, shared by ${names}` : names ? ` of ${names}` : "";
  return { what: `${frame} holds ${what}${shared}.`, why: "", rule: kernel(users.length > 1 ? "one frame serves several mappings" : "a frame was given to a page") };
}

function sayActivity({ state, record }) {
  const told = { process: "A process runs", handler: "The kernel handles a fault or an interrupt", user_copy: "The kernel copies to or from a process", disk: "The processor waits for the disk", switch: "The kernel switches to another process", idle: "Nothing is ready to run" };
  const running = record.what === "process" ? `${processName(state, state.running)} runs` : told[record.what] ?? plainWords(record.what);
  return { what: `${running}, until cycle ${record.to.toLocaleString("en")}.`, why: "", rule: null };
}

const SAYERS = {
  access: sayAccess,
  read: sayRead,
  start: sayStart,
  line: sayLine,
  fence: sayFence,
  pte: sayPte,
  frame: sayFrame,
  activity: sayActivity,
  event: sayEvent,
  update: ({ record }) => ({
    what: record.ok === false ? `The walker finds the entry at ${record.pa} changed, and starts again.` : `The walker sets A or D of the entry at ${record.pa} in memory.`,
    why: record.ok === false ? "Compare-and-swap failed: software wrote it meanwhile." : "Compare-and-swap: nothing else may write the entry in between.", rule: RULES.marks,
  }),
  satp: ({ record }) => ({
    what: record.mode === "bare" ? "satp is now Bare: no translation." : `satp is now ${record.mode}, ASID ${record.asid ?? 0}, root table in frame ${record.root}.`,
    why: "Requests from now on see this register.", rule: record.mode === "bare" ? RULES.bare : RULES.satp,
  }),
  process: ({ record }) => ({ what: `Process ${record.pid} is ${record.name}.`, why: "", rule: null }),
  root: ({ state, record }) => record.root
    ? { what: `The root page table of ${processName(state, record.pid)} is in frame ${record.root}.`, why: "", rule: RULES.satp }
    : { what: `${processName(state, record.pid)} has ended; its page tables are gone.`, why: "", rule: kernel("nothing may use its translations any longer") },
  region: ({ state, record }) => ({
    what: record.gone ? `${processName(state, record.pid)} gives up its region ${record.name ?? record.start}.` : `${processName(state, record.pid)} has a region ${record.name ?? record.kind}, ${record.start} to ${record.end}, ${record.perm ?? ""}.`,
    why: record.gone ? "" : "No frame is given yet: pages come when they are touched.", rule: kernel("a region says what may be accessed, not what is in memory"),
  }),
  slot: ({ record }) => ({ what: record.pids?.length ? `Swap slot ${record.slot} holds a page.` : `Swap slot ${record.slot} is free.`, why: "", rule: kernel("what was evicted dirty is kept in swap") }),
  policy: ({ recording }) => ({ what: "The replacement policy's state changes.", why: "", rule: policy(recording.machine.policy, "see the picture of its pages") }),
  queues: ({ state, record }) => ({ what: record.ready?.length ? `Ready: ${record.ready.map((pid) => processName(state, pid)).join(", ")}.` : "No process is ready.", why: "", rule: kernel("the scheduler's queues") }),
  step: ({ record }) => ({ what: `Step${record.line ? ` of line ${record.line}` : ""}: ${record.text}`, why: "The scenario goes on.", rule: null }),
};

/** `{ what, why, rule }` of the record at this index. */
export function say(recording, index) {
  const record = recording.records[index];
  if (!record) return { what: "Nothing has happened yet.", why: "", rule: null };
  const state = recording.stateAt(index + 1);
  const sayer = Object.hasOwn(SAYERS, record.k) ? SAYERS[record.k] : null;
  if (!sayer) return { what: `A record of kind ${record.k}, which this page does not know.`, why: "", rule: null };
  const told = sayer({ recording, state, record, index });
  // A process's name begins a sentence as it is written.
  return { ...told, what: told.what.replace(/^(the|process) /, (word) => word.charAt(0).toUpperCase() + word.slice(1)) };
}

/** What is going on in a cycle in which no record begins. */
export function sayBetween(recording, moment, focus) {
  const { cut } = recording.run;
  if (cut && moment.cycle >= cut.at) return { what: `The record has ended, in cycle ${cut.at.toLocaleString("en")}.`, why: "The panels show the machine as it was then; the counts go on.", rule: null };
  const state = recording.stateAt(moment.index);
  if (focus && !focus.done) {
    const { record } = focus;
    return { what: `${processName(state, record.pid)} waits for the translation of ${record.va}.`, why: `It was asked for in cycle ${record.at.toLocaleString("en")} and is answered in cycle ${record.to.toLocaleString("en")}.`, rule: RULES.read };
  }
  const activity = state.activity;
  if (activity && activity.to > moment.cycle) return sayActivity({ state, record: activity });
  if (moment.cycle >= recording.cycles) return { what: "The run has ended.", why: "", rule: null };
  if (moment.index === 0) return { what: "Nothing has happened yet.", why: "", rule: null };
  return { what: "Nothing begins in this cycle.", why: "", rule: null };
}

/** Page and offset of an address, for labels. */
export function pageLabel(recording, va) {
  const [page] = pageOf(va, recording.scheme.page_bits);
  return `${page}${splitAddress(va, recording.scheme).canonical ? "" : " (not canonical)"}`;
}
