// One sentence of what happens, one of why, and the rule or decision behind it, for a record.

import { ANSWER } from "../model/answers.js";
import { pageOf } from "../model/hex.js";
import { NAPOT, bytesText, decodePte, dependsOf, flagText, pageBytes, pageName, rangeText, splitAddress } from "../model/pte.js";
import { staleOf } from "../model/stale.js";
import { ofHart, satpOf } from "../model/state.js";
import { accessOf, hitLine, keptAsid, tlbOf, walkOf } from "../model/walk.js";
import { entryPicture, entryText, wordPicture } from "./changes.js";
import { entryName, marksOf, sayPte } from "./entries.js";
import { sayEvent } from "./events.js";
import { faultOf } from "./faults.js";
import { sayFrame } from "./frames.js";
import { fenceReason, forkText } from "./kernel.js";
import { fenceRule, sayLine, staleUse } from "./lines.js";
import { a, causeName, counted, ofHartText, placeText, plainWords, processName, schemeOf, sentence, tlbText, verb, whoOf } from "./names.js";
import { sayRegion } from "./regions.js";
import { RULES, kernel } from "./rules.js";
import { partOf, trapOf } from "./traps.js";
import { sayPolicy } from "./order.js";

function reads(recording, index) {
  return walkOf(recording, index)?.reads ?? [];
}

/** A request whose answer comes later. */
function sayAsked({ recording, state, record }) {
  const tlb = tlbText(tlbOf(recording.machine, record.port)?.name ?? record.port ?? "");
  const misses = record.how === "walk" ? `: ${tlb} misses, and a walk begins` : record.how === "l2" ? `: ${tlb} misses` : "";
  return { what: `${actOf(recording, state, record)}${misses}.`, why: `It is asked for here, and answered in cycle ${record.to.toLocaleString("en")}.`, rule: null };
}

/** Who accesses what. */
function actOf(recording, state, record) {
  const who = record.privilege === "S" && record.pid !== undefined && record.pid !== null ? `The kernel, for ${processName(state, record.pid)},` : whoOf(recording, state, record);
  return `${who} ${verb(record.access)} ${placeText(recording, record.pid, record.va)}`;
}

/** What the tables say instead of the line that an access hit; null if it is not stale. */
export function staleHit(recording, index) {
  const record = recording.records[index];
  const tlb = tlbOf(recording.machine, record.port);
  if (record.how !== "tlb" || !tlb) return null;
  // A line that was filled for the access before is recorded in this cycle, after the access.
  const state = recording.stateAt(Math.max(index + 1, recording.indexAtCycle(record.at)));
  const number = hitLine(state, recording.scheme, tlb.name, record.va, keptAsid(recording, state, record.hart), record.hart ?? 0);
  const line = number === null ? null : state.lines.get(ofHart(tlb.name, record.hart)).get(number);
  return staleOf(recording, recording.stateAt(index + 1), line);
}

function sayAccess({ recording, state, record, index }) {
  const what = actOf(recording, state, record);
  const tlb = tlbText(tlbOf(recording.machine, record.port)?.name ?? record.port ?? "");
  const cycles = counted(record.to - record.at, "cycle");
  const walk = reads(recording, index);
  if (record.cause !== undefined && record.cause !== null) {
    return { what: `${what}: ${causeName(record.cause)}.`, ...faultOf(recording, index) };
  }
  const there = record.pa ? `physical ${record.pa}` : "its physical address";
  if (record.how === "bare") {
    return { what: `${what}, which is ${there} too.`, why: "Addresses are not translated here.", rule: RULES.bare };
  }
  if (record.how === "tlb") {
    const stale = staleHit(recording, index);
    if (stale !== null) return { what: `${what}: a hit in a stale line of ${tlb} gives ${there}.`, why: staleUse(recording, record, stale), rule: RULES.written, tone: "fault" };
    return {
      what: `${what}: a hit in ${tlb} gives ${there}.`,
      why: record.to > record.at ? `The answer takes ${cycles}; no entry is read from memory.` : "The answer comes in the same cycle; no entry is read from memory.",
      rule: RULES.cached,
    };
  }
  if (record.how === "l2") {
    return {
      what: `${what}: ${tlb} misses, the second-level TLB has the page, at ${there}.`,
      why: `The answer takes ${cycles}; no entry is read from memory.`, rule: RULES.cached,
    };
  }
  const leaf = walk.at(-1);
  const kind = leaf?.value ? decodePte(leaf.value, recording.scheme, leaf.level).size : 0;
  const size = kind > 0 ? `, in ${a(pageName(recording.scheme, kind))} of ${bytesText(pageBytes(recording.scheme, kind))}` : "";
  return {
    what: `${what}: ${tlb} misses, and a walk finds ${there}${size}.`,
    why: walk.length > 0 ? `The walk reads ${counted(walk.length, "entry", "entries")}; the answer takes ${cycles}.` : `The answer takes ${cycles}.`,
    rule: kind === NAPOT ? RULES.napot : kind > 0 ? RULES.superpage : RULES.success,
  };
}

