// The virtual address of the access, split into its fields, and what becomes of them.

import { big, hex } from "../model/hex.js";
import { isOutside } from "../model/lanes.js";
import { ofHart } from "../model/state.js";
import { NAPOT, bytesText, decodePte, pageBytes, rangeText, splitAddress } from "../model/pte.js";
import { marksOf } from "../words/entries.js";
import { plainWords, sentence, verb, whoOf } from "../words/names.js";
import { staleHit } from "../words/say.js";
import { Flags, classes, number } from "./parts.jsx";

const binary = (value, bits) => value.toString(2).padStart(bits, "0").replaceAll(/(?<=.)(?=(.{4})+$)/g, " ");

/** The level of the page that the access ended in, so far as it is known. */
function levelOfPage({ recording, path, focus, state, tlb, hit }) {
  const line = hit !== null ? state.lines.get(ofHart(tlb.name, focus.record.hart))?.get(hit) : null;
  if (line) return line.level ?? 0;
  const leaf = focus.done && focus.record.pa ? path.at(-1) : undefined;
  return leaf ? decodePte(leaf.value, recording.scheme, leaf.level).size : 0;
}

export function Address(look) {
  const { recording, focus, state, path } = look;
  if (!focus) return <p class="quiet">No access has been made yet.</p>;
  const { scheme } = recording;
  const { record } = focus;
  const { fields, offset, upperBits, upper, canonical } = splitAddress(record.va, scheme);
  const level = levelOfPage(look);
  const bare = record.how === "bare";
  const read = new Set(path.filter((entry) => entry.read).map((entry) => entry.level));
  const pageNumber = record.pa ? hex(big(record.pa) >> BigInt(scheme.page_bits)) : null;
  return (
    <div class="address">
      <p class="access">
        <b>{sentence(`${whoOf(recording, state, record)} `).trim()}</b> {verb(record.access)} <code class="va">{record.va}</code>
        {record.port && <span class="quiet"> ({record.port} port)</span>}
        {focus.done && !look.present && <span class="quiet past"> – the last access{isOutside(recording.run.window, look.moment.cycle) && " recorded"}, answered in cycle {number(record.to)}:</span>}
        <Outcome focus={focus} past={!look.present} stale={focus.done && staleHit(recording, focus.index) !== null} />
      </p>
      {!bare && (
        <div class="fields" role="list" aria-label="Fields of the virtual address">
          {upperBits > 0 && (
            <div role="listitem" class={classes({ field: true, upper: true, bad: !canonical })} style={{ flexGrow: 3 }}>
              <span class="bits">63–{scheme.va_bits}</span>
              <code>{canonical ? "sign" : upper}</code>
              <span class="means">{canonical ? "copies of the sign" : "no copies of the sign"}</span>
            </div>
          )}
          {fields.map((field) => (
            <div role="listitem" key={field.level} style={{ flexGrow: field.bits }}
              class={classes({ field: true, index: true, read: read.has(field.level), kept: level !== NAPOT && field.level < level })}>
              <span class="bits">{field.high}–{field.low}</span>
              <code title={binary(field.index, field.bits)}>{field.index}</code>
              <span class="means">VPN[{field.level}] <span class="binary">{binary(field.index, field.bits)}</span></span>
            </div>
          ))}
          <div role="listitem" class="field offset" style={{ flexGrow: scheme.page_bits }}>
            <span class="bits">{scheme.page_bits - 1}–0</span>
            <code>{hex(offset)}</code>
            <span class="means">offset in the page</span>
          </div>
        </div>
      )}
      {focus.done && record.pa && !bare && (
        <p class="becomes">
          <span class="quiet">becomes</span> <code class="pa">{record.pa}</code>
          <span class="quiet">: frame</span> <code>{pageNumber}</code><span class="quiet">, offset</span> <code>{hex(offset)}</code>
          {level === NAPOT && <span class="quiet"> (64 KiB range, {rangeText("page", hex(big(record.va) >> BigInt(scheme.page_bits)), scheme, level)}: the lowest four bits of VPN[0] are kept)</span>}
          {level > 0 && level !== NAPOT && <span class="quiet"> ({bytesText(pageBytes(scheme, level))} page: the fields below level {level} are kept)</span>}
        </p>
      )}
    </div>
  );
}

function Outcome({ focus: { record, done }, stale, past }) {
  if (!done) return <span class="tag walk">waits</span>;
  const tagOf = (tone) => `tag ${past ? "plain" : tone}`;
  if (record.cause !== undefined && record.cause !== null) {
    return <span class={tagOf("fault")}>fault{record.reason ? `: ${plainWords(record.reason).replace(/^[ad](?= clear)/, (letter) => letter.toUpperCase())}` : ""}</span>;
  }
  if (stale) return <span class={tagOf("fault")}>hit in a stale line</span>;
  const names = { tlb: ["hit", "hit"], l2: ["hit in L2", "hit"], walk: ["miss, walk", "walk"], bare: ["not translated", "plain"] };
  const [name, tone] = names[record.how] ?? ["answered", "plain"];
  return <span class={tagOf(tone)}>{name}</span>;
}

const ROLES = { pointer: "pointer to the next table", leaf: "leaf", invalid: "not valid", reserved: "reserved" };

/** The entries of the path as a table, which says in words what the tree draws. */
export function Steps({ path, recording, focus, walk, decode }) {
  const marked = new Map((walk?.updates ?? []).filter((update) => update.ok !== false).map((update) => [update.pa, marksOf(recording, update.index).text]));
  if (path.length === 0) return <p class="quiet">{focus ? "No entry is known for this address." : "No walk yet."}</p>;
  return (
    <div class="scroll">
      <table class="steps">
        <thead><tr><th>level</th><th>entry at</th><th>flags</th><th>frame</th><th>kind</th></tr></thead>
        <tbody>
          {path.map((entry, i) => {
            const { role, base, size, wrong } = decode(entry.value, recording.scheme, entry.level);
            return (
              <tr key={`${i} ${entry.pa}`} class={classes({ read: entry.read, known: !entry.read, bad: role === "invalid" || role === "reserved" })}>
                <td>{entry.level}</td>
                <td><code>{entry.pa}</code></td>
                <td><Flags value={entry.value} scheme={recording.scheme} /></td>
                <td><code>{role === "invalid" ? "–" : base}</code></td>
                <td>{ROLES[role]}{size === NAPOT && role === "leaf" && " of 64 KiB"}{wrong !== null && `: ${wrong}`}{marked.has(entry.pa) && `, ${marked.get(entry.pa)} set by the walker`}{entry.read ? "" : <span class="quiet"> (not read)</span>}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
