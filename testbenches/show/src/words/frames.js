// What a frame is used for: a letter, a class for its colour and pattern, and words; and the
// sentence on a frame whose use changes.

import { wordPicture } from "./changes.js";
import { plainWords, processName } from "./names.js";
import { kernel } from "./rules.js";

const KINDS = {
  kernel: ["K", "kernel", "kernel"],
  reserved: ["R", "kernel", "reserved"],
  table: ["T", "table", "page table"],
  text: ["x", "text", "text"],
  library: ["x", "text", "library text"],
  rodata: ["r", "text", "constants"],
  data: ["d", "data", "data"],
  bss: ["b", "data", "zeroed data"],
  heap: ["h", "heap", "heap"],
  stack: ["s", "stack", "stack"],
  mmap: ["m", "shared", "mapped"],
  mapped: ["m", "shared", "mapped"],
  shared: ["S", "shared", "shared memory"],
  file: ["f", "cache", "page of a file"],
  cache: ["c", "cache", "page cache"],
  zero: ["0", "zero", "the zero page"],
  page: ["p", "data", "page"],
};

/** `{ letter, tone, name, owners }` of a frame's record; a free one has no letter. */
export function frameKind(record) {
  if (!record || record.use === "free") return { letter: "", tone: "free", name: "free", owners: [] };
  const key = record.use === "page" ? record.what ?? "page" : record.use;
  const [letter, tone, name] = Object.hasOwn(KINDS, key) ? KINDS[key] : ["?", "data", key];
  const pids = record.pids?.length ? record.pids.map(([pid]) => pid) : typeof record.pid === "number" ? [record.pid] : [];
  const owners = [...new Set(pids)].sort((a, b) => a - b);
  return { letter, tone, name, owners };
}

/** The kinds for a legend, of those that occur. */
export function legendOf(records) {
  const seen = new Map();
  for (const record of records) {
    const { letter, tone, name } = frameKind(record);
    if (letter !== "" && !seen.has(letter + name)) seen.set(letter + name, { letter, tone, name });
  }
  return [...seen.values()];
}

const NAMES = { cache: "a page of the page cache", library: "a page of library text", rodata: "a page of constants", shared: "a page of shared memory", mmap: "a page of a mapping", mapped: "a page of a mapping" };

/** What is so of a free frame that the kernel has given away, but not yet told. */
export const TAKEN = { copy: "being filled with a copy", mapped: "mapped by an entry already" };

/** What a frame holds, in words that follow "holds". */
function contentOf(record) {
  if (record.what === "zero") return "the page of zeroes";
  return !record.what ? "a page" : NAMES[record.what] ?? `a page of ${plainWords(record.what)}`;
}

/** The processes that map a frame, in words. */
const holdersOf = (state, record) => [...new Set((record?.pids ?? []).map(([pid]) => processName(state, pid)))].join(" and ");

/** The use of a frame in a few words: "heap of parent and child", "free". */
export function frameText(state, record) {
  const { name, owners } = frameKind(record);
  const who = record?.pids?.length ? holdersOf(state, record) : owners.map((pid) => processName(state, pid)).join(" and ");
  const slot = typeof record?.slot === "number" ? `, as in swap slot ${record.slot}` : "";
  return `${name}${who ? ` of ${who}` : ""}${slot}`;
}

const USES = {
  kernel: (frame) => [`${frame} is the kernel's own.`, "its code and data are never evicted"],
  reserved: (frame) => [`${frame} is reserved for a page that is being read.`, "it is not given to another page meanwhile"],
};

/** What of a page's frame differs from before, if it was a page's already. */
function sayChange({ state, record }, frame, old) {
  const users = record.pids ?? [];
  const key = ([pid, vpn]) => `${pid}:${vpn}`;
  const [was, is] = [new Set((old.pids ?? []).map(key)), new Set(users.map(key))];
  const gone = (old.pids ?? []).filter((pair) => !is.has(key(pair)));
  const come = users.filter((pair) => !was.has(key(pair)));
  const what = contentOf(record);
  const shared = users.length > 1 ? `, shared by ${holdersOf(state, record)}` : users.length === 1 ? ` of ${holdersOf(state, record)}` : "";
  if (gone.length > 0 && users.length > 0 && come.length === 0) {
    return { what: `${frame} is no longer mapped by ${holdersOf(state, { pids: gone })}: it holds ${what}${users.length > 1 ? shared : ` of ${holdersOf(state, record)} alone`}.`, rule: kernel("a frame stays in use while anyone maps it") };
  }
  if (come.length > 0 && gone.length === 0 && was.size > 0) return { what: `${frame} is now mapped by ${holdersOf(state, { pids: come })} too: it holds ${what}${shared}.`, rule: kernel("one frame serves several mappings") };
  if (come.length === 0 && gone.length === 0 && old.slot !== record.slot) {
    return { what: typeof record.slot === "number" ? `${frame}, ${what}${shared}, has the same contents as swap slot ${record.slot}.` : `${frame}, ${what}${shared}, has no copy in swap any longer.`, rule: kernel("a page in memory may have a copy in swap") };
  }
  return null;
}

export function sayFrame(told) {
  const { recording, state, record, index } = told;
  const frame = `Frame ${record.ppn}`;
  const before = recording.stateAt(index);
  const old = before.frames.get(record.ppn);
  const taken = before.taken.get(record.ppn);
  const was = taken ? `${TAKEN[taken.why]} since cycle ${recording.records[taken.by - 1].at.toLocaleString("en")}` : frameText(before, old);
  const change = wordPicture(was, frameText(state, record));
  const users = record.pids ?? [];
  const names = holdersOf(state, record);
  const said = (what, rule, why = "") => ({ what, why, rule, change });
  if (record.use === "free") return said(`${frame} is free.`, kernel("it goes back to the free frames"), `Nothing refers to it any longer${old ? `; it was: ${was}` : ""}.`);
  if (record.use === "table") return said(`${frame} becomes a page table${record.pid !== undefined ? ` of ${processName(state, record.pid)}` : ""}.`, kernel("a table is one page"));
  if (Object.hasOwn(USES, record.use)) {
    const [what, rule] = USES[record.use](frame);
    return said(what, kernel(rule));
  }
  if (record.use !== "page") return said(`${frame} is used for: ${plainWords(record.use)}.`, null);
  if (record.what === "zero") return said(`${frame} is the page of zeroes${names ? `, mapped by ${names}` : ""}.`, kernel("one page of zeroes serves all who have not stored yet"));
  const changed = old?.use === "page" ? sayChange(told, frame, old) : null;
  if (changed !== null) return said(changed.what, changed.rule);
  const shared = users.length > 1 ? `, shared by ${names}` : names ? ` of ${names}` : "";
  return said(`${frame} holds ${contentOf(record)}${shared}.`, kernel(users.length > 1 ? "one frame serves several mappings" : "a frame was given to a page"));
}
