// Addresses and page numbers as text "0x...": lower case, no leading zeros. They have up to 64
// bits, more than a number holds, so arithmetic on them is done in BigInt, and only where needed.

const PLAIN = /^0x[0-9a-f]+$/;

/** The canonical form of an address given as text or number; null if it is none. */
export function hex(value) {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) {
    return "0x" + value.toString(16);
  }
  if (typeof value === "bigint") return "0x" + value.toString(16);
  if (typeof value !== "string") return null;
  const text = value.toLowerCase().replaceAll("_", "");
  if (!PLAIN.test(text) || text.length > 18) return null;
  const short = text.slice(2).replace(/^0+(?=.)/, "");
  return "0x" + short;
}

/** The number behind an address; 0n if it is none. */
export function big(value) {
  const text = hex(value);
  return text === null ? 0n : BigInt(text);
}

/** The page number of an address and the offset in the page, by text where pages are 2^(4k). */
export function pageOf(address, pageBits = 12) {
  if (pageBits % 4 === 0) {
    const digits = pageBits / 4;
    const text = address.slice(2);
    if (text.length <= digits) return ["0x0", parseInt(text, 16)];
    return ["0x" + text.slice(0, -digits), parseInt(text.slice(-digits), 16)];
  }
  const number = BigInt(address);
  const bits = BigInt(pageBits);
  return [hex(number >> bits), Number(number & ((1n << bits) - 1n))];
}

/** Orders addresses by their size. */
export function compareHex(a, b) {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** `count` page numbers from `first` on. */
export function pagesFrom(first, count) {
  const start = big(first);
  return Array.from({ length: count }, (_, i) => hex(start + BigInt(i)));
}
