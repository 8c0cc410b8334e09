// Two runs in step: the moment of one that belongs to a moment of the other.

import { atAccess, atCycle, focusOf } from "./moment.js";
import { firstWhere } from "./recording.js";

/** By pid, the numbers of its accesses in order, and the ranks of the attempts at each. */
function numbered(recording) {
  if (recording.numbers) return recording.numbers;
  const numbers = new Map();
  recording.answers.forEach((index, rank) => {
    const { pid = 0, n } = recording.records[index];
    if (typeof n !== "number") return;
    const known = numbers.get(pid) ?? new Map();
    known.set(n, [...(known.get(n) ?? []), rank]);
    numbers.set(pid, known);
  });
  recording.numbers = new Map([...numbers].map(([pid, ranks]) => {
    const order = [...ranks].sort(([a], [b]) => a - b);
    return [pid, { n: order.map(([n]) => n), ranks: order.map(([, ranks]) => ranks) }];
  }));
  return recording.numbers;
}

/**
 * The moment of `other` that goes with `moment` of `recording`: at the same access of the same
 * process (`by` "access"), or at the same cycle. `exact` is false if it has no such access.
 */
export function follow(recording, moment, other, by) {
  if (by === "cycle") return { moment: atCycle(other, moment.cycle), exact: moment.cycle <= other.cycles };
  const focus = focusOf(recording, moment, recording.stateAt(moment.index));
  if (focus === null) return { moment: atCycle(other, 0), exact: true };
  const { pid = 0, n } = focus.record;
  const known = typeof n === "number" ? numbered(other).get(pid) : undefined;
  if (known === undefined) {
    const rank = Math.min(focus.rank, other.answers.length - 1);
    if (rank < 0) return { moment: atCycle(other, moment.cycle), exact: false };
    return { moment: atAccess(other, rank), exact: rank === focus.rank && typeof n !== "number" };
  }
  const place = firstWhere(known.n.length, (i) => known.n[i] > n) - 1;
  if (place < 0) return { moment: atCycle(other, 0), exact: false };
  const exact = known.n[place] === n;
  // The first attempt goes with the first, the last with the last; a fault may be in one run only.
  const own = numbered(recording).get(pid)?.ranks.find((ranks) => ranks.includes(focus.rank)) ?? [];
  const ranks = known.ranks[place];
  const attempt = own.at(-1) === focus.rank ? ranks.length - 1 : Math.min(own.indexOf(focus.rank), ranks.length - 1);
  return { moment: atAccess(other, ranks[exact ? Math.max(0, attempt) : ranks.length - 1]), exact };
}
