// The search field, its results, and the way from one result to the next.

import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { EXACT, SAID, STRETCH, readOn, search } from "../model/search.js";
import { processName } from "../words/names.js";
import { say, tellOf } from "../words/say.js";
import { classes, number } from "./parts.jsx";

/** Results with a sentence each. */
const LISTED = 40;

/** The cycle that a query names; null if it names none. */
function cycleOf(query) {
  const named = /^\s*(?:cycle\s*)?[:=]?\s*([\d,]+)\s*$/.exec(query);
  return named ? Number(named[1].replaceAll(",", "")) : null;
}

/** Makes the sentences to search in, a stretch at a time; whether they are all made. */
function useTexts(recording, wanted) {
  const [ready, setReady] = useState(recording.texts?.length === recording.records.length);
  useEffect(() => {
    if (!wanted || ready) return undefined;
    let timer = 0;
    const more = () => {
      if (readOn(recording, (index) => tellOf(recording, index), STRETCH)) setReady(true);
      else timer = setTimeout(more, 0);
    };
    timer = setTimeout(more, 0);
    return () => clearTimeout(timer);
  }, [recording, wanted, ready]);
  return ready;
}

const HOW = { [EXACT]: "exact", [SAID]: "says it" };

/** How many are found, and how. */
function countText(found, ready, cycle, last) {
  const parts = [];
  if (cycle !== null) parts.push(`Enter goes to cycle ${number(Math.min(cycle, last))}.`);
  if (found.total === 0) {
    if (cycle === null) parts.push(ready ? "Nothing is found." : "Nothing yet; sentences are being read …");
    return parts.join(" ");
  }
  const near = found.total - found.exact - found.said;
  const counts = [
    found.exact > 0 ? `${number(found.exact)} exact` : null,
    found.said > 0 ? `${number(found.said)} ${found.said === 1 ? "says" : "say"} it in a sentence` : null,
    near > 0 ? `${number(near)} near it` : null,
  ];
  parts.push(`${number(found.total)} found${ready ? "" : " so far"}, in the order of time: ${counts.filter((text) => text !== null).join(", ")}.`);
  if (found.total > found.hits.length) parts.push(`The ${found.hits.length} that fit best can be visited.`);
  return parts.join(" ");
}

export function Search({ lead, onGo, onCycle, onStory, field, register }) {
  const { recording } = lead;
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(-1);
  const [open, setOpen] = useState(false);
  const names = recording.last;
  const ready = useTexts(recording, open);
  const found = useMemo(() => search(recording, query, (pid) => processName(names, pid)), [recording, query, ready]);
  const count = found.hits.length;
  const cycle = cycleOf(query);
  const go = (i) => {
    if (count === 0) return;
    const next = (i + count) % count;
    setPlace(next);
    onStory();
    onGo(found.hits[next]);
  };
  // The first that fits best, then from it in the order of time.
  const move = (way) => go(place < 0 ? (way > 0 ? found.first : -1) : place + way);
  useLayoutEffect(() => register?.({ move }));
  // The page gets its keys back, so that an arrow steps from what was found.
  const leave = () => {
    setOpen(false);
    field.current?.blur();
  };
  const key = (event) => {
    if (event.key === "Enter") {
      if (cycle !== null) onCycle(cycle);
      else move(event.shiftKey ? -1 : 1);
      if (cycle !== null || count > 0) leave();
    } else if (event.key === "Escape") {
      leave();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const input = (event) => {
    setQuery(event.currentTarget.value);
    setPlace(-1);
    setOpen(true);
  };
  const shown = open && query.trim() !== "";
  const first = Math.max(0, Math.min(place - 5, count - LISTED));
  return (
    <div class="search" role="search">
      <input id="search" ref={field} type="search" value={query} placeholder="search: 0x401000, fault, shell …" aria-label="Search for an address, a kind of event, a process, words of a sentence, or a cycle" autocomplete="off" spellcheck={false}
        onInput={input} onKeyDown={key} onFocus={() => setOpen(true)} />
      {place >= 0 && count > 0 && (
        <span class="visit"><span class="quiet">{number(place + 1)} of {number(count)}</span>
          <button type="button" id="found-back" aria-label="To the result before" title="To the result before (N)" onClick={() => move(-1)}>‹</button>
          <button type="button" id="found-next" aria-label="To the next result" title="To the next result (n)" onClick={() => move(1)}>›</button></span>
      )}
      {shown && (
        <div class="results">
          <p role="status"><span>{place >= 0 ? `${number(place + 1)} of ${number(count)}: ` : ""}{countText(found, ready, cycle, recording.cycles)}</span>
            <button type="button" aria-label="Close the results" onClick={() => setOpen(false)}>×</button></p>
          <ol>
            {found.hits.slice(first, first + LISTED).map((index, i) => (
              <li key={index}>
                <button type="button" class={classes({ now: first + i === place, exact: found.how[first + i] === EXACT })} onClick={() => { go(first + i); leave(); }}>
                  <span class="cycle">{number(recording.records[index].at)}</span> {HOW[found.how[first + i]] && <b class="how">{HOW[found.how[first + i]]}</b>} <span>{say(recording, index).what}</span>
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  );
}
