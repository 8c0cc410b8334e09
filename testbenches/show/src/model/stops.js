// Where a reader stops who follows all that changes: each answer, event, entry, line, frame, and
// each entry that the walk of an access reads. What is left out only prepares these.

const QUIET = new Set(["start", "activity", "queues"]);

/** Tells a read that is of the walk of an access which waits, as records go by. */
function readsOfAccesses() {
  const waits = new Map();
  const portOf = ({ hart = 0, port }) => `${hart} ${port ?? ""}`;
  return (record) => {
    if (record.k === "access") waits.set(portOf(record), record.to);
    return record.k === "read" && waits.get(portOf(record)) >= record.at;
  };
}

/** With more of one kind in a cycle than this, the last of them is the stop for all. */
const APART = 4;

/**
 * `{ stops, groups }`: the indices of the records to stop at, and for the last one of a group the
 * number of its records and the index of the first. `isAsked` tells an access that is answered later.
 */
export function stopsOf(records, isAsked) {
  const stops = [];
  const groups = new Map();
  let run = [];
  const isOfAccess = readsOfAccesses();
  const flush = () => {
    if (run.length > APART) {
      stops.push(run.at(-1));
      groups.set(run.at(-1), { count: run.length, first: run[0] });
    } else {
      stops.push(...run);
    }
    run = [];
  };
  records.forEach((record, index) => {
    const isRead = isOfAccess(record);
    if (record.k === "read" && !isRead) return;
    // An update that succeeded is told by the entry that it changed.
    if (QUIET.has(record.k) || record.k === "update" && record.ok !== false || isAsked(index)) return;
    const before = run.length === 0 ? null : records[run.at(-1)];
    if (before !== null && !(before.k === record.k && before.at === record.at && record.k !== "event")) flush();
    run.push(index);
  });
  flush();
  return { stops, groups };
}
