// Two runs in step: the moment of one that belongs to a moment of the other.

import { pageOf } from "./hex.js";
import { atAccess, atCycle, endOf, focusOf } from "./moment.js";
import { firstWhere } from "./recording.js";

/** Whose count the number of an access belongs to. */
const countOf = ({ hart = 0, pid = 0, port = "" }) => `${hart} ${pid} ${port}`;

/** By process and port, the numbers of the accesses in order, and the ranks of the attempts at each. */
function numbered(recording) {
  if (recording.numbers) return recording.numbers;
  const numbers = new Map();
  recording.answers.forEach((index, rank) => {
    const record = recording.records[index];
    const { n } = record;
    if (typeof n !== "number") return;
    const count = countOf(record);
    const known = numbers.get(count) ?? new Map();
    known.set(n, [...(known.get(n) ?? []), rank]);
    numbers.set(count, known);
  });
  recording.numbers = new Map([...numbers].map(([count, ranks]) => {
    const order = [...ranks].sort(([a], [b]) => a - b);
    return [count, { n: order.map(([n]) => n), ranks: order.map(([, ranks]) => ranks) }];
  }));
  return recording.numbers;
}

/**
 * The moment of `other` that goes with `moment` of `recording`: at the same access of the same
 * process (`by` "access"), or at the same cycle. `exact` is false if it has no such access.
 */
export function follow(recording, moment, other, by) {
  const end = endOf(recording);
  // The end of one goes with the end of the other.
  if (moment.access === null && moment.record === null && moment.cycle === end && end > 0) return { moment: atCycle(other, endOf(other)), exact: true };
  if (by === "cycle") return { moment: atCycle(other, moment.cycle), exact: moment.cycle <= other.cycles };
  const focus = focusOf(recording, moment, recording.stateAt(moment.index));
  if (focus === null) return { moment: atCycle(other, 0), exact: true };
  const { n } = focus.record;
  const count = countOf(focus.record);
  const known = typeof n === "number" ? numbered(other).get(count) : undefined;
  if (known === undefined) {
    const rank = Math.min(focus.rank, other.answers.length - 1);
    if (rank < 0) return { moment: atCycle(other, moment.cycle), exact: false };
    return { moment: atAccess(other, rank), exact: rank === focus.rank && typeof n !== "number" };
  }
  const place = firstWhere(known.n.length, (i) => known.n[i] > n) - 1;
  if (place < 0) return { moment: atCycle(other, 0), exact: false };
  const exact = known.n[place] === n;
  // The first attempt goes with the first, the last with the last; a fault may be in one run only.
  const own = numbered(recording).get(count)?.ranks.find((ranks) => ranks.includes(focus.rank)) ?? [];
  const ranks = known.ranks[place];
  const attempt = own.at(-1) === focus.rank ? ranks.length - 1 : Math.min(own.indexOf(focus.rank), ranks.length - 1);
  return { moment: atAccess(other, ranks[exact ? Math.max(0, attempt) : ranks.length - 1]), exact };
}

/** The access of a number as it went: whether it faulted, what was evicted for it, its last attempt. */
function outcomeOf(recording, ranks) {
  const record = (rank) => recording.answer(rank).record;
  const isFault = (rank) => record(rank).cause !== undefined && record(rank).cause !== null;
  const first = ranks.find(isFault);
  const evicted = [];
  if (first !== undefined) {
    const end = record(ranks.at(-1)).to;
    for (let i = recording.indexAtCycle(record(first).to); i < recording.records.length && recording.records[i].at <= end; i++) {
      const { k, event, pid, va } = recording.records[i];
      if (k === "event" && event === "eviction" && typeof va === "string") evicted.push({ pid, vpn: pageOf(va, recording.scheme.page_bits)[0] });
    }
  }
  return { fault: first !== undefined, first: first ?? ranks[0], last: ranks.at(-1), evicted };
}

const named = (recording, { pid, vpn }) => recording.run.labels.get(`${pid}:${vpn}`) ?? vpn;

const victims = (recording, { evicted }) => (evicted.length === 0 ? "none" : evicted.map((page) => `page ${named(recording, page)}`).join(" and "));

/**
 * The accesses at which two runs differ, in the order of the first: `{ rank, text }`, `rank` the
 * attempt at which it is seen. One faults and the other does not, or other pages are evicted.
 */
export function differences(recording, other) {
  if (other === undefined) return [];
  const found = [];
  for (const [count, { n, ranks }] of numbered(recording)) {
    const theirs = numbered(other).get(count);
    if (theirs === undefined) continue;
    const places = new Map(theirs.n.map((number, place) => [number, place]));
    n.forEach((number, i) => {
      const place = places.get(number);
      if (place === undefined) return;
      const [mine, its] = [outcomeOf(recording, ranks[i]), outcomeOf(other, theirs.ranks[place])];
      const names = [recording.run.name, other.run.name];
      if (mine.fault !== its.fault) {
        const [faulty, fine] = mine.fault ? names : [names[1], names[0]];
        found.push({ rank: mine.first, text: `this access faults in ${faulty}, and not in ${fine}.` });
      } else if (mine.fault && victims(recording, mine) !== victims(other, its)) {
        found.push({ rank: mine.last, text: `for this access ${names[0]} evicts ${victims(recording, mine)}, ${names[1]} ${victims(other, its)}.` });
      }
    });
  }
  return found.sort((a, b) => a.rank - b.rank);
}

/** The first difference after a moment; null if there is none. */
export function nextDifference(found, recording, moment) {
  const done = moment.access ?? recording.answeredBy(moment.cycle);
  return found.find(({ rank }) => rank > done) ?? null;
}
