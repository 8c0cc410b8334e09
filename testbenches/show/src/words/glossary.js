// Words of the field that sentences and rules use, in short.

/** Each word, and what it means. */
export const WORDS = [
  ["U-mode", "user mode, in which programs run; the kernel runs in S-mode, supervisor mode"],
  ["S-mode", "supervisor mode, in which the kernel runs"],
  ["ASID", "address-space identifier, by which lines of a TLB are told apart"],
  ["satp", "the register with the ASID and the root table of the address space in use"],
  ["SFENCE.VMA", "the instruction that forgets older translations: a fence"],
  ["rs1", "the operand of SFENCE.VMA that names an address; x0: all addresses"],
  ["rs2", "the operand of SFENCE.VMA that names an ASID; x0: all address spaces"],
  ["MXR", "make executable readable: while it is 1, loads may read pages with X = 1"],
  ["SUM", "supervisor user memory access: while it is 1, S-mode may use pages with U = 1"],
  ["PMP", "physical memory protection: what physical addresses a mode may use"],
  ["PMA", "physical memory attributes: what there is at a physical address, and how it may be used"],
  ["Svade", "the extension with which an access faults if A or D is clear, so that software sets them"],
  ["Minor", "a fault that needs no disk; a major one does"],
  ["Major", "a fault that needs the disk; a minor one does not"],
  ["stale", "of a line of a TLB: the page tables say something else now"],
];

const MEANINGS = new Map(WORDS);
const ANY = new RegExp(`(?<![\\w-])(${WORDS.map(([word]) => word.replaceAll(".", "\\.")).join("|")})(?![\\w-])`);

/** A text in parts `{ text, means }`; `means` is null of what is no such word. Each word is explained once. */
export function glossed(text) {
  const known = new Set();
  return text.split(ANY).filter((part) => part !== "").map((part) => {
    const means = known.has(part) ? null : MEANINGS.get(part) ?? null;
    known.add(part);
    return { text: part, means };
  });
}
