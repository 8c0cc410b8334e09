// The page-table tree, drawn: tables in columns from the root on, the walk as a path.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { treeOf } from "../model/tree.js";
import { FLAGS, NAPOT, bytesText, pageBytes } from "../model/pte.js";
import { classes } from "./parts.jsx";

const ROW = 21;
const HEAD = 24;
const GAP = 14;
const SPACE = 34;
const TOP = 22;
const INDEX = 38;
const FLAG = 11;
/** The least size, as a share of the natural one, to which the picture shrinks; then it scrolls. */
const LEAST = 0.72;
/** The most, where there is room. */
const MOST = 1.25;
/** The width of a letter, and that of a table without the text at its end. */
const LETTER = 7.3;
const LEFT = INDEX + 8 + 8 * FLAG + 14;

/** Where an entry leads: a table, a frame, or the first frame of a NAPOT range. */
function targetText(row) {
  if (row.role === "invalid") return "not valid";
  if (row.role === "reserved") return "reserved";
  return `${row.role === "pointer" ? "→" : "▪"} ${row.target}${row.size === NAPOT ? " 64K" : ""}`;
}

/** A width in which every row fits. */
function widthOf(columns) {
  const rows = columns.flatMap((column) => column.tables.flatMap((table) => table.rows));
  const longest = Math.max(9, ...rows.map((row) => (row.more ? 0 : targetText(row).length)));
  return Math.ceil(LEFT + longest * LETTER + 8);
}

/** Places every table and row. */
function layout(columns, wide) {
  const places = new Map();
  let height = 0;
  const drawn = columns.map((column, c) => {
    let y = TOP;
    const x = c * (wide + SPACE);
    const tables = column.tables.map((table) => {
      const top = y;
      const rows = table.rows.map((row, r) => ({ ...row, y: top + HEAD + r * ROW }));
      y = top + HEAD + Math.max(1, rows.length) * ROW + GAP;
      places.set(`${c}:${table.ppn}`, { x, y: top + HEAD / 2 });
      return { ...table, x, y: top, height: y - GAP - top, rows };
    });
    height = Math.max(height, y + (column.more > 0 ? ROW : 0));
    return { ...column, x, tables, end: y };
  });
  const edges = drawn.flatMap((column, c) => column.tables.flatMap((table) => table.rows
    .filter((row) => row.role === "pointer")
    .map((row) => ({ row, from: { x: table.x + wide, y: row.y + ROW / 2 }, to: places.get(`${c + 1}:${row.target}`), walk: row.step !== null }))
    .filter((edge) => edge.to)));
  // The path is drawn last, over the others.
  edges.sort((a, b) => a.walk - b.walk);
  return { drawn, edges, height: height + 4, width: columns.length * (wide + SPACE) - SPACE + 2 };
}

const curve = ({ from, to }) => {
  const middle = (from.x + to.x) / 2;
  return `M${from.x},${from.y} C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
};

export function Tree(look) {
  const box = useRef(null);
  const [opened, setOpened] = useState(new Set());
  const open = (name) => setOpened((before) => new Set([...before, name]));
  const end = look.path.at(-1)?.pa ?? null;
  // The end of the path stays in sight where the tree is longer than its box.
  useLayoutEffect(() => {
    const row = [...(box.current?.querySelectorAll(".row.walk") ?? [])].at(-1);
    if (!row || box.current.scrollHeight <= box.current.clientHeight) return;
    const place = row.getBoundingClientRect();
    const frame = box.current.getBoundingClientRect();
    if (place.top < frame.top || place.bottom > frame.bottom) box.current.scrollTop += place.top - frame.top - frame.height / 2;
  }, [end, look.root]);
  const columns = treeOf(look, opened);
  const { scheme } = look.recording;
  if (columns.length === 0) {
    const ended = look.state.processes.get(look.pid)?.ended === true;
    return <p class="quiet">{ended ? "The process has ended, and its page tables are gone." : "No page table is in use yet."}</p>;
  }
  const wide = widthOf(columns);
  const { drawn, edges, height, width } = layout(columns, wide);
  const read = look.path.filter((step) => step.read).length;
  const said = `Page-table tree, ${columns.length} levels; the walk read ${read} entries. The table below says them in words.`;
  return (
    <div class="scroll tree-box" ref={box} tabIndex={0} role="group" aria-label="Page-table tree, scrollable">
      <svg class="tree" style={{ maxWidth: `${width * MOST}px`, minWidth: `${width * LEAST}px` }} viewBox={`-1 0 ${width} ${height}`} role="img" aria-label={said}>
        {edges.map(({ row, ...edge }) => (
          <path d={curve(edge)} class={classes({ edge: true, walk: edge.walk, known: edge.walk && !row.step.read })} />
        ))}
        {drawn.map((column) => (
          <g key={column.level}>
            <text x={column.x} y={13} class="level">level {column.level}{column.level === scheme.levels.length - 1 ? " (root)" : ""}</text>
            <text x={column.x + wide} y={13} class="level right">leaf: {bytesText(pageBytes(scheme, column.level))}</text>
            {column.tables.map((table) => <Table key={table.ppn} table={table} wide={wide} onOpen={() => open(table.ppn)} />)}
            {column.more > 0 && <More x={column.x} y={column.end + 8} text={`⋯ ${column.more} more tables`} onOpen={() => open(`level ${column.level}`)} />}
          </g>
        ))}
      </svg>
    </div>
  );
}

/** What is left out, to be opened. */
function More({ x, y, text, onOpen }) {
  const key = (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    onOpen();
  };
  return <text x={x} y={y} class="more opens" role="button" tabIndex={0} aria-label={`${text}: show them`} onClick={onOpen} onKeyDown={key}>{text}</text>;
}

function Table({ table, wide, onOpen }) {
  return (
    <g class={classes({ table: true, onpath: table.onPath })} transform={`translate(${table.x},${table.y})`}>
      <rect width={wide} height={table.height} rx={5} class="frame" />
      <text x={8} y={16} class="name">{table.ppn}</text>
      <text x={wide - 8} y={16} class="count">{table.count} valid</text>
      {table.rows.map((row) => <Row key={row.more ? `more${row.y}` : row.pa} row={row} top={table.y} wide={wide} onOpen={onOpen} />)}
      {table.rows.length === 0 && <text x={8} y={HEAD + 15} class="more">empty</text>}
    </g>
  );
}

function Row({ row, top, wide, onOpen }) {
  const y = row.y - top;
  if (row.more) return <More x={8} y={y + 15} text={`⋯ ${row.more} more`} onOpen={onOpen} />;
  const bad = row.step !== null && (row.role === "invalid" || row.role === "reserved");
  const kind = classes({ row: true, walk: row.step !== null, known: row.step !== null && !row.step.read, bad, leaf: row.role === "leaf", fresh: row.fresh });
  return (
    <g class={kind} transform={`translate(0,${y})`}>
      <title>{`entry ${row.index} at ${row.pa}: ${row.value}${row.size === NAPOT ? `; entries ${row.index & ~15} to ${row.index | 15} are one range of 64 KiB` : ""}`}</title>
      <rect x={3} y={1} width={wide - 6} height={ROW - 2} rx={3} class="back" />
      <text x={INDEX - 4} y={15} class="index">{row.index}</text>
      {FLAGS.map(([letter], i) => (
        <text x={INDEX + 8 + i * FLAG} y={15} class={row.flags[letter] ? "on" : "off"}>{row.flags[letter] ? letter : "·"}</text>
      ))}
      <text x={wide - 8} y={15} class="target">{targetText(row)}</text>
    </g>
  );
}
