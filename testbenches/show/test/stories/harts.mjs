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

/** A page is moved, and only the hart that moves it fences: the other's line is stale. */
export function forgottenStory() {
  const va = "0x400000";
  const one = { hart: 1 };
  const [old, now] = ["0x200000d7", "0x240000d7"];
  const step = (at, line) => ({ at, k: "step", line, text: `line ${line}` });
  const access = (at, to, n, ppn, more = {}) => ({ at, k: "access", to, port: "data", n, va, access: "store", privilege: "U", how: to > at ? "walk" : "tlb", pa: `${ppn}000`, ...more });
  const walk = (at, leaf, more = {}) => [
    { at, k: "start", port: "data", level: 1, ...more },
    { at: at + 1, k: "read", port: "data", level: 1, pa: "0x100004", value: "0x40401", ...more },
    { at: at + 2, k: "read", port: "data", level: 0, pa: "0x101000", value: leaf, ...more },
  ];
  const line = (at, ppn, more = {}) => ({ at, k: "line", tlb: "data", line: 7, ...(ppn === null ? { valid: false } : { valid: true, vpn: "0x400", asid: 1, level: 0, ppn, flags: "RWUD" }), ...more });
  const fence = (at, more = {}) => ({ at, k: "fence", va: null, asid: null, ...more });
  const satp = (more = {}) => ({ at: 0, k: "satp", mode: "sv32", asid: 1, root: "0x100", ...more });
  const write = (at, pa, value) => ({ at, k: "pte", pa, value, by: "software" });
  const records = [
    satp(), satp(one), write(1, "0x100004", "0x40401"), write(1, "0x101000", old), step(1, 8), access(1, 5, 1, "0x80000"), ...walk(2, old),
    step(6, 9), line(6, "0x80000"), access(6, 10, 1, "0x80000", one), ...walk(7, old, one),
    step(11, 11), write(11, "0x101000", now), step(11, 12), fence(11), line(11, "0x80000", one),
    step(12, 13), line(12, null), access(12, 16, 2, "0x90000"), ...walk(13, now),
    step(17, 15), line(17, "0x90000"), access(17, 17, 2, "0x80000", one),
    step(18, 16), fence(18, one), step(19, 17), line(19, null, one), access(19, 23, 3, "0x90000", one), ...walk(20, now, one), line(24, "0x90000", one),
  ];
  const tlbs = ["fetch", "data"].map((name) => ({ name, lines: 8, seen: true }));
  const run = { name: "rv32_small", machine: { config: "rv32_small", scheme: SCHEMES.Sv32, tlbs, frames: null, slots: null, policy: null }, cycles: 25, records, series: [] };
  const text = Array.from({ length: 19 }, (_, i) => `line ${i + 1}`).join("\n");
  return documentOf("A forgotten hart", "It goes on storing to the old frame.", [run], { source: { name: "forgotten.toml", text } });
}
