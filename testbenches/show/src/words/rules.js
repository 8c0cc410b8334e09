// The rules of the RISC-V privileged specification that the sentences point to, by the names of
// its sections. The numbers of steps are those of the edition below.

export const EDITION = "release riscv-isa-release-1d472b8-2026-08-22 of the RISC-V Instruction Set Manual, Volume II";

const VATP = "Virtual Address Translation Process";
const MEMORY = "Addressing and Memory Protection";
const FENCE = "Supervisor Memory-Management Fence Instruction";
const SATP = "Supervisor Address Translation and Protection (satp) Register";

const rule = (section, step, gist) => ({ by: "spec", section, step, gist });

export const RULES = {
  start: rule(VATP, "step 1", "the walk starts at the table that satp names, at the highest level"),
  read: rule(VATP, "step 2", "the index of this level selects the entry"),
  refused: rule(VATP, "step 2", "a read of an entry that PMA or PMP does not allow is an access fault"),
  invalid: rule(VATP, "step 3", "an entry with V = 0 ends the walk with a page fault"),
  reserved: rule(VATP, "step 3", "a bit or an encoding that is reserved, such as W without R, ends the walk with a page fault"),
  pointer: rule(VATP, "step 4", "R = X = 0: the entry points to the next table"),
  depth: rule(VATP, "step 4", "no leaf was found: a pointer at the last level is a page fault"),
  leaf: rule(VATP, "step 4", "R or X is set: the entry is a leaf, and the checks begin"),
  misaligned: rule(VATP, "step 5", "a superpage must be aligned to its size"),
  user: rule(VATP, "step 6", "U, the privilege and SUM decide who may use the page"),
  permission: rule(VATP, "step 8", "R, W and X of the leaf, with MXR, decide which access is allowed"),
  either: rule(VATP, "steps 6 and 8", "U, R, W and X of the leaf do not allow this access"),
  marks: rule(VATP, "step 9", "A, and D before a store, must be set; hardware does it in one atomic step"),
  changed: rule(VATP, "step 9", "if the entry is no longer what was read, nothing is written, and the walk goes back to step 2"),
  marksRefused: rule(VATP, "step 9", "if PMA or PMP does not allow the write of A or D, it is an access fault"),
  svade: rule(VATP, "step 9", "with Svade a clear A, or a clear D before a store, is a page fault, and software sets it"),
  success: rule(VATP, "step 10", "the offset is kept, the page number is replaced"),
  superpage: rule(VATP, "step 10", "in a superpage the lower page-number fields are kept as well"),
  cached: rule(VATP, "after the steps", "what an earlier walk read may be kept and used until a fence covers it"),
  canonical: rule(MEMORY, "", "the bits above the translated ones must repeat the sign bit"),
  bare: rule(SATP, "", "in mode Bare an address translates to itself"),
  satp: rule(SATP, "", "it holds the mode, the address-space identifier and the root table"),
  physical: rule("Physical Memory Protection, Physical Memory Attributes", "", "PMP or PMA decides whether the access itself is allowed at its physical address"),
  napot: rule("Svnapot", "", "N = 1 and the low bits 1000 of the frame number: one of 16 entries that map 64 KiB together"),
  fenceAll: rule(FENCE, "rs1 = x0, rs2 = x0", "all entries of all address spaces are forgotten"),
  fenceAsid: rule(FENCE, "rs1 = x0, rs2 ≠ x0", "the entries of one address space are forgotten, global ones stay"),
  fenceVa: rule(FENCE, "rs1 ≠ x0, rs2 = x0", "the leaf entries of one address are forgotten, in all address spaces"),
  fenceVaAsid: rule(FENCE, "rs1 ≠ x0, rs2 ≠ x0", "the leaf entries of one address in one address space are forgotten, global ones stay"),
  written: rule(FENCE, "", "hardware may still use the older entry until a fence covers it"),
};

/** The rule behind a fault's reason, as the trace ports name it. */
export function ruleOfReason(reason) {
  switch (String(reason ?? "").toLowerCase().replaceAll(/[\s_-]/g, "")) {
    case "notcanonical": return RULES.canonical;
    case "notvalid": return RULES.invalid;
    case "reserved": return RULES.reserved;
    case "misaligned": return RULES.misaligned;
    case "permission": return RULES.either;
    case "aclear": case "dclear": case "accessedclear": case "dirtyclear": return RULES.svade;
    case "entryrefused": return RULES.refused;
    case "accessrefused": return RULES.physical;
    default: return null;
  }
}

/** A rule as one line. */
export function ruleText(told) {
  if (told === null || told === undefined) return "";
  if (told.by !== "spec") return `${told.by}: ${told.gist}.`;
  const place = told.step === "" ? told.section : `${told.section}, ${told.step}`;
  return `${place}: ${told.gist}.`;
}

export const kernel = (gist) => ({ by: "Kernel", gist });
export const policy = (name, gist) => ({ by: name ? `Policy ${name}` : "Policy", gist });
