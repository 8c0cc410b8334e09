// The address space of a process as a layout: its regions from the highest address to the lowest,
// with the gaps between, and each region's pages in a bounded number of cells.

import { big, hex } from "./hex.js";
import { EMPTY } from "./pmap.js";

/** The most cells of a region. */
export const CELLS = 48;

/** Pages in swap, by process, of a state. */
function swappedOf(state, pid) {
  const pages = [];
  for (const [, { pids }] of state.slots) {
    for (const [owner, vpn] of pids) if (owner === pid) pages.push(vpn);
  }
  return pages;
}

function cellsOf(region, resident, swapped, page) {
  const pages = Number(region.last - region.first + 1n);
  const each = Math.max(1, Math.ceil(pages / CELLS));
  const cells = Array.from({ length: Math.ceil(pages / each) }, () => ({ resident: 0, swapped: 0, now: false }));
  const place = (vpn) => {
    const number = BigInt(vpn);
    if (number < region.first || number > region.last) return null;
    return cells[Math.floor(Number(number - region.first) / each)];
  };
  let held = 0;
  for (const vpn of resident) {
    const cell = place(vpn);
    if (cell) {
      cell.resident += 1;
      held += 1;
    }
  }
  for (const vpn of swapped) {
    const cell = place(vpn);
    if (cell) cell.swapped += 1;
  }
  if (page !== null) {
    const cell = place(page);
    if (cell) cell.now = true;
  }
  return { cells, pages, each, held };
}

/** Parts from high to low: regions `{ region, cells, pages, each, held }` and gaps `{ gap }` in bytes. */
export function spaceOf(state, scheme, pid, page) {
  const shift = BigInt(scheme.page_bits);
  const resident = [...(state.pages.get(pid) ?? EMPTY)].map(([vpn]) => vpn);
  const swapped = swappedOf(state, pid);
  const regions = [...(state.regions.get(pid) ?? EMPTY)].map(([, region]) => {
    const start = big(region.start);
    const end = big(region.end);
    return { ...region, low: start, high: end, first: start >> shift, last: end > start ? (end - 1n) >> shift : start >> shift };
  }).sort((x, y) => (x.low < y.low ? 1 : x.low > y.low ? -1 : 0));
  const parts = [];
  regions.forEach((region, i) => {
    parts.push({ region, ...cellsOf(region, resident, swapped, page) });
    const below = regions[i + 1];
    if (below && below.high < region.low) parts.push({ gap: Number(region.low - below.high) });
  });
  return parts;
}

/** A large number of bytes in rounded words. */
export function roughly(bytes) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  while (bytes >= 1024 && unit < units.length - 1) {
    bytes /= 1024;
    unit += 1;
  }
  return `${bytes >= 100 || Number.isInteger(bytes) ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
}

/** The address of a region's last byte. */
export const lastByte = (region) => hex(region.high > region.low ? region.high - 1n : region.low);
