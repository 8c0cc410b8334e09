// A fork that copies nothing, as the command records it: W is cleared and fenced one cycle before
// the fork is told, with all that the child gets.

import { SCHEMES, documentOf } from "./machine.mjs";

const MACHINE = { config: "rv32_small", scheme: SCHEMES.Sv32, tlbs: [{ name: "data", lines: 8, seen: true }], frames: { first: "0x80000", count: 80 }, slots: 8, policy: "clock" };

export function forkedStory() {
  const hex = (number) => `0x${number.toString(16)}`;
  const region = (at, pid, end) => ({ at, k: "region", pid, name: "heap", kind: "heap", start: "0x400000", end, perm: "rw-" });
  const page = (at, ppn, pids) => ({ at, k: "frame", ppn, use: "page", pids, what: "heap" });
  const entry = (at, place, flags) => ({ at, k: "pte", pa: hex(0x80048000 + 4 * place), value: hex((0x80041 + place) * 1024 + flags), by: "kernel" });
  const entries = (at, flags) => [0, 1, 2, 3, 4].map((place) => entry(at, place, flags));
  const lines = [0, 1, 2, 3, 7];
  const records = [
    { at: 0, k: "process", pid: 1, name: "parent" }, { at: 0, k: "root", pid: 1, root: "0x80040" }, region(0, 1, "0x408000"),
    { at: 0, k: "frame", ppn: "0x80040", use: "table", pid: 1 }, { at: 0, k: "frame", ppn: "0x80048", use: "table", pid: 1 },
    { at: 0, k: "pte", pa: "0x80040004", value: "0x20012001", by: "kernel" }, ...entries(0, 0xd7), { at: 0, k: "satp", mode: "sv32", asid: 1, root: "0x80040" },
    ...lines.map((line, i) => ({ at: 5, k: "line", tlb: "data", line, valid: true, vpn: hex(0x400 + i), asid: 1, level: 0, ppn: hex(0x80041 + i), flags: "RWUD" })),
    { at: 20, k: "activity", to: 101, what: "handler" }, ...entries(100, 0xd3), { at: 100, k: "fence", va: null, asid: 1 },
    { at: 101, k: "event", event: "fork", pid: 1, child: 2, name: "child" }, { at: 101, k: "process", pid: 2, name: "child" }, { at: 101, k: "root", pid: 2, root: "0x8004a" }, region(101, 2, "0x408000"),
    page(101, "0x80041", [[1, "0x400"], [2, "0x400"]]), page(101, "0x80042", [[1, "0x401"], [2, "0x401"]]),
    ...lines.map((line) => ({ at: 101, k: "line", tlb: "data", line, valid: false })), { at: 101, k: "activity", to: 130, what: "process" },
    region(120, 1, "0x410000"),
  ];
  return documentOf("A fork", "It shares every page.", [{ name: "rv32_small", machine: MACHINE, cycles: 130, records, series: [] }]);
}
