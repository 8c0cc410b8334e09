// Physical memory as a map of frames, and the swap slots beside it.

import { pagesFrom } from "../model/hex.js";
import { frameKind, legendOf } from "../words/frames.js";
import { processName } from "../words/names.js";
import { classes } from "./parts.jsx";

/** The most cells that are drawn; up to the second number they have room for the owner. */
const CELLS = 1024;
const ROOMY = 160;

const numbers = new WeakMap();

/** The page numbers of the frames of a machine, computed once. */
function framesOf(machine) {
  if (!numbers.has(machine)) numbers.set(machine, pagesFrom(machine.frames.first, machine.frames.count));
  return numbers.get(machine);
}

/** Runs of free or kernel frames that are at least so long are drawn as one cell. */
const RUN = 24;

/** Cells of the map: frames, and long runs of free or kernel frames as one. */
function cellsOf(state, ppns) {
  return runsOf(state, ppns).flatMap((cell) => {
    if (cell.count === undefined || cell.count >= RUN) return [cell];
    return ppns.slice(cell.place, cell.place + cell.count).map((ppn) => ({ ppn, record: state.frames.get(ppn) }));
  });
}

function runsOf(state, ppns) {
  const cells = [];
  let run = null;
  for (const [place, ppn] of ppns.entries()) {
    const record = state.frames.get(ppn);
    const use = record?.use ?? "free";
    const dull = use === "free" || use === "kernel" || use === "reserved";
    if (dull && run?.use === use) {
      run.count += 1;
      run.end = ppn;
    } else if (dull) {
      run = { ppn, record, use, place, count: 1, end: ppn };
      cells.push(run);
    } else {
      run = null;
      cells.push({ ppn, record });
    }
  }
  return cells;
}

function words(state, { ppn, record, count, end }) {
  const { name, owners } = frameKind(record);
  if (count > 1) return `frames ${ppn} to ${end}: ${count} ${name}`;
  const who = owners.map((pid) => processName(state, pid)).join(", ");
  const shared = (record?.pids?.length ?? 0) > 1 ? `, shared by ${record.pids.length} mappings` : "";
  return `frame ${ppn}: ${name}${who ? ` of ${who}` : ""}${shared}${record?.level !== undefined && record.use === "table" ? `, level ${record.level}` : ""}`;
}

export function Frames(look) {
  const { state, recording: { machine }, since } = look;
  const all = cellsOf(state, framesOf(machine));
  const cells = all.slice(0, CELLS);
  const roomy = cells.length <= ROOMY;
  const free = cells.filter(({ record }) => !record || record.use === "free").reduce((sum, { count = 1 }) => sum + count, 0);
  return (
    <div class="memory">
      <div class={`map ${roomy ? "roomy" : "dense"}`} role="list" aria-label={`${machine.frames.count} frames, ${free} free`}>
        {cells.map((cell) => {
          const { letter, tone, owners } = frameKind(cell.record);
          const shared = (cell.record?.pids?.length ?? 0) > 1;
          const marks = { cell: true, [`f-${tone}`]: true, shared, now: cell.ppn === look.frame && tone !== "free", told: look.toldFrames.has(cell.ppn), fresh: cell.record?.by > since, run: cell.count > 1 };
          return (
            <span role="listitem" key={cell.ppn} class={classes(marks)} title={words(state, cell)} aria-label={words(state, cell)}>
              <b>{cell.count > 1 ? `${letter}×${cell.count}` : letter}</b>
              {roomy && <small>{owners.length > 0 ? owners.length > 3 ? `${owners.length} procs` : owners.join("+") : ""}</small>}
            </span>
          );
        })}
      </div>
      {all.length > cells.length && <p class="quiet">⋯ {all.length - cells.length} more frames are not drawn.</p>}
      <Legend cells={cells} free={free} look={look} />
      {machine.slots !== null && machine.slots > 0 && <Slots look={look} />}
    </div>
  );
}

function Legend({ cells, free, look }) {
  const kinds = legendOf(cells.map((cell) => cell.record));
  const shared = cells.some(({ record }) => (record?.pids?.length ?? 0) > 1);
  const isNow = cells.some(({ ppn, record }) => ppn === look.frame && record && record.use !== "free");
  return (
    <p class="legend">
      {kinds.map(({ letter, tone, name }) => <span><b class={`cell f-${tone}`}>{letter}</b>{name}</span>)}
      <span><b class="cell f-free" />free ({free})</span>
      {shared && <span><b class="cell shared f-free" />several mappings</span>}
      {isNow && <span><b class="cell now f-free" />of this access</span>}
      {cells.some(({ ppn }) => look.toldFrames.has(ppn)) && <span><b class="cell told f-free" />named above</span>}
    </p>
  );
}

/** Slots up to which the free ones are drawn too. */
const SLOTS = 32;

function Slots({ look }) {
  const { state, recording: { machine }, since } = look;
  const held = [...state.slots].sort(([a], [b]) => a - b);
  const all = machine.slots <= SLOTS;
  const shown = all ? Array.from({ length: machine.slots }, (_, slot) => [slot, state.slots.get(slot)]) : held.slice(0, CELLS / 4);
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
