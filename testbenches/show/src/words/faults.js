// Why an access faults: the entry or the line that decided it, and the step that it fails.

import { decodePte, dependsOf, entryAddress, flagText, levelNumber, rightsText, splitAddress } from "../model/pte.js";
import { ofHart, satpOf } from "../model/state.js";
import { hitLine, keptAsid, tlbOf, walkOf } from "../model/walk.js";
import { a, plainWords } from "./names.js";
import { RULES, ruleOfReason } from "./rules.js";

const NEEDS = { fetch: ["X"], load: ["R"], store: ["W"], cbo: ["R", "W"] };

/** What an access is called after "allow". */
const accessWords = (access) => (access === "cbo" ? "cache-block management" : a(access));

/** Why U, R, W or X refuse an access, of flags that are an entry's or a line's: `{ why, rule }`. */
function refusal(subject, flags, record) {
  const { access, privilege } = record;
  const who = privilege ? ` by ${privilege}-mode` : "";
  const needs = NEEDS[access] ?? (String(access).startsWith("amo") ? ["R", "W"] : []);
  const allowed = access === "cbo" ? needs.some((letter) => flags[letter]) : needs.every((letter) => flags[letter]);
  if (privilege === "U" && !flags.U) return { why: `${subject}, and U-mode may use pages with U = 1 only.`, rule: RULES.user };
  if (privilege === "S" && flags.U && access === "fetch") return { why: `${subject}, and S-mode may not fetch from a page with U = 1, whatever SUM is.`, rule: RULES.user };
  if (privilege === "S" && flags.U && allowed) return { why: `${subject}: the page has U = 1, so S-mode may use it only while SUM = 1, and SUM is 0.`, rule: RULES.user };
  const exec = access === "load" && !flags.R && flags.X ? " unless MXR = 1" : "";
  return { why: `${subject}, which does not allow ${accessWords(access)}${who}${exec}.`, rule: RULES.permission };
}

/** The fault of an access that a line of the TLB refuses. */
function faultOfLine(recording, index, record, reason) {
  if (reason === "d clear") return { why: "The line in the TLB has D = 0, and software must set D in the entry before a store.", rule: RULES.svade };
  if (reason === "a clear") return { why: "The line in the TLB has A = 0, and software must set A in the entry.", rule: RULES.svade };
  // A line that was filled for the access before is recorded in this cycle, after the access.
  const state = recording.stateAt(Math.max(index + 1, recording.indexAtCycle(record.at)));
  const tlb = tlbOf(recording.machine, record.port);
  const number = tlb && hitLine(state, recording.scheme, tlb.name, record.va, keptAsid(recording, state, record.hart), record.hart ?? 0);
  const line = number === null || number === undefined ? null : lineAt(state, tlb.name, record.hart, number);
  const known = typeof line?.flags === "string" ? line.flags : null;
  if (known === null) return { why: `The line in the TLB does not allow ${accessWords(record.access)}${record.privilege ? ` by ${record.privilege}-mode` : ""}, so no walk is needed to refuse it.`, rule: RULES.either };
  const flags = Object.fromEntries([..."RWXU"].map((letter) => [letter, known.includes(letter)]));
  return refusal(`No walk is needed to refuse it: the line in the TLB has ${rightsText(known)}`, flags, record);
}

function lineAt(state, tlb, hart, number) {
  return state.lines.get(ofHart(tlb, hart))?.get(number) ?? null;
}

/** The address and level of the entry that the walk would have read next. */
function nextEntry(recording, index, record, walk) {
  const { scheme } = recording;
  const last = walk?.reads.at(-1);
  const level = last ? last.level - 1 : walk?.level ?? scheme.levels.length - 1;
  const state = recording.stateAt(index + 1);
  const atRoot = level === levelNumber(scheme, 0);
  const table = last ? decodePte(last.value, scheme, last.level).ppn : atRoot ? satpOf(state, record.hart)?.root : null;
  const field = splitAddress(record.va, scheme).fields.find((known) => known.level === level);
  return table && field ? { pa: entryAddress(table, field.index, scheme), level } : null;
}

