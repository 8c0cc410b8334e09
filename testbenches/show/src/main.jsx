// Reads the record in the file and shows it, or says why it cannot.

import { render } from "preact";
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

const given = readDocument(document.getElementById("record")?.textContent);
const page = document.getElementById("page");
page.replaceChildren();
render(given.error ? <Failure error={given.error} /> : <Guard moment={null}><App document={given} /></Guard>, page);
