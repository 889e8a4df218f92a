// The browser's own verifier: a whole history against one signed checkpoint, link by link, and then the page against the
// history. It comes to its own verdict and asks no server for one. A check passes, fails with a reason, or was not made.

import {
  Refusal, entityIndex, equal, fill, fromBase64, inclusionHolds, leafHash, openPayload, parseCheckpoint, parseHeader, parseNote,
  parsePair, parseVerifierKey, toBase64, toHex, verifySignature,
} from "./proofs.js";

export const MAX_ENTRIES = 10000;
const MAX_PROOF_NODES = 63;
const MAX_FAILURES_SHOWN = 20;

/** Collects checks. Optional ones do not keep a page from being verified when they could not be made. */
export class Report {
  constructor() {
    this.checks = [];
  }

  pass(id, code, reason, args = {}) {
    this.checks.push({ id, status: "pass", code, reason: fill(reason, args), args, optional: false });
  }

  fail(id, refusal, sequence = null) {
    const known = refusal instanceof Refusal;
    this.checks.push({
      id,
      status: "fail",
      code: known ? refusal.code : "unexpected",
      reason: known ? refusal.message : `The data could not be read: ${refusal.message}`,
      args: known ? refusal.args : { message: refusal.message },
      sequence,
      optional: false,
    });
  }

  skip(id, code, reason, args = {}, optional = false) {
    this.checks.push({ id, status: "not-checked", code, reason: fill(reason, args), args, optional });
  }

  failed(id) {
    return this.checks.some((c) => c.id === id && c.status === "fail");
  }

  /** "bad" as soon as anything failed; "ok" only if nothing that matters was left out. */
  verdict() {
    if (this.checks.some((c) => c.status === "fail")) {
      return "bad";
    }
    return this.checks.length === 0 || this.checks.some((c) => c.status === "not-checked" && !c.optional) ? "unknown" : "ok";
  }
}

/**
 * Verifies a whole journal, link by link, against one checkpoint.
 * @param {{vkey: string, history: object, published: string?, entity: {kind: string, key: string}, memory: object?}} given
 *   The key as served, the history as parsed JSON, the checkpoint as published at its own address, the entity that the
 *   page is about, and what this browser remembers of the log ({vkey, size, root} or null).
 * @returns the report, the entries with their opened contents, and what to remember if all is well.
 */
export async function verifyHistory({ vkey, history, published, entity, memory }) {
  const report = new Report();
  const result = { report, entries: [], key: null, checkpoint: null, remember: null };
  if (!globalThis.isSecureContext || !globalThis.crypto?.subtle) {
    report.skip("checkpoint-signature", "no-webcrypto", "This browser offers no cryptography to this page: it needs HTTPS, or localhost.");
    return result;
  }
  try {
    result.key = await parseVerifierKey(vkey);
    report.pass("key", "key-read", "Key {name}+{id}.", { name: result.key.name, id: result.key.id });
  } catch (error) {
    report.fail("key", error);
    return result;
  }
  result.checkpoint = await checkNote(report, "checkpoint-signature", history?.checkpoint, result.key);
  if (!result.checkpoint || !checkForm(report, history, entity)) {
    return result;
  }
  await checkEntries(report, result, history, entity);
  let newest = result.checkpoint;
  if (typeof published === "string") {
    newest = await comparePublished(report, published, result.key, result.checkpoint);
  }
  compareMemory(report, memory, result.key, newest);
  result.remember = { vkey: result.key.text, size: String(newest.size), root: toBase64(newest.root) };
  report.skip("completeness", "no-head-map", "A history cannot say by itself that nothing newer exists; compare the number of records with the seller's.", {}, true);
  return result;
}

async function checkNote(report, id, text, key) {
  try {
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.origin !== key.name) {
      throw new Refusal("origin", "The checkpoint is of the log {origin}, the key of {name}.", { origin: checkpoint.origin, name: key.name });
    }
    if ((await verifySignature(note, key)) === null) {
      report.skip(id, "no-ed25519", "This browser cannot check Ed25519 signatures.");
    } else {
      report.pass(id, "signature-good", "Signed by {name}: {size} records, root {root}.", {
        name: key.name, size: checkpoint.size, root: toHex(checkpoint.root).slice(0, 16) + "…" });
    }
    return checkpoint;
  } catch (error) {
    report.fail(id, error);
    return null;
  }
}

function checkForm(report, history, entity) {
  const { format, entries } = history;
  const total = history.total ?? entries?.length;
  let refusal = null;
  if (format !== "provenancegrains-history/v1" || !Array.isArray(entries) || !Number.isSafeInteger(total) || total < 0) {
    refusal = new Refusal("history-form", "The history is not of the form provenancegrains-history/v1.");
  } else if (entries.length !== total) {
    refusal = new Refusal("history-count", "The history says that it has {total} records, but holds {count}.", { total, count: entries.length });
  } else if (history.entity?.kind !== entity.kind || history.entity?.key !== entity.key) {
    refusal = new Refusal("history-entity", "The history is about {other}, not about {key}.", { other: history.entity?.key, key: entity.key });
  }
  if (refusal) {
    report.fail("history", refusal);
    return false;
  }
  if (total > MAX_ENTRIES) {
    report.skip("history", "history-long", "The history has {total} records: too many to check in a browser.", { total });
    return false;
  }
  return true;
}

