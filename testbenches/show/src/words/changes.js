// What a change of an entry, a line or a frame is: the old, the new, and what differs.

import { FLAGS, RIGHTS as LINE_RIGHTS, decodePte, flagText, rangeText } from "../model/pte.js";
import { entryAt } from "../model/walk.js";
import { a } from "./names.js";

/** An entry in words: "VR··U·A· to frame 0x80041". */
export function entryText(value, scheme, level) {
  const { role, flags, base, size, wrong } = decodePte(value, scheme, level);
  if (role === "invalid") return "V = 0";
  if (role === "reserved") return `reserved (${wrong})`;
  if (role === "pointer") return `a pointer to the table in frame ${base}`;
  return `${flagText(flags)} to ${rangeText("frame", base, scheme, size)}`;
}

/** How one value of an entry differs from another: `{ kind, set, cleared, from, to }`, the frames where they differ. */
export function entryChange(old, now, scheme, level) {
  const [was, is] = [old, now].map((value) => decodePte(value, scheme, level));
  const set = FLAGS.filter(([letter]) => is.flags[letter] && !was.flags[letter]).map(([letter]) => letter);
  const cleared = FLAGS.filter(([letter]) => !is.flags[letter] && was.flags[letter]).map(([letter]) => letter);
  const base = { set, cleared, from: was.role === "invalid" ? null : was.base, to: is.role === "invalid" ? null : is.base };
  return { ...base, kind: kindOf(was, is, base) };
}

const RIGHTS = [..."RWXUG"];

function kindOf(was, is, { set, cleared }) {
  if (was.role === "invalid") return is.role === "invalid" ? "none" : "mapped";
  if (is.role === "invalid") return "unmapped";
  if (was.role !== is.role || was.base !== is.base) return "moved";
  if (cleared.some((letter) => RIGHTS.includes(letter))) return "narrowed";
  if (set.some((letter) => RIGHTS.includes(letter))) return "widened";
  if (cleared.includes("D")) return "cleaned";
  return cleared.includes("A") ? "aged" : set.length > 0 ? "marked" : "none";
}

/** "W is set" or "A and D are cleared"; what differs in the flags, without V. */
export function flagsText({ set, cleared }) {
  const part = (letters, word) => letters.length === 0 ? [] : [`${letters.join(" and ")} ${letters.length === 1 ? "is" : "are"} ${word}`];
  const marks = (letters) => letters.filter((letter) => letter !== "V");
  return [...part(marks(set), "set"), ...part(marks(cleared), "cleared")].join(", ");
}

/** The value of an entry before the record with this index; null if it is not known. */
export function valueBefore(recording, index) {
  const { records, scheme } = recording;
  const { pa, by, k } = records[index];
  let place = index;
  // The walker's write is recorded twice: what it tries, and what is so then.
  if (k === "pte" && by === "walker") {
    for (let i = index - 1; i >= 0 && records[i].at === records[index].at; i--) if (records[i].k === "update" && records[i].pa === pa) place = i;
  }
  const state = recording.stateAt(place);
  const entry = entryAt(state, scheme, pa);
  if (entry !== null) return entry.value;
  // Words of a table that were never told are 0: the kernel empties a table before it uses it.
  return k === "pte" && by === "kernel" ? "0x0" : null;
}

const token = (text, changed = false) => ({ text, changed });

/** An entry as pieces of text, those that differ from the other value marked. */
function entryTokens(value, other, scheme, level) {
  const [entry, rest] = [decodePte(value, scheme, level), decodePte(other, scheme, level)];
  const flags = FLAGS.map(([letter]) => token(entry.flags[letter] ? letter : "·", entry.flags[letter] !== rest.flags[letter]));
  const target = entry.role === "invalid" ? [] : [token(" → "), token(entry.base, rest.role === "invalid" || entry.base !== rest.base)];
  return [...flags, ...target];
}

/** The picture of a change of an entry: `{ old, now }`, lists of pieces `{ text, changed }`. */
export function entryPicture(old, now, scheme, level) {
  return old === null ? null : { old: entryTokens(old, now, scheme, level), now: entryTokens(now, old, scheme, level) };
}

function lineTokens(line, other, scheme) {
  if (!line || line.valid === false) return [token("empty", other?.valid !== false && other !== null)];
  const used = other && other.valid !== false ? other : null;
  const differs = (name) => used === null || used[name] !== line[name];
  const has = (held, letter) => String(held?.flags ?? "").includes(letter);
  return [
    token(rangeText("page", line.vpn, scheme, line.level ?? 0), differs("vpn")), token(line.global ? ", any ASID" : `, ASID ${line.asid ?? 0}`, differs("asid")), token(" → "),
    token(rangeText("frame", line.ppn, scheme, line.level ?? 0), differs("ppn")), token(" "),
    ...LINE_RIGHTS.map((letter) => token(has(line, letter) ? letter : "·", used === null || has(line, letter) !== has(used, letter))),
  ];
}

/** The picture of a change of a TLB's line. */
export function linePicture(old, now, scheme) {
  const was = old ?? { valid: false };
  return { old: lineTokens(was, now, scheme), now: lineTokens(now, was, scheme) };
}

/** The picture of a change that two words tell. */
export const wordPicture = (old, now) => (old === now ? null : { old: [token(old, true)], now: [token(now, true)] });

/** "a leaf, VR··U·A· to frame 0x80041", where it stands after "now". */
export function roleText(value, scheme, level) {
  const { role } = decodePte(value, scheme, level);
  return role === "leaf" ? `${a(role)}, ${entryText(value, scheme, level)}` : entryText(value, scheme, level);
}

/** Texts in a row that both lists have, from which on only the first and the last are shown. */
const MANY = 4;

/** The picture of a change of a list: those marked that the other has not, or has elsewhere in its order. */
export function listPicture(old, now) {
  if (old.join() === now.join()) return null;
  const kept = commonOf(old, now);
  const isInside = (list, i) => [i - 1, i, i + 1].every((at) => kept.has(list[at]));
  const tokens = (list) => {
    const shown = list.length < MANY ? list.map((_, i) => i) : list.map((_, i) => i).filter((i) => !isInside(list, i));
    return shown.flatMap((i, at) => [...(at === 0 ? [] : [token(i > shown[at - 1] + 1 ? ", …, " : ", ")]), token(list[i], !kept.has(list[i]))]);
  };
  return { old: tokens(old), now: tokens(now) };
}

/** The most pairs of texts that are compared. */
const LONGEST = 1e6;

/** The texts of the longest list that both have in this order. Texts of a list differ. */
function commonOf(old, now) {
  // Of very long ones those that both have, whatever their order.
  if (old.length * now.length > LONGEST) return new Set(old.filter((text) => now.includes(text)));
  const best = Array.from({ length: old.length + 1 }, () => Array(now.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) for (let j = now.length - 1; j >= 0; j--) best[i][j] = old[i] === now[j] ? best[i + 1][j + 1] + 1 : Math.max(best[i + 1][j], best[i][j + 1]);
  const kept = new Set();
  for (let i = 0, j = 0; i < old.length && j < now.length;) {
    if (old[i] === now[j]) kept.add(old[i++]) && j++;
    else if (best[i + 1][j] >= best[i][j + 1]) i++;
    else j++;
  }
  return kept;
}
