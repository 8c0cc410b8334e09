// The sentence in small below the controls, while the large one is scrolled out of sight.

import { useLayoutEffect, useState } from "preact/hooks";
import { number } from "./parts.jsx";
import { toneOf } from "./told.jsx";

export function Sticky({ lead }) {
  const [away, setAway] = useState(false);
  useLayoutEffect(() => {
    const seen = new IntersectionObserver(([entry]) => setAway(!entry.isIntersecting && entry.boundingClientRect.top < 0));
    seen.observe(document.querySelector("#what .what"));
    return () => seen.disconnect();
  }, []);
  if (!away) return null;
  return <p class={`sticky tone-${lead.told.tone ?? toneOf(lead.recording.records[lead.subject])}`} aria-hidden="true"><span class="cycle">{number(lead.moment.cycle)}</span> {lead.told.what}</p>;
}
