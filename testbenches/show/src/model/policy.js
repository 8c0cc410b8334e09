// The text of a replacement policy's state, taken apart: "1:7',1:0,+3" or
// "inactive:1:4;active:1:5'". Each page is pid:vpn with a word; the first is examined next.

import { decodePte } from "./pte.js";
import { entryAt, pathOf } from "./walk.js";

const CLOCKS = new Set(["clock", "clock0", "enhanced-second-chance", "wsclock"]);
const QUEUES = new Set(["fifo", "second-chance"]);
const STACKS = new Set(["lru", "mru"]);

/** How a policy is drawn: "clock", "queue", "stack", "lists" or "list". */
export function shapeOf(policy, lists) {
  if (lists.length > 1) return "lists";
  if (CLOCKS.has(policy)) return "clock";
  if (QUEUES.has(policy)) return "queue";
  if (STACKS.has(policy)) return "stack";
  return "list";
}

function entryOf(text) {
  const more = /^\+(\d+)$/.exec(text);
  if (more) return { more: Number(more[1]) };
  const page = /^(>?)(\d+):([0-9a-f]+)(.*)$/.exec(text);
  if (!page) return { word: text };
  const word = page[4].replace(/^=/, "");
  return {
    hand: page[1] === ">",
    pid: Number(page[2]),
    vpn: "0x" + (page[3].replace(/^0+(?=.)/, "") || "0"),
    referenced: word === "'" ? true : undefined,
    word: word === "'" ? "" : word,
  };
}

/** The lists of a state, each `{ name, entries }`. An entry has a page, a word, or `more`. */
export function parsePolicy(text) {
  return text.split(";").filter((part) => part !== "").map((part) => {
    const named = /^([a-z_]+):(.*)$/.exec(part);
    const body = named ? named[2] : part;
    return {
      name: named ? named[1] : "",
      entries: body.split(",").filter((entry) => entry !== "").map(entryOf),
    };
  });
}

/**
 * A ring in places that stay where they are while the hand moves: the text begins at the hand, so
 * it is turned until the page that is in the lowest frame comes first. Returns the entries and
 * the place of the hand, which has `passed` so many since the text was told.
 */
export function ringOf(entries, frameOf, passed = 0) {
  const pages = entries.filter((entry) => entry.vpn !== undefined);
  const marked = pages.findIndex((entry) => entry.hand);
  const hand = pages.length === 0 ? 0 : (Math.max(0, marked) + passed) % pages.length;
  let first = 0;
  let lowest = null;
  pages.forEach((entry, i) => {
    const frame = frameOf(entry.pid, entry.vpn);
    if (frame === undefined) return;
    const number = BigInt(frame);
    if (lowest === null || number < lowest) [lowest, first] = [number, i];
  });
  const turned = [...pages.slice(first), ...pages.slice(0, first)];
  return { pages: turned, hand: (hand - first + pages.length) % Math.max(1, pages.length) };
}

/**
 * Where the hand of a clock is that has cleared A since the policy's state was told: the text has
 * the place that the hand set out from. `passed` pages were found with A = 1.
 */
export function handOf(recording, state, entries) {
  const pages = entries.filter((entry) => entry.vpn !== undefined);
  const isCleared = ({ pid, vpn }) => {
    const step = leafStep(recording, state, pid, vpn);
    if (step === null || step.by <= state.policy.by) return false;
    const { role, flags } = decodePte(step.value, recording.scheme, step.level);
    return role === "leaf" && !flags.A;
  };
  const kept = pages.findIndex((entry) => !isCleared(entry));
  return { entries: pages, passed: kept < 0 ? pages.length : kept };
}

/** The entry that maps a page now, with the record that wrote it. */
function leafStep(recording, state, pid, vpn) {
  const { scheme } = recording;
  const va = "0x" + (BigInt(vpn) << BigInt(scheme.page_bits)).toString(16);
  const step = pathOf(state, scheme, state.processes.get(pid)?.root, va).at(-1);
  return step === undefined ? null : { ...step, by: entryAt(state, scheme, step.pa).by };
}
