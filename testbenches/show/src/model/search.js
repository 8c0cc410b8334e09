// The search: an address, a kind of event or record, a process, or several of them together; and
// the words of the sentences that the page shows.

import { causeName } from "../words/names.js";
import { accessBehind } from "./answers.js";
import { hex, pageOf } from "./hex.js";
import { OF_HART } from "./moment.js";

/** The most results that are listed; the number of all is told. */
export const LISTED = 200;

const ADDRESSES = ["va", "pa", "ppn", "vpn", "start", "end", "frame", "from", "to", "root", "value"];

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
  if (record.k === "frame") names.push(record.use, record.what, (record.pids?.length ?? 0) > 1 ? "shared" : undefined);
  if (record.k === "pte") names.push("entry");
  if (record.k === "activity") names.push(record.what);
  if (record.k === "region") names.push(record.name, record.kind);
  if (record.k === "step" || record.k === "process") names.push(record.text, record.name);
  for (const pid of [record.pid, record.parent, record.child, record.k === "event" ? record.to : undefined]) {
    if (typeof pid === "number") names.push(nameOf(pid), `pid${pid}`, `process${pid}`);
  }
  return names;
}

/** The addresses and page numbers of a record. */
function addressesOf(record) {
  const named = ADDRESSES.map((name) => record[name]).filter((value) => typeof value === "string");
  return [...named, ...(Array.isArray(record.pids) ? record.pids.map(([, vpn]) => vpn) : [])].map(hex);
}

const hasAddress = (record, address) => addressesOf(record).includes(address);

/** Whether an access, an event or an entry is on the page of an address. */
function isOnPage(record, address, pageBits) {
  return [record.va, record.pa].some((value) => typeof value === "string" && pageOf(value, pageBits)[0] === pageOf(address, pageBits)[0]);
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

/** The longest that sentences are made at a stretch, in milliseconds. */
export const STRETCH = 30;

/**
 * Makes more of the sentences that the search looks into, in small letters, for so long; returns
 * whether all are made.
 */
export function readOn(recording, tell, stretch = Infinity) {
  recording.texts ??= [];
  const { texts, records } = recording;
  const end = performance.now() + stretch;
  while (texts.length < records.length && performance.now() < end) texts.push(tell(texts.length).toLowerCase());
  return texts.length === records.length;
}

const isLetter = (sign) => sign !== undefined && /[0-9a-z]/.test(sign);

/** Whether a text has these words as they stand; the last may go on, unless it ends in a digit. */
function says(text, words) {
  const isWhole = /\d$/.test(words) && !words.endsWith("0x");
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    if (!isLetter(text[at - 1]) && !(isWhole && isLetter(text[at + words.length]))) return true;
  }
  return false;
}

/** How near a record is: what it is about itself, what its sentence says, or a word or page nearby. */
export const [EXACT, SAID, NEAR] = [0, 1, 2];

/**
 * The records that all words of a query fit: `{ hits, how, first, total, exact, said }`. `hits` are
 * their indices in the order of time, `how` each of them fits: `EXACT` of this kind or with this
 * address, `SAID` in its sentence as the query stands, `NEAR` of the same page or with all words.
 * `first` is the place of the first that fits best. Of too many, those are left out that fit least.
 * `nameOf` gives a process's name. Sentences are found as far as `readOn` has made them.
 */
export function search(recording, query, nameOf) {
  const words = inWords(query, recording.run.labels);
  const found = [[], [], []];
  if (words.length === 0) return { hits: [], how: [], first: 0, total: 0, exact: 0, said: 0 };
  const pageBits = recording.scheme.page_bits;
  const addresses = words.map((word) => (word.startsWith("0x") ? hex(word) : null));
  const phrase = query.toLowerCase().trim().replaceAll(/\s+/g, " ");
  const texts = recording.texts ?? [];
  recording.records.forEach((record, index) => {
    // An access that is answered later is found by its answer.
    if (recording.ends.has(index)) return;
    const about = accessBehind(record) ?? record;
    let names = null;
    let rank = EXACT;
    for (const [i, word] of words.entries()) {
      if (addresses[i] !== null) {
        if (hasAddress(about, addresses[i])) continue;
        rank = Math.max(rank, says(texts[index] ?? "", word) ? SAID : isOnPage(about, addresses[i], pageBits) ? NEAR : Infinity);
      } else {
        names ??= namesOf(about, nameOf, recording).filter((name) => name !== undefined && name !== null).map(plain);
        if (names.some((name) => isName(name, word))) continue;
        rank = Math.max(rank, says(texts[index] ?? "", word) ? NEAR : Infinity);
      }
    }
    if (rank > EXACT && says(texts[index] ?? "", phrase)) rank = SAID;
    if (rank <= NEAR) found[rank].push(index);
  });
  const all = found.flatMap((indices, rank) => indices.map((index) => [index, rank]));
  const listed = all.slice(0, LISTED).sort(([a], [b]) => a - b);
  const how = listed.map(([, rank]) => rank);
  return { hits: listed.map(([index]) => index), how, first: Math.max(0, how.indexOf(Math.min(...how))), total: all.length, exact: found[EXACT].length, said: found[SAID].length };
}
