// The walk of an access, as it was recorded, and as the tables say that it would be.

import { big, pageOf } from "./hex.js";
import { decodePte, entryAddress, levelNumber, shiftOf, splitAddress } from "./pte.js";
import { ofHart, satpOf } from "./state.js";

/** The furthest that a walk's records are looked for. */
const REACH = 4000;

/**
 * What the access with this index made the walker do, up to `limit` records: `{ level, reads,
 * updates, lines }`, `level` of the table at which it started; null if there was no walk.
 */
export function walkOf(recording, index, limit = Infinity) {
  const access = recording.records[index];
  const port = access.port;
  let walk = null;
  const end = Math.min(recording.records.length, limit, index + REACH);
  for (let i = index + 1; i < end; i++) {
    const record = recording.records[i];
    if (record.at > access.to + 1) break;
    // Of the cycle after the answer only the line counts that the walk fills.
    if (record.at > access.to && record.k !== "line") continue;
    if ((record.hart ?? 0) !== (access.hart ?? 0)) continue;
    if (record.port !== undefined && record.port !== null && port !== undefined && record.port !== port) continue;
    // Another access of this port is accepted: what follows may be its walk.
    if (record.k === "start" && walk !== null && record.at >= access.to) break;
    if (record.k === "start" && walk === null) walk = { level: record.level, reads: [], updates: [], lines: [] };
    if (walk === null) continue;
    if (record.k === "read" && isMine(record, access)) walk.reads.push({ ...record, level: record.level ?? nextLevel(walk), index: i });
    // An update names no port: it is of the walk that has read its entry.
    if (record.k === "update" && walk.reads.at(-1)?.pa === record.pa) walk.updates.push({ ...record, index: i });
    const mine = record.k === "line" && record.valid !== false && (record.tlb === port || record.tlb === "both" || port === undefined);
    if (mine && access.cause === undefined) walk.lines.push({ ...record, index: i });
  }
  return walk;
}

/** A read that memory refused names no port: it is of the access that faults for it. */
function isMine(read, access) {
  return read.error !== true || String(access.cause ?? "").includes("access") || [1, 5, 7].includes(access.cause);
}

/** The level of an entry that memory refused, which is not recorded. */
function nextLevel({ level, reads }) {
  return reads.length === 0 ? level : Math.max(0, reads.at(-1).level - 1);
}

/** The index of the access whose walk a read, a start or an update belongs to; null if it is not recorded. */
export function accessOf(recording, index) {
  const record = recording.records[index];
  for (let i = index - 1; i >= Math.max(0, index - REACH); i--) {
    const access = recording.records[i];
    if (access.k !== "access" || access.to < record.at || (access.hart ?? 0) !== (record.hart ?? 0)) continue;
    const walk = walkOf(recording, i);
    if (walk === null) continue;
    if (record.k === "start" ? (access.port ?? null) === (record.port ?? null) : [...walk.reads, ...walk.updates].some((step) => step.index === index)) return i;
  }
  return null;
}

/** The entries that a walk from this root would read now, as the tables stand. */
export function pathOf(state, scheme, root, va) {
  const path = [];
  if (!root || !va) return path;
  let table = root;
  for (const [position, field] of splitAddress(va, scheme).fields.entries()) {
    const pa = entryAddress(table, field.index, scheme);
    const entry = entryAt(state, scheme, pa);
    const level = levelNumber(scheme, position);
    if (entry === null) return path;
    path.push({ level, pa, value: entry.value });
    const { role, ppn } = decodePte(entry.value, scheme, level);
    if (role !== "pointer") return path;
    table = ppn;
  }
  return path;
}

/** The entry at a physical address; null if the record never told of it. */
export function entryAt(state, scheme, pa) {
  const [page, offset] = pageOf(pa, scheme.page_bits);
  return state.tables.get(page)?.get(offset) ?? null;
}

/** The ASID in a hart's satp, as far as the hardware keeps it; null before satp is written. */
export function keptAsid(recording, state, hart) {
  const satp = satpOf(state, hart);
  return satp === null || satp.asid === undefined ? null : satp.asid & recording.asidMask;
}

/** The line of a TLB that translates this address now; null if none does. */
export function hitLine(state, scheme, tlb, va, asid, hart = 0) {
  const lines = state.lines.get(ofHart(tlb, hart));
  if (!lines || !va) return null;
  const translated = (1n << BigInt(scheme.va_bits)) - 1n;
  for (const [, line] of lines) {
    if (line.valid === false || line.vpn === undefined || line.vpn === null) continue;
    if (!line.global && asid !== null && line.asid !== undefined && line.asid !== asid) continue;
    const inside = BigInt(shiftOf(scheme, line.level ?? 0));
    const held = big(line.vpn) << BigInt(scheme.page_bits) & translated;
    if (held >> inside === (big(va) & translated) >> inside) return line.line;
  }
  return null;
}

/** The TLB that a port looks into: its own, or the one that both share. */
export function tlbOf(machine, port) {
  return machine.tlbs.find((tlb) => tlb.name === port) ?? machine.tlbs.find((tlb) => tlb.name === "both") ?? null;
}
