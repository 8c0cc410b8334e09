// Replacement as textbooks draw it: the reference string, the frames below, the policy's state.

import { useLayoutEffect, useRef } from "preact/hooks";
import { big, hex } from "../model/hex.js";
import { handOf, parsePolicy, ringOf, shapeOf } from "../model/policy.js";
import { References, leafOf } from "../model/references.js";
import { PMap } from "../model/pmap.js";
import { isOutside } from "../model/lanes.js";
import { classes, number } from "./parts.jsx";

/** References drawn: before the moment, and after it; and frames. */
const BEFORE = 15;
const AFTER = 5;
const FRAMES = 12;

const known = new WeakMap();

/** The reference string of a process, built once. */
export function referencesOf(recording, pid) {
  if (!known.has(recording)) known.set(recording, new Map());
  const byPid = known.get(recording);
  if (!byPid.has(pid)) byPid.set(pid, new References(recording, pid));
  return byPid.get(pid);
}

/** The lowest page that a process refers to: its pages are numbered from it if they are near. */
function baseOf(recording, pid) {
  const references = referencesOf(recording, pid);
  if (references.base === undefined) {
    const pages = references.list.map(({ vpn }) => big(vpn));
    const low = pages.reduce((least, page) => (page < least ? page : least), pages[0] ?? 0n);
    const high = pages.reduce((most, page) => (page > most ? page : most), low);
    references.base = pages.length > 0 && high - low < 1000n ? low : null;
  }
  return references.base;
}

/** The short name of a page: the run's own, its number, or its virtual page number. */
function label(recording, pid, vpn) {
  const given = recording.run.labels.get(`${pid}:${vpn}`);
  if (given !== undefined) return given;
  const base = baseOf(recording, pid);
  return base === null || big(vpn) < base ? vpn.slice(2) : String(big(vpn) - base);
}

/** What the short names mean. */
function labelNote(recording, pid) {
  if (recording.run.labels.size > 0) return "";
  const base = baseOf(recording, pid);
  if (base === null) return "Pages are virtual page numbers, hexadecimal. ";
  return base > 0n ? `Page 0 here is virtual page ${hex(base)}. ` : "";
}

/** Whether any page was or will be replaced, or the run is of a reference string, where that is the question. */
const isReplaced = ({ run: { labels }, records }) => labels.size > 0 || records.some((record) => record.k === "event" && ["eviction", "swap_out"].includes(record.event));

const replaces = new WeakMap();

export function Replacement(look) {
  const { recording } = look;
  if (!replaces.has(recording)) replaces.set(recording, isReplaced(recording));
  if (replaces.get(recording)) return <Drawn {...look} />;
  return <details class="nothing"><summary>No page is replaced in this run: there are frames enough</summary><Drawn {...look} /></details>;
}

function Drawn(look) {
  const references = referencesOf(look.recording, look.pid);
  return (
    <div class="replacement">
      {references.list.length > 0 && <Strings look={look} references={references} />}
      {look.state.policy && <PolicyState look={look} />}
    </div>
  );
}

