// The axis of the timeline: elements, not a part of the canvas, so that they stay as they are where
// the canvas is stretched, as in print.

import { number } from "./parts.jsx";

/** Pixels that a label needs. */
const ROOM = 90;

/** Labels that have room on paper. */
const PRINTED = 6;

/** A round distance between ticks, so that about `wanted` fit. */
export function tickOf(length, wanted) {
  const raw = length / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(Math.max(1, raw)));
  return Math.max(1, [1, 2, 5, 10].find((factor) => factor * power >= raw) * power);
}

export function Axis({ range, width }) {
  const length = range.end - range.begin;
  const tick = tickOf(length, width / ROOM);
  const cycles = [];
  for (let cycle = Math.ceil(range.begin / tick) * tick; cycle <= range.end; cycle += tick) cycles.push(cycle);
  const each = Math.ceil(cycles.length / PRINTED);
  return (
    <div class="axis" aria-hidden="true">
      {cycles.map((cycle, i) => {
        const share = (cycle - range.begin) / length;
        return <span key={cycle} class={`${i % each === 0 ? "" : "between"} ${share < 0.03 ? "first" : share > 0.97 ? "last" : ""}`} style={{ left: `${share * 100}%` }}>{number(cycle)}</span>;
      })}
    </div>
  );
}
