// The search: an address, a kind of event or record, a process, or several of them together.

import { hex, pageOf } from "./hex.js";

/** The most results that are listed; the number of all is told. */
export const LISTED = 200;

const ADDRESSES = ["va", "pa", "ppn", "vpn", "start", "frame", "root", "value"];

/** Words that a reader uses for what a record says otherwise. */
function namesOf(record, nameOf) {
  const names = [record.k];
  if (record.k === "event") names.push(record.event, record.kind, record.reason);
  if (record.k === "access") {
    names.push(record.access, record.port, record.how);
    names.push(record.how === "tlb" ? "hit" : "miss");
    if (record.cause !== undefined && record.cause !== null) names.push("fault", record.reason, record.cause);
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

const plain = (text) => String(text).toLowerCase().replaceAll(/[\s_-]+/g, " ");

/** Whether a word of the query fits a name: the beginning of one of its words; with `_` all of it. */
function isName(name, word) {
  if (word.includes("_")) return name === plain(word);
  return name.split(" ").some((part) => part.startsWith(word));
}

/**
 * The records that all words of a query fit: `{ hits, total }`, `hits` the indices of the first
 * ones. `nameOf` gives a process's name.
 */
export function search(recording, query, nameOf) {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) return { hits: [], total: 0 };
  const pageBits = recording.scheme.page_bits;
  const addresses = words.map((word) => (word.startsWith("0x") ? hex(word) : null));
  const hits = [];
  let total = 0;
  recording.records.forEach((record, index) => {
    let names = null;
    const fits = words.every((word, i) => {
      if (addresses[i] !== null) return hasAddress(record, addresses[i], pageBits);
      names ??= namesOf(record, nameOf).filter((name) => name !== undefined && name !== null).map(plain);
      return names.some((name) => isName(name, word));
    });
    if (!fits) return;
    total += 1;
    if (hits.length < LISTED) hits.push(index);
  });
  return { hits, total };
}
