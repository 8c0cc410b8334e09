// A small machine that writes records as a recorder would: page tables in memory, two TLBs, a
// walker, a kernel with demand paging. Everything in it is determined by the calls.

import { SV39, decodePte, splitAddress } from "../../src/model/pte.js";

export const hex = (value) => "0x" + BigInt(value).toString(16);
const FLAG = { V: 1, R: 2, W: 4, X: 8, U: 16, G: 32, A: 64, D: 128 };
export const bits = (letters) => [...letters].reduce((sum, letter) => sum | FLAG[letter], 0);

export const CAUSES = { fetch: "instruction page fault", load: "load page fault", store: "store page fault" };

export const SCHEMES = {
  Sv32: { name: "Sv32", va_bits: 32, pa_bits: 34, pte_bytes: 4, page_bits: 12, levels: [{ bits: 10, shift: 22 }, { bits: 10, shift: 12 }] },
  Sv39: SV39,
  Sv48: { name: "Sv48", va_bits: 48, pa_bits: 56, pte_bytes: 8, page_bits: 12, levels: [39, 30, 21, 12].map((shift) => ({ bits: 9, shift })) },
  Sv57: { name: "Sv57", va_bits: 57, pa_bits: 56, pte_bytes: 8, page_bits: 12, levels: [48, 39, 30, 21, 12].map((shift) => ({ bits: 9, shift })) },
};

export class Machine {
  constructor({ scheme = SV39, first = 0x80000, count = 64, lines = 8, latency = 4, slots = null, policy = null, kernel = 4 } = {}) {
    Object.assign(this, { scheme, first, count, latency, policy, slotCount: slots });
    this.at = 0;
    this.records = [];
    this.words = new Map();
    this.free = Array.from({ length: count - kernel }, (_, i) => first + kernel + i);
    this.roots = new Map();
    this.asids = new Map();
    this.n = new Map();
    this.tlbs = { fetch: { lines: Array(lines).fill(null), next: 0 }, data: { lines: Array(lines).fill(null), next: 0 } };
    this.lines = lines;
    for (let i = 0; i < kernel; i++) this.put("frame", { ppn: hex(first + i), use: "kernel" });
  }

  put(k, fields) {
    this.records.push({ at: this.at, k, ...fields });
  }

  frame(use, fields = {}) {
    const ppn = this.free.shift();
    if (ppn === undefined) throw new Error("no free frame");
    this.put("frame", { ppn: hex(ppn), use, ...fields });
    return ppn;
  }

  process(pid, name, asid = pid) {
    this.put("process", { pid, name });
    this.asids.set(pid, asid);
    const root = this.frame("table", { pid, level: this.scheme.levels.length - 1 });
    this.roots.set(pid, root);
    this.put("root", { pid, root: hex(root) });
  }

  write(pa, value, by = "kernel") {
    this.words.set(pa, BigInt(value));
    this.put("pte", { pa: hex(pa), value: hex(value), by });
  }

  /** The address of the entry of a level for an address; tables are made on the way if asked. */
  entry(pid, va, level, make) {
    let table = this.roots.get(pid);
    for (const field of splitAddress(hex(va), this.scheme).fields) {
      const pa = table * 4096 + field.index * this.scheme.pte_bytes;
      if (field.level === level) return pa;
      const word = this.words.get(pa) ?? 0n;
      if ((word & 1n) === 0n) {
        if (!make) return null;
        const next = this.frame("table", { pid, level: field.level - 1 });
        this.write(pa, (BigInt(next) << 10n) | 1n);
        table = next;
      } else {
        table = Number((word >> 10n) & 0xfffffffffffn);
      }
    }
    return null;
  }

  map(pid, va, ppn, flags, level = 0) {
    this.write(this.entry(pid, va, level, true), (BigInt(ppn) << 10n) | BigInt(bits(flags)));
  }

  unmap(pid, va) {
    const pa = this.entry(pid, va, 0, false);
    if (pa !== null) this.write(pa, 0n);
  }

  switchTo(pid, from) {
    this.at += 6;
    this.put("satp", { mode: this.scheme.name.toLowerCase(), asid: this.asids.get(pid), root: hex(this.roots.get(pid)) });
    this.put("event", { event: "context_switch", from: from ?? null, pid, asid: this.asids.get(pid) });
    this.pid = pid;
  }

  fence(va = null, asid = null) {
    this.at += 1;
    this.put("fence", { va: va === null ? null : hex(va), asid });
    for (const [name, tlb] of Object.entries(this.tlbs)) {
      tlb.lines.forEach((line, i) => {
        if (!line || asid !== null && line.asid !== asid || va !== null && line.vpn !== Math.floor(va / 4096)) return;
        tlb.lines[i] = null;
        this.put("line", { tlb: name, line: i, valid: false });
      });
    }
  }

