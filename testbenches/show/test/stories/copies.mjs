// A copy on write as the command records it: events in their own cycles, the entry and its fence
// before the end of the handler, the accounts of frames after it.

import { SCHEMES, documentOf } from "./machine.mjs";

const MACHINE = { config: "rv32_small", scheme: SCHEMES.Sv32, tlbs: [{ name: "fetch", lines: 8, seen: true }, { name: "data", lines: 8, seen: true }], frames: { first: "0x80000", count: 80 }, slots: 8, policy: "clock" };

export function copyStory() {
  const page = (at, ppn, pids) => ({ at, k: "frame", ppn, use: "page", pids, what: "heap" });
  const table = (at, ppn, pid) => ({ at, k: "frame", ppn, use: "table", pid });
  const write = (at, pa, value, by = "kernel") => ({ at, k: "pte", pa, value, by });
  const line = (at, fields) => ({ at, k: "line", tlb: "data", line: 7, valid: true, vpn: "0x400", asid: 2, level: 0, ...fields });
  const store = (at, to, n, va, fields) => ({ at, k: "access", to, port: "data", pid: 2, n, va, access: "store", privilege: "U", ...fields });
  const kernel = Array.from({ length: 4 }, (_, i) => ({ at: 0, k: "frame", ppn: `0x8000${i}`, use: "kernel" }));
  const records = [
    ...kernel,
    { at: 0, k: "process", pid: 1, name: "parent" }, { at: 0, k: "root", pid: 1, root: "0x80040" }, { at: 0, k: "process", pid: 2, name: "child" }, { at: 0, k: "root", pid: 2, root: "0x8004a" },
    ...[1, 2].map((pid) => ({ at: 0, k: "region", pid, name: "heap", kind: "heap", start: "0x400000", end: "0x408000", perm: "rw-" })),
    page(0, "0x80041", [[1, "0x400"], [2, "0x400"]]), page(0, "0x80042", [[1, "0x401"], [2, "0x401"]]), table(0, "0x80040", 1), table(0, "0x80048", 1), table(0, "0x8004a", 2), table(0, "0x8004b", 2),
    write(0, "0x80040004", "0x20012001"), write(0, "0x80048000", "0x200104d3"), write(0, "0x80048004", "0x200108d3"),
    write(0, "0x8004a004", "0x20012c01"), write(0, "0x8004b000", "0x20010453"), write(0, "0x8004b004", "0x20010813"),
    { at: 1, k: "satp", mode: "sv32", asid: 2, root: "0x8004a" }, line(2, { ppn: "0x80041", flags: "RU" }),
    store(10, 10, 1, "0x400000", { how: "tlb", cause: "store page fault", reason: "permission" }),
    { at: 11, k: "activity", to: 200, what: "handler" },
    { at: 40, k: "event", event: "page_fault", pid: 2, va: "0x400000", access: "store", cause: "store page fault", kind: "minor" },
    { at: 150, k: "event", event: "copy", pid: 2, va: "0x400000", from: "0x80041", to: "0x8004c" },
    write(170, "0x8004b000", "0x20013057"), { at: 170, k: "fence", va: "0x400000", asid: 2 },
    page(171, "0x80041", [[1, "0x400"]]), page(171, "0x8004c", [[2, "0x400"]]), line(171, { valid: false }),
    store(171, 204, 1, "0x400000", { how: "walk", pa: "0x8004c000" }), { at: 171, k: "activity", to: 205, what: "process" },
    { at: 172, k: "start", port: "data", level: 1 }, { at: 182, k: "read", port: "data", level: 1, pa: "0x8004a004", value: "0x20012c01" }, { at: 192, k: "read", port: "data", level: 0, pa: "0x8004b000", value: "0x20013057" },
    { at: 203, k: "update", pa: "0x8004b000", value: "0x200130d7", ok: true }, write(203, "0x8004b000", "0x200130d7", "walker"),
    store(205, 205, 2, "0x401000", { how: "tlb", cause: "store page fault", reason: "permission" }), line(205, { ppn: "0x8004c", flags: "RWUD" }),
  ];
  return documentOf("A copy on write", "The child stores to a page that it shares.", [{ name: "rv32_small", machine: MACHINE, cycles: 210, records, series: [] }]);
}
