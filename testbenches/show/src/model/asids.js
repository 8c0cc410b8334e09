// How many bits of an ASID a machine implements. Records have the register as it was written, and
// lines of TLBs what was kept of it, so that a run that writes more bits shows how many there are.

/** The bits of an ASID that lines keep, as a mask: all, unless a line has fewer than satp had. */
export function asidMaskOf(records) {
  const last = new Map();
  let mask = 0xffff;
  for (const record of records) {
    const { hart = 0 } = record;
    if (record.k === "satp") last.set(hart, [record.asid ?? 0, last.get(hart)?.[0]]);
    if (record.k !== "line" || record.valid === false || record.global) continue;
    // The line of a walk may be seen after satp was written again.
    const wrote = (last.get(hart) ?? []).filter((asid) => asid !== undefined);
    const kept = record.asid ?? 0;
    if (wrote.length === 0 || wrote.some((asid) => (asid & mask) === kept)) continue;
    for (let bits = 15; bits >= 0; bits--) {
      const fewer = 2 ** bits - 1;
      if (!wrote.some((asid) => (asid & fewer) === kept)) continue;
      mask = Math.min(mask, fewer);
      break;
    }
  }
  return mask;
}
