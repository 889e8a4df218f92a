// What the verifier reads, byte by byte: signed notes, checkpoints, inclusion proofs, entry headers and payloads. It shares no
// code with the server; the documents are docs/formats.md, C2SP signed-note and tlog-checkpoint, and RFC 9162.
//
// WebCrypto gives SHA-256 and Ed25519; there is nothing else below. Everything read is hostile until checked, and what is
// wrong with it is thrown as a Refusal.

export const HEADER_BYTES = 113;
const MAX_NOTE_CHARS = 1 << 20;
const MAX_SIGNATURES = 100;

/** What a check found wrong. `code` is stable, `args` fill the sentence; other languages translate by the code. */
export class Refusal extends Error {
  constructor(code, reason, args = {}) {
    super(fill(reason, args));
    this.code = code;
    this.args = args;
  }
}

export function fill(template, args) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

// ---- bytes -------------------------------------------------------------------------------------------------------

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** RFC 4648 section 4 with padding and without stray bits: one text for one value. Null if it is anything else. */
export function fromBase64(text) {
  if (typeof text !== "string" || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return null;
  }
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}

export function toBase64(bytes) {
  let binary = "";
  for (const b of bytes) {
    binary += String.fromCharCode(b);
  }
  return btoa(binary);
}

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

export function equal(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, p) => length + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

export async function sha256(...parts) {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", concat(...parts)));
}

/** A string after its length as 16 bits, most significant byte first. */
function prefixed(text) {
  const bytes = utf8.encode(text);
  if (bytes.length > 0xffff) {
    throw new Refusal("text-too-long", "A name is longer than 65,535 bytes.");
  }
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}

// ---- signed notes and checkpoints (C2SP signed-note, tlog-checkpoint) ----------------------------------------------

// No white space and no plus sign in a key's name.
const validName = (name) => name.length > 0 && !/[\s\u0085+]/u.test(name);

/** Reads `name+hash+key` for an Ed25519 key (type 1) and checks that the hash is the key's. */
export async function parseVerifierKey(text) {
  const line = typeof text === "string" ? text.replace(/\n$/, "") : "";
  const parts = /^([^+]*)\+([0-9a-fA-F]{8})\+([A-Za-z0-9+/=]+)$/u.exec(line);
  if (!parts || !validName(parts[1])) {
    throw new Refusal("vkey-form", "The log's key is not of the form name+hash+key.");
  }
  const [, name, id, encoded] = parts;
  const key = fromBase64(encoded);
  if (!key || key.length !== 33 || key[0] !== 1) {
    throw new Refusal("vkey-type", "The log's key is not an Ed25519 key of 32 bytes.");
  }
  const hash = await sha256(utf8.encode(`${name}\n`), key);
  if (toHex(hash.subarray(0, 4)) !== id.toLowerCase()) {
    throw new Refusal("vkey-hash", "The log's key does not match the hash in its own name: {id}.", { id });
  }
  return { name, id: id.toLowerCase(), text: line, raw: key.subarray(1), fingerprint: toHex(await sha256(key.subarray(1))) };
}

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
    const bytes = match && fromBase64(match[2]);
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
  if (!/^(?:0|[1-9][0-9]{0,19})$/.test(size ?? "") || BigInt(size) > 0xffffffffffffffffn) {
    throw refuse("its tree size is not a decimal number");
  }
  const rootHash = fromBase64(root);
  if (!rootHash || rootHash.length !== 32) {
    throw refuse("its root hash is not 32 bytes in base64");
  }
  if (extensions.includes("")) {
    throw refuse("an extension line is empty");
  }
  return { origin, size: BigInt(size), root: rootHash, extensions };
}

/** Verifies every signature that this key made, and that there is one. Null when this browser has no Ed25519. */
export async function verifySignature(note, key) {
  const mine = note.signatures.filter((s) => s.name === key.name && s.id === key.id);
  if (mine.length === 0) {
    throw new Refusal("signature-absent", "The checkpoint bears no signature of {name}+{id}.", { name: key.name, id: key.id });
  }
  let publicKey;
  try {
    publicKey = await globalThis.crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]);
  } catch (error) {
    if (error?.name === "NotSupportedError" || error?.name === "TypeError") {
      return null;
    }
    throw new Refusal("vkey-type", "The log's key is not an Ed25519 key of 32 bytes.");
  }
  const message = utf8.encode(note.text);
  for (const { signature } of mine) {
    if (signature.length !== 64 || !(await globalThis.crypto.subtle.verify({ name: "Ed25519" }, publicKey, signature, message))) {
      throw new Refusal("signature-wrong", "The signature of {name}+{id} does not fit the checkpoint's text.", { name: key.name, id: key.id });
    }
  }
  return true;
}

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

// ---- entries (docs/formats.md) ---------------------------------------------------------------------------------------

/** What stands for an entity in the log. */
export const entityIndex = (kind, key) => sha256(utf8.encode("provenancegrains/index/v1\0"), prefixed(kind), prefixed(key));

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
    texts.push(strictUtf8.decode(bytes.subarray(at + 2, at + 2 + length)));
    at += 2 + length;
  }
  if (at !== bytes.length) {
    throw new Refusal("group-form", "A field group has bytes left over.");
  }
  return texts;
}

/** Hashes the groups that are there, takes the digests of those withheld, and checks the commitment over all four. */
export async function openPayload(groups, commitment) {
  if (!Array.isArray(groups) || groups.length !== 4) {
    throw new Refusal("groups-count", "A payload has four field groups.");
  }
  const digests = [];
  const contents = {};
  for (let i = 0; i < 4; i++) {
    const { group, salt, content, digest } = groups[i] ?? {};
    const given = digest === undefined || digest === null ? null : fromBase64(digest);
    if (group !== i + 1 || (digest && (!given || given.length !== 32))) {
      throw new Refusal("groups-order", "Field group {group} is missing, out of order or malformed.", { group: i + 1 });
    }
    if (typeof content === "string" && typeof salt === "string") {
      const saltBytes = fromBase64(salt);
      contents[group] = fromBase64(content);
      if (!saltBytes || saltBytes.length !== 16 || !contents[group]) {
        throw new Refusal("groups-order", "Field group {group} is missing, out of order or malformed.", { group });
      }
      digests.push(await sha256(utf8.encode("provenancegrains/group/v1\0"), Uint8Array.of(group), saltBytes, contents[group]));
      if (given && !equal(given, digests[i])) {
        throw new Refusal("group-digest", "The content of field group {group} does not match its digest.", { group });
      }
    } else if (given && (content === undefined || content === null)) {
      digests.push(given);
    } else {
      throw new Refusal("groups-order", "Field group {group} is missing, out of order or malformed.", { group });
    }
  }
  if (!equal(await sha256(utf8.encode("provenancegrains/commitment/v1\0"), ...digests), commitment)) {
    throw new Refusal("commitment", "The payload does not match the commitment in the header (bytes 81 to 112).");
  }
  return contents;
}
