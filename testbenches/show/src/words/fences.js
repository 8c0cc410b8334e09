// Why a fence: which entries changed since the one before it, and what an older line would do.

import { pageOf } from "../model/hex.js";
import { ownerOf } from "../model/owner.js";
import { entryChange, entryText, flagsText, valueBefore } from "./changes.js";
import { entryName } from "./entries.js";
import { processName } from "./names.js";

/** The furthest that is looked back, and the most changes that are told apart. */
const REACH = 3000;
const MOST = 600;

/** The gravest first: what an older line would do after such a change. */
const GRAVE = ["moved", "unmapped", "narrowed", "cleaned", "widened", "aged", "mapped", "marked"];

/**
 * Indices of what software wrote to entries for this fence: since a process ran last, else since the
 * hart's fence before it, else just after it.
 */
function writesOf(recording, index) {
  const { records } = recording;
  const { hart = 0 } = records[index];
  const isWrite = (record) => record.k === "pte" && record.by !== "walker";
  const found = [];
  for (let i = index - 1; i >= Math.max(0, index - REACH) && found.length < MOST; i--) {
    if (records[i].k === "fence" && (records[i].hart ?? 0) === hart) break;
    if (found.length > 0 && ["access", "answer", "activity"].includes(records[i].k)) break;
    if (isWrite(records[i])) found.unshift(i);
  }
  for (let i = index + 1; found.length === 0 && i < Math.min(records.length, index + REACH); i++) {
    if (["access", "activity", "step", "fence"].includes(records[i].k)) break;
    if (isWrite(records[i])) return [i];
  }
  return found;
}

/** Changes of entries `{ pa, old, now, owner, change }`, several of one entry as one. */
function changesOf(recording, indices) {
  const { records, scheme } = recording;
  const changes = new Map();
  for (const index of indices) {
    const { pa, value } = records[index];
    const state = recording.stateAt(index + 1);
    const old = changes.get(pa)?.old ?? valueBefore(recording, index);
    const owner = ownerOf(state, scheme, pa) ?? changes.get(pa)?.owner ?? null;
    if (old === null) changes.set(pa, { pa, old, now: value, owner, change: null });
    else changes.set(pa, { pa, old, now: value, owner, change: entryChange(old, value, scheme, owner?.level ?? 0) });
  }
  return [...changes.values()].filter(({ change }) => change?.kind !== "none");
}

/** Those that a fence covers, if it covers any. */
function covered(recording, fence, changes) {
  if (typeof fence.va !== "string") return changes;
  const page = (va) => pageOf(va, recording.scheme.page_bits)[0];
  const inside = changes.filter(({ owner }) => owner !== null && page(owner.va) === page(fence.va));
  return inside.length > 0 ? inside : changes;
}

/** What would go wrong with a line from before the change. */
function dangerOf({ kind, from, to, set, cleared }, several) {
  switch (kind) {
    case "moved": return `An older line would ${set.includes("W") ? "refuse the store, or " : "still "}lead to ${several ? "the old frame, not to the new one" : `frame ${from}, not to ${to}`}.`;
    case "unmapped": return `An older line would still lead to ${several ? "its frame" : `frame ${from}`}, which may soon hold something else.`;
    case "narrowed": return cleared.includes("W") ? `An older line with W would let a store through${several ? "" : ` to frame ${from}`}.` : "An older line would still allow what is forbidden now.";
    case "cleaned": return "An older line with D = 1 would let a store through without setting D: it could be lost.";
    case "widened": return "An older line would still refuse what is allowed now: the access would fault once more.";
    case "aged": return "With an older line a use of the page needs no walk, and A would stay 0 though the page is used.";
    default: return "Hardware may have kept that nothing was mapped there: the access could fault once more.";
  }
}

/** The addresses of several entries: "0x400000 to 0x407000 of parent". */
function placesOf(recording, index, changes) {
  const owners = changes.map(({ owner }) => owner).filter((owner) => owner !== null);
  const pids = new Set(owners.map(({ pid }) => pid));
  if (owners.length === 0) return "";
  const sorted = owners.map(({ va }) => va).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const whose = pids.size === 1 && owners[0].pid !== null ? ` of ${processName(recording.stateAt(index), owners[0].pid)}` : "";
  return ` (${sorted[0] === sorted.at(-1) ? sorted[0] : `${sorted[0]} to ${sorted.at(-1)}`}${whose})`;
}

/** Why a fence is needed, from what changed; null if nothing did. */
export function fenceChanges(recording, index) {
  const writes = writesOf(recording, index);
  if (writes.length === 0) return null;
  const all = covered(recording, recording.records[index], changesOf(recording, writes));
  const known = all.filter(({ change }) => change !== null);
  if (known.length === 0) return "Page tables changed, and older translations must not be used any longer.";
  const rank = ({ change }) => GRAVE.indexOf(change.kind);
  const worst = Math.min(...known.map(rank));
  const grave = known.filter((one) => rank(one) === worst);
  const [first] = grave;
  const danger = dangerOf(first.change, grave.length > 1);
  if (grave.length > 1) {
    const flags = flagsText(first.change);
    const what = first.change.kind === "mapped" ? "are valid now" : first.change.kind === "unmapped" ? "are no longer valid" : flags === "" ? "changed" : `changed: ${flags}`;
    return `${grave.length} entries${placesOf(recording, index, grave)} ${what}. ${danger}`;
  }
  const name = entryName(recording, recording.stateAt(index + 1), first.pa);
  const { scheme } = recording;
  const level = first.owner?.level ?? 0;
  if (first.change.kind === "aged") return `Only A was cleared in ${name}. ${danger}`;
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}, changed: ${entryText(first.old, scheme, level)} became ${entryText(first.now, scheme, level)}. ${danger}`;
}
