// The answers of accesses, as records of their own. A record of an access stands at the cycle in
// which it was asked for, since its walk follows it; what came of it is known when it is answered.

/** The kind of these records, which this page makes: `{ at, k, asked, hart, port, pid }`. */
export const ANSWER = "answer";

/** What a walk does; in the cycle of an answer it comes before it. */
const WORK = new Set(["start", "read", "update"]);

const isWork = ({ k, by }) => WORK.has(k) || k === "pte" && by === "walker";

/** The records, with an answer for each access that is not answered in the cycle it was asked for. */
export function withAnswers(records) {
  const open = records.filter((record) => record.k === "access" && record.to > record.at);
  if (open.length === 0) return records;
  // Accesses of two ports may be answered in another order.
  open.sort((a, b) => a.to - b.to);
  const merged = [];
  let next = 0;
  for (let i = 0; i < records.length || next < open.length;) {
    const at = Math.min(records[i]?.at ?? Infinity, open[next]?.to ?? Infinity);
    let end = i;
    let worked = i;
    for (; end < records.length && records[end].at === at; end++) if (isWork(records[end])) worked = end + 1;
    for (; i < worked; i++) merged.push(records[i]);
    for (; next < open.length && open[next].to === at; next++) {
      const { hart, port, pid } = open[next];
      merged.push({ at, k: ANSWER, asked: open[next], ...(hart === undefined ? {} : { hart }), port, pid });
    }
    for (; i < end; i++) merged.push(records[i]);
  }
  return merged;
}

/** The access that a record asks for or answers; null if it does neither. */
export function accessBehind(record) {
  if (record?.k === ANSWER) return record.asked;
  return record?.k === "access" ? record : null;
}
