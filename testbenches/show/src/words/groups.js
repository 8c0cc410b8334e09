// The changes of one kind in a cycle that are one stop: all of them in a few words.

import { ownerOf } from "../model/owner.js";
import { big, compareHex } from "../model/hex.js";
import { processName, tlbText } from "./names.js";

const NAMES = { pte: "entries", frame: "frames", line: "lines", region: "regions", slot: "swap slots", process: "processes", root: "root tables" };

/** Parts of a range that are told. */
const PARTS = 6;

/** Numbers in order as ranges of those beside each other: "0x80041 and 0x80043 to 0x80049". */
function rangesText(numbers, isNext) {
  const ranges = [];
  for (const number of numbers) {
    if (ranges.length > 0 && isNext(ranges.at(-1).at(-1), number)) ranges.at(-1).push(number);
    else ranges.push([number]);
  }
  const texts = ranges.map((range) => (range.length === 1 ? String(range[0]) : `${range[0]} to ${range.at(-1)}`));
  if (texts.length > PARTS) return `${texts.slice(0, PARTS).join(", ")} and ${texts.length - PARTS} more`;
  return texts.length === 1 ? texts[0] : `${texts.slice(0, -1).join(", ")} and ${texts.at(-1)}`;
}

const byKey = (items, keyOf) => items.reduce((groups, item) => groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]), new Map());
const hexes = (numbers, by = 1n) => rangesText([...numbers].sort(compareHex), (a, b) => big(b) - big(a) === by);

/** The entries by whose they are, and for which addresses. */
function entriesText(recording, records, state) {
  const owned = records.map(({ pa }) => ({ pa, owner: ownerOf(state, recording.scheme, pa) }));
  const groups = byKey(owned, ({ owner }) => (owner === null ? "" : `${owner.pid} ${owner.level}`));
  return [...groups.values()].map((group) => {
    const [{ owner }] = group;
    if (owner === null) return `at ${hexes(group.map(({ pa }) => pa), BigInt(recording.scheme.pte_bytes))}`;
    const whose = owner.pid === null ? "" : ` of ${processName(state, owner.pid)}`;
    const step = 1n << BigInt(recording.scheme.levels.at(-1 - owner.level)?.shift ?? recording.scheme.page_bits);
    return `for ${hexes(group.map(({ owner: { va } }) => va), step)}${whose}${owner.level > 0 ? `, level ${owner.level}` : ""}`;
  }).join("; ");
}

function linesText(records) {
  return [...byKey(records, ({ tlb, hart = 0 }) => `${hart} ${tlb}`).values()].map((group) => `${rangesText(group.map(({ line }) => line).sort((a, b) => a - b), (a, b) => b - a === 1)} of ${tlbText(group[0].tlb)}`).join("; ");
}

/** What the stop at this record stands for, if for several: "8 entries change …: for …". */
export function groupText(recording, index) {
  const group = recording.groups.get(index);
  if (group === undefined) return null;
  const records = recording.records.slice(group.first, index + 1).filter(({ k }) => k === recording.records[index].k);
  const { k } = records[0];
  const told = {
    pte: () => entriesText(recording, records, recording.stateAt(index + 1)),
    frame: () => hexes(records.map(({ ppn }) => ppn)),
    line: () => linesText(records),
  };
  const which = Object.hasOwn(told, k) ? `: ${told[k]()}` : "";
  return `${group.count} ${NAMES[k] ?? "records"} change in this cycle${which}. This is the last of them; steps by record visit each.`;
}
