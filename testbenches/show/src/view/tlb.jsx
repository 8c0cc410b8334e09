// The lines of each TLB, the one that was hit or filled marked.

import { bytesText, firstOf, pageBytes, rangeText } from "../model/pte.js";
import { EMPTY } from "../model/pmap.js";
import { ofHart } from "../model/state.js";
import { isOutside } from "../model/lanes.js";
import { classes, number } from "./parts.jsx";

/** Lines up to which the empty ones are shown too. */
const SHOWN = 16;

/** As many empty lines beside each other are drawn as one row. */
const RUN = 3;

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

const FLAG_ORDER = [..."rwxugad"];

export function Tlbs(look) {
  const { recording: { machine } } = look;
  const { window: seen } = look.recording.run;
  const stale = isOutside(seen, look.moment.cycle);
  return <div class="tlbs">{stale && <p class="quiet">Lines are recorded from cycle {number(seen.from)} to {number(seen.to)} only; these are the last ones known.</p>}{machine.tlbs.map((tlb) => <Tlb key={tlb.name} tlb={tlb} look={look} />)}</div>;
}

function Tlb({ tlb, look }) {
  const { state, recording: { scheme }, hit, filled, since } = look;
  const { hart, recording: { harts } } = look;
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
  return (
    <div class={classes({ tlb: true, mine })}>
      <h3>{title} <span class="note">{valid.length} of {tlb.lines} lines valid{!whole && valid.length < tlb.lines ? "; empty ones are not shown" : ""}</span></h3>
      <div class="scroll lines">
        <table>
          <thead><tr><th>line</th><th title="virtual page number">VPN</th><th>ASID</th><th title="global">G</th><th>size</th><th title="physical page number">PPN</th><th>rights</th></tr></thead>
          <tbody>
            {rowsOf(numbers, (number) => { const line = known.get(number); return !line || line.valid === false && line.by <= since; }).map((number) => {
              if (typeof number === "object") return <tr key={number.first} class="empty gap"><td colspan="7">{number.first} to {number.last}: empty</td></tr>;
              const line = known.get(number);
              const empty = !line || line.valid === false;
              const marks = { hit: mine && hit === number, filled: mine && filled === number, fresh: line && line.by > since, empty };
              return (
                <tr key={number} class={classes(marks)}>
                  <td>{number}{marks.hit ? <b class="mark"> hit</b> : marks.filled ? <b class="mark"> fill</b> : null}</td>
                  {empty ? <td colspan="6" class="quiet">{line && line.by > since ? "emptied" : "–"}</td> : [
                    <td key="v" title={rangeText("page", line.vpn, scheme, line.level ?? 0)}><code>{firstOf(line.vpn, scheme, line.level ?? 0)}</code></td>,
                    <td key="a">{line.global ? "any" : line.asid ?? 0}</td>,
                    <td key="g">{line.global ? "G" : "·"}</td>,
                    <td key="s">{bytesText(pageBytes(scheme, line.level ?? 0))}</td>,
                    <td key="p" title={rangeText("frame", line.ppn, scheme, line.level ?? 0)}><code>{firstOf(line.ppn, scheme, line.level ?? 0)}</code></td>,
                    <td key="f"><Rights text={String(line.flags ?? "")} /></td>,
                  ]}
                </tr>
              );
            })}
          </tbody>
        </table>
        {numbers.length === 0 && <p class="quiet">All lines are empty.</p>}
      </div>
    </div>
  );
}

function Rights({ text }) {
  const has = (letter) => text.toLowerCase().includes(letter);
  return (
    <span class="flags" role="img" aria-label={`rights ${FLAG_ORDER.filter(has).join(" ").toUpperCase()}`}>
      {FLAG_ORDER.map((letter) => <i class={has(letter) ? "on" : "off"}>{has(letter) ? letter.toUpperCase() : "·"}</i>)}
    </span>
  );
}
