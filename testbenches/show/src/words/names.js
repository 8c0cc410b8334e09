// The words for causes, reasons, permissions and processes.

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
