// The processes and their regions, from the stack above to the text below.

import { lastByte, roughly, spaceOf } from "../model/space.js";
import { processName, plainWords } from "../words/names.js";
import { classes } from "./parts.jsx";

/** Parts of a layout from which on each is drawn in one line. */
const MANY = 14;

/** Processes drawn beside each other. */
const SHOWN = 4;

const TONES = { text: "text", library: "text", rodata: "text", data: "data", bss: "data", heap: "heap", stack: "stack", mmap: "shared", mapped: "shared", shared: "shared", device: "kernel" };

/** The state of a process in one word. */
function standing(state, pid) {
  const process = state.processes.get(pid);
  if (process?.ended) return "ended";
  if (state.running === pid) return "runs";
  if (state.queues?.ready?.includes(pid)) return "ready";
  const waits = state.queues?.waiting?.find?.((waiting) => waiting?.[0] === pid);
  return waits ? `waits: ${plainWords(waits[1])}` : "";
}

export function Spaces(look) {
  const { state } = look;
  const all = [...state.processes].map(([pid]) => pid).filter((pid) => state.regions.has(pid)).sort((a, b) => a - b);
  const living = all.filter((pid) => !state.processes.get(pid).ended || pid === look.pid);
  const first = living.includes(look.pid) ? [look.pid] : [];
  const shown = [...first, ...living.filter((pid) => pid !== look.pid)].slice(0, SHOWN).sort((a, b) => a - b);
  if (shown.length === 0) return <p class="quiet">No process has a region yet.</p>;
  return (
    <div>
      <div class="spaces scroll">
        {shown.map((pid) => <Space key={pid} look={look} pid={pid} />)}
      </div>
      {living.length > shown.length && <p class="quiet">{living.length - shown.length} more processes: choose one above to see it here.</p>}
    </div>
  );
}

function Space({ look, pid }) {
  const { state, recording: { scheme }, focus, since } = look;
  const mine = focus?.record.pid === pid;
  const parts = spaceOf(state, scheme, pid, mine ? look.page : null);
  const word = standing(state, pid);
  return (
    <div class={classes({ space: true, mine, many: parts.length > MANY })}>
      <h3>{processName(state, pid)} <span class="note">pid {pid}{word && `, ${word}`}</span></h3>
      {parts.map((part) => part.gap !== undefined
        ? <p class="gap" key={`gap${part.gap}`}>⋮ {roughly(part.gap)}</p>
        : <Region key={part.region.start} part={part} since={since} />)}
    </div>
  );
}

function Region({ part, since }) {
  const { region, cells, pages, each, held } = part;
  const name = region.name ?? region.kind ?? "region";
  const said = `${name}: ${held} of ${pages} pages in frames`;
  return (
    <div class={classes({ region: true, [`f-${TONES[region.kind] ?? "data"}`]: true, fresh: region.by > since })}>
      <p><b>{name}</b> <code>{region.perm ?? ""}</code><span class="range"><code>{region.start}</code>–<code>{lastByte(region)}</code></span></p>
      <div class="pages" role="img" aria-label={said} title={each > 1 ? `${said}; a square is ${each} pages` : said}>
        {cells.map((cell) => (
          <i class={classes({ in: cell.resident > 0, part: cell.resident > 0 && cell.resident < each, out: cell.swapped > 0 && cell.resident === 0, now: cell.now })} />
        ))}
      </div>
    </div>
  );
}
