// A map that is never changed: `set` and `delete` return a new one that shares most of the old.
// So a state of the whole machine can be kept for any moment at the cost of what changed since.
//
// A trie of 16 children a node, by a hash of the key; a leaf keeps the keys of one hash.

const BITS = 4;
const MASK = 15;

function hashOf(key) {
  if (typeof key === "number") return Math.imul(key, 0x9e3779b1) >>> 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  // The last characters must reach the low bits, by which the root of the trie chooses.
  return (hash ^ (hash >>> 15)) >>> 0;
}

function put(node, shift, leaf) {
  if (node === undefined) return leaf;
  if (Array.isArray(node)) {
    const copy = node.slice();
    const at = (leaf.hash >>> shift) & MASK;
    copy[at] = put(copy[at], shift + BITS, leaf);
    return copy;
  }
  if (node.hash === leaf.hash) {
    const [key, value] = leaf.pairs[0];
    const others = node.pairs.filter(([known]) => known !== key);
    return { hash: leaf.hash, pairs: [...others, [key, value]] };
  }
  const branch = new Array(16);
  branch[(node.hash >>> shift) & MASK] = node;
  return put(branch, shift, leaf);
}

function drop(node, shift, hash, key) {
  if (node === undefined) return undefined;
  if (Array.isArray(node)) {
    const copy = node.slice();
    const at = (hash >>> shift) & MASK;
    copy[at] = drop(copy[at], shift + BITS, hash, key);
    return copy;
  }
  const pairs = node.pairs.filter(([known]) => known !== key);
  return pairs.length === 0 ? undefined : { hash: node.hash, pairs };
}

function* walk(node) {
  if (node === undefined) return;
  if (Array.isArray(node)) for (const child of node) yield* walk(child);
  else yield* node.pairs;
}

export class PMap {
  constructor(root, size) {
    this.root = root;
    this.size = size;
  }

  /** The value of a key; undefined if there is none, as for no key at all. */
  get(key) {
    if (key === null || key === undefined) return undefined;
    const hash = hashOf(key);
    let node = this.root;
    for (let shift = 0; Array.isArray(node); shift += BITS) node = node[(hash >>> shift) & MASK];
    return node?.pairs.find(([known]) => known === key)?.[1];
  }

  has(key) {
    return this.get(key) !== undefined;
  }

  /** The map with this value; a value is never undefined. */
  set(key, value) {
    const grown = this.has(key) ? 0 : 1;
    const leaf = { hash: hashOf(key), pairs: [[key, value]] };
    return new PMap(put(this.root, 0, leaf), this.size + grown);
  }

  delete(key) {
    if (!this.has(key)) return this;
    return new PMap(drop(this.root, 0, hashOf(key), key), this.size - 1);
  }

  /** The pairs, in no order that means anything. */
  [Symbol.iterator]() {
    return walk(this.root);
  }
}

export const EMPTY = new PMap(undefined, 0);