async function checkEntries(report, result, history, entity) {
  const { size, root } = result.checkpoint;
  const expectedIndex = await entityIndex(entity.kind, entity.key);
  const failures = { header: 0, entity: 0, inclusion: 0, chain: 0, payload: 0 };
  let previous = { hash: new Uint8Array(32), leafIndex: -1, timeMs: 0 };
  for (let i = 0; i < history.entries.length; i++) {
    const given = history.entries[i] ?? {};
    const entry = { sequence: i, leafIndex: given.leafIndex, header: null, contents: null, sound: true };
    result.entries.push(entry);
    const attempt = async (id, action) => {
      try {
        return await action();
      } catch (error) {
        entry.sound = false;
        failures[id]++;
        if (failures[id] <= MAX_FAILURES_SHOWN) {
          report.fail(id, error, i);
        }
        return undefined;
      }
    };
    const bytes = fromBase64(given.header);
    const hash = bytes ? await leafHash(bytes) : new Uint8Array(32);
    entry.header = await attempt("header", () => parseHeader(bytes));
    await attempt("inclusion", () => checkInclusion(given, hash, size, root));
    if (entry.header) {
      await attempt("entity", () => {
        if (!equal(entry.header.index, expectedIndex)) {
          throw new Refusal("index", "The header (bytes 1 to 32) stands for another product.");
        }
      });
      await attempt("chain", () => checkLink(entry, i, previous));
      entry.contents = await attempt("payload", () => openPayload(given.groups, entry.header.commitment));
      await attempt("entity", () => checkEntityGroup(entry.contents?.[1], entity));
    }
    previous = { hash, leafIndex: given.leafIndex, timeMs: entry.header?.timeMs ?? previous.timeMs };
  }
  const count = history.entries.length;
  const sentences = {
    header: ["headers-read", "{count} headers of 113 bytes are well formed."],
    entity: ["entity-same", "All {count} stand for {key}."],
    inclusion: ["inclusion-good", "{count} proofs lead from the header to the signed root."],
    chain: ["chain-good", "{count} records, numbered without a gap, each naming the hash of the one before."],
    payload: ["payload-good", "{count} contents hash to the commitment in their header."],
  };
  for (const [id, [code, reason]] of Object.entries(sentences)) {
    if (failures[id] === 0) {
      report.pass(id, code, reason, { count, key: entity.key });
    }
  }
}

async function checkInclusion(given, leaf, size, root) {
  const path = Array.isArray(given.proof) && given.proof.length <= MAX_PROOF_NODES ? given.proof.map(fromBase64) : null;
  if (!Number.isSafeInteger(given.leafIndex) || given.leafIndex < 0 || !path || path.some((p) => !p || p.length !== 32)) {
    throw new Refusal("proof-form", "The inclusion proof is malformed.");
  }
  if (!(await inclusionHolds(leaf, BigInt(given.leafIndex), size, path, root))) {
    throw new Refusal("inclusion", "The header is not record {leafIndex} of the signed log: the header (bytes 0 to 112) or its proof was changed.", {
      leafIndex: given.leafIndex });
  }
}

function checkLink(entry, i, previous) {
  if (entry.header.sequence !== i) {
    throw new Refusal("sequence", "Record {expected} is missing: the header (bytes 33 to 40) has number {found}.", { expected: i, found: entry.header.sequence });
  }
  if (!equal(entry.header.previous, previous.hash)) {
    throw new Refusal("previous", "The header (bytes 41 to 72) does not name the record before it.");
  }
  if (entry.header.timeMs < previous.timeMs) {
    throw new Refusal("time-order", "The record's time (bytes 73 to 80) is before that of its predecessor.");
  }
  if (!(entry.leafIndex > previous.leafIndex)) {
    throw new Refusal("leaf-order", "The record stands before its predecessor in the log.");
  }
}

function checkEntityGroup(content, entity) {
  if (content) {
    const [kind, key] = parsePair(content);
    if (kind !== entity.kind || key !== entity.key) {
      throw new Refusal("entity-group", "The record's own content says that it is about {other}.", { other: key });
    }
  }
}

async function comparePublished(report, text, key, checkpoint) {
  const published = await checkNote(report, "published-checkpoint", text, key);
  if (!published) {
    return checkpoint;
  }
  if (published.size === checkpoint.size && !equal(published.root, checkpoint.root)) {
    report.fail("published-checkpoint", new Refusal("split-view", "The log showed a different history: two roots for the same {size} records.", { size: published.size }));
  }
  return published.size > checkpoint.size ? published : checkpoint;
}

function compareMemory(report, memory, key, newest) {
  if (!memory) {
    report.skip("checkpoint-memory", "first-visit", "First visit with this browser: there is nothing to compare with yet. The key is trusted from now on.", {}, true);
    return;
  }
  if (memory.vkey !== key.text) {
    report.fail("key-memory", new Refusal("key-changed", "The log's key is another one than on your last visit: {old} then, {now} now.", {
      old: memory.vkey, now: key.text }));
    return;
  }
  report.pass("key-memory", "key-same", "Key {name}+{id}, as before.", { name: key.name, id: key.id });
  const size = /^[0-9]{1,20}$/.test(memory.size) ? BigInt(memory.size) : 0n;
  if (newest.size < size) {
    report.fail("checkpoint-memory", new Refusal("went-back", "The log showed a different history: {old} records on your last visit, {now} now.", {
      old: size, now: newest.size }));
  } else if (newest.size === size && memory.root !== toBase64(newest.root)) {
    report.fail("checkpoint-memory", new Refusal("split-view", "The log showed a different history: two roots for the same {size} records.", { size }));
  } else {
    report.pass("checkpoint-memory", "went-on", "{old} records on your last visit, {now} now.", { old: size, now: newest.size });
  }
}
