// The form of a bundle, `provenancegrains-bundle/v1` (docs/formats.md): which members there are, what they hold, and how much of it. Reading
// one verifies nothing.

import { Refusal, fromBase64, utf8 } from "./bytes.js";
import { HEADER_BYTES } from "./proofs.js";
import { PROOF_BYTES } from "./vrf.js";

/** The format allows more; a browser checks this much within seconds: 5,000 entries a second, 40 closed indexes a second. */
export const CHECKED_ENTRIES = 20000;
export const CHECKED_JOURNALS = 1000;

const MAX_ENTRIES = 100000;
const MAX_JOURNALS = 10000;
const MAX_NODES = 2000000;
const MAX_SIBLINGS = 256;
const MAX_KEY_BYTES = 1024;

const wrong = (what) => new Refusal("bundle-form", "The bundle is not of the form provenancegrains-bundle/v1: {what}.", { what });

/** Refuses an object that lacks a member or has one too many. JSON.parse keeps the last of two members of one name. */
function members(value, what, required, optional = []) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw wrong(`${what} is no object`);
  }
  const name = required.find((n) => !Object.hasOwn(value, n)) ?? Object.keys(value).find((n) => !required.includes(n) && !optional.includes(n));
  if (name !== undefined) {
    throw wrong(`member '${name}' of ${what} is missing or unknown`);
  }
  return value;
}

function list(value, what, most) {
  if (!Array.isArray(value) || value.length > most) {
    throw wrong(`${what} is no list, or a list of more than ${most}`);
  }
  return value;
}

function bytes(value, what, ...lengths) {
  const read = fromBase64(value);
  if (!read || !lengths.includes(read.length)) {
    throw wrong(`${what} is not ${lengths.join(" or ")} bytes in base64`);
  }
  return read;
}

function integer(value, what) {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw wrong(`${what} is no whole number`);
  }
  return value;
}

function readEntity(value) {
  const { kind, key } = members(value, "an entity", ["kind", "key"]);
  // eslint-disable-next-line no-control-regex
  if (typeof kind !== "string" || typeof key !== "string" || !/^[a-z0-9-]{1,32}$/.test(kind) || key === "" || /[\u0000-\u001f\u007f-\u009f]/.test(key)
    || (key.isWellFormed && !key.isWellFormed()) || utf8(key).length > MAX_KEY_BYTES) {
    throw wrong("an entity has no possible kind or key");
  }
  return { kind, key };
}

function readHead(value) {
  const { siblings, leaf } = members(value, "a head", ["siblings"], ["leaf"]);
  const read = { siblings: list(siblings, "the siblings", MAX_SIBLINGS).map((s) => bytes(s, "a sibling", 32)), leaf: null };
  if (leaf !== undefined) {
    const { index, length, last } = members(leaf, "a head's leaf", ["index", "length", "last"]);
    read.leaf = { index: bytes(index, "an index", 32), length: integer(length, "a length"), last: bytes(last, "a last entry", 32) };
  }
  return read;
}

function readEntry(value) {
  const { leafIndex, header, groups } = members(value, "an entry", ["leafIndex", "header", "groups"]);
  const group = (g) => members(g, "a group", ["group", "state"], g?.state === "disclosed" ? ["salt", "content"] : ["digest"]);
  return {
    leafIndex: integer(leafIndex, "a leaf index"),
    header: bytes(header, "a header", HEADER_BYTES),
    groups: list(groups, "the groups", 4).map(group),
  };
}

function readJournal(value) {
  const { entity, indexProof, head, entries } = members(value, "a journal", ["entity", "entries"], ["indexProof", "head"]);
  return {
    entity: readEntity(entity),
    indexProof: indexProof === undefined ? null : bytes(indexProof, "an index proof", PROOF_BYTES),
    head: head === undefined ? null : readHead(head),
    entries: list(entries, "the entries", MAX_ENTRIES).map(readEntry),
  };
}

function readBlock(value, what) {
  const { header, content } = members(value, what, ["header", "content"]);
  return { header: bytes(header, `${what}'s header`, HEADER_BYTES), content: bytes(content, `${what}'s content`, 97, 130) };
}

/** Takes a parsed JSON document apart. Throws a Refusal for any other form. */
export function readBundle(json) {
  const { format, vkey, checkpoint, block, firstBlock, journals, nodes } = members(
    json, "the bundle", ["format", "checkpoint", "block", "firstBlock", "journals", "nodes"], ["vkey"]);
  if (format !== "provenancegrains-bundle/v1" || typeof checkpoint !== "string" || (vkey !== undefined && typeof vkey !== "string")) {
    throw wrong("its format, key or checkpoint");
  }
  const read = {
    checkpoint,
    block: readBlock(block, "the block"),
    firstBlock: readBlock(firstBlock, "the first block"),
    journals: list(journals, "the journals", MAX_JOURNALS).map(readJournal),
    nodes: list(nodes, "the shared proof", MAX_NODES).map((n) => bytes(n, "a hash of the shared proof", 32)),
  };
  read.count = read.journals.reduce((sum, journal) => sum + journal.entries.length, 0);
  if (read.journals.length === 0 || read.count > MAX_ENTRIES) {
    throw wrong(`it has no journal, or more than ${MAX_ENTRIES} entries`);
  }
  // Of two journals of one entity, one could be cut short and the other vouch that it is whole.
  const entities = new Set(read.journals.map(({ entity }) => `${entity.kind}/${entity.key}`));
  if (entities.size < read.journals.length) {
    throw wrong("one journal is there twice");
  }
  return read;
}
