// The stories that the tests show: a fork with copy on write, CLOCK and FIFO on a reference
// string, bare ports, and runs of any length.

import { CAUSES, Machine, SCHEMES, bits, documentOf, hex } from "./machine.mjs";

const KINDS = [
  ["text", 0x10000, 2, "r-x", "RXU"], ["data", 0x20000, 2, "rw-", "RWU"],
  ["heap", 0x400000, 8, "rw-", "RWU"], ["stack", 0x3fffff8000, 8, "rw-", "RWU"],
];

function regionOf(va) {
  return KINDS.find(([, start, pages]) => va >= start && va < start + pages * 4096);
}

function regions(machine, pid) {
  for (const [name, start, pages, perm] of KINDS) {
    machine.put("region", { pid, name, kind: name, start: hex(start), end: hex(start + pages * 4096), perm });
  }
}

/** Demand paging, a fork, copy on write, an exit. */
export function forkStory() {
  const machine = new Machine({ count: 48, slots: 16, latency: 4 });
  machine.process(1, "shell");
  regions(machine, 1);
  machine.put("queues", { ready: [1], waiting: [] });
  machine.switchTo(1);
  const frames = new Map();
  const handle = (m, access, va) => {
    const [name, , , , flags] = regionOf(va);
    const page = Math.floor(va / 4096);
    const key = `${m.pid}:${page}`;
    const shared = frames.get(key);
    const base = { pid: m.pid, va: hex(va), access, cause: CAUSES[access] };
    m.put("activity", { to: m.at + 30, what: "handler" });
    m.put("event", { event: "page_fault", ...base, kind: name === "text" && !shared ? "major" : "minor" });
    m.at += 20;
    if (shared) {
      const others = shared.pids.filter(([pid]) => pid !== m.pid);
      if (others.length > 0) {
        const copy = m.frame("page", { what: name, pid: m.pid, pids: [[m.pid, hex(page)]] });
        m.put("event", { event: "copy", pid: m.pid, va: hex(page * 4096), from: hex(shared.ppn), to: hex(copy) });
        shared.pids = others;
        m.put("frame", { ppn: hex(shared.ppn), use: "page", what: name, pid: others[0][0], pids: others });
        frames.set(key, { ppn: copy, pids: [[m.pid, hex(page)]] });
        m.map(m.pid, va, copy, `V${flags}`);
      } else {
        m.map(m.pid, va, shared.ppn, `V${flags}A`);
      }
      m.fence(page * 4096, m.asids.get(m.pid));
    } else {
      if (name === "text") {
        m.put("activity", { to: m.at + 200, what: "disk" });
        m.put("event", { event: "blocked", pid: m.pid, reason: "disk" });
        m.at += 200;
      }
      const pids = [[m.pid, hex(page)]];
      const ppn = m.frame("page", { what: name, pid: m.pid, pids });
      frames.set(key, { ppn, pids });
      m.map(m.pid, va, ppn, `V${flags}`);
    }
    m.at += 9;
  };
  const go = (access, va) => machine.access(access, va, handle);
  for (let i = 0; i < 3; i++) {
    go("fetch", 0x10000 + 4 * i);
    go("store", 0x3fffffff00 - 8 * i);
    go("store", 0x400000 + i * 4096 + 16);
    go("load", 0x20008 + 8 * i);
  }
  machine.put("event", { event: "fork", pid: 1, child: 2, name: "job" });
  machine.process(2, "job");
  regions(machine, 2);
  for (const [key, held] of [...frames]) {
    const page = Number(key.split(":")[1]);
    held.pids = [[1, hex(page)], [2, hex(page)]];
    machine.put("frame", { ppn: hex(held.ppn), use: "page", what: regionOf(page * 4096)[0], pid: 1, pids: held.pids });
    frames.set(`2:${page}`, held);
    const flags = regionOf(page * 4096)[4].replace("W", "");
    machine.map(1, page * 4096, held.ppn, `V${flags}A`);
    machine.map(2, page * 4096, held.ppn, `V${flags}`);
  }
  machine.fence(null, 1);
  machine.put("queues", { ready: [2], waiting: [[1, "child"]] });
  machine.switchTo(2, 1);
  for (let i = 0; i < 3; i++) {
    go("fetch", 0x10000 + 4 * i);
    go("load", 0x400000 + i * 4096 + 16);
  }
  go("store", 0x401010);
  go("load", 0x401010);
  go("store", 0x3ffffffef0);
  machine.put("event", { event: "exit", pid: 2, frames: [] });
  machine.put("root", { pid: 2, root: null });
  machine.put("queues", { ready: [1], waiting: [] });
  machine.switchTo(1, 2);
  go("store", 0x402010);
  return documentOf("A fork copies nothing until one side stores", "Two processes share every frame after a fork; the first store to a page copies it.", [machine.run("rv64_tiny, Sv39")]);
}

