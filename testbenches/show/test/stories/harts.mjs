// Two harts store to a page at once, as the command records it: the second's update fails.

import { SCHEMES, documentOf } from "./machine.mjs";

export function hartStory() {
  const va = "0x400000";
  const read = (at, level, more = {}) => ({ at, k: "read", port: "data", level, pa: level === 1 ? "0x100004" : "0x101000", value: level === 1 ? "0x40401" : at < 15 ? "0x20000017" : "0x200000d7", ...more });
  const access = (at, to, how, more = {}) => ({ at, k: "access", to, port: "data", n: 1, va, access: "store", privilege: "U", how, pa: "0x80000000", ...more });
  const line = (at, valid, more = {}) => ({ at, k: "line", tlb: "data", line: 7, valid, ...(valid ? { vpn: "0x400", asid: 1, level: 0, ppn: "0x80000", flags: "RWUD" } : {}), ...more });
  const one = { hart: 1 };
  const records = [
    { at: 0, k: "satp", mode: "sv32", asid: 1, root: "0x100" }, { at: 0, k: "satp", ...one, mode: "sv32", asid: 2, root: "0x100" },
    { at: 1, k: "pte", pa: "0x100004", value: "0x40401", by: "software" }, { at: 1, k: "pte", pa: "0x101000", value: "0x20000017", by: "software" },
    access(1, 16, "walk"), access(1, 21, "walk", one),
    { at: 2, k: "start", port: "data", level: 1 }, { at: 2, k: "start", ...one, port: "data", level: 1 },
    read(6, 1), read(6, 1, one), read(10, 0), read(10, 0, one),
    { at: 15, k: "update", pa: "0x101000", value: "0x200000d7", ok: true }, { at: 15, k: "pte", pa: "0x101000", value: "0x200000d7", by: "walker" },
    { at: 15, k: "update", ...one, pa: "0x101000", value: "0x200000d7", ok: false },
    line(17, true), read(20, 0, one), line(22, true, { ...one, asid: 2 }),
    { at: 23, k: "fence", va: null, asid: null }, line(24, false),
    access(25, 25, "tlb", { ...one, n: 2 }),
  ];
  const tlbs = ["fetch", "data"].map((name) => ({ name, lines: 8, seen: true }));
  const run = { name: "rv32_small", machine: { config: "rv32_small", scheme: SCHEMES.Sv32, tlbs, frames: null, slots: null, policy: null }, cycles: 30, records, series: [] };
  return documentOf("Two harts set D at once", "One of them reads the entry again.", [run]);
}