/** Memory, PMP or PMA refused an entry: its read, or the write of A or D. */
function refusedEntry(recording, index, record, walk) {
  const last = walk?.reads.at(-1);
  if (last?.error) return { why: `The read of the entry at ${last.pa}, level ${last.level}, is refused, by PMP or PMA or by memory itself.`, rule: RULES.refused };
  const entry = last && decodePte(last.value, recording.scheme, last.level);
  if (entry?.role === "leaf") {
    const marks = ["A", "D"].filter((letter) => !entry.flags[letter] && (letter === "A" || record.access === "store" || String(record.access).startsWith("amo")));
    return { why: `The read of the entry at ${last.pa}, level ${last.level}, is allowed, but ${marks.join(" and ") || "A or D"} must be set in it, and PMP or PMA, or memory itself, refuses that write.`, rule: RULES.marksRefused };
  }
  const next = nextEntry(recording, index, record, walk);
  return { why: `The read of ${next ? `the entry at ${next.pa}, level ${next.level},` : "an entry of the page table"} is refused, by PMP or PMA or by memory itself.`, rule: RULES.refused };
}

/** `{ why, rule }` of an access that faults. */
export function faultOf(recording, index) {
  const record = recording.records[index];
  const reason = plainWords(record.reason ?? "");
  const told = ruleOfReason(record.reason);
  const walk = walkOf(recording, index);
  if (told === RULES.canonical) return { why: "Its upper bits are no copies of its sign bit, so no entry is read.", rule: told };
  if (told === RULES.physical) return { why: `The translation succeeds, but PMP or PMA does not allow ${accessWords(record.access)} at the physical address, or there is no such address.`, rule: told };
  if (told === RULES.refused) return refusedEntry(recording, index, record, walk);
  if (record.how === "tlb" || record.how === "l2") return faultOfLine(recording, index, record, reason);
  const last = walk?.reads.at(-1);
  if (!last) {
    const said = reason === "" ? "No page-table entry decided it." : told ? `The reason is: ${told.gist}.` : `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
    return { why: said, rule: told };
  }
  if (last.error || !last.value) return refusedEntry(recording, index, record, walk);
  return faultOfEntry(recording, record, last, reason, told);
}

function faultOfEntry(recording, record, last, reason, told) {
  const entry = decodePte(last.value, recording.scheme, last.level);
  const { role, flags, wrong } = entry;
  const at = `The entry at ${last.pa}, level ${last.level},`;
  if (role === "invalid") return { why: `${at} has V = 0: nothing is mapped there.`, rule: RULES.invalid };
  if (role === "reserved") return { why: `${at} is reserved: ${wrong}.`, rule: RULES.reserved };
  const depends = dependsOf(entry);
  if (told === RULES.reserved && depends !== null) return { why: `${at} is reserved: ${depends}.`, rule: RULES.reserved };
  if (role === "pointer" && last.level === 0) return { why: `${at} is a pointer, and no leaf was found: there is no table below level 0.`, rule: RULES.depth };
  const has = `${at} is ${a(role)} with ${flagText(flags)}`;
  if (reason === "a clear" || reason === "accessed clear") return { why: `${at} has A = 0, and software must set it.`, rule: RULES.svade };
  if (reason === "d clear" || reason === "dirty clear") return { why: `${at} has D = 0, and software must set it before a store.`, rule: RULES.svade };
  if (told === RULES.misaligned) return { why: `${has}, but its frame number is no multiple of its size.`, rule: told };
  if (role === "leaf" && (reason === "" || told === RULES.either)) return refusal(has, flags, record);
  return { why: reason === "" ? `${has}.` : `${has}: ${reason}.`, rule: told };
}