  fill(port, va, level, word) {
    const tlb = this.tlbs[port];
    const line = tlb.next;
    tlb.next = (line + 1) % tlb.lines.length;
    const { flags, ppn } = decodePte(hex(word), this.scheme);
    const entry = { vpn: Math.floor(va / 4096), asid: this.asids.get(this.pid) ?? 0, level, word };
    tlb.lines[line] = entry;
    const letters = ["R", "W", "X", "U", "G", "D"].filter((letter) => flags[letter]).join("");
    this.put("line", { tlb: port, line, valid: true, vpn: hex(entry.vpn), asid: entry.asid, global: flags.G, level, ppn, flags: letters });
  }

  /** One attempt; true if it succeeded. */
  attempt(access, va, n) {
    const port = access === "fetch" ? "fetch" : "data";
    const need = bits({ fetch: "X", load: "R", store: "W" }[access]);
    const page = Math.floor(va / 4096);
    const asid = this.asids.get(this.pid) ?? 0;
    const line = this.tlbs[port].lines.find((known) => known && known.vpn === page && known.asid === asid);
    const base = { port, pid: this.pid, n, va: hex(va), access, privilege: "U" };
    const begin = this.at;
    if (line && (Number(line.word & 0xffn) & need) === need && (access !== "store" || line.word & 128n)) {
      this.put("access", { to: begin, ...base, how: "tlb", pa: hex(((line.word >> 10n) & 0xfffffffffffn) * 4096n + BigInt(va % 4096)) });
      this.at += 1;
      return true;
    }
    // The walk's records follow the access's; its answer is known when it has ended.
    const place = this.records.push(null) - 1;
    this.put("start", { port, level: this.scheme.levels.length - 1 });
    let table = this.roots.get(this.pid);
    let done = null;
    for (const field of splitAddress(hex(va), this.scheme).fields) {
      const pa = table * 4096 + field.index * this.scheme.pte_bytes;
      const word = this.words.get(pa) ?? 0n;
      this.at += this.latency;
      this.put("read", { port, level: field.level, pa: hex(pa), value: hex(word) });
      const flags = Number(word & 0xffn);
      if ((flags & 1) === 0) { done = { reason: "not valid" }; break; }
      if ((flags & 10) === 0) { table = Number((word >> 10n) & 0xfffffffffffn); continue; }
      if ((flags & need) !== need) { done = { reason: "permission" }; break; }
      const marks = access === "store" ? 192n : 64n;
      let leaf = word;
      if ((word & marks) !== marks) {
        leaf = word | marks;
        this.at += this.latency;
        this.put("update", { port, pa: hex(pa), value: hex(leaf), ok: true });
        this.write(pa, leaf, "walker");
      }
      done = { leaf, level: field.level };
      break;
    }
    this.at += 1;
    const size = done.leaf === undefined ? 0n : 1n << BigInt(this.scheme.levels.at(-1 - done.level).shift);
    const result = done.leaf === undefined
      ? { how: "walk", cause: CAUSES[access], reason: done.reason }
      : { how: "walk", pa: hex((((done.leaf >> 10n) & 0xfffffffffffn) * 4096n & ~(size - 1n)) + (BigInt(va) & (size - 1n))) };
    this.records[place] = { at: begin, k: "access", to: this.at, ...base, ...result };
    this.at += 1;
    // The line is seen in the cycle after the answer.
    if (done.leaf !== undefined) this.fill(port, va, done.level, done.leaf);
    return done.leaf !== undefined;
  }

  /** An access, with `handle` as the kernel: called on a fault, then tried again. */
  access(access, va, handle) {
    const n = (this.n.get(this.pid) ?? 0) + 1;
    this.n.set(this.pid, n);
    if (this.attempt(access, va, n)) return;
    handle?.(this, access, va);
    if (!this.attempt(access, va, n)) throw new Error(`the access to ${hex(va)} still faults`);
  }

  run(name, more = {}) {
    return {
      name,
      machine: {
        config: "rv64_tiny", scheme: this.scheme, parts: ["trace"],
        tlbs: [{ name: "fetch", lines: this.lines, seen: true }, { name: "data", lines: this.lines, seen: true }],
        frames: { first: hex(this.first), count: this.count }, slots: this.slotCount, policy: this.policy, latency: this.latency,
      },
      cycles: this.at + 10,
      window: { from: 0, to: this.at + 10, whole: true, why: null },
      cut: null, failure: null,
      report: { counts: { accesses: this.records.filter((record) => record.k === "access").length } },
      records: this.records, series: [],
      ...more,
    };
  }
}

export function documentOf(title, idea, runs, more = {}) {
  return {
    pagewalk_show: 1, title, idea, command: `pagewalk show ${title.replaceAll(" ", "-").toLowerCase()}`,
    spec: ["sv32algorithm: the translation is successful"], source: null, runs, ...more,
  };
}
