// Sentences on entries of page tables that change: whose, from what to what, and what follows.

import { decodePte } from "../model/pte.js";
import { ownerOf } from "../model/owner.js";
import { entryChange, entryPicture, entryText, flagsText, roleText, valueBefore } from "./changes.js";
import { forkText } from "./kernel.js";
import { madeStale } from "./lines.js";
import { placeText, processName } from "./names.js";
import { RULES } from "./rules.js";

/** Who writes page tables besides walkers. */
const WRITERS = { kernel: "The kernel", software: "The scenario" };

/** "the entry for 0x400000 of child, at 0x8004b000". */
export function entryName(recording, state, pa) {
  const owner = ownerOf(state, recording.scheme, pa);
  if (owner === null) return `the entry at ${pa}`;
  const whose = owner.pid === null ? "" : ` of ${processName(state, owner.pid)}`;
  return `the entry for ${placeText(recording, owner.pid, owner.va)}${whose}, at ${pa}`;
}

/** What follows from a change, by its kind. */
function effectOf({ kind, set, cleared, to, from }, role) {
  if (role === "pointer" && kind === "mapped") return "The addresses below it have a table now.";
  switch (kind) {
    case "mapped": return "The page is mapped now.";
    case "unmapped": return `Nothing is mapped there any longer; it led to frame ${from}.`;
    case "moved": return `${flagsText({ set, cleared }) === "" ? "" : `${flagsText({ set, cleared })}. `}It leads to frame ${to} now, no longer to ${from}.`;
    case "narrowed": return cleared.includes("W") ? "W is cleared: a store faults from now on." : `${flagsText({ set, cleared })}: less is allowed now.`;
    case "widened": return set.includes("W") ? "W is set: stores are allowed now." : `${flagsText({ set, cleared })}: more is allowed now.`;
    case "aged": return "A is cleared, so that the next use of the page can be seen: a walk sets it again.";
    case "cleaned": return "D is cleared, so that the next store can be seen: a walk sets it again.";
    case "marked": return `${flagsText({ set, cleared })}.`;
    default: return "";
  }
}

export function sayPte({ recording, state, record, index }) {
  const { scheme } = recording;
  const level = ownerOf(state, scheme, record.pa)?.level ?? 0;
  const name = entryName(recording, state, record.pa);
  const old = valueBefore(recording, index);
  const change = old === null ? null : entryChange(old, record.value, scheme, level);
  const picture = entryPicture(old, record.value, scheme, level);
  const now = entryText(record.value, scheme, level);
  if (record.by === "walker") {
    const marks = change && flagsText(change) !== "" ? flagsText(change) : "A or D is set";
    return { what: `The walker writes ${name}: ${marks}.`, why: change ? `${entryText(old, scheme, level)} becomes ${now}: the leaf was used${change.set.includes("D") ? " for a store" : ""}.` : "It marks the leaf that it used.", rule: RULES.marks, change: picture };
  }
  const fork = forkText(recording, index);
  const writer = WRITERS[record.by] ?? (recording.hasKernel ? WRITERS.kernel : WRITERS.software);
  const who = fork === "" ? writer : `${fork}${writer.replace("The", "the")}`;
  const was = change === null ? "" : change.kind === "mapped" ? ", before V = 0" : "";
  const what = change === null || change.kind === "mapped" ? `${who} writes ${name}: now ${roleText(record.value, scheme, level)}${was}.` : `${who} writes ${name}: ${entryText(old, scheme, level)} becomes ${now}.`;
  const effects = [change === null ? "" : effectOf(change, decodePte(record.value, scheme, level).role), ["none", "mapped", "marked"].includes(change?.kind) ? "" : madeStale(recording, index)];
  return { what, why: effects.filter((text) => text !== "").join(" "), rule: RULES.written, change: picture };
}

/** The letters that an update sets: "A", "D" or "A and D". */
export function marksOf(recording, index) {
  const { pa, value } = recording.records[index];
  const old = valueBefore(recording, index);
  const level = ownerOf(recording.stateAt(index), recording.scheme, pa)?.level ?? 0;
  const set = old === null ? [] : entryChange(old, value, recording.scheme, level).set;
  return { text: set.length > 0 ? set.join(" and ") : "A or D", old, level };
}
