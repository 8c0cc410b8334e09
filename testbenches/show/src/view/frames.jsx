// Physical memory as a map of frames, and what became of the frame that the reader chooses.

import { useRef } from "preact/hooks";
import { hex, pagesFrom } from "../model/hex.js";
import { historyOf } from "../model/history.js";
import { TAKEN, frameKind, frameText, legendOf } from "../words/frames.js";
import { processName } from "../words/names.js";
import { say } from "../words/say.js";
import { classes, number } from "./parts.jsx";
import { Slots } from "./slots.jsx";

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
function cellsOf(state, ppns, chosen) {
  return runsOf(state, ppns, chosen).flatMap((cell) => {
    if (cell.count === undefined || cell.count >= RUN) return [cell];
    return ppns.slice(cell.place, cell.place + cell.count).map((ppn) => ({ ppn, record: state.frames.get(ppn) }));
  });
}

function runsOf(state, ppns, chosen) {
  const cells = [];
  let run = null;
  for (const [place, ppn] of ppns.entries()) {
    const record = state.frames.get(ppn);
    const use = record?.use ?? "free";
    const dull = (use === "free" || use === "kernel" || use === "reserved") && !state.taken.has(ppn) && ppn !== chosen;
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
  const taken = state.taken.get(ppn);
  if (taken) return `frame ${ppn}: ${TAKEN[taken.why]}; the kernel's accounts tell its use when the handler ends`;
  const who = owners.map((pid) => processName(state, pid)).join(", ");
  const shared = (record?.pids?.length ?? 0) > 1 ? `, shared by ${record.pids.length} mappings` : "";
  return `frame ${ppn}: ${name}${who ? ` of ${who}` : ""}${shared}${record?.level !== undefined && record.use === "table" ? `, level ${record.level}` : ""}`;
}

/** The digits at the end of page numbers that tell the frames of a machine apart, at least two. */
function digitsOf(ppns) {
  const last = ppns.at(-1) ?? "0x0";
  const first = ppns[0] ?? "0x0";
  let same = 0;
  while (first.length === last.length && same < last.length && first[same] === last[same]) same += 1;
  return Math.max(2, last.length - Math.max(2, same));
}

export function Frames({ chosen, onChoose, onGo, ...look }) {
  const { state, recording: { machine }, since } = look;
  const box = useRef(null);
  const ppns = framesOf(machine);
  const all = cellsOf(state, ppns, chosen);
  const cells = all.slice(0, CELLS);
  const roomy = cells.length <= ROOMY;
  const digits = digitsOf(ppns);
  const isFree = ({ ppn, record }) => (!record || record.use === "free") && !state.taken.has(ppn);
  const free = cells.filter(isFree).reduce((sum, { count = 1 }) => sum + count, 0);
  const entry = cells.some(({ ppn }) => ppn === chosen) ? chosen : cells[0]?.ppn;
  const key = (event) => {
    const way = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (way === undefined) return;
    const list = [...box.current.querySelectorAll(".cell")];
    list[list.indexOf(document.activeElement) + way]?.focus();
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="memory">
      <div class={`map ${roomy ? "roomy" : "dense"}`} ref={box} onKeyDown={key} role="list" aria-label={`${machine.frames.count} frames, ${free} free`}>
        {cells.map((cell) => {
          const { letter, tone, owners } = frameKind(cell.record);
          const taken = state.taken.has(cell.ppn);
          const shared = (cell.record?.pids?.length ?? 0) > 1;
          const marks = { cell: true, [`f-${tone}`]: true, taken, shared, now: cell.ppn === look.frame && tone !== "free", subject: look.toldFrames.has(cell.ppn), chosen: cell.ppn === chosen, fresh: cell.record?.by > since, run: cell.count > 1 };
          return (
            <span role="listitem" key={cell.ppn} data-ppn={cell.ppn} tabIndex={cell.ppn === entry ? 0 : -1} class={classes(marks)} title={words(state, cell)} aria-label={words(state, cell)}
              onClick={() => onChoose(cell.ppn)} onFocus={() => onChoose(cell.ppn)}>
              <b>{cell.count > 1 ? `${letter}×${cell.count}` : taken ? "…" : letter}</b>
              {roomy && <small>{owners.length > 0 ? owners.length > 3 ? `${owners.length} procs` : owners.join("+") : ""}</small>}
              {roomy && <i>{cell.ppn.slice(-digits)}{cell.count > 1 && `–${cell.end.slice(-digits)}`}</i>}
            </span>
          );
        })}
      </div>
      {all.length > cells.length && <p class="quiet">⋯ {all.length - cells.length} more frames are not drawn.</p>}
      <Legend cells={cells} free={free} first={ppns[0]} digits={roomy ? digits : 0} look={look} />
      <Chosen look={look} chosen={chosen} onChoose={onChoose} onGo={onGo} />
      {machine.slots !== null && machine.slots > 0 && <Slots look={look} />}
    </div>
  );
}

function Legend({ cells, free, first, digits, look }) {
  const kinds = legendOf(cells.map((cell) => cell.record));
  const shared = cells.some(({ record }) => (record?.pids?.length ?? 0) > 1);
  const isNow = cells.some(({ ppn, record }) => ppn === look.frame && record && record.use !== "free");
  return (
    <p class="legend">
      {kinds.map(({ letter, tone, name }) => <span><b class={`cell f-${tone}`}>{letter}</b>{name}</span>)}
      <span><b class="cell f-free" />free ({number(free)})</span>
      {shared && <span><b class="cell shared f-free" />several mappings</span>}
      {isNow && <span><b class="cell now f-free" />of this access</span>}
      {cells.some(({ ppn }) => look.toldFrames.has(ppn)) && <span><b class="cell subject f-free" />named above</span>}
      {look.state.taken.size > 0 && <span><b class="cell taken">…</b>being filled; the kernel's accounts tell its use when the handler ends</span>}
      {digits > 0 && <span>Numbers are the last digits: {first?.slice(-digits)} is frame {first}.</span>}
    </p>
  );
}

/** Changes of a frame that are listed. */
const LISTED = 6;

/** The frame that the reader chose: its use now, and when it changed. */
function Chosen({ look, chosen, onChoose, onGo }) {
  const { recording, state, moment } = look;
  const wanted = (event) => {
    const ppn = hex(event.currentTarget.value.trim().replace(/^(?!0x)/i, "0x"));
    const { first, count } = recording.machine.frames;
    const inside = ppn !== null && BigInt(ppn) >= BigInt(first) && BigInt(ppn) < BigInt(first) + BigInt(count);
    event.currentTarget.setCustomValidity(inside ? "" : `There is no such frame; they begin at ${first}.`);
    if (!inside) return event.currentTarget.reportValidity();
    return onChoose(ppn);
  };
  const history = chosen === null ? [] : historyOf(recording, chosen);
  const at = history.findLastIndex((index) => index < moment.index);
  const shown = history.slice(Math.max(0, at - LISTED + 2), Math.max(0, at - LISTED + 2) + LISTED);
  return (
    <div class="chosen-frame">
      <label class="group">frame <input class="go-frame" value={chosen ?? ""} placeholder={recording.machine.frames.first} aria-label="Go to a frame" size="10" onChange={wanted} /></label>
      {chosen === null ? <span class="quiet">choose one to see what became of it</span> : <span class="frame-use">{frameText(state, state.frames.get(chosen))}{state.taken.has(chosen) && `: ${TAKEN[state.taken.get(chosen).why]}`}</span>}
      {shown.length > 0 && (
        <ol class="history">{shown.map((index) => (
          <li key={index}><button type="button" class={classes({ later: index >= moment.index })} onClick={() => onGo(index)}><span class="cycle">{number(recording.records[index].at)}</span> <span>{say(recording, index).what}</span></button></li>
        ))}</ol>
      )}
      {history.length > shown.length && <p class="quiet">{shown.length} of its {number(history.length)} changes, around this moment.</p>}
    </div>
  );
}
