// What a frame is used for: a letter, a class for its colour and pattern, and words.

const KINDS = {
  kernel: ["K", "kernel", "kernel"],
  reserved: ["R", "kernel", "reserved"],
  table: ["T", "table", "page table"],
  text: ["x", "text", "text"],
  library: ["x", "text", "library text"],
  rodata: ["r", "text", "constants"],
  data: ["d", "data", "data"],
  bss: ["b", "data", "zeroed data"],
  heap: ["h", "heap", "heap"],
  stack: ["s", "stack", "stack"],
  mmap: ["m", "shared", "mapped"],
  mapped: ["m", "shared", "mapped"],
  shared: ["S", "shared", "shared memory"],
  file: ["f", "cache", "page of a file"],
  cache: ["c", "cache", "page cache"],
  zero: ["0", "zero", "the zero page"],
  page: ["p", "data", "page"],
};

/** `{ letter, tone, name, owners }` of a frame's record; a free one has no letter. */
export function frameKind(record) {
  if (!record || record.use === "free") return { letter: "", tone: "free", name: "free", owners: [] };
  const key = record.use === "page" ? record.what ?? "page" : record.use;
  const [letter, tone, name] = Object.hasOwn(KINDS, key) ? KINDS[key] : ["?", "data", key];
  const pids = record.pids?.length ? record.pids.map(([pid]) => pid) : typeof record.pid === "number" ? [record.pid] : [];
  const owners = [...new Set(pids)].sort((a, b) => a - b);
  return { letter, tone, name, owners };
}

/** The kinds for a legend, of those that occur. */
export function legendOf(records) {
  const seen = new Map();
  for (const record of records) {
    const { letter, tone, name } = frameKind(record);
    if (letter !== "" && !seen.has(letter + name)) seen.set(letter + name, { letter, tone, name });
  }
  return [...seen.values()];
}
