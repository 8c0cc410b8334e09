// Sentences on lines of TLBs: what fills them, what empties them, and lines that are stale.

import { big, pageOf } from "../model/hex.js";
import { ownerOf } from "../model/owner.js";
import { bytesText, firstOf, flagText, pageBytes, rangeText, rightsText, shiftOf } from "../model/pte.js";
import { staleOf } from "../model/stale.js";
import { ofHart } from "../model/state.js";
import { linePicture } from "./changes.js";
import { ofHartText, tlbText } from "./names.js";
import { RULES } from "./rules.js";

/** Cycles in which a line follows what changes it. */
const NEAR = 4;

/** Whether a fence covers a line. */
function covers(fence, line, scheme) {
  if (typeof fence.asid === "number" && (line.global || (line.asid ?? 0) !== fence.asid)) return false;
  if (typeof fence.va !== "string" || !line.vpn) return true;
  const size = line.level ?? 0;
  return firstOf(pageOf(fence.va, scheme.page_bits)[0], scheme, size) === firstOf(line.vpn, scheme, size);
}

/** The rule of a fence, by what it names. */
export function fenceRule({ va = null, asid = null }) {
  return va === null ? (asid === null ? RULES.fenceAll : RULES.fenceAsid) : asid === null ? RULES.fenceVa : RULES.fenceVaAsid;
}

/** Why a line is emptied, from what was just before, or what fills it next: `{ why, rule }`. */
function emptiedBy({ recording, record, index }, old) {
  const { records, scheme } = recording;
  const mine = (other) => (other.hart ?? 0) === (record.hart ?? 0);
  for (let i = index - 1; i >= 0 && records[i].at >= record.at - NEAR; i--) {
    const other = records[i];
    if (other.k === "fence" && mine(other) && (!old || covers(other, old, scheme))) return { why: `The fence of cycle ${other.at.toLocaleString("en")} covers it.`, rule: fenceRule(other) };
    if (other.k === "update" && mine(other) && other.ok !== false) return { why: "A walk has set A or D in its entry: the line from before that is dropped, and filled again.", rule: RULES.marks };
  }
  for (let i = index + 1; i < records.length && records[i].at <= record.at + NEAR; i++) {
    const other = records[i];
    if (other.k === "line" && mine(other) && other.tlb === record.tlb && other.valid !== false) return { why: `The refill of line ${other.line} with ${rangeText("page", other.vpn, scheme, other.level ?? 0)} takes its place.`, rule: RULES.cached };
  }
  return { why: "No fence or refill that is recorded explains it.", rule: null };
}

export function sayLine(told) {
  const { recording, record, index } = told;
  const { scheme } = recording;
  const where = `Line ${record.line} of ${tlbText(record.tlb)}${ofHartText(recording, record)}`;
  const held = recording.stateAt(index).lines.get(ofHart(record.tlb, record.hart))?.get(record.line) ?? null;
  const old = held === null || held.valid === false ? null : held;
  const change = linePicture(old, record, scheme);
  const textOf = (line) => `${rangeText("page", line.vpn, scheme, line.level ?? 0)} in ${rangeText("frame", line.ppn, scheme, line.level ?? 0)}`;
  if (record.valid === false) {
    const what = old === null ? `${where} is emptied.` : `${where} is emptied: it had ${textOf(old)}${old.global ? "" : `, ASID ${old.asid ?? 0}`}.`;
    return { what, ...emptiedBy(told, old), change };
  }
  const space = record.global ? "all address spaces" : `ASID ${record.asid ?? 0}`;
  const size = record.level ?? 0;
  const bytes = size > 0 ? `, ${bytesText(pageBytes(scheme, size))},` : "";
  const range = (word, number) => rangeText(word, number, scheme, size);
  const same = old !== null && old.vpn === record.vpn && old.asid === record.asid;
  const before = old === null ? "" : same ? ` It had ${textOf(old)} with ${rightsText(old.flags)}, and has ${rightsText(record.flags)} now.` : ` It had ${textOf(old)}, which is forgotten for it.`;
  const stale = staleOf(recording, told.state, told.state.lines.get(ofHart(record.tlb, record.hart))?.get(record.line));
  if (stale !== null) return { what: `${where} is filled, and stale already: ${range("page", record.vpn)} of ${space} in ${range("frame", record.ppn)}, but ${staleText(stale)}.`, why: `The entry changed after the walk had read it; only a fence of this hart empties the line.${before}`, rule: RULES.written, change };
  return { what: `${where} is filled: ${range("page", record.vpn)}${bytes} of ${space} ${size > 0 ? "are" : "is"} in ${range("frame", record.ppn)}.`, why: `The next access to this page needs no walk.${before}`, rule: RULES.cached, change };
}

/** The lines that a write to an entry makes stale: "Line 7 of the data TLB is stale now: …"; "" if there are none. */
export function madeStale(recording, index) {
  const { scheme, records } = recording;
  const [before, after] = [recording.stateAt(index), recording.stateAt(index + 1)];
  const owner = ownerOf(after, scheme, records[index].pa);
  if (owner === null) return "";
  const under = BigInt(shiftOf(scheme, owner.level) - scheme.page_bits);
  const page = big(pageOf(owner.va, scheme.page_bits)[0]) >> under;
  const found = [];
  for (const [, lines] of after.lines) {
    for (const [, line] of lines) {
      if (line.valid === false || !line.vpn || big(line.vpn) >> under !== page) continue;
      const stale = staleOf(recording, after, line);
      if (stale !== null && staleOf(recording, before, line)?.by !== stale.by) found.push({ line, stale });
    }
  }
  if (found.length === 0) return "";
  const names = found.map(({ line }) => `line ${line.line} of ${tlbText(line.tlb)}${ofHartText(recording, line)}`).join(" and ");
  const says = found.length === 1 ? `: ${staleText(found[0].stale)}` : "";
  return `${names.charAt(0).toUpperCase()}${names.slice(1)} ${found.length === 1 ? "is" : "are"} stale now${says}, until a fence.`;
}

/** What the tables say instead of a stale line: "the table says 0x8004c". */
export function staleText({ kind, frame, entry }) {
  switch (kind) {
    case "unmapped": return "the table says that nothing is mapped";
    case "frame": return `the table says ${frame}`;
    case "rights": return `the table says ${flagText(entry.flags)}`;
    case "dirty": return "D is 0 in the table";
    default: return "A is 0 in the table";
  }
}

/** What it means that an access used a stale line. */
export function staleUse(recording, record, stale) {
  const since = recording.records[stale.by - 1]?.at;
  const harm = { unmapped: "the access goes where nothing is mapped any longer", frame: `the access goes to the old frame, not to ${stale.frame}`, rights: "it has rights that the table no longer gives, or lacks new ones", dirty: "D stays 0 in the table though the page is written", accessed: "A stays 0 in the table though the page is used" }[stale.kind];
  return `The line is stale: ${staleText(stale)}${since === undefined ? "" : ` since cycle ${since.toLocaleString("en")}`}, and no fence${ofHartText(recording, record)} has covered the line since. So ${harm}.`;
}
