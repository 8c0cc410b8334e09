// The page-table tree as it is drawn: columns of tables, tables of rows, long ones shortened.

import { big, hex } from "./hex.js";
import { decodePte, levelNumber } from "./pte.js";
import { EMPTY } from "./pmap.js";

/** Rows of a table on the path, rows of another, and tables in a column. */
const ROWS = 9;
const OTHER_ROWS = 3;
const TABLES = 5;

/** The rows to show of a table: `{ index, value, ... }` or `{ more }`. */
function rowsOf(entries, marked, most) {
  const keep = new Set(entries.map((_, i) => i).filter((i) => marked(entries[i])));
  // The neighbours of what is marked, then the first ones, as far as there is room.
  const near = [...keep].flatMap((i) => [i - 1, i + 1]);
  for (const i of [...near, ...entries.keys()]) {
    if (keep.size >= most) break;
    if (i >= 0 && i < entries.length) keep.add(i);
  }
  const rows = [];
  let hidden = 0;
  const flush = () => {
    if (hidden > 0) rows.push({ more: hidden });
    hidden = 0;
  };
  entries.forEach((entry, i) => {
    if (!keep.has(i)) {
      hidden += 1;
      return;
    }
    flush();
    rows.push(entry);
  });
  flush();
  return rows;
}

function tableOf(look, ppn, position, onPath, opened) {
  const { state, recording: { scheme }, path, since } = look;
  const level = levelNumber(scheme, position);
  const base = big(ppn) << BigInt(scheme.page_bits);
  const steps = new Map(path.filter((step) => step.level === level).map((step) => [step.pa, step]));
  const entries = [];
  for (const [offset, { value, by }] of state.tables.get(ppn) ?? EMPTY) {
    const pa = hex(base + BigInt(offset));
    const { role, base: target, flags, size } = decodePte(value, scheme, level);
    const step = steps.get(pa) ?? null;
    // Only what is valid is shown, and what the walk met.
    if (role === "invalid" && step === null) continue;
    entries.push({ index: offset / scheme.pte_bytes, pa, value, role, target, flags, size, step, fresh: by > since });
  }
  // The walk may have read an entry that nothing else told of.
  for (const [pa, step] of steps) {
    const offset = Number(big(pa) - base);
    if (offset < 0 || offset >= 2 ** scheme.page_bits || entries.some((entry) => entry.pa === pa)) continue;
    const { role, base: target, flags, size } = decodePte(step.value, scheme, level);
    entries.push({ index: offset / scheme.pte_bytes, pa, value: step.value, role, target, flags, size, step, fresh: false });
  }
  entries.sort((a, b) => a.index - b.index);
  const whole = opened.has(ppn) || entries.length <= ROWS;
  const rows = whole ? entries : rowsOf(entries, (entry) => entry.step !== null || entry.fresh && onPath, onPath ? ROWS : OTHER_ROWS);
  return { ppn, level, onPath, count: entries.filter((entry) => entry.role !== "invalid").length, rows };
}

/**
 * Columns from the root on; each `{ level, tables, more }`. Tables in `opened` have all their rows; a
 * level in it, as "level 1", all its tables.
 */
export function treeOf(look, opened = new Set()) {
  const { root, recording: { scheme }, path } = look;
  if (!root) return [];
  const columns = [];
  let wanted = [{ ppn: root, onPath: true }];
  for (let position = 0; position < scheme.levels.length && wanted.length > 0; position++) {
    const level = levelNumber(scheme, position);
    const shown = wanted.length > TABLES && !opened.has(`level ${level}`)
      ? [...wanted.filter((table) => table.onPath), ...wanted.filter((table) => !table.onPath)].slice(0, TABLES)
      : wanted;
    const kept = wanted.filter((table) => shown.includes(table));
    const tables = kept.map(({ ppn, onPath }) => tableOf(look, ppn, position, onPath, opened));
    columns.push({ level, tables, more: wanted.length - kept.length });
    const next = new Map();
    for (const table of tables) {
      for (const row of table.rows) {
        if (row.more || row.role !== "pointer") continue;
        const onPath = row.step !== null && path.some((step) => step.level === level - 1);
        next.set(row.target, { ppn: row.target, onPath: onPath || next.get(row.target)?.onPath === true });
      }
    }
    wanted = [...next.values()];
  }
  return columns;
}