function sayRead({ recording, record, index }) {
  const owner = accessOf(recording, index);
  const access = owner === null ? null : recording.records[owner];
  const walk = owner === null ? [] : reads(recording, owner);
  const level = record.level ?? walk.find((read) => read.index === index)?.level;
  const at = `The walk${ofHartText(recording, record)} reads the entry at ${record.pa}${level === undefined || level === null ? "" : `, level ${level}`}`;
  if (record.error || !record.value) return { what: `${at}: it is refused.`, why: "PMP or PMA, or memory itself, refuses the read; the access faults.", rule: RULES.refused };
  const entry = decodePte(record.value, recording.scheme, level ?? 0);
  const { role, flags, ppn, size, base, wrong } = entry;
  if (role === "invalid") return { what: `${at}: V = 0.`, why: "No page is mapped there; the access faults.", rule: RULES.invalid };
  // What an extension allows is reserved without it: whether it is there tells the answer.
  const refused = access?.cause !== undefined && plainWords(access.reason ?? "") === "reserved" && walk.at(-1)?.index === index;
  const reserved = wrong ?? (refused ? dependsOf(entry) : null);
  if (reserved !== null) return { what: `${at}: reserved, since ${reserved}.`, why: "What is reserved must be 0; the access faults.", rule: RULES.reserved };
  if (role === "pointer") {
    if (level === 0) return { what: `${at}: a pointer.`, why: "No leaf was found, and there is no table below the last level; the access faults.", rule: RULES.depth };
    return { what: `${at}: a pointer to the table in frame ${ppn}.`, why: "R and X are 0, so the walk goes on one level below.", rule: RULES.pointer };
  }
  const bytes = bytesText(pageBytes(recording.scheme, size));
  if (size === NAPOT) {
    const pages = access?.va ? ` for ${rangeText("page", pageOf(access.va, recording.scheme.page_bits)[0], recording.scheme, size)}` : "";
    return { what: `${at}: a leaf, ${flagText(flags)}, of ${bytes} at ${rangeText("frame", base, recording.scheme, size)}${pages}.`, why: "N = 1, and the low four bits of its frame number are 1000: sixteen entries map the range together.", rule: RULES.napot };
  }
  return { what: `${at}: a leaf, ${flagText(flags)}, of ${bytes} at frame ${ppn}.`, why: "R or X is set, so the walk ends and the permissions are checked.", rule: RULES.leaf };
}

/** The walker's write of A and D: done, refused by memory, or in vain. */
function sayUpdate({ recording, state, record, index }) {
  const walker = `The walker${ofHartText(recording, record)}`;
  const { text: marks, old, level } = marksOf(recording, index);
  const { scheme } = recording;
  if (record.ok !== false) {
    const becomes = old === null ? "" : `${entryText(old, scheme, level)} becomes ${entryText(record.value, scheme, level)}. `;
    return { what: `${walker} sets ${marks} in ${entryName(recording, state, record.pa)}.`, why: `${becomes}Compare-and-swap: nothing else may write the entry in between.`, rule: RULES.marks, change: entryPicture(old, record.value, scheme, level) };
  }
  const owner = accessOf(recording, index);
  const again = owner !== null && reads(recording, owner).some((read) => read.index > index);
  if (!again && owner !== null && causeName(recording.records[owner].cause ?? "").includes("access fault")) {
    return { what: `${walker} may not set ${marks} of the entry at ${record.pa}.`, why: "PMP or PMA, or memory itself, refuses the write; the access faults.", rule: RULES.marksRefused };
  }
  return {
    what: `${walker} finds the entry at ${record.pa} changed, writes nothing, and reads it again.`,
    why: "Compare-and-swap failed: another writer, the kernel or another hart's walker, changed the entry after this walk had read it.",
    rule: RULES.changed,
  };
}

function sayStart({ recording, state, record }) {
  const top = recording.scheme.levels.length - 1;
  const root = satpOf(state, record.hart)?.root ?? state.processes.get(state.running)?.root;
  const walk = `A walk for the ${record.port ?? ""} port${ofHartText(recording, record)}`;
  if (record.level === top) {
    return { what: `${walk} starts at the root${root ? `, the table in frame ${root}` : ""}.`, why: "No TLB line translates the address.", rule: RULES.start };
  }
  return { what: `${walk} starts at a table of level ${record.level}.`, why: "The walk cache knows the pointers above it.", rule: RULES.cached };
}

/** A reason, which is a part of a fork. */
const withFork = (fork, reason) => (fork === "" ? reason : `${fork.slice(0, -2)}: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}`);

function sayFence({ recording, record, index }) {
  const va = record.va ?? null;
  const asid = record.asid ?? null;
  const of = [va === null ? "all addresses" : `address ${va}`, asid === null ? "all address spaces" : `ASID ${asid}`];
  return { what: `SFENCE.VMA${ofHartText(recording, record)} for ${of[0]} of ${of[1]}.`, why: withFork(forkText(recording, index), fenceReason(recording, index)), rule: fenceRule(record) };
}