function Strings({ look, references }) {
  const name = (vpn) => label(look.recording, look.pid, vpn);
  const now = look.focus ? references.at(look.focus.rank) : -1;
  const first = Math.max(0, now - BEFORE);
  const columns = [];
  for (let place = first; place < now; place++) columns.push(references.column(place));
  if (now >= 0) columns.push(references.live(now, look.state, look.moment.cycle));
  for (const column of columns) column.cells = references.cells(column);
  const later = references.list.slice(now + 1, now + 1 + AFTER);
  const rows = rowsOf(columns);
  const shown = rows.slice(0, FRAMES);
  const box = useRef(null);
  // The current column stays in sight, with some of what comes.
  useLayoutEffect(() => {
    const head = box.current?.querySelector("th.now");
    if (!head) return;
    const room = Math.min(150, box.current.clientWidth / 4);
    const wanted = Math.max(0, head.offsetLeft + head.offsetWidth + room - box.current.clientWidth);
    // A column begins where the names of the rows end: none is cut at the left.
    const names = box.current.querySelector("thead th[scope=row]").offsetWidth;
    const first = [...box.current.querySelectorAll("thead th[scope=col]")].find((column) => column.offsetLeft - names >= wanted - 0.5);
    box.current.scrollLeft = wanted === 0 || !first ? wanted : Math.min(first.offsetLeft, head.offsetLeft) - names;
  }, [now, look.pid]);
  const victims = columns.some((column) => column.victims.length > 0);
  return (
    <div>
      <div class="scroll string-box" ref={box} tabIndex={0} role="group" aria-label="Reference string, scrollable">
        <table class="string">
          <thead>
            <tr><th scope="row">reference</th>{columns.map((column) => <th scope="col" class={classes({ now: column.place === now })}>{name(column.reference.vpn)}{column.reference.times > 1 && <small>×{column.reference.times}</small>}</th>)}
              {later.map((reference) => <th scope="col" class="later">{name(reference.vpn)}{reference.times > 1 && <small>×{reference.times}</small>}</th>)}</tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row}>
                <th scope="row">{typeof row === "number" ? `place ${row + 1}` : <code>{row}</code>}</th>
                {columns.map((column, i) => <Cell key={column.place} column={column} before={columns[i - 1]} row={row} name={name} now={column.place === now} />)}
                {later.map(() => <td class="later" />)}
              </tr>
            ))}
            <tr class="faults"><th scope="row">fault</th>{columns.map((column) => <td class={classes({ now: column.place === now })}>{column.fault ? <b class="fault">F</b> : ""}</td>)}{later.map(() => <td class="later" />)}</tr>
            {victims && <tr class="victims"><th scope="row">victim</th>{columns.map((column) => <td class={classes({ now: column.place === now })}>{column.victims.map(name).join(" ")}</td>)}{later.map(() => <td class="later" />)}</tr>}
          </tbody>
        </table>
      </div>
      <p class="quiet">
        {isOutside(look.recording.run.window, look.moment.cycle) && `References are recorded from cycle ${number(look.recording.run.window.from)} to ${number(look.recording.run.window.to)} only; the column marked is the last one recorded. `}
        {labelNote(look.recording, look.pid)}
        {rows.length > shown.length && `${rows.length - shown.length} more ${typeof rows[0] === "number" ? "places" : "frames"} are not drawn. `}
        {countText(look, references)}{rows.some((row) => typeof row === "number") && "Places are in the order in which their first pages came, wherever the frames are; a page that replaces another takes its place. "}A dot is a set A bit.{references.merged && " Those in a row to one page are one column."}
      </p>
    </div>
  );
}

/** How many references there were up to the moment, and how many of them faulted. */
function countText({ recording, focus }, references) {
  const { count, faults } = focus === null ? { count: 0, faults: 0 } : references.until(focus.rank, focus.done);
  const all = references.count;
  const recorded = recording.run.window?.whole === false ? "recorded " : "";
  return `${number(count)}${count < all ? ` of ${number(all)}` : ""} ${recorded}references so far, ${number(faults)} of them with a fault. `;
}

/** The rows that any column uses, those that change first. */
function rowsOf(columns) {
  const changes = new Map();
  columns.forEach((column, i) => {
    for (const [row, { vpn }] of column.cells) {
      const before = columns[i - 1]?.cells.get(row);
      const changed = i > 0 && before?.vpn !== vpn || column.reference.vpn === vpn ? 1 : 0;
      changes.set(row, (changes.get(row) ?? 0) + changed);
    }
  });
  const kept = [...changes].sort((a, b) => b[1] - a[1]).slice(0, FRAMES).map(([row]) => row);
  const order = (a, b) => (big(a) < big(b) ? -1 : 1);
  const others = [...changes.keys()].filter((row) => !kept.includes(row));
  return [...kept.sort(order), ...others];
}

function Cell({ column, before, row, name, now }) {
  const held = column.cells.get(row);
  if (!held) return <td class={classes({ now })} />;
  const fresh = before !== undefined && before.cells.get(row)?.vpn !== held.vpn;
  const touched = held.vpn === column.reference.vpn;
  return <td title={`frame ${held.ppn}${held.used === null ? "" : `, A = ${held.used ? 1 : 0}`}`} class={classes({ now, fresh, touched, used: held.used })}>{name(held.vpn)}</td>;
}

const TITLES = {
  clock: "The ring, with the hand at the page that is examined next",
  queue: "The queue: the page at the left goes first",
  stack: "The stack: the page at the top goes first",
  list: "Pages in the order in which they are examined",
  lists: "Two lists",
};

