// Proofs and what they prove, byte by byte: the tree, entry headers, payloads, blocks and the head map. It shares no code with the
// server; the documents are docs/formats.md and RFC 9162.

import { Refusal, concat, equal, fromBase64, isZero, prefixed, sha256, strictText, u64, utf8 } from "./bytes.js";
import { POINT_BYTES, decodePoint } from "./vrf.js";

export const HEADER_BYTES = 113;
const MAX_MAP_DEPTH = 256;

// ---- the tree (RFC 9162 section 2.1) --------------------------------------------------------------------------------

export const leafHash = (bytes) => sha256(Uint8Array.of(0), bytes);
const nodeHash = (left, right) => sha256(Uint8Array.of(1), left, right);

/** RFC 9162 section 2.1.3.2, step by step. `index` and `size` are BigInts. */
export async function inclusionHolds(leaf, index, size, path, root) {
  if (index < 0n || index >= size || leaf.length !== 32 || root.length !== 32) {
    return false;
  }
  let fn = index;
  let sn = size - 1n;
  let r = leaf;
  for (const p of path) {
    if (sn === 0n) {
      return false;
    }
    if ((fn & 1n) === 1n || fn === sn) {
      r = await nodeHash(p, r);
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n;
        sn >>= 1n;
      }
    } else {
      r = await nodeHash(r, p);
    }
    fn >>= 1n;
    sn >>= 1n;
  }
  return sn === 0n && equal(r, root);
}

/**
 * The root that leaves and a shared proof lead to (docs/formats.md, "Shared inclusion proof").
 * @param {{index: number, hash: Uint8Array}[]} leaves Strictly increasing, each below the size; at least one.
 * @param {number} size The tree's.
 * @param {Uint8Array[]} nodes The proof.
 */
export async function sharedRoot(leaves, size, nodes) {
  const refuse = () => new Refusal("shared-length", "The shared proof has {count} hashes, which are not those that {leaves} records need.", {
    count: nodes.length, leaves: leaves.length });
  let used = 0;
  const fold = async (from, to, low, high) => {
    if (from === to) {
      if (used === nodes.length) {
        throw refuse();
      }
      return nodes[used++];
    }
    if (high - low === 1) {
      return leaves[from].hash;
    }
    let half = 1;
    while (half * 2 < high - low) {
      half *= 2;
    }
    let cut = from;
    while (cut < to && leaves[cut].index < low + half) {
      cut++;
    }
    const left = await fold(from, cut, low, low + half);
    return nodeHash(left, await fold(cut, to, low + half, high));
  };
  const root = await fold(0, leaves.length, 0, size);
  if (used !== nodes.length) {
    throw refuse();
  }
  return root;
}

// ---- entries (docs/formats.md) ---------------------------------------------------------------------------------------

/** What stands for an entity in the log. */
export const entityIndex = (kind, key) => sha256(utf8("provenancegrains/index/v1\0"), prefixed(kind), prefixed(key));

