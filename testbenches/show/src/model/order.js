// The order of records in a cycle. A recorder writes them as it comes by; a reader follows causes:
// what a walk filled before the next access, what frames hold before the policy's accounts of them.

import { ANSWER, accessBehind } from "./answers.js";

/** The accounts of the kernel that the policy's own follow. */
const ACCOUNTS = new Set(["frame", "slot", "region", "root", "process"]);

/** Whether a record may be what changes a line that is recorded in the same cycle. */
function mayCause(record, line) {
  if (record.k === "line") return true;
  if ((record.hart ?? 0) !== (line.hart ?? 0)) return false;
  if (record.k === "fence") return line.valid === false;
  if (record.k === "update" || record.k === "read") return true;
  const access = accessBehind(record);
  return access !== null && access.how !== "tlb" && (record.k === ANSWER || access.to === record.at);
}

/**
 * The records, those of one cycle by their causes. A line is a register, so it is seen in the cycle
 * after its cause: it comes before all else of that cycle, unless its cause is there too.
 */
export function inOrder(records) {
  const ordered = [];
  let begin = 0;
  for (const record of records) {
    if (ordered.length > 0 && ordered.at(-1).at !== record.at) begin = ordered.length;
    let place = ordered.length;
    if (record.k === "line") while (place > begin && !mayCause(ordered[place - 1], record)) place -= 1;
    if (ACCOUNTS.has(record.k)) while (place > begin && ordered[place - 1].k === "policy") place -= 1;
    ordered.splice(place, 0, record);
  }
  return ordered;
}
