// Whether a line of a TLB holds what the page tables no longer say. It may be used until a fence of
// its hart covers it; which is right is for software to see to.

import { big, hex } from "./hex.js";
import { decodePte, shiftOf } from "./pte.js";
import { satpOf } from "./state.js";
import { entryAt, pathOf } from "./walk.js";

/** The rights that a line has of its entry. */
const RIGHTS = [..."RWXU"];

/** The frame of a page inside a leaf or line of this size. */
function frameOf(scheme, ppn, size, vpn) {
  const inside = (1n << BigInt(shiftOf(scheme, size) - scheme.page_bits)) - 1n;
  return hex(big(ppn) & ~inside | big(vpn) & inside);
}

const known = new WeakMap();

/**
 * What the tables say instead of a line: `{ kind, frame, entry, by }`, or null if they say the same
 * or are not known. `kind` is "unmapped", "frame", "rights", "dirty" or "accessed"; `by` is the
 * number of records after which the entry was so.
 */
export function staleOf(recording, state, line) {
  if (!line || line.valid === false || line.vpn === undefined || line.vpn === null) return null;
  const before = known.get(line);
  if (before?.tables === state.tables && before.spaces === state.spaces) return before.found;
  const found = compared(recording, state, line);
  known.set(line, { tables: state.tables, spaces: state.spaces, found });
  return found;
}

/** The root of the address space that used this ASID last, of those bits that the hardware keeps. */
function rootOf(recording, state, asid) {
  let latest = null;
  for (const [written, space] of state.spaces) {
    if ((written & recording.asidMask) === asid && (latest === null || space.by > latest.by)) latest = space;
  }
  return latest?.root ?? null;
}

function compared(recording, state, line) {
  const { scheme } = recording;
  const root = line.global ? satpOf(state, line.hart)?.root : rootOf(recording, state, line.asid ?? 0);
  const va = hex(big(line.vpn) << BigInt(scheme.page_bits));
  const step = pathOf(state, scheme, root, va).at(-1);
  if (!step) return null;
  const entry = decodePte(step.value, scheme, step.level);
  const told = (kind) => ({ kind, entry, frame: entry.role === "leaf" ? frameOf(scheme, entry.ppn, entry.size, line.vpn) : null, by: entryAt(state, scheme, step.pa).by });
  if (entry.role === "invalid") return told("unmapped");
  if (entry.role !== "leaf") return null;
  const frame = frameOf(scheme, entry.ppn, entry.size, line.vpn);
  if (frame !== frameOf(scheme, line.ppn ?? "0x0", line.level ?? 0, line.vpn)) return told("frame");
  const flags = String(line.flags ?? "");
  if (RIGHTS.some((letter) => entry.flags[letter] !== flags.includes(letter))) return told("rights");
  if (flags.includes("D") && !entry.flags.D) return told("dirty");
  return entry.flags.A ? null : told("accessed");
}