function sayActivity({ recording, state, record, index, cycle = record.at }) {
  const told = { process: "A process runs", handler: `The kernel handles ${trapOf(recording, state, index) ?? "a fault, a call or an interrupt"}`, user_copy: "The kernel copies to or from a process", disk: "The processor waits for the disk", disk_wait: "The processor waits for the disk", switch: "The kernel switches to another process", idle: "Nothing is ready to run" };
  const running = record.what === "process" ? `${state.running === null ? "The program" : processName(state, state.running)} runs` : told[record.what] ?? plainWords(record.what);
  return { what: `${running}, until cycle ${record.to.toLocaleString("en")}.`, why: record.what === "handler" ? partOf(recording, index, cycle) : "", rule: null };
}

const slotText = (state, slot) => (slot?.pids?.length ? slot.pids.map(([pid, vpn]) => `page ${vpn} of ${processName(state, pid)}`).join(" and ") : "free");

/** satp before and after, in words. */
const satpText = (satp) => (!satp ? "not set" : satp.mode === "bare" ? "Bare" : `ASID ${satp.asid ?? 0}, root ${satp.root}`);

const SAYERS = {
  access: (told) => (told.record.to > told.record.at ? sayAsked(told) : sayAccess(told)),
  [ANSWER]: (told) => sayAccess({ ...told, record: told.record.asked, index: told.recording.answers[told.recording.rank.get(told.index)] }),
  read: sayRead,
  start: sayStart,
  line: sayLine,
  fence: sayFence,
  pte: sayPte,
  frame: sayFrame,
  activity: sayActivity,
  event: sayEvent,
  update: sayUpdate,
  satp: ({ recording, record, index }) => ({
    what: record.mode === "bare" ? `satp${ofHartText(recording, record)} is now Bare: no translation.` : `satp${ofHartText(recording, record)} is now ${schemeOf(record.mode)}, ASID ${record.asid ?? 0}, root table in frame ${record.root}.`,
    why: "Requests from now on see this register.", rule: record.mode === "bare" ? RULES.bare : RULES.satp,
    change: wordPicture(satpText(satpOf(recording.stateAt(index), record.hart)), satpText(record)),
  }),
  process: ({ record }) => ({ what: `Process ${record.pid} is ${record.name}.`, why: "", rule: null }),
  root: ({ state, record }) => record.root
    ? { what: `The root page table of ${processName(state, record.pid)} is in frame ${record.root}.`, why: "", rule: RULES.satp }
    : { what: `${processName(state, record.pid)} has ended; its page tables are gone.`, why: "", rule: kernel("nothing may use its translations any longer") },
  region: sayRegion,
  slot: ({ recording, state, record, index }) => ({ what: record.pids?.length ? `Swap slot ${record.slot} holds ${slotText(state, record)}.` : `Swap slot ${record.slot} is free.`, why: "", change: wordPicture(slotText(state, recording.stateAt(index).slots.get(record.slot)), slotText(state, record)), rule: kernel("what was evicted dirty is kept in swap") }),
  policy: sayPolicy,
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
  return { ...told, what: sentence(told.what) };
}

/** What the search finds of a record: its sentence and why. */
export function tellOf(recording, index) {
  const { what, why } = say(recording, index);
  return `${what} ${why}`;
}

/** The place of the record of what cycles are spent on, which began before a moment. */
function indexOf({ records }, { index }, activity) {
  let i = index - 1;
  while (i >= 0 && records[i] !== activity) i -= 1;
  return i;
}

/** What is going on in a cycle in which no record begins. */
export function sayBetween(recording, moment, focus) {
  const { cut } = recording.run;
  if (cut && moment.cycle >= cut.at) return { what: `The record has ended, in cycle ${cut.at.toLocaleString("en")}.`, why: "The panels show the machine as it was then; the counts go on.", rule: null };
  const state = recording.stateAt(moment.index);
  if (focus && !focus.done) {
    const { record } = focus;
    return { what: sentence(`${whoOf(recording, state, record)} waits for the translation of ${placeText(recording, record.pid, record.va)}.`), why: `It was asked for in cycle ${record.at.toLocaleString("en")} and is answered in cycle ${record.to.toLocaleString("en")}.`, rule: RULES.read };
  }
  const activity = state.activity;
  if (activity && activity.to > moment.cycle) return sayActivity({ recording, state, record: activity, index: indexOf(recording, moment, activity), cycle: moment.cycle });
  if (moment.cycle >= recording.cycles) return { what: "The run has ended.", why: "", rule: null };
  if (moment.index === 0) return { what: "Nothing has happened yet.", why: "", rule: null };
  return { what: "Nothing begins in this cycle.", why: "", rule: null };
}

/** Page and offset of an address, for labels. */
export function pageLabel(recording, va) {
  const [page] = pageOf(va, recording.scheme.page_bits);
  return `${page}${splitAddress(va, recording.scheme).canonical ? "" : " (not canonical)"}`;
}
