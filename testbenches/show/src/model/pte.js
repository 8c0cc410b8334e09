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

/** The size of a NAPOT range, where otherwise a level stands; and the bits of its page numbers. */
export const NAPOT = 5;
const NAPOT_BITS = 4n;

/**
 * An entry taken apart: `flags` by letter, `ppn`, `rsw`, and in 8-byte entries `pbmt`, `napot`
 * and `reserved`. `role` is "invalid", "pointer", "leaf" or "reserved"; `wrong` says what is
 * reserved. Of a leaf `size` is the level or `NAPOT`, and `base` its first frame.
 */
export function decodePte(value, scheme = SV39, level = 0) {
  const word = big(value);
  const flags = {};
  for (const [letter, bit] of FLAGS) flags[letter] = ((word >> BigInt(bit)) & 1n) === 1n;
  const wide = scheme.pte_bytes === 8;
  const ppn = hex((word >> 10n) & (wide ? (1n << 44n) - 1n : (1n << 22n) - 1n));
  const entry = {
    flags, ppn,
    rsw: Number((word >> 8n) & 3n),
    pbmt: wide ? Number((word >> 61n) & 3n) : 0,
    napot: wide && word >> 63n === 1n,
    reserved: wide ? Number((word >> 54n) & 0x7fn) : 0,
  };
  const leaf = flags.R || flags.X;
  const wrong = flags.V ? wrongOf(entry, leaf, level) : null;
  const role = !flags.V ? "invalid" : wrong !== null ? "reserved" : leaf ? "leaf" : "pointer";
  const size = role === "leaf" && entry.napot ? NAPOT : level;
  return { ...entry, wrong, role, size, base: size === NAPOT ? hex(big(ppn) >> NAPOT_BITS << NAPOT_BITS) : ppn };
}

/** What of a valid entry is reserved whatever extensions there are; null if nothing is. */
function wrongOf({ flags, ppn, pbmt, napot, reserved }, leaf, level) {
  if (flags.W && !flags.R) return "W is set without R";
  if (reserved !== 0) {
    const bits = [54, 55, 56, 57, 58, 59, 60].filter((_, i) => (reserved >> i) & 1);
    return bits.length === 1 ? `bit ${bits[0]} is set` : `bits ${bits.join(", ")} are set`;
  }
  if (pbmt === 3) return "PBMT is 3";
  if (leaf) {
    if (napot && level > 0) return "N is set above the last level";
    if (napot && (big(ppn) & 15n) !== 8n) return "N is set and the low four bits of the frame number are not 1000";
    return null;
  }
  const extra = ["A", "D", "U"].filter((letter) => flags[letter]);
  if (extra.length > 0) return `${extra.join(" and ")} ${extra.length === 1 ? "is" : "are"} set in a pointer`;
  if (napot) return "N is set in a pointer";
  if (pbmt !== 0) return "PBMT is set in a pointer";
  return null;
}

/** What of an entry is reserved where an extension is missing; null if nothing is. */
export function dependsOf({ pbmt, napot }) {
  if (napot) return "N is set, which only Svnapot allows";
  if (pbmt !== 0) return "PBMT is set, which only Svpbmt allows";
  return null;
}

/** The flags of an entry as text, in the order of the tables: a letter where set, a dot where not. */
export function flagText(flags) {
  return FLAGS.map(([letter]) => (flags[letter] ? letter : "·")).join("");
}

/** The rights that a line of a TLB has, in this order. */
export const RIGHTS = [..."RWXUGD"];

/** The rights of a line, which records have as letters, in the same way. */
export function rightsText(letters) {
  return RIGHTS.map((letter) => (String(letters ?? "").includes(letter) ? letter : "·")).join("");
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

/** The bits of an address inside a page of this size: a level or `NAPOT`. */
export function shiftOf(scheme, size) {
  if (size === NAPOT) return scheme.page_bits + Number(NAPOT_BITS);
  return levelOf(scheme, size)?.shift ?? scheme.page_bits;
}

/** The bytes that a page of this size has. */
export function pageBytes(scheme, size) {
  return 2 ** shiftOf(scheme, size);
}

/** A page or frame number with those bits cleared that are inside a page of this size. */
export function firstOf(number, scheme, size) {
  const bits = BigInt(shiftOf(scheme, size) - scheme.page_bits);
  return hex(big(number) >> bits << bits);
}

/** "page 0x413", or of a larger page "pages 0x410 to 0x41f". */
export function rangeText(word, number, scheme, size) {
  const pages = 1n << BigInt(shiftOf(scheme, size) - scheme.page_bits);
  const first = firstOf(number, scheme, size);
  return pages === 1n ? `${word} ${first}` : `${word}s ${first} to ${hex(big(first) + pages - 1n)}`;
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
  if (level === NAPOT) return "NAPOT range";
  return ["page", "megapage", "gigapage", "terapage", "petapage"][level] ?? `level-${level} page`;
}
