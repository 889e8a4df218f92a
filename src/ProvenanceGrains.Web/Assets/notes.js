// Signed notes, checkpoints, cosignatures and policies, from their documents alone: C2SP signed-note, tlog-checkpoint,
// tlog-cosignature and tlog-policy, and what docs/formats.md ("Log") fixes where those are silent.

import { Refusal, concat, equal, fromBase64, sha256, toHex, toNumber, utf8 } from "./bytes.js";

const MAX_NOTE_CHARS = 1 << 20;
const MAX_SIGNATURES = 100;
const MAX_EXTENSIONS = 64;
const MAX_POLICY_CHARS = 1 << 20;
const MAX_DEFINITIONS = 1024;

export const LOG_KEY = 1;
export const WITNESS_KEY = 4;
/** ML-DSA-44: read, never verified, so it counts as no cosignature. */
const POST_QUANTUM_KEY = 6;
const KEY_BYTES = { [LOG_KEY]: 32, [WITNESS_KEY]: 32, [POST_QUANTUM_KEY]: 1312 };

// ---- keys ----------------------------------------------------------------------------------------------------------

// No white space and no plus sign in a key's name.
const validName = (name) => name.length > 0 && !/[\s\u0085+]/u.test(name);

/** Reads `name+hash+key` for a key of one of the types and checks that the hash is the key's. */
export async function parseVerifierKey(text, types = [LOG_KEY]) {
  const line = typeof text === "string" ? text.replace(/\n$/, "") : "";
  const parts = /^([^+]*)\+([0-9a-fA-F]{8})\+([A-Za-z0-9+/=]+)$/u.exec(line);
  if (!parts || !validName(parts[1])) {
    throw new Refusal("vkey-form", "The key is not of the form name+hash+key.");
  }
  const [, name, id, encoded] = parts;
  const key = fromBase64(encoded, false);
  if (!key || !types.includes(key[0]) || key.length !== 1 + KEY_BYTES[key[0]]) {
    throw new Refusal("vkey-type", "The key of {name} is of a type that cannot sign this.", { name });
  }
  const hash = await sha256(utf8(`${name}\n`), key);
  if (toHex(hash.subarray(0, 4)) !== id.toLowerCase()) {
    throw new Refusal("vkey-hash", "The key does not match the hash in its own name: {id}.", { id });
  }
  return { name, id: id.toLowerCase(), type: key[0], text: line, raw: key.subarray(1), fingerprint: toHex(await sha256(key.subarray(1))) };
}

// ---- notes and checkpoints -------------------------------------------------------------------------------------------

/** Splits a note into its text and its signatures; refuses what the specification does not allow. */
export function parseNote(note) {
  const refuse = (why) => new Refusal("note-form", "The checkpoint is not a signed note: {why}.", { why });
  if (typeof note !== "string" || note.length === 0 || note.length > MAX_NOTE_CHARS) {
    throw refuse("it is empty or too long");
  }
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note) || (note.isWellFormed && !note.isWellFormed())) {
    throw refuse("it holds control characters or is not Unicode");
  }
  const split = note.lastIndexOf("\n\n");
  if (split < 0 || !note.endsWith("\n")) {
    throw refuse("there is no blank line before the signatures, or no line end after them");
  }
  const lines = note.slice(split + 2).split("\n");
  lines.pop();
  if (lines.length === 0 || lines.length > MAX_SIGNATURES) {
    throw refuse("it has no signature, or more than 100");
  }
  const signatures = lines.map((line) => {
    const match = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line);
    const bytes = match && fromBase64(match[2], false);
    if (!match || !validName(match[1]) || !bytes || bytes.length < 5) {
      throw refuse("a signature line is malformed");
    }
    return { name: match[1], id: toHex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
  });
  return { text: note.slice(0, split + 1), signatures };
}

/** The body of a checkpoint: origin, tree size, root hash, extension lines. The size is a BigInt. */
export function parseCheckpoint(text) {
  const refuse = (why) => new Refusal("checkpoint-form", "The checkpoint is malformed: {why}.", { why });
  if (!text.endsWith("\n")) {
    throw refuse("its last line has no end");
  }
  const [origin, size, root, ...extensions] = text.slice(0, -1).split("\n");
  if (!origin) {
    throw refuse("it names no origin");
  }
  if (!/^(?:0|[1-9][0-9]{0,18})$/.test(size ?? "") || BigInt(size) > 0x7fffffffffffffffn) {
    throw refuse("its tree size is not a decimal number");
  }
  const rootHash = fromBase64(root, false);
  if (!rootHash || rootHash.length !== 32) {
    throw refuse("its root hash is not 32 bytes in base64");
  }
  if (extensions.includes("") || extensions.length > MAX_EXTENSIONS) {
    throw refuse("an extension line is empty, or there are more than 64");
  }
  return { origin, size: BigInt(size), root: rootHash, extensions };
}

// ---- signatures --------------------------------------------------------------------------------------------------------

/**
 * Verifies every signature that this key made. True if there are some, false if there is none, null when this browser has no
 * Ed25519; a bad one is refused, whatever else there is.
 */
