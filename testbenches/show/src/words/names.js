// The words for causes, reasons, permissions and processes.

import { pageOf } from "../model/hex.js";

/** "page_fault" and "PageFault" as words. */
export function plainWords(name) {
  return String(name).replaceAll("_", " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}

const CAUSES = { 1: "instruction access fault", 5: "load access fault", 7: "store access fault", 12: "instruction page fault", 13: "load page fault", 15: "store page fault" };

/** A cause by its code or its name. */
export function causeName(cause) {
  return CAUSES[cause] ?? plainWords(cause);
}

/** A process by the state: its name, with its number if another has the same. */
export function processName(state, pid) {
  if (pid === undefined || pid === null) return "the hart";
  if (pid === 0) return state.processes.get(0)?.name ?? "the page cache";
  const name = state.processes.get(pid)?.name;
  if (name === undefined) return `process ${pid}`;
  return name;
}

/** Who makes an access: the process, else the hart, with its number where there are several. */
export function whoOf(recording, state, record) {
  if (record.pid !== undefined && record.pid !== null) return processName(state, record.pid);
  return recording.harts.length > 1 ? `hart ${record.hart ?? 0}` : "the hart";
}

/** " of hart 1" where there are several harts. */
export function ofHartText(recording, record) {
  return recording.harts.length > 1 ? ` of hart ${record.hart ?? 0}` : "";
}

/** An address, with the name of its page if the run gives it one: "page 7 (0x405000)". */
export function placeText(recording, pid, va) {
  const name = labelOf(recording, pid, va);
  return name === null ? String(va) : `page ${name} (${va})`;
}

/** The name that the run gives to the page of an address; null if it gives none. */
export function labelOf(recording, pid, va) {
  if (recording.run.labels.size === 0 || typeof va !== "string") return null;
  const [vpn] = pageOf(va, recording.scheme.page_bits);
  return recording.run.labels.get(`${pid}:${vpn}`) ?? null;
}

/** The TLB of this name in words. */
export function tlbText(name) {
  return name === "both" ? "the TLB of both ports" : `the ${name} TLB`;
}

/** A sentence's beginning, where it is not a name. */
export function sentence(text) {
  return text.replace(/^(the|process|hart|page) /, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}

/** A number with its noun. */
export function counted(count, one, many = one + "s") {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** The article before a word. */
export function a(word) {
  return `${/^[aeiou]/i.test(word) ? "an" : "a"} ${word}`;
}

/** "loads from", ... */
export function verb(access) {
  if (access === "fetch") return "fetches from";
  if (access === "load") return "loads from";
  if (access === "store") return "stores to";
  if (access === "cbo") return "manages the cache block at";
  if (String(access).startsWith("amo")) return "updates atomically";
  return "accesses";
}

/** The name of a scheme as the specification writes it, of a mode as the record has it. */
export const schemeOf = (mode) => String(mode).replace(/^s/, "S");
