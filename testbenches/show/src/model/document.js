// The JSON document, checked: what is damaged is left out and told, never guessed.

import { ANSWER } from "./answers.js";
import { hex } from "./hex.js";
import { SV39 } from "./pte.js";

const isNumber = (x) => typeof x === "number" && Number.isFinite(x) && x >= 0;
const isText = (x) => typeof x === "string";
const isHex = (x) => hex(x) !== null;
const isHexOrNull = (x) => x === null || x === undefined || isHex(x);

/** The kinds of record, each with the fields that it cannot do without, and their addresses. */
export const KINDS = {
  process: { needs: { pid: isNumber, name: isText } },
  root: { needs: { pid: isNumber, root: isHexOrNull }, hex: ["root"] },
  satp: { needs: { mode: isText }, hex: ["root"] },
  region: { needs: { pid: isNumber, start: isHex, end: isHex }, hex: ["start", "end"] },
  frame: { needs: { ppn: isHex, use: isText }, hex: ["ppn"] },
  slot: { needs: { slot: isNumber } },
  pte: { needs: { pa: isHex, value: isHex }, hex: ["pa", "value"] },
  access: { needs: { to: isNumber, va: isHex, access: isText }, hex: ["va", "pa"] },
  start: { needs: { level: isNumber } },
  read: { needs: { pa: isHex }, hex: ["pa", "value"] },
  update: { needs: { pa: isHex, value: isHex }, hex: ["pa", "value"] },
  line: { needs: { tlb: isText, line: isNumber }, hex: ["vpn", "ppn"] },
  fence: { needs: {}, hex: ["va"] },
  policy: { needs: { state: isText } },
  activity: { needs: { to: isNumber, what: isText } },
  queues: { needs: {} },
  event: { needs: { event: isText }, hex: ["va", "frame", "from_frame"] },
  step: { needs: { text: isText } },
};

const isNumbers = (x) => Array.isArray(x) && x.every(isNumber);
const isWaiting = (x) => Array.isArray(x) && x.every((pair) => Array.isArray(pair) && isNumber(pair[0]) && isText(pair[1]));

/** Fields that a record may have; one with another type is left out of it. */
const MAY = {
  pid: isNumber, n: isNumber, asid: isNumber, level: isNumber, line: isNumber, slot: isNumber, hart: isNumber, parent: isNumber, child: isNumber, moved: isNumber,
  port: isText, how: isText, reason: isText, kind: isText, name: isText, what: isText, perm: isText, by: isText, flags: isText, result: isText, mode: isText, says: isText, privilege: isText,
  cause: (x) => isNumber(x) || isText(x), death: (x) => isText(x) || typeof x === "object",
  from: (x) => isNumber(x) || isHex(x), to: (x) => isNumber(x) || isHex(x),
  valid: (x) => typeof x === "boolean", global: (x) => typeof x === "boolean", ok: (x) => typeof x === "boolean", error: (x) => typeof x === "boolean", dirty: (x) => typeof x === "boolean", gone: (x) => typeof x === "boolean",
  ready: isNumbers, waiting: isWaiting,
};

const TOLD = 5;

/** Collects what is wrong, in words; the first few of a kind, and how many more. */
class Problems {
  constructor() {
    this.texts = [];
    this.more = 0;
  }

  add(text) {
    if (this.texts.length < TOLD) this.texts.push(text);
    else this.more += 1;
  }

  list() {
    const rest = this.more > 0 ? [`${this.more} more records could not be read.`] : [];
    return [...this.texts, ...rest];
  }
}

function checkedPairs(pairs) {
  if (!Array.isArray(pairs)) return [];
  return pairs
    .filter((pair) => Array.isArray(pair) && isNumber(pair[0]) && isHex(pair[1]))
    .map(([pid, vpn]) => [pid, hex(vpn)]);
}

function checkedRecord(record, place, problems, strangers) {
  if (record === null || typeof record !== "object" || Array.isArray(record)) {
    problems.add(`${place} is no record.`);
    return null;
  }
  if (!isNumber(record.at) || !isText(record.k)) {
    problems.add(`${place} has no cycle ("at") or no kind ("k").`);
    return null;
  }
  if (record.k === ANSWER) {
    problems.add(`${place} (cycle ${record.at}) is of a kind that only this page makes.`);
    return null;
  }
  const kind = Object.hasOwn(KINDS, record.k) ? KINDS[record.k] : null;
  if (kind === null) {
    strangers.set(record.k, (strangers.get(record.k) ?? 0) + 1);
    return record;
  }
  const wrong = Object.keys(kind.needs).find((name) => !kind.needs[name](record[name]));
  if (wrong !== undefined) {
    problems.add(`${place} (${record.k}, cycle ${record.at}) lacks a readable "${wrong}".`);
    return null;
  }
  const clean = { ...record };
  for (const [name, value] of Object.entries(record)) {
    if (value === null || !Object.hasOwn(MAY, name) || MAY[name](value)) continue;
    problems.add(`${place} (${record.k}, cycle ${record.at}) has an unreadable "${name}", which is left out.`);
    delete clean[name];
  }
  for (const name of kind.hex ?? []) if (name in clean) clean[name] = hex(clean[name]);
  if ("pids" in clean) clean.pids = clean.pids === null ? null : checkedPairs(clean.pids);
  return clean;
}

