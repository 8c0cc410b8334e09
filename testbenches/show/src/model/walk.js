// The walk of an access, as it was recorded, and as the tables say that it would be.

import { pageOf } from "./hex.js";
import { decodePte, entryAddress, levelNumber, splitAddress } from "./pte.js";

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
    if (record.port !== undefined && port !== undefined && record.port !== port) continue;
    // Another access of this port is accepted: what follows may be its walk.
    if (record.k === "start" && walk !== null && record.at >= access.to) break;
    if (record.k === "start" && walk === null) walk = { level: record.level, reads: [], updates: [], lines: [] };
    if (walk === null) continue;
    if (record.k === "read") walk.reads.push({ ...record, index: i });
    if (record.k === "update") walk.updates.push({ ...record, index: i });
    const mine = record.k === "line" && record.valid !== false && (record.tlb === port || record.tlb === "both" || port === undefined);
    if (mine && access.cause === undefined) walk.lines.push({ ...record, index: i });
  }
  return walk;
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
    const { role, ppn } = decodePte(entry.value, scheme);
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

/** The line of a TLB that translates this address now; null if none does. */
export function hitLine(state, scheme, tlb, va, asid) {
  const lines = state.lines.get(tlb);
  if (!lines || !va) return null;
  const wanted = splitAddress(va, scheme);
  for (const [, line] of lines) {
    if (line.valid === false || line.vpn === undefined || line.vpn === null) continue;
    if (!line.global && asid !== null && line.asid !== undefined && line.asid !== asid) continue;
    const shift = BigInt(scheme.page_bits);
    const have = splitAddress("0x" + (BigInt(line.vpn) << shift).toString(16), scheme);
    const compared = wanted.fields.filter((field) => field.level >= (line.level ?? 0));
    if (compared.every((field, i) => field.index === have.fields[i].index)) return line.line;
  }
  return null;
}

/** The TLB that a port looks into: its own, or the one that both share. */
export function tlbOf(machine, port) {
  return machine.tlbs.find((tlb) => tlb.name === port) ?? machine.tlbs.find((tlb) => tlb.name === "both") ?? null;
}
