// Where we are, and every way to get elsewhere; kept in the address of the page.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { atAccess, atCycle, atRecord, endOf, fromHash, isAtEnd, step, toHash } from "../model/moment.js";

/** Writing the address too often is refused by browsers; steps wait so long. */
const SETTLE = 200;

/** Puts a moment into the address; a jump can be undone with the back button. */
function write(hash, jump) {
  if (location.hash === `#${hash}`) return;
  try {
    history[jump ? "pushState" : "replaceState"](null, "", `#${hash}`);
  } catch {
    // Some browsers refuse this for local files, or too often; the page works without it.
  }
}

export function usePlayer(recording) {
  const start = () => fromHash(recording, location.hash)
    ?? (recording.answers.length > 0 ? atAccess(recording, 0) : atCycle(recording, 0));
  const [moment, setMoment] = useState(start);
  // Of a reference string the accesses are the story; else it is all that changes.
  const [unit, setUnit] = useState(recording.run.labels.size > 0 && recording.answers.length > 0 ? "access" : "change");
  const [speed, setSpeed] = useState(2);
  const [playing, setPlaying] = useState(false);
  const settle = useRef(0);
  const now = useRef(moment);
  now.current = moment;

  const go = (next, jump = true) => {
    clearTimeout(settle.current);
    if (jump) {
      // Where we came from is written first, so that going back leads there.
      write(toHash(recording, now.current), false);
      write(toHash(recording, next), true);
    } else {
      settle.current = setTimeout(() => write(toHash(recording, now.current), false), SETTLE);
    }
    now.current = next;
    setMoment(next);
  };
  const stepBy = (by, way) => go(step(recording, now.current, by, way), false);
  const halted = (action) => (...given) => {
    setPlaying(false);
    action(...given);
  };

  useLayoutEffect(() => {
    const moved = () => {
      const next = fromHash(recording, location.hash);
      if (next === null) return;
      clearTimeout(settle.current);
      now.current = next;
      setMoment(next);
    };
    addEventListener("popstate", moved);
    addEventListener("hashchange", moved);
    return () => {
      removeEventListener("popstate", moved);
      removeEventListener("hashchange", moved);
    };
  }, [recording]);

  useEffect(() => {
    if (!playing) return undefined;
    if (isAtEnd(recording, moment, unit)) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => stepBy(unit, 1), 1000 / speed);
    return () => clearTimeout(timer);
  }, [playing, moment, unit, speed]);

  return {
    moment, unit, speed, playing, setUnit, setSpeed,
    /** The moment that was gone to last, though it may not be drawn yet. */
    latest: () => now.current,
    toggle: () => setPlaying((was) => !was),
    forward: halted(() => stepBy(unit, 1)),
    back: halted(() => stepBy(unit, -1)),
    by: halted(stepBy),
    first: halted(() => go(atCycle(recording, 0))),
    // Of a run that is not recorded to its end, the end of the record.
    last: halted(() => go(recording.cycles > 0 ? atCycle(recording, endOf(recording)) : atRecord(recording, recording.records.length - 1))),
    cycle: halted((cycle) => go(atCycle(recording, cycle))),
    record: halted((index) => {
      // Of an access the answer is shown, with its walk.
      const rank = recording.rank.get(index);
      go(rank === undefined ? atRecord(recording, index) : atAccess(recording, rank));
    }),
    to: halted((next) => go(next)),
  };
}
