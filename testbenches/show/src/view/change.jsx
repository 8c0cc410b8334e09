// What a change replaced: the old above the new, with what differs marked.

import { classes } from "./parts.jsx";

function Pieces({ name, pieces }) {
  return (
    <div class={`side ${name}`}>
      <dt>{name}</dt>
      <dd><code>{pieces.map(({ text, changed }) => (changed ? <mark>{text}</mark> : <span class={classes({ off: text === "·" })}>{text}</span>))}</code></dd>
    </div>
  );
}

export function Change({ change }) {
  if (!change) return null;
  return <dl class="change" aria-label="What changes"><Pieces name="old" pieces={change.old} /><Pieces name="new" pieces={change.now} /></dl>;
}
