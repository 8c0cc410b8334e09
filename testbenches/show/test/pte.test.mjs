import assert from "node:assert/strict";
import { test } from "node:test";
import { big, compareHex, hex, pageOf } from "../src/model/hex.js";
import { NAPOT, bytesText, decodePte, entryAddress, flagText, pageBytes, rangeText, splitAddress } from "../src/model/pte.js";
import { SCHEMES } from "./stories/machine.mjs";

test("addresses have one form, and damaged ones none", () => {
  assert.equal(hex("0x0000ABCD"), "0xabcd");
  assert.equal(hex("0x8000_0000"), "0x80000000");
  assert.equal(hex(0), "0x0");
  assert.equal(hex("0x0"), "0x0");
  for (const bad of ["", "12", "0x", "0xg", "0x10000000000000000", -1, 1.5, null, {}, "<b>0x1</b>"]) assert.equal(hex(bad), null);
  assert.equal(big("0xffffffffffffffff"), 2n ** 64n - 1n);
  assert.deepEqual(["0x10", "0xff", "0x2"].sort(compareHex), ["0x2", "0x10", "0xff"]);
});

test("a page number is the address without its offset, for any page size", () => {
  assert.deepEqual(pageOf("0xffffffffffffe123"), ["0xffffffffffffe", 0x123]);
  assert.deepEqual(pageOf("0xff8"), ["0x0", 0xff8]);
  assert.deepEqual(pageOf("0x1235", 6), ["0x48", 0x35]);
});

test("an entry of 8 bytes: PPN of 44 bits, PBMT, N, the software bits", () => {
  const value = hex((1n << 63n) | (2n << 61n) | (0xfedcba98768n << 10n) | (3n << 8n) | 0xcfn);
  const entry = decodePte(value, SCHEMES.Sv39);
  assert.equal(entry.ppn, "0xfedcba98768");
  assert.equal(flagText(entry.flags), "VRWX··AD");
  assert.deepEqual([entry.role, entry.pbmt, entry.napot, entry.rsw, entry.reserved], ["leaf", 2, true, 3, 0]);
  for (const scheme of [SCHEMES.Sv48, SCHEMES.Sv57]) assert.equal(decodePte(value, scheme).ppn, "0xfedcba98768");
});

test("an entry of Sv32: PPN of 22 bits and nothing above", () => {
  const entry = decodePte("0xffffffff", SCHEMES.Sv32);
  assert.equal(entry.ppn, "0x3fffff");
  assert.deepEqual([entry.pbmt, entry.napot, entry.reserved], [0, false, 0]);
});

test("what an entry is follows from V, R, W and X", () => {
  const role = (value) => decodePte(value, SCHEMES.Sv39).role;
  assert.equal(role("0x0"), "invalid");
  assert.equal(role("0xfe"), "invalid");
  assert.equal(role("0x1"), "pointer");
  assert.equal(role("0x21"), "pointer");
  for (const marked of ["0x11", "0x41", "0x81", "0x31"]) assert.equal(role(marked), "reserved", "U, A and D are reserved in a pointer");
  assert.equal(role("0x3"), "leaf");
  assert.equal(role("0x9"), "leaf");
  assert.equal(role("0x5"), "reserved");
  assert.equal(role("0xd"), "reserved");
});

test("addresses are split as their scheme says", () => {
  const indices = (va, scheme) => splitAddress(va, SCHEMES[scheme]).fields.map(({ index }) => index);
  assert.deepEqual(indices("0xdeadbeef", "Sv32"), [0xdeadbeef >>> 22, (0xdeadbeef >>> 12) & 0x3ff]);
  assert.deepEqual(indices("0xffffffc012345678", "Sv39"), [256, 145, 325]);
  assert.deepEqual(indices("0x7fffffffffff", "Sv48"), [255, 511, 511, 511]);
  assert.deepEqual(indices("0xff00000000001000", "Sv57"), [256, 0, 0, 0, 1]);
  assert.equal(splitAddress("0xdeadbeef", SCHEMES.Sv32).offset, 0xeef);
});

test("an address is canonical if its upper bits repeat the sign", () => {
  const canonical = (va, scheme) => splitAddress(va, SCHEMES[scheme]).canonical;
  assert.equal(canonical("0x3fffffffff", "Sv39"), true);
  assert.equal(canonical("0x4000000000", "Sv39"), false);
  assert.equal(canonical("0xffffffc000000000", "Sv39"), true);
  assert.equal(canonical("0xffffff8000000000", "Sv39"), false);
  assert.equal(canonical("0x800000000000", "Sv48"), false);
  assert.equal(canonical("0xff00000000000000", "Sv57"), true);
  assert.equal(canonical("0xffffffff", "Sv32"), true);
});

test("sizes and places", () => {
  assert.deepEqual([0, 1, 2].map((level) => bytesText(pageBytes(SCHEMES.Sv39, level))), ["4 KiB", "2 MiB", "1 GiB"]);
  assert.deepEqual([0, 1].map((level) => bytesText(pageBytes(SCHEMES.Sv32, level))), ["4 KiB", "4 MiB"]);
  assert.equal(bytesText(pageBytes(SCHEMES.Sv57, 4)), "256 TiB");
  assert.equal(entryAddress("0x80004", 511, SCHEMES.Sv39), "0x80004ff8");
  assert.equal(entryAddress("0x3fffff", 1023, SCHEMES.Sv32), "0x3fffffffc");
});

test("what is reserved is named by its bit", () => {
  const wrong = (value, level = 0) => decodePte(hex(value), SCHEMES.Sv39, level).wrong;
  assert.equal(wrong(0xcfn), null);
  assert.equal(wrong(0xcfn | 1n << 57n), "bit 57 is set");
  assert.equal(wrong(0xcfn | 1n << 54n | 1n << 60n), "bits 54, 60 are set");
  assert.equal(wrong(0xc1n), "A and D are set in a pointer");
  assert.equal(wrong(0x11n), "U is set in a pointer");
  assert.equal(wrong(1n | 1n << 63n), "N is set in a pointer");
  assert.equal(wrong(1n | 1n << 61n), "PBMT is set in a pointer");
  assert.equal(wrong(0xcfn | 3n << 61n), "PBMT is 3");
  assert.equal(wrong(0xcfn | 1n << 63n | 8n << 10n), null);
  assert.match(wrong(0xcfn | 1n << 63n | 8n << 10n, 1), /above the last level/);
  assert.match(wrong(0xcfn | 1n << 63n | 4n << 10n), /not 1000/);
  assert.equal(wrong(0xfffffffe00n), null, "without V nothing is reserved");
});

test("N and 1000 at the last level are a range of 64 KiB", () => {
  const entry = decodePte(hex(1n << 63n | 0x87658n << 10n | 0xdfn), SCHEMES.Sv39, 0);
  assert.deepEqual([entry.role, entry.size, entry.base], ["leaf", NAPOT, "0x87650"]);
  assert.equal(bytesText(pageBytes(SCHEMES.Sv39, NAPOT)), "64 KiB");
  assert.equal(rangeText("page", "0x415", SCHEMES.Sv39, NAPOT), "pages 0x410 to 0x41f");
  assert.equal(rangeText("page", "0x415", SCHEMES.Sv39, 0), "page 0x415");
});
