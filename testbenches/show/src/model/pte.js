// Page-table entries and virtual addresses, by the scheme of the record.

import { big, hex } from "./hex.js";

/** The flags in the order in which this page always shows them, and their bits. */
export const FLAGS = [
  ["V", 0], ["R", 1], ["W", 2], ["X", 3], ["U", 4], ["G", 5], ["A", 6], ["D", 7],
];

/** What the page assumes if a record has no scheme. */
export const SV39 = {
  name: "Sv39", va_bits: 39, pa_bits: 56, pte_bytes: 8, page_bits: 12,
  levels: [{ bits: 9, shift: 30 }, { bits: 9, shift: 21 }, { bits: 9, shift: 12 }],
};

/**
 * An entry taken apart: `flags` by letter, `ppn`, `rsw`, and in 8-byte entries `pbmt`, `napot`
 * and `reserved`. `role` is "invalid", "pointer", "leaf" or "reserved" (W without R).
 */
export function decodePte(value, scheme = SV39) {
  const word = big(value);
  const flags = {};
  for (const [letter, bit] of FLAGS) flags[letter] = ((word >> BigInt(bit)) & 1n) === 1n;
  const wide = scheme.pte_bytes === 8;
  const ppn = hex((word >> 10n) & (wide ? (1n << 44n) - 1n : (1n << 22n) - 1n));
  const leaf = flags.R || flags.X;
  const role = !flags.V ? "invalid"
    : flags.W && !flags.R ? "reserved"
    : leaf ? "leaf" : "pointer";
  return {
    flags, ppn, role,
    rsw: Number((word >> 8n) & 3n),
    pbmt: wide ? Number((word >> 61n) & 3n) : 0,
    napot: wide && word >> 63n === 1n,
    reserved: wide ? Number((word >> 54n) & 0x7fn) : 0,
  };
}

/** The letters that are set, in order: "VRWUAD". */
export function flagText(flags) {
  return FLAGS.filter(([letter]) => flags[letter]).map(([letter]) => letter).join("");
}

/** The number of a level, counted from the last, of the one at `position` from the root. */
export function levelNumber(scheme, position) {
  return scheme.levels.length - 1 - position;
}

/** The field of a level, by the level's number. */
export function levelOf(scheme, number) {
  return scheme.levels[scheme.levels.length - 1 - number];
}

/**
 * A virtual address split into its fields, from the root's index to the offset. `upper` is what
 * is above the translated bits, `canonical` whether it repeats the sign bit (always in Sv32).
 */
export function splitAddress(va, scheme = SV39) {
  const word = big(va);
  const fields = scheme.levels.map((level, position) => ({
    level: levelNumber(scheme, position),
    bits: level.bits,
    low: level.shift,
    high: level.shift + level.bits - 1,
    index: Number((word >> BigInt(level.shift)) & ((1n << BigInt(level.bits)) - 1n)),
  }));
  const offset = Number(word & ((1n << BigInt(scheme.page_bits)) - 1n));
  const upperBits = Math.max(0, (scheme.pte_bytes === 8 ? 64 : scheme.va_bits) - scheme.va_bits);
  const upper = word >> BigInt(scheme.va_bits);
  const sign = (word >> BigInt(scheme.va_bits - 1)) & 1n;
  const expected = sign === 1n && upperBits > 0 ? (1n << BigInt(upperBits)) - 1n : 0n;
  return { fields, offset, upperBits, upper: hex(upper), canonical: upper === expected };
}

/** The address of an entry of a table. */
export function entryAddress(table, index, scheme) {
  return hex((big(table) << BigInt(scheme.page_bits)) + BigInt(index * scheme.pte_bytes));
}

/** The bytes that a leaf at this level maps. */
export function pageBytes(scheme, level) {
  return 2 ** (levelOf(scheme, level)?.shift ?? scheme.page_bits);
}

/** "4 KiB", "2 MiB", ... */
export function bytesText(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  let unit = 0;
  while (bytes >= 1024 && bytes % 1024 === 0 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${bytes} ${units[unit]}`;
}

/** The name that the specification gives to a page of this level. */
export function pageName(scheme, level) {
  return ["page", "megapage", "gigapage", "terapage", "petapage"][level] ?? `level-${level} page`;
}
