// The swap slots, beside the frames.

import { processName } from "../words/names.js";
import { classes } from "./parts.jsx";

/** The most used slots that are drawn, where the free ones are not. */
const USED = 256;

/** Slots up to which the free ones are drawn too. */
const SLOTS = 32;

export function Slots({ look }) {
  const { state, recording: { machine }, since } = look;
  const held = [...state.slots].sort(([a], [b]) => a - b);
  const all = machine.slots <= SLOTS;
  const shown = all ? Array.from({ length: machine.slots }, (_, slot) => [slot, state.slots.get(slot)]) : held.slice(0, USED);
  return (
    <div class="slots">
      <h3>Swap <span class="note">{held.length.toLocaleString("en")} of {machine.slots.toLocaleString("en")} slots used{!all && held.length > 0 ? "; free ones are not drawn" : ""}</span></h3>
      {shown.length > 0 && (
        <div class="map roomy" role="list" aria-label="Swap slots">
          {shown.map(([slot, held]) => {
            const said = held ? `slot ${slot}: ${held.pids.map(([pid, vpn]) => `page ${vpn} of ${processName(state, pid)}`).join(", ")}` : `slot ${slot}: free`;
            return (
              <span role="listitem" key={slot} title={said} aria-label={said} class={classes({ cell: true, "f-slot": held, "f-free": !held, fresh: held && held.by > since, shared: held && held.pids.length > 1 })}>
                <b>{held ? `▣ ${[...new Set(held.pids.map(([pid]) => pid))].join("+")}` : ""}</b><small>{slot}</small>
              </span>
            );
          })}
        </div>
      )}
      {!all && held.length > shown.length && <p class="quiet">⋯ {held.length - shown.length} more used slots are not drawn.</p>}
    </div>
  );
}