/** The 113 bytes of a header, taken apart. */
export function parseHeader(bytes) {
  if (!bytes || bytes.length !== HEADER_BYTES) {
    throw new Refusal("header-length", "A header has 113 bytes, not {length}.", { length: bytes ? bytes.length : 0 });
  }
  if (bytes[0] !== 1) {
    throw new Refusal("header-version", "Header version {version} is unknown (byte 0).", { version: bytes[0] });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const sequence = view.getBigInt64(33);
  const time = view.getBigInt64(73);
  const largest = BigInt(Number.MAX_SAFE_INTEGER);
  if (sequence < 0n || sequence > largest || time < 0n || time > largest) {
    throw new Refusal("header-range", "The header's sequence (bytes 33 to 40) or time (bytes 73 to 80) is out of range.");
  }
  return {
    index: bytes.subarray(1, 33),
    sequence: Number(sequence),
    previous: bytes.subarray(41, 73),
    timeMs: Number(time),
    commitment: bytes.subarray(81, 113),
  };
}

/** The pair of strings that the groups 1 to 3 hold. */
export function parsePair(bytes) {
  const texts = [];
  let at = 0;
  while (texts.length < 2) {
    const length = at + 2 <= bytes.length ? (bytes[at] << 8) | bytes[at + 1] : -1;
    if (length < 0 || at + 2 + length > bytes.length) {
      throw new Refusal("group-form", "A field group is cut short.");
    }
    texts.push(strictText(bytes.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  if (at !== bytes.length) {
    throw new Refusal("group-form", "A field group has bytes left over.");
  }
  return texts;
}

/** The commitment over four digests. */
const commitmentOf = (digests) => sha256(utf8("provenancegrains/commitment/v1\0"), ...digests);

const groupDigest = (group, salt, content) => sha256(utf8("provenancegrains/group/v1\0"), Uint8Array.of(group), salt, content);

/** Hashes the groups that are disclosed, takes the digests of the others, and checks the commitment over all four. */
export async function openPayload(groups, commitment) {
  if (!Array.isArray(groups) || groups.length !== 4) {
    throw new Refusal("groups-count", "A payload has four field groups.");
  }
  const digests = [];
  const contents = {};
  for (let i = 0; i < 4; i++) {
    const { group, state, salt, content, digest } = groups[i] ?? {};
    const disclosed = state === "disclosed";
    const [saltBytes, contentBytes, digestBytes] = [fromBase64(salt), fromBase64(content), fromBase64(digest)];
    if (group !== i + 1 || (disclosed ? saltBytes?.length !== 16 || !contentBytes || digest !== undefined
      : (state !== "withheld" && state !== "erased") || digestBytes?.length !== 32 || salt !== undefined || content !== undefined)) {
      throw new Refusal("groups-order", "Field group {group} is missing, out of order or malformed.", { group: i + 1 });
    }
    if (disclosed) {
      contents[group] = contentBytes;
    }
    digests.push(disclosed ? await groupDigest(group, saltBytes, contentBytes) : digestBytes);
  }
  if (!equal(await commitmentOf(digests), commitment)) {
    throw new Refusal("commitment", "The payload does not match the commitment in the header (bytes 81 to 112).");
  }
  for (const group of [1, 2, 3]) {
    if (contents[group]) {
      parsePair(contents[group]);
    }
  }
  return contents;
}

// ---- blocks --------------------------------------------------------------------------------------------------------

/** A block's content, version 1 (97 bytes) or 2 (130 bytes: a VRF key at the end). Numbers are BigInts. */
export function parseBlock(bytes) {
  const refuse = (why) => new Refusal("block-form", "The last block cannot be read: {why}.", { why });
  const version = bytes[0];
  if ((version !== 1 && version !== 2) || bytes.length !== (version === 1 ? 97 : 97 + POINT_BYTES)) {
    throw refuse("version or length");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const block = {
    height: view.getBigInt64(1),
    previous: bytes.subarray(9, 41),
    before: view.getBigInt64(41),
    count: view.getBigInt64(49),
    firstOrdinal: view.getBigInt64(57),
    headMapRoot: bytes.subarray(65, 97),
    vrfKey: version === 2 ? bytes.subarray(97) : null,
  };
  block.sizeAfter = block.before + block.count + 1n;
  const first = block.height === 0n;
  if ([block.height, block.before, block.count, block.firstOrdinal].some((n) => n < 0n) || first !== isZero(block.previous)
    || (first && (block.before !== 0n || block.firstOrdinal !== 0n)) || (block.vrfKey && !decodePoint(block.vrfKey))) {
    throw refuse("a number, the block before or the key is not possible");
  }
  return block;
}

/** Refuses a block whose header is not the one that its content gives: everything but the time follows from it and the log's key. */
export async function checkBlock(headerBytes, contentBytes, block, key) {
  const header = parseHeader(headerBytes);
  const pair = (a, b) => concat(prefixed(a), prefixed(b));
  const contents = [pair("chain", key.name), pair("chain.block", ""), pair(`${key.name}+${key.id}`, ""), contentBytes];
  const digests = [];
  for (let group = 1; group <= 4; group++) {
    const salt = await sha256(utf8("provenancegrains/block-salt/v1\0"), Uint8Array.of(group), block.previous, u64(block.height));
    digests.push(await groupDigest(group, salt.subarray(0, 16), contents[group - 1]));
  }
  if (!equal(header.index, await entityIndex("chain", key.name)) || BigInt(header.sequence) !== block.height
    || !equal(header.previous, block.previous) || !equal(header.commitment, await commitmentOf(digests))) {
    throw new Refusal("block-header", "The last block's header is not what its content gives: one of the two was changed.");
  }
  return header;
}

// ---- the head map --------------------------------------------------------------------------------------------------

const bitOf = (bytes, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1;

/**
 * What the map under a root says of an index: `{length, last}`, or null where it proves that there is no such journal.
 * @param {{siblings: Uint8Array[], leaf: {index: Uint8Array, length: number, last: Uint8Array}?}} proof
 */
export async function headOf(root, index, proof) {
  const refuse = (why) => new Refusal("map-proof", "The proof of how many records there are does not hold: {why}.", { why });
  const { siblings, leaf } = proof;
  const depth = siblings.length;
  if (depth > MAX_MAP_DEPTH || (depth > 0 && isZero(siblings[0])) || (!leaf && depth === MAX_MAP_DEPTH) || (leaf && leaf.length < 1)) {
    throw refuse("it has no possible shape");
  }
  for (let bit = 0; leaf && bit < depth; bit++) {
    if (bitOf(leaf.index, bit) !== bitOf(index, bit)) {
      throw refuse("its leaf is not where this product would be");
    }
  }
  let node = leaf
    ? await sha256(utf8("provenancegrains/head/v1\0"), leaf.index, u64(leaf.length), leaf.last)
    : new Uint8Array(32);
  for (let i = 0; i < depth; i++) {
    const pair = bitOf(index, depth - 1 - i) ? [siblings[i], node] : [node, siblings[i]];
    node = await sha256(utf8("provenancegrains/heads/v1\0"), ...pair);
  }
  if (!equal(node, root)) {
    throw refuse("it leads to another root than the last block names");
  }
  return leaf && equal(leaf.index, index) ? { length: leaf.length, last: leaf.last } : null;
}
