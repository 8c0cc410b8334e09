// Reads the record in the file and shows it, or says why it cannot.

import { render } from "preact";
import { useState } from "preact/hooks";
import { readDocument } from "./model/document.js";
import { App } from "./view/app.jsx";
import { Guard } from "./view/parts.jsx";

function Failure({ error }) {
  return (
    <main class="failure" role="alert">
      <h1>There is nothing to show</h1>
      <p>{error}</p>
      <p class="quiet">Make the file again with <code>pagewalk show</code>; if it was sent to you, it may have been shortened on the way.</p>
    </main>
  );
}

/** The document of the file, until the server that the page came from has run another. */
function Shown({ first }) {
  const [{ document: given, number }, show] = useState({ document: first, number: 0 });
  return <Guard moment={number}><App key={number} document={given} onRun={(next, text) => show({ document: { ...next, edited: text !== first.source?.text }, number: number + 1 })} /></Guard>;
}

const given = readDocument(document.getElementById("record")?.textContent);
const page = document.getElementById("page");
page.replaceChildren();
render(given.error ? <Failure error={given.error} /> : <Shown first={given} />, page);
