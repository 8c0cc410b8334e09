// Why a policy chose this victim: its place among the pages as the policy examines them.

import { pageOf } from "../model/hex.js";
import { ownerOf } from "../model/owner.js";
import { decodePte } from "../model/pte.js";
import { handOf, parsePolicy, shapeOf } from "../model/policy.js";
import { placeText } from "./names.js";

const page = (recording, { pid, vpn }) => placeText(recording, pid, `0x${(BigInt(vpn) << BigInt(recording.scheme.page_bits)).toString(16)}`).replace(/^(?!page )/, "page ");

const ORDERS = {
  fifo: "it has been in memory the longest: it is first in the queue",
  lru: "it was used longest ago: it is at the top of the stack",
  mru: "it was used last: it is at the top of the stack",
};

/** The furthest that the victim's entry is looked for. */
const REACH = 300;

/** The index of the record that empties the victim's entry, before which it is as the policy saw it. */
function unmappedAt(recording, index) {
  const { records, scheme } = recording;
  const { pid, va } = records[index];
  const [page] = pageOf(va, scheme.page_bits);
  for (let i = index - 1; i >= Math.max(0, index - REACH) && records[i].k !== "access"; i--) {
    if (records[i].k !== "pte" || decodePte(records[i].value, scheme).role !== "invalid") continue;
    const owner = ownerOf(recording.stateAt(i), scheme, records[i].pa);
    if (owner?.pid === pid && pageOf(owner.va, scheme.page_bits)[0] === page) return i;
  }
  return index;
}

/** Why this page is the victim of an event of an eviction; null if the policy's state does not tell. */
export function victimReason({ recording, record, index }) {
  const { policy } = recording.machine;
  if (typeof record.va !== "string") return null;
  const before = recording.stateAt(unmappedAt(recording, index));
  if (before.policy === null) return null;
  const lists = parsePolicy(before.policy.text);
  const [vpn] = pageOf(record.va, recording.scheme.page_bits);
  const isVictim = (entry) => entry.pid === record.pid && entry.vpn === vpn;
  if (lists.length !== 1) return null;
  if (shapeOf(policy, lists) !== "clock") return lists[0].entries.findIndex(isVictim) === 0 ? ORDERS[policy] ?? null : null;
  if (policy !== "clock" && policy !== "clock0") return null;
  const { passed, entries } = handOf(recording, before, lists[0].entries);
  const at = entries.findIndex(isVictim);
  if (at < 0) return null;
  if (passed === 0 && at === 0) return "its A is 0 and the hand is at it: it was not used since the hand came by";
  const names = entries.slice(0, passed).map((entry) => page(recording, entry)).join(", ");
  if (at === passed % entries.length) {
    return passed === entries.length ? `the hand found A = 1 at all ${passed} pages, cleared it, and came round: this page is the first with A = 0`
      : `the hand passed ${names} with A = 1 and cleared it; this page is the first with A = 0`;
  }
  return null;
}