function PolicyState({ look }) {
  const { state, recording } = look;
  const lists = parsePolicy(state.policy.text);
  const shape = shapeOf(recording.machine.policy, lists);
  const name = (entry) => entry.vpn === undefined ? entry.more ? `+${entry.more} more` : entry.word : `${state.processes.size > 1 ? `${entry.pid}:` : ""}${label(recording, entry.pid, entry.vpn)}`;
  const bit = (entry) => entry.vpn === undefined ? null : entry.referenced ?? (/^[01]$/.test(entry.word) ? entry.word === "1" : leafOf(recording, state, entry.pid, entry.vpn)?.flags.A ?? null);
  const fresh = state.policy.by > look.since;
  return (
    <figure class={classes({ policy: true, fresh })}>
      <figcaption><b>{recording.machine.policy ?? "policy"}</b> <span class="note">{TITLES[shape]}</span></figcaption>
      {lists.length === 0 || lists.every((list) => list.entries.length === 0) ? <p class="quiet">It keeps no page yet.</p>
        : shape === "clock" ? <Ring entries={lists[0].entries} passed={recording.machine.policy === "clock" ? handOf(recording, state, lists[0].entries).passed : 0} state={state} name={name} bit={bit} />
        : lists.map((list) => (
          <div class="queue-line">
            {list.name && <b class="list-name">{plainName(list.name)}</b>}
            <ol class={`queue ${shape}`}>{list.entries.map((entry) => <Page entry={entry} name={name(entry)} bit={shape === "queue" && recording.machine.policy === "fifo" || shape === "stack" ? null : bit(entry)} />)}</ol>
          </div>
        ))}
    </figure>
  );
}

const plainName = (name) => name.replaceAll("_", " ");

function Page({ entry, name, bit }) {
  const word = entry.vpn !== undefined && entry.word && !/^[01]$/.test(entry.word) ? entry.word.replaceAll("_", " ") : "";
  return <li class={classes({ used: bit === true, unused: bit === false, more: entry.vpn === undefined })}><b>{name}</b>{bit !== null && <small>A={bit ? 1 : 0}</small>}{word && <small>{word}</small>}</li>;
}

function Ring({ entries, passed, state, name, bit }) {
  const frames = state.pages instanceof PMap ? state.pages : null;
  const { pages, hand } = ringOf(entries, (pid, vpn) => frames?.get(pid)?.get(vpn), passed);
  const more = entries.find((entry) => entry.more)?.more ?? 0;
  const wide = Math.max(44, ...pages.map((entry) => name(entry).length * 7.6 + 14));
  const radius = Math.max(62, (pages.length * (wide + 8)) / (2 * Math.PI));
  const size = 2 * radius + wide + 12;
  const middle = size / 2;
  const angle = (i) => (2 * Math.PI * i) / pages.length - Math.PI / 2;
  const at = (i, r) => [middle + r * Math.cos(angle(i)), middle + r * Math.sin(angle(i))];
  const said = `Ring of ${pages.length} pages: ${pages.map((entry, i) => `${i === hand ? "hand at " : ""}${name(entry)}${bit(entry) === null ? "" : bit(entry) ? " used" : " not used"}`).join(", ")}`;
  const [x, y] = at(hand, radius - Math.max(24, wide / 2) - 4);
  return (
    <div class="ring-box">
      <svg class="ring" width={size} height={size} viewBox={`0 0 ${size} ${size}`} role="img" aria-label={said}>
        <circle cx={middle} cy={middle} r={radius} class="track" />
        <line x1={middle} y1={middle} x2={x} y2={y} class="hand" />
        <circle cx={middle} cy={middle} r={4} class="hub" />
        {pages.map((entry, i) => {
          const [px, py] = at(i, radius);
          const used = bit(entry);
          return (
            <g key={`${entry.pid}:${entry.vpn}`} class={classes({ place: true, used: used === true, hand: i === hand })}>
              <rect x={px - wide / 2} y={py - 20} width={wide} height={40} rx={20} />
              <text x={px} y={py + (used === null ? 4 : 0)}>{name(entry)}</text>
              {used !== null && <text x={px} y={py + 13} class="bit">A={used ? 1 : 0}</text>}
            </g>
          );
        })}
      </svg>
      {more > 0 && <p class="quiet">and {more} more pages</p>}
      {passed > 0 && <p class="quiet">The hand has cleared A of {passed === 1 ? "1 page" : `${passed} pages`} since the fault.</p>}
    </div>
  );
}