/** A reference string under CLOCK or FIFO with few frames, as `pagewalk policy` runs it. */
export function policyRun(policy, string = [7, 0, 1, 2, 0, 3, 0, 4, 2, 3, 0, 3, 2, 1, 2, 0, 1, 7, 0, 1], frames = 3) {
  const machine = new Machine({ count: 16, policy, slots: 16, kernel: 2 });
  const start = 0x400000;
  machine.process(1, "string");
  machine.put("region", { pid: 1, name: "heap", kind: "heap", start: hex(start), end: hex(start + 10 * 4096), perm: "rw-" });
  machine.switchTo(1);
  const places = Array(frames).fill(null);
  let hand = 0;
  const bit = (page) => (Number(machine.words.get(machine.entry(1, page * 4096, 0, false)) ?? 0n) & bits("A")) !== 0;
  const tell = () => {
    const order = [...places.slice(hand), ...places.slice(0, hand)].filter((place) => place !== null);
    machine.put("policy", { state: order.map(({ page }) => `1:${page.toString(16)}`).join(",") });
  };
  const clear = (page) => {
    const pa = machine.entry(1, page * 4096, 0, false);
    machine.write(pa, machine.words.get(pa) & ~64n);
    machine.fence(page * 4096, 1);
  };
  const handle = (m, access, va) => {
    const page = Math.floor(va / 4096);
    m.put("event", { event: "page_fault", pid: 1, va: hex(va), access, cause: CAUSES[access], kind: "major" });
    m.at += 25;
    if (places[hand] !== null && places.every((place) => place !== null)) {
      if (policy === "clock") {
        while (bit(places[hand].page)) {
          clear(places[hand].page);
          hand = (hand + 1) % frames;
          tell();
        }
      }
      const victim = places[hand];
      m.put("event", { event: "eviction", pid: 1, va: hex(victim.page * 4096), frame: hex(victim.ppn), dirty: false });
      m.unmap(1, victim.page * 4096);
      m.fence(victim.page * 4096, 1);
      m.put("frame", { ppn: hex(victim.ppn), use: "free" });
      m.put("slot", { slot: victim.page % 16, pids: [[1, hex(victim.page)]] });
      m.free.unshift(victim.ppn);
    }
    m.put("activity", { to: m.at + 100, what: "disk" });
    m.put("event", { event: "swap_in", pid: 1, va: hex(page * 4096), slot: page % 16 });
    m.at += 100;
    const ppn = m.frame("page", { what: "heap", pid: 1, pids: [[1, hex(page)]] });
    m.map(1, va, ppn, "VRWU");
    places[hand] = { page, ppn };
    hand = (hand + 1) % frames;
    tell();
    m.at += 5;
  };
  for (const page of string) {
    machine.access("load", start + page * 4096, handle);
    machine.at += 3;
  }
  return machine.run(`${policy}, ${frames} frames`);
}

export function policyStory() {
  return documentOf("CLOCK gives a second chance", "A page that was used since the hand came by is kept for another round.", [policyRun("clock")]);
}

/** Two policies on one string. */
export function twoRuns() {
  return documentOf("CLOCK and FIFO side by side", "The same reference string under two policies.", [policyRun("clock"), policyRun("fifo")]);
}

const SOURCE = `idea = "A leaf at level 1 maps 2 MiB with one entry read less."
machine = { ports = 2 }
map = [
    { va = 0x0080_0000, pa = 0x8080_0000, flags = "RWX UAD", level = 1 },
]
step = [
    { load = 0x0080_0000, pa = 0x8080_0000, hit = false },
    { load = 0x0080_0fff, pa = 0x8080_0fff, hit = true },
    { store = 0x009f_fff8, pa = 0x809f_fff8, hit = false },
    { load = 0x00a0_0000, fault = "load page fault" },
]
`;

/** Steps on the bare ports: no processes, no frames. */
export function bareStory(scheme = SCHEMES.Sv39) {
  const machine = new Machine({ scheme, kernel: 0, lines: 4 });
  machine.pid = undefined;
  machine.asids.set(undefined, 0);
  machine.roots.set(undefined, 0x80100);
  // Tables of a scenario have no frames in the kernel's accounts.
  let next = 0x80101;
  machine.frame = () => next++;
  machine.put("satp", { mode: scheme.name.toLowerCase(), asid: 0, root: "0x80100" });
  machine.map(undefined, 0x800000, 0x80800, "VRWXUAD", 1);
  const steps = [[7, "load", 0x800000], [8, "load", 0x800fff], [9, "store", 0x800ff8], [10, "load", 0xc00000]];
  for (const [line, access, va] of steps) {
    machine.at += 2;
    machine.put("step", { line, text: `{ ${access} = ${hex(va)} }` });
    machine.attempt(access, va, undefined);
  }
  const records = machine.records.map(({ pid, n, ...record }) => record);
  const run = machine.run(`rv64_tiny, ${scheme.name}`, { records });
  run.machine.frames = null;
  return documentOf("A megapage", "A leaf at level 1 maps 2 MiB with one entry read less and one TLB line.", [run], { source: { name: "megapage.toml", text: SOURCE } });
}

/** A run of at least `wanted` records: a loop over more pages than the TLB has lines. */
export function longRun(wanted) {
  const machine = new Machine({ count: 128, lines: 16 });
  machine.process(1, "loop");
  machine.put("region", { pid: 1, name: "heap", kind: "heap", start: hex(0x400000), end: hex(0x400000 + 64 * 4096), perm: "rw-" });
  machine.switchTo(1);
  const handle = (m, access, va) => {
    const page = Math.floor(va / 4096);
    m.put("event", { event: "page_fault", pid: 1, va: hex(va), access, cause: CAUSES[access], kind: "minor" });
    m.at += 30;
    m.map(1, va, m.frame("page", { what: "heap", pid: 1, pids: [[1, hex(page)]] }), "VRWU");
  };
  for (let i = 0; machine.records.length < wanted; i++) {
    machine.access(i % 3 === 0 ? "store" : "load", 0x400000 + ((i * 7) % 40) * 4096 + (i % 512) * 8, handle);
  }
  return machine.run(`${wanted} records`);
}

export function longStory(wanted) {
  return documentOf(`A run of ${wanted} records`, "A loop over 40 pages.", [longRun(wanted)]);
}
