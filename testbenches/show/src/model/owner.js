// Whose an entry of a page table is, and for which addresses: found by climbing from its table to a
// root, by the entries that point to each table.

import { big, hex, pageOf } from "./hex.js";
import { levelNumber, shiftOf } from "./pte.js";

/** The process with this root table, or null; undefined if no one uses it as root. */
function holderOf(state, root) {
  for (const [pid, process] of state.processes) if (process.root === root) return pid;
  for (const [, satp] of state.satps) if (satp.root === root) return null;
  return undefined;
}

/** An address with its upper bits as copies of the sign bit. */
function canonical(va, scheme) {
  const sign = va >> BigInt(scheme.va_bits - 1) & 1n;
  return hex(sign === 1n && scheme.pte_bytes === 8 ? va | ((1n << 64n) - (1n << BigInt(scheme.va_bits))) : va);
}

/**
 * `{ level, va, pid }` of the entry at a physical address: the level of its table, the first address
 * that it maps, its process or null. null if no known table leads there.
 */
export function ownerOf(state, scheme, pa) {
  const indices = [];
  let at = pa;
  for (let climbed = 0; climbed < scheme.levels.length; climbed++) {
    const [table, offset] = pageOf(at, scheme.page_bits);
    indices.unshift(offset / scheme.pte_bytes);
    const pid = holderOf(state, table);
    if (pid !== undefined) {
      const va = indices.reduce((sum, index, position) => sum + (BigInt(index) << BigInt(shiftOf(scheme, levelNumber(scheme, position)))), 0n);
      return { level: levelNumber(scheme, climbed), va: canonical(va, scheme), pid };
    }
    at = state.parents.get(table);
    if (at === undefined) return null;
  }
  return null;
}

/** The frame of a word that may point to a table: of one that is valid with R = W = X = 0; else null. */
export function pointedBy(value) {
  const word = big(value);
  return (word & 0xfn) === 1n ? hex((word >> 10n) & ((1n << 44n) - 1n)) : null;
}

/** The frame of a valid word; null of one that is not. */
export function leadsTo(value) {
  const word = big(value);
  return (word & 1n) === 1n ? hex((word >> 10n) & ((1n << 44n) - 1n)) : null;
}