export async function verifySignatures(note, key) {
  const mine = note.signatures.filter((s) => s.name === key.name && s.id === key.id);
  if (mine.length === 0 || key.type === POST_QUANTUM_KEY) {
    return false;
  }
  let publicKey;
  try {
    publicKey = await globalThis.crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error?.name === "NotSupportedError" || error?.name === "TypeError") {
      return null;
    }
    throw new Refusal("vkey-type", "The key of {name} is of a type that cannot sign this.", { name: key.name });
  }
  for (const { signature } of mine) {
    const signed = key.type === WITNESS_KEY ? cosigned(note.text, signature) : { message: utf8(note.text), signature };
    if (!signed || signed.signature.length !== 64
      || !(await globalThis.crypto.subtle.verify({ name: "Ed25519" }, publicKey, signed.signature, signed.message))) {
      throw new Refusal("signature-wrong", "The signature of {name}+{id} does not fit the checkpoint's text.", { name: key.name, id: key.id });
    }
  }
  return true;
}

/** The log's own signature: as `verifySignatures`, but there has to be one. */
export async function verifySignature(note, key) {
  const outcome = await verifySignatures(note, key);
  if (outcome === false) {
    throw new Refusal("signature-absent", "The checkpoint bears no signature of {name}+{id}.", { name: key.name, id: key.id });
  }
  return outcome;
}

/** tlog-cosignature, cosignature/v1: a time of 8 bytes, then the signature over that time and the whole text. */
function cosigned(text, bytes) {
  const time = bytes.length === 72 ? toNumber(bytes.subarray(0, 8)) : -1n;
  return time < 0n || time > 0x7fffffffffffffffn ? null
    : { message: concat(utf8(`cosignature/v1\ntime ${time}\n`), utf8(text)), signature: bytes.subarray(8) };
}

// ---- policies ----------------------------------------------------------------------------------------------------------

/** The policy of a log that asks no witness. */
export const NO_POLICY = { logs: [], witnesses: [], groups: [], quorum: "none" };

/** Reads a tlog-policy file, strictly. */
export async function parsePolicy(text) {
  // eslint-disable-next-line no-control-regex
  if (text.length > MAX_POLICY_CHARS || /[\u0000-\u0008\u000b-\u001f\u007f]/.test(text) || (text !== "" && !text.endsWith("\n"))) {
    throw badPolicy(0, "it is too long, holds control characters, or its last line has no end");
  }
  const policy = { logs: [], witnesses: [], groups: [], quorum: null, names: new Set(), members: new Set() };
  const lines = text.split("\n").slice(0, -1);
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i].split(/[ \t]+/).filter((w) => w !== "");
    if (words.length > 0 && !words[0].startsWith("#")) {
      await readDefinition(policy, words, (why) => badPolicy(i + 1, why));
    }
  }
  if (policy.quorum === null) {
    throw badPolicy(lines.length, "there is no quorum");
  }
  return policy;
}

const badPolicy = (line, why) => new Refusal("policy-form", "The list of witnesses cannot be read (line {line}): {why}.", { line, why });

async function readDefinition(policy, [word, ...words], refuse) {
  if (policy.logs.length + policy.names.size >= MAX_DEFINITIONS) {
    throw refuse("there are too many definitions");
  } else if (word === "log" && (words.length === 1 || words.length === 2)) {
    addKey(policy.logs, { key: await parseVerifierKey(words[0], [LOG_KEY, WITNESS_KEY, POST_QUANTUM_KEY]) }, refuse);
  } else if (word === "witness" && (words.length === 2 || words.length === 3)) {
    const witness = { name: words[0], key: await parseVerifierKey(words[1], [WITNESS_KEY, POST_QUANTUM_KEY]) };
    addKey(policy.witnesses, witness, refuse);
    define(policy, witness.name, refuse);
  } else if (word === "group" && words.length >= 3) {
    addGroup(policy, words, refuse);
  } else if (word === "quorum" && words.length === 1) {
    if (policy.quorum !== null || (words[0] !== "none" && !policy.names.has(words[0]))) {
      throw refuse("the quorum is defined already, or names nothing");
    }
    policy.quorum = words[0];
  } else {
    throw refuse(`'${word}' is no definition`);
  }
}

function addKey(list, item, refuse) {
  if (list.some(({ key }) => equal(key.raw, item.key.raw))) {
    throw refuse("a key is there twice");
  }
  list.push(item);
}

function define(policy, name, refuse) {
  if (name === "none" || policy.names.has(name)) {
    throw refuse(`'${name}' is taken`);
  }
  policy.names.add(name);
}

function addGroup(policy, [name, threshold, ...members], refuse) {
  for (const member of members) {
    if (!policy.names.has(member) || policy.members.has(member)) {
      throw refuse(`'${member}' is not defined before, or is a member already`);
    }
    policy.members.add(member);
  }
  const least = threshold === "all" ? members.length : threshold === "any" ? 1 : /^[0-9]{1,9}$/.test(threshold) ? Number(threshold) : 0;
  if (least < 1 || least > members.length) {
    throw refuse(`a threshold of '${threshold}' cannot be met`);
  }
  define(policy, name, refuse);
  policy.groups.push({ name, least, members });
}

/** Whether the witnesses of these names are enough. Members are defined before their group, so one pass settles all. */
export function isQuorum(policy, cosigned) {
  const reached = new Set(cosigned);
  for (const { name, least, members } of policy.groups) {
    if (members.filter((member) => reached.has(member)).length >= least) {
      reached.add(name);
    }
  }
  return policy.quorum === "none" || reached.has(policy.quorum);
}

/** Names of the witnesses whose cosignatures verify. Null when this browser has no Ed25519. */
export async function cosigners(note, policy) {
  const names = [];
  for (const { name, key } of policy.witnesses) {
    const outcome = await verifySignatures(note, key);
    if (outcome === null) {
      return null;
    }
    if (outcome) {
      names.push(name);
    }
  }
  return names;
}
