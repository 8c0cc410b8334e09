// The sentence on a replacement policy's pages, whose order has changed.

import { parsePolicy } from "../model/policy.js";
import { listPicture } from "./changes.js";
import { processName } from "./names.js";
import { policy } from "./rules.js";

/** Pages that are told. */
const TOLD = 12;

/** The pages of a policy's state, by their names: the same for all states of a run. */
function pagesOf(recording, text) {
  const several = recording.last.processes.size > 1;
  const names = parsePolicy(text).flatMap((list) => list.entries).map(({ pid, vpn, word, more }) => {
    if (vpn === undefined) return more ? `${more} more` : word;
    return `${several ? `${processName(recording.last, pid)} ` : ""}${recording.run.labels.get(`${pid}:${vpn}`) ?? vpn}`;
  });
  return names.length === 0 ? ["none"] : names;
}

const someOf = (names) => (names.length <= TOLD ? names.join(", ") : `${names.slice(0, TOLD).join(", ")} and ${names.length - TOLD} more`);

export function sayPolicy({ recording, record, index }) {
  const now = pagesOf(recording, record.state);
  const old = pagesOf(recording, recording.stateAt(index).policy?.text ?? "");
  return {
    what: `The policy's pages, in the order in which it examines them: ${someOf(now)}.`, why: "",
    rule: policy(recording.machine.policy, "see the picture of its pages"), change: listPicture(old, now),
  };
}
