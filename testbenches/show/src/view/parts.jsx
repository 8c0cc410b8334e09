// Small parts that several panels use.

import { Component } from "preact";
import { FLAGS, decodePte } from "../model/pte.js";
import { Marks } from "./marks.jsx";

/** A panel: a landmark with a heading, and a body for each run beside the other. */
export function Panel({ id, title, note, looks, wide, children }) {
  return (
    <section class={`panel ${wide ? "wide" : ""} p-${id}`} aria-labelledby={`h-${id}`}>
      <h2 id={`h-${id}`}>{title}{note && <span class="note">{note}</span>}</h2>
      <div class={`bodies runs-${looks.length}`}>
        {looks.map((look, i) => (
          <div class="body" key={i}>
            {looks.length > 1 && <p class="run-name">{look.recording.run.name}</p>}
            <Guard moment={look.moment}>{children(look, i)}</Guard>
          </div>
        ))}
      </div>
      <Marks of={id} />
    </section>
  );
}

/** Keeps a damaged record from emptying the page: the panel says what failed. */
export class Guard extends Component {
  componentDidCatch(error) {
    this.setState({ error, moment: this.props.moment });
  }

  render({ children, moment }, { error, moment: failed }) {
    // Another moment may be readable again.
    if (error && failed === moment) {
      return <p class="problem" role="alert">This panel cannot show the record here: {String(error.message)}</p>;
    }
    return children;
  }
}

/** The flags of an entry, V to D: a letter where set, a dot where not. */
export function Flags({ value, scheme }) {
  const { flags } = decodePte(value, scheme);
  const said = FLAGS.filter(([letter]) => flags[letter]).map(([letter]) => letter).join(" ");
  return (
    <span class="flags" role="img" aria-label={`flags ${said || "none"}`}>
      {FLAGS.map(([letter]) => <i class={flags[letter] ? "on" : "off"}>{flags[letter] ? letter : "·"}</i>)}
    </span>
  );
}

/** A number with thousands separated. */
export const number = (value) => Number(value).toLocaleString("en");

/** A class list of the names whose value holds. */
export function classes(names) {
  return Object.entries(names).filter(([, holds]) => holds).map(([name]) => name).join(" ");
}
