// The search: an address, a kind of event or record, a process, or several of them together.

import { causeName } from "../words/names.js";
import { hex, pageOf } from "./hex.js";
import { OF_HART } from "./moment.js";

/** The most results that are listed; the number of all is told. */
export const LISTED = 200;

const ADDRESSES = ["va", "pa", "ppn", "vpn", "start", "frame", "root", "value"];

/** Words that a reader uses for what a record says otherwise. */
function namesOf(record, nameOf, recording) {
  const names = [record.k];
  if (recording.harts.length > 1 && OF_HART.has(record.k)) names.push(`hart:${record.hart ?? 0}`);
  names.push(...pagesOf(record, recording));
  if (record.k === "event" && record.event === "page_fault") names.push("pagefault");
  if (record.k === "event") names.push(record.event, record.kind, record.reason);
  if (record.k === "access") {
    names.push(record.access, record.port, record.how);
    if (record.how !== "bare") names.push(record.how === "tlb" ? "hit" : "miss");
    if (record.cause !== undefined && record.cause !== null) {
      names.push("fault", record.reason, causeName(record.cause));
      if (!causeName(record.cause).includes("access fault")) names.push("pagefault");
    }
  }
  if (record.k === "start") names.push("walk");
  if (record.k === "frame") names.push(record.use, record.what);
  if (record.k === "activity") names.push(record.what);
  if (record.k === "region") names.push(record.name, record.kind);
  if (record.k === "step" || record.k === "process") names.push(record.text, record.name);
  for (const pid of [record.pid, record.parent, record.child, record.k === "event" ? record.to : undefined]) {
    if (typeof pid === "number") names.push(nameOf(pid), `pid${pid}`, `process${pid}`);
  }
  return names;
}

function hasAddress(record, address, pageBits) {
  return ADDRESSES.some((name) => {
    const value = record[name];
    if (value === undefined || value === null || value === false || value === true) return false;
    const text = hex(value);
    if (text === null) return false;
    if (text === address) return true;
    // An address finds the accesses to its page, and a page's address those within it.
    return (name === "va" || name === "pa") && pageOf(text, pageBits)[0] === pageOf(address, pageBits)[0];
  });
}

/** What readers write, and the word that records have for it. */
const SYNONYMS = [
  [/\b(?:cow|copy[\s-]on[\s-]write)\b/g, "copy"], [/\btlb[\s-]miss(?:es)?\b/g, "miss"], [/\btlb[\s-]hits?\b/g, "hit"],
  [/\bpage[\s-]faults?\b/g, "pagefault"], [/\bcontext[\s-]switch(?:es)?\b/g, "switch"],
  [/\b(?:shoot-?down|sfence|sfence\.vma|tlb[\s-]flush)\b/g, "fence"],
];

/** The query in the words of records; of a page with a name, one word. */
function inWords(query, labels) {
  let text = query.toLowerCase();
  for (const [said, word] of SYNONYMS) text = text.replaceAll(said, word);
  const names = new Set([...labels.values()].map((name) => name.toLowerCase()));
  text = text.replaceAll(/\bpage\s+(\S+)/g, (all, name) => (names.has(name) ? `page:${name}` : all));
  text = text.replaceAll(/\bhart\s+(\d+)\b/g, "hart:$1");
  return text.split(/\s+/).filter((word) => word !== "");
}

/** The pages with names that a record is about, as the query's words for them. */
function pagesOf(record, { run: { labels }, scheme }) {
  if (labels.size === 0) return [];
  const vpns = typeof record.va === "string" ? [pageOf(record.va, scheme.page_bits)[0]] : typeof record.vpn === "string" ? [record.vpn] : [];
  const held = [...vpns.map((vpn) => [record.pid, vpn]), ...(Array.isArray(record.pids) ? record.pids : [])];
  // A line of a TLB names no process.
  const keys = held.map(([pid, vpn]) => (pid === undefined ? [...labels.keys()].find((key) => key.endsWith(`:${vpn}`)) : `${pid}:${vpn}`));
  return keys.filter((key) => labels.has(key)).map((key) => `page:${labels.get(key).toLowerCase()}`);
}

const plain = (text) => String(text).toLowerCase().replaceAll(/[\s_-]+/g, " ");

/** Whether a word of the query fits a name: the beginning of one of its words; with `_` all of it. */
function isName(name, word) {
  if (word.includes(":")) return name === plain(word);
  if (word.includes("_")) return name === plain(word);
  return name.split(" ").some((part) => part.startsWith(word));
}

/**
 * The records that all words of a query fit: `{ hits, total }`, `hits` the indices of the first
 * ones. `nameOf` gives a process's name.
 */
export function search(recording, query, nameOf) {
  const words = inWords(query, recording.run.labels);
  if (words.length === 0) return { hits: [], total: 0 };
  const pageBits = recording.scheme.page_bits;
  const addresses = words.map((word) => (word.startsWith("0x") ? hex(word) : null));
  const hits = [];
  let total = 0;
  recording.records.forEach((record, index) => {
    let names = null;
    const fits = words.every((word, i) => {
      if (addresses[i] !== null) return hasAddress(record, addresses[i], pageBits);
      names ??= namesOf(record, nameOf, recording).filter((name) => name !== undefined && name !== null).map(plain);
      return names.some((name) => isName(name, word));
    });
    if (!fits) return;
    total += 1;
    if (hits.length < LISTED) hits.push(index);
  });
  return { hits, total };
}
