// The lines of each TLB of each hart, those that were hit or filled marked, and those that are stale.

import { RIGHTS, bytesText, firstOf, pageBytes, rangeText } from "../model/pte.js";
import { EMPTY } from "../model/pmap.js";
import { staleOf } from "../model/stale.js";
import { ofHart } from "../model/state.js";
import { isOutside } from "../model/lanes.js";
import { staleText } from "../words/lines.js";
import { classes, number } from "./parts.jsx";

/** Lines up to which the empty ones are shown too. */
const SHOWN = 16;

/** As many empty lines beside each other are drawn as one row. */
const RUN = 3;

/** Harts whose TLBs are shown at once. */
const HARTS = 4;

/** The rows: numbers of lines, and runs of empty ones as `{ first, last }`. */
function rowsOf(numbers, isEmpty) {
  const rows = [];
  for (let i = 0; i < numbers.length; i++) {
    let end = i;
    while (end < numbers.length && isEmpty(numbers[end])) end += 1;
    if (end - i >= RUN) {
      rows.push({ first: numbers[i], last: numbers[end - 1] });
      i = end - 1;
    } else {
      rows.push(numbers[i]);
    }
  }
  return rows;
}

export function Tlbs(look) {
  const { recording: { machine, harts } } = look;
  const { window: seen } = look.recording.run;
  const outside = isOutside(seen, look.moment.cycle);
  const first = [look.hart, ...harts.filter((hart) => hart !== look.hart)];
  const shown = first.slice(0, HARTS).sort((a, b) => a - b);
  const rest = first.slice(HARTS);
  const of = (hart) => machine.tlbs.map((tlb) => <Tlb key={`${hart} ${tlb.name}`} tlb={tlb} hart={hart} look={look} />);
  return (
    <div>
      {outside && <p class="quiet">Lines are recorded from cycle {number(seen.from)} to {number(seen.to)} only; these are the last ones known.</p>}
      <div class="tlbs">{shown.flatMap(of)}</div>
      {rest.length > 0 && <details class="more-harts"><summary>TLBs of {rest.length} more harts</summary><div class="tlbs">{rest.flatMap(of)}</div></details>}
    </div>
  );
}

function Tlb({ tlb, hart, look }) {
  const { state, recording: { scheme, harts }, present, hit, filled, since } = look;
  const mine = look.tlb?.name === tlb.name && hart === (look.focus?.record.hart ?? 0);
  const known = state.lines.get(ofHart(tlb.name, hart)) ?? EMPTY;
  const lines = [...known].map(([, line]) => line).sort((a, b) => a.line - b.line);
  const valid = lines.filter((line) => line.valid !== false);
  const title = `${tlb.name === "both" ? "fetch and data" : tlb.name}${harts.length > 1 ? `, hart ${hart}` : ""}`;
  if (tlb.seen === false) {
    return <div class="tlb"><h3>{title}</h3><p class="quiet">Its lines are in a RAM and are not recorded.</p></div>;
  }
  const whole = tlb.lines <= SHOWN;
  const numbers = whole ? Array.from({ length: tlb.lines }, (_, i) => i) : valid.map((line) => line.line);
  const isEmpty = (number) => {
    const line = known.get(number);
    return !line || line.valid === false && line.by <= since;
  };
  return (
    <div class={classes({ tlb: true, mine })}>
      <h3>{title} <span class="note">{valid.length} of {tlb.lines} lines valid{!whole && valid.length < tlb.lines ? "; empty ones are not shown" : ""}</span></h3>
      <div class={classes({ scroll: true, lines: true, long: !whole })}>
        <table>
          <thead><tr><th>line</th><th title="virtual page number">VPN</th><th>ASID</th><th title="global">G</th><th>size</th><th title="physical page number">PPN</th><th title="R W X: allowed; U: for user mode; G: global; D: may be written without a walk">rights</th></tr></thead>
          <tbody>
            {rowsOf(numbers, isEmpty).map((number) => {
              if (typeof number === "object") return <tr key={number.first} class="empty gap"><td colspan="7">{number.first} to {number.last}: empty</td></tr>;
              const line = known.get(number);
              return <Line key={number} number={number} line={line} scheme={scheme} stale={staleOf(look.recording, state, line)} isHit={mine && present && hit === number} isFilled={mine && filled === number} fresh={line && line.by > since} />;
            })}
          </tbody>
        </table>
        {numbers.length === 0 && <p class="quiet">All lines are empty.</p>}
      </div>
    </div>
  );
}

function Line({ number, line, scheme, stale, isHit, isFilled, fresh }) {
  const empty = !line || line.valid === false;
  const note = stale !== null;
  const size = line?.level ?? 0;
  return (
    <>
      <tr class={classes({ hit: isHit, filled: isFilled && !empty, fresh, empty, stale: note })}>
        <td rowspan={note ? 2 : 1}>{number}{isHit ? <b class="mark"> hit</b> : isFilled && !empty ? <b class="mark"> fill</b> : null}</td>
        {empty ? <td colspan="6" class="quiet">{fresh ? "emptied" : "–"}</td> : [
          <td key="v" title={rangeText("page", line.vpn, scheme, size)}><code>{firstOf(line.vpn, scheme, size)}</code></td>,
          <td key="a">{line.global ? "any" : line.asid ?? 0}</td>,
          <td key="g">{line.global ? "G" : "·"}</td>,
          <td key="s">{bytesText(pageBytes(scheme, size))}</td>,
          <td key="p" title={rangeText("frame", line.ppn, scheme, size)}><code>{firstOf(line.ppn, scheme, size)}</code></td>,
          <td key="f"><Rights text={String(line.flags ?? "")} /></td>,
        ]}
      </tr>
      {note && <tr class="stale-note"><td colspan="6">stale: {staleText(stale)}</td></tr>}
    </>
  );
}

function Rights({ text }) {
  const has = (letter) => text.includes(letter);
  return (
    <span class="flags" role="img" aria-label={`rights ${RIGHTS.filter(has).join(" ")}`}>
      {RIGHTS.map((letter) => <i class={has(letter) ? "on" : "off"}>{has(letter) ? letter : "·"}</i>)}
    </span>
  );
}
