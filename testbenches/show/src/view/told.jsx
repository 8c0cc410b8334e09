// What happens at the moment, in words: the sentence, why, the rule; the counts; what came before.

import { accessBehind } from "../model/answers.js";
import { glossed } from "../words/glossary.js";
import { groupText } from "../words/groups.js";
import { ruleText } from "../words/rules.js";
import { say } from "../words/say.js";
import { Change } from "./change.jsx";
import { number } from "./parts.jsx";

/** Sentences of earlier records, so that they are made once. */
const said = new WeakMap();
const BEFORE = 5;

function sentence(recording, index) {
  if (!said.has(recording)) said.set(recording, new Map());
  const known = said.get(recording);
  if (!known.has(index)) known.set(index, say(recording, index).what);
  return known.get(index);
}

export function Told(look) {
  const { told, moment, recording } = look;
  const tone = told.tone ?? toneOf(recording.records[look.subject]);
  return (
    <div class={`told tone-${tone}`}>
      <p class="when">cycle {number(moment.cycle)}{look.step && <span class="step"> · step{look.step.line ? ` of line ${look.step.line}` : ""}: <code>{look.step.text}</code></span>}</p>
      <p class="what">{told.what}</p>
      {told.why && <p class="why"><Glossed text={told.why} /></p>}
      <Change change={told.change} />
      <Group recording={recording} index={look.subject} />
      {told.rule && <p class="rule"><Glossed text={ruleText(told.rule)} /></p>}
    </div>
  );
}

/** A text, with what its words mean for who points at them. */
function Glossed({ text }) {
  return glossed(text).map(({ text: part, means }) => (means === null ? part : <abbr title={means}>{part}</abbr>));
}

/** Of which changes of one kind in this cycle this is the last. */
function Group({ recording, index }) {
  const text = index === null ? null : groupText(recording, index);
  return text === null ? null : <p class="quiet group">{text}</p>;
}

/** That of an access by what came of it. */
function toneOfAnswer({ cause, how }) {
  if (cause !== undefined && cause !== null) return "fault";
  return how === "tlb" || how === "l2" ? "hit" : "walk";
}

/** The meaning of a record, which gives the sentence its colour. */
export function toneOf(record) {
  if (!record) return "plain";
  const access = accessBehind(record);
  if (access !== null && access === record && record.to > record.at) return "walk";
  if (access !== null) return toneOfAnswer(access);
  if (["start", "read", "update", "pte", "root"].includes(record.k)) return "walk";
  if (record.k === "fence" || record.k === "satp") return "fence";
  if (record.k === "line") return "hit";
  if (record.k !== "event") return "plain";
  const tones = { page_fault: "fault", kill: "fault", eviction: "evict", swap_in: "disk", swap_out: "disk", fence: "fence", context_switch: "switch" };
  return tones[record.event] ?? "plain";
}

export function Earlier({ look, onGo }) {
  const { recording, moment } = look;
  const end = recording.notedFrom(look.subject ?? moment.index);
  const list = recording.noted.slice(Math.max(0, end - BEFORE), end).reverse();
  if (list.length === 0) return null;
  return (
    <div class="earlier">
      <h3>Before</h3>
      <ol>
        {list.map((index) => (
          <li key={index}><button type="button" class={`tone-${toneOf(recording.records[index])}`} onClick={() => onGo(index)}>
            <span class="cycle">{number(recording.records[index].at)}</span> <span>{sentence(recording, index)}</span>
          </button></li>
        ))}
      </ol>
    </div>
  );
}

const COUNTS = ["accesses", "misses", "walks", "faults", "evictions", "fences", "switches"];

/** The counts so far; of a run that is not recorded as a whole, with the series. */
export function Counts(look) {
  const { recording, moment, state } = look;
  const { run } = recording;
  const seen = run.window?.whole === false ? run.window : null;
  const pointAt = (cycle) => run.series.filter((known) => known.at <= cycle).at(-1);
  // What was before the window, and after it, only the series knows.
  const before = seen ? pointAt(seen.from) : undefined;
  const after = seen && moment.cycle > seen.to || run.cut && moment.cycle > run.cut.at ? pointAt(moment.cycle) : undefined;
  const value = (name) => after?.[name] ?? (before?.[name] ?? 0) + state.counts[name];
  const shown = COUNTS.filter((name) => value(name) > 0 || name === "accesses" || name === "faults");
  return (
    <dl class="counts" aria-label="Counts up to this moment">
      {shown.map((name) => <div key={name} class={`count-${name}`}><dt>{name}</dt><dd>{number(value(name))}</dd></div>)}
    </dl>
  );
}
