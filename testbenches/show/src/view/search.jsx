// The search field and its results.

import { useMemo, useState } from "preact/hooks";
import { search } from "../model/search.js";
import { processName } from "../words/names.js";
import { say } from "../words/say.js";
import { number } from "./parts.jsx";

/** Results with a sentence each. */
const LISTED = 40;

export function Search({ lead, onGo, onCycle, field }) {
  const { recording } = lead;
  const [query, setQuery] = useState("");
  const [place, setPlace] = useState(-1);
  const [open, setOpen] = useState(false);
  const names = recording.last;
  const found = useMemo(() => search(recording, query, (pid) => processName(names, pid)), [recording, query]);
  const go = (i) => {
    if (found.hits.length === 0) return;
    const next = (i + found.hits.length) % found.hits.length;
    setPlace(next);
    onGo(found.hits[next]);
  };
  const key = (event) => {
    if (event.key === "Enter") {
      const cycle = /^\s*(?:cycle\s*)?[:=]?\s*(\d+)\s*$/.exec(query);
      if (cycle && !query.includes("0x")) onCycle(Number(cycle[1]));
      else if (event.shiftKey) go(place < 0 ? -1 : place - 1);
      else go(place + 1);
    } else if (event.key === "Escape") {
      setOpen(false);
      event.currentTarget.blur();
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
  const first = Math.max(0, Math.min(place - 5, found.hits.length - LISTED));
  return (
    <div class="search" role="search">
      <input id="search" ref={field} type="search" value={query} placeholder="search: 0x401000, fault, shell …" aria-label="Search for an address, a kind of event, a process, or a cycle" autocomplete="off" spellcheck={false}
        onInput={input} onKeyDown={key} onFocus={() => setOpen(true)} />
      {shown && (
        <div class="results">
          <p role="status">{found.total === 0 ? "Nothing is found." : `${place >= 0 ? `${place + 1} of ` : ""}${number(found.total)} found${found.total > found.hits.length ? `, the first ${found.hits.length} can be visited` : ""}`}
            <button type="button" aria-label="Close the results" onClick={() => setOpen(false)}>×</button></p>
          <ol>
            {found.hits.slice(first, first + LISTED).map((index, i) => (
              <li key={index}>
                <button type="button" class={first + i === place ? "now" : ""} onClick={() => { setPlace(first + i); onGo(index); setOpen(false); }}>
                  <span class="cycle">{number(recording.records[index].at)}</span> {say(recording, index).what}
                </button>
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  );
}