function checkedScheme(scheme, problems) {
  const good = scheme && isNumber(scheme.va_bits) && isNumber(scheme.pte_bytes)
    && isNumber(scheme.page_bits) && Array.isArray(scheme.levels) && scheme.levels.length > 0
    && scheme.levels.every((level) => isNumber(level?.bits) && isNumber(level?.shift));
  if (good) return scheme;
  problems.add("The scheme of the machine is missing; addresses are split as in Sv39.");
  return SV39;
}

function checkedRun(run, number) {
  if (run === null || typeof run !== "object") return { error: `Run ${number} is no object.` };
  const problems = new Problems();
  const strangers = new Map();
  const name = isText(run.name) ? run.name : `run ${number}`;
  const given = Array.isArray(run.records) ? run.records : [];
  if (!Array.isArray(run.records)) problems.add("There are no records.");
  const machine = { ...(run.machine ?? {}) };
  machine.scheme = checkedScheme(machine.scheme, problems);
  let records = given
    .map((record, i) => checkedRecord(record, `Record ${i + 1}`, problems, strangers))
    .filter((record) => record !== null);
  const late = records.findIndex((record, i) => i > 0 && record.at < records[i - 1].at);
  if (late >= 0) {
    problems.add(`Record ${late + 1} is earlier than the one before it; they were put in order.`);
    records = records.map((record, i) => [record, i])
      .sort(([a, i], [b, j]) => a.at - b.at || i - j)
      .map(([record]) => record);
  }
  machine.tlbs = Array.isArray(machine.tlbs) ? machine.tlbs.filter((tlb) => isText(tlb?.name)) : [];
  const frames = machine.frames;
  const framed = frames && isHex(frames.first) && isNumber(frames.count);
  machine.frames = framed ? { first: hex(frames.first), count: Math.min(frames.count, 1 << 20) } : null;
  machine.slots = isNumber(machine.slots) ? Math.min(machine.slots, 1 << 16) : null;
  const said = problems.list();
  for (const [kind, count] of strangers) {
    said.push(`${count === 1 ? "1 record is" : `${count} records are`} of a kind that this page does not know: ${kind}.`);
  }
  const last = records.length > 0 ? records[records.length - 1].at : 0;
  return {
    name, machine, records,
    cycles: Math.max(isNumber(run.cycles) ? run.cycles : 0, last),
    window: isNumber(run.window?.from) && isNumber(run.window?.to) ? run.window : null,
    cut: isNumber(run.cut?.at) ? run.cut : null,
    failure: isText(run.failure) ? run.failure : null,
    report: run.report ?? null,
    series: Array.isArray(run.series) ? run.series.filter((point) => isNumber(point?.at)) : [],
    labels: checkedLabels(run.labels),
    problems: said,
  };
}

/** The names of pages, by "pid:vpn", if the run gives them names. */
function checkedLabels(labels) {
  if (labels === null || typeof labels !== "object") return new Map();
  return new Map(Object.entries(labels).filter(([, name]) => isText(name)));
}

/** The document of this text, or `{ error }`: a sentence for the reader of an empty page. */
export function readDocument(text) {
  const trimmed = (text ?? "").trim();
  if (trimmed === "" || trimmed.startsWith("/*")) {
    return { error: "This file is a template: it contains no record of a run. pagewalk show writes one." };
  }
  let document;
  try {
    document = JSON.parse(trimmed);
  } catch (error) {
    return { error: `The record in this file is damaged and cannot be read: ${error.message}` };
  }
  if (document === null || typeof document !== "object" || !("pagewalk_show" in document)) {
    return { error: "This file contains JSON, but no record that pagewalk show wrote." };
  }
  const given = Array.isArray(document.runs) ? document.runs.slice(0, 2) : [];
  const runs = given.map((run, i) => checkedRun(run, i + 1));
  const broken = runs.find((run) => run.error);
  if (broken) return broken;
  if (runs.length === 0) return { error: "The record in this file contains no run." };
  const notes = document.pagewalk_show === 1 ? []
    : [`The record has version ${String(document.pagewalk_show)}; this page knows version 1 and shows what it understands.`];
  return {
    title: isText(document.title) && document.title !== "" ? document.title : "A run",
    idea: isText(document.idea) ? document.idea : "",
    command: isText(document.command) ? document.command : "",
    spec: Array.isArray(document.spec) ? document.spec.filter(isText) : [],
    source: isText(document.source?.text) ? { name: String(document.source.name ?? ""), text: document.source.text } : null,
    served: document.served === true,
    runs, notes,
  };
}
