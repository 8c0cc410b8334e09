// What the marks of each panel mean, to be opened below it.

import { WORDS } from "../words/glossary.js";

const flags = "flags of an entry: V valid, R readable, W writable, X executable, U for user mode, G global, A accessed, D dirty; a dot is a 0";

const MARKS = {
  what: WORDS,
  address: [
    ["63–39", "bits above the translated ones"], ["VPN[n]", "the index into the table of level n; blue: its entry was read"], ["green", "bits that the physical address keeps"],
  ],
  tree: [
    ["VRWXUGAD", flags], ["→ 0x80042", "points to the table in this frame"], ["▪ 0x80041", "a leaf: the page is in this frame"],
    ["blue, solid", "read by this walk"], ["blue, dashed", "where a walk for the address would go; not read by this access"], ["orange", "ends the walk with a fault"], ["⋯ 5 more", "press to see all"],
  ],
  tlb: [
    ["hit", "this access used the line"], ["fill", "the walk of this access filled it"], ["stale", "the page tables say something else now; a fence must cover the line before it is not used any longer"],
    ["rights", "R readable, W writable, X executable; U: for user mode; G: global; D dirty: the page may be written without a walk, since D is set in its entry"], ["G", "global: in every address space"], ["ASID", "address-space identifier: of which address space the line is"], ["VPN, PPN", "virtual and physical page number"],
  ],
  frames: [
    ["h", "a letter for the use, with the number of its process"], ["1+2", "mapped by processes 1 and 2; double border"], ["T 1", "a page table of process 1"], ["41", "the last digits of the frame's number"],
    ["purple border", "what the sentence is about"], ["blue border", "the frame of this access"], ["black border", "the frame that you chose"], ["…", "being filled: the kernel's accounts tell its use when the handler ends"],
  ],
  spaces: [
    ["■", "a page in a frame"], ["□", "a page that is in no frame"], ["◪", "several pages, some of them in frames"], ["▨", "a page in swap"], ["blue border", "the page of this access"],
  ],
  replacement: [
    ["F", "a fault"], ["bold, underlined", "the page of this reference"], ["orange", "a page that came with this reference"], ["·", "A is set in its entry"],
    ["1:0", "page 0 of process 1"], ["A=1", "used since the hand came by; yellow"], ["purple", "the page that is examined next"],
  ],
  timeline: [
    ["black line", "this moment"], ["a bar", "something that takes cycles, or begins in one"], ["a name", "press it to go to the next of its lane; with Shift to the one before"], ["grey", "single cycles are not recorded here"],
  ],
};

export function Marks({ of, name = "What the marks mean" }) {
  if (!MARKS[of]) return null;
  return (
    <details class="marks">
      <summary>{name}</summary>
      <dl>{MARKS[of].map(([mark, means]) => <div><dt>{mark}</dt><dd>{means}</dd></div>)}</dl>
    </details>
  );
}
