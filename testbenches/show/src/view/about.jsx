// What frames the picture: banners, the source, the report, the help.

import { useLayoutEffect, useRef } from "preact/hooks";
import { plainWords } from "../words/names.js";
import { EDITION } from "../words/rules.js";
import { number } from "./parts.jsx";

/** What the reader must know before trusting the picture. */
export function Banners({ document, recordings }) {
  const told = [...document.notes.map((text) => ["warn", text])];
  for (const { run } of recordings) {
    const of = recordings.length > 1 ? `${run.name}: ` : "";
    if (run.failure !== null) told.push(["fault", `${of}The run failed. ${run.failure}`]);
    if (run.window && run.window.whole === false) {
      told.push(["warn", `${of}Accesses, walks and TLB lines: cycles ${number(run.window.from)} to ${number(run.window.to)} only.${run.window.why ? ` ${run.window.why}` : ""}`]);
    }
    if (run.cut) told.push(["warn", `${of}The record ends at cycle ${number(run.cut.at)} of ${number(run.cycles)}.${run.cut.why ? ` ${run.cut.why}` : ""}`]);
    for (const problem of run.problems) told.push(["fault", of + problem]);
  }
  if (told.length === 0) return null;
  return <div class="banners" role="note" aria-label="About this record">{told.map(([tone, text]) => <p class={tone}>{text}</p>)}</div>;
}

/** The lines of the scenario around the step. */
export function SourceLines({ source, line }) {
  const lines = source.text.split("\n");
  const first = Math.max(1, line - 4);
  return (
    <pre class="source">{lines.slice(first - 1, line + 4).map((text, i) => {
      const now = first + i === line;
      return <span class={now ? "now" : ""} aria-current={now ? "step" : undefined}><i>{first + i}</i>{text}{"\n"}</span>;
    })}</pre>
  );
}

/** A report flattened to names and values. */
function flat(value, name = "", depth = 0) {
  if (value === null || typeof value !== "object") return [[name, String(value)]];
  if (depth > 4) return [[name, "…"]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, name === "" ? key : `${name}.${key}`, depth + 1));
}

/** What the whole run counted, the command, the specification and the source. */
export function About({ document, recordings }) {
  const reports = recordings.map(({ run }) => new Map(run.report ? flat(run.report).slice(0, 400) : []));
  const names = [...new Set(reports.flatMap((report) => [...report.keys()]))];
  return (
    <section class="panel wide about" aria-labelledby="h-about">
      <h2 id="h-about">About this run</h2>
      <dl>
        {recordings.map(({ run }) => (
          <div><dt>{recordings.length > 1 ? run.name : "machine"}</dt><dd>{machineText(run)}</dd></div>
        ))}
        {document.command && <div><dt>made by</dt><dd><code>{document.command}</code>{document.edited && <span class="edited">, with the scenario as it was edited in this page</span>}</dd></div>}
        {document.spec.map((text) => <div><dt>specification</dt><dd>{text}</dd></div>)}
      </dl>
      {names.length > 0 && (
        <details>
          <summary>Report of the whole run ({names.length} numbers)</summary>
          <div class="scroll"><table class="report">
            {recordings.length > 1 && <thead><tr><th /> {recordings.map(({ run }) => <th>{run.name}</th>)}</tr></thead>}
            <tbody>{names.map((name) => <tr><th scope="row">{plainWords(name)}</th>{reports.map((report) => <td>{report.get(name) ?? "–"}</td>)}</tr>)}</tbody>
          </table></div>
        </details>
      )}
      {document.source && (
        <details>
          <summary>Source: {document.source.name}</summary>
          <pre class="source">{document.source.text}</pre>
        </details>
      )}
    </section>
  );
}

function machineText(run) {
  const { config, scheme, parts, frames, policy, latency, slots } = run.machine;
  return [
    config, scheme.name, Array.isArray(parts) && parts.length > 0 ? parts.join(", ") : null,
    frames ? `${number(frames.count)} frames` : null, slots ? `${number(slots)} swap slots` : null,
    policy ? `policy ${policy}` : null, typeof latency === "number" ? `memory answers after ${latency} cycles` : null,
    `${number(run.cycles)} cycles`,
  ].filter((text) => typeof text === "string").join(" · ");
}

const KEYS = [
  ["→ ←", "step forwards, back"], ["Shift → ←", "by one cycle"], ["Space", "play, pause"], ["Home End", "to the start, the end"],
  ["1 2 3 4 5", "step by all that changes, access, event, record, cycle"], ["[ ]", "slower, faster"], ["/", "search; Enter goes to what is found, and the keys are the page's again"], ["n N", "to the next result, to the one before"],
  ["+ − 0", "zoom the timeline in, out, to the whole run"], ["d", "of two runs, to the next difference"], ["t", "light, dark, or as the system"], ["?", "this help"],
];

export function Help({ open, onClose }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    if (open && !dialog.current.open) dialog.current.showModal();
    if (!open && dialog.current.open) dialog.current.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="h-help">
      <h2 id="h-help">Help</h2>
      <table>{KEYS.map(([keys, means]) => <tr><th scope="row">{keys.split(" ").map((key) => <kbd>{key}</kbd>)}</th><td>{means}</td></tr>)}</table>
      <p>Click the timeline to go there; drag it to pan; pinch, or turn the wheel with Ctrl, to zoom. The address of this page always leads to the present moment.</p>
      <p>Flags of entries are in the order V R W X U G A D: valid, readable, writable, executable, user, global, accessed, dirty.</p>
      <p>Colours: <b class="tag hit">TLB</b> <b class="tag walk">walk and tables</b> <b class="tag fault">fault</b> <b class="tag evict">replacement</b> <b class="tag disk">disk</b> <b class="tag fence">fence</b> <b class="tag switch">switch</b>. A letter, a shape or a word always says the same.</p>
      <p class="quiet">Sections and steps of the specification are those of {EDITION}.</p>
      <form method="dialog"><button autofocus>Close</button></form>
    </dialog>
  );
}
