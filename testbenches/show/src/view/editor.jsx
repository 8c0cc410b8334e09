// The scenario, to be edited and run again by the server that the page came from.

import { useState } from "preact/hooks";
import { readDocument } from "../model/document.js";

export function Editor({ source, onRun }) {
  const [text, setText] = useState(source.text);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");

  async function run() {
    setBusy(true);
    setProblem("");
    try {
      const answer = await fetch("run", { method: "POST", body: text });
      const body = await answer.text();
      const next = answer.ok ? readDocument(body) : { error: body };
      if (next.error) setProblem(next.error);
      else onRun(next, text);
    } catch (error) {
      setProblem(`The server does not answer (${error.message}). Is pagewalk show --serve still running?`);
    }
    setBusy(false);
  }

  function onKey(event) {
    // The page's own keys must not act on what is typed.
    event.stopPropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
  }

  return (
    <section class="panel wide p-editor" aria-labelledby="h-editor">
      <h2 id="h-editor">The scenario <span class="note">{source.name}; the file stays as it is</span></h2>
      <textarea id="editor" aria-label="The scenario's text" spellcheck={false} rows={Math.min(24, text.split("\n").length + 1)} value={text} onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKey} />
      <p class="run-again">
        <button id="run" type="button" disabled={busy} onClick={run}>{busy ? "Running…" : "Run it"}</button>
        <button id="undo" type="button" disabled={busy || text === source.text} onClick={() => setText(source.text)}>Undo all edits</button>
        <span class="quiet">Ctrl+Enter runs it, too.</span>
      </p>
      {problem && <pre class="problem" role="alert">{problem}</pre>}
    </section>
  );
}
