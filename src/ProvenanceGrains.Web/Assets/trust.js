// What the rest rests on: the log's key, its signed checkpoint, the witnesses' cosignatures, and what this browser saw of the log before.

import { Refusal, equal, toBase64, toHex } from "./bytes.js";
import { NO_POLICY, cosigners, isQuorum, parseCheckpoint, parseNote, parsePolicy, parseVerifierKey, verifySignature } from "./notes.js";

/** Whether this browser can compute at all; says so if not. */
export function hasCryptography(report) {
  if (globalThis.isSecureContext && globalThis.crypto?.subtle) {
    return true;
  }
  report.skip("checkpoint-signature", "no-webcrypto", "This browser offers no cryptography to this page: it needs HTTPS, or localhost.");
  return false;
}

/** The log's key, or null. */
export async function readKey(report, vkey) {
  const key = await report.attempt("key", null, () => parseVerifierKey(vkey));
  if (key) {
    report.pass("key", "key-read", "Key {name}+{id}.", { name: key.name, id: key.id });
  }
  return key ?? null;
}

/** A note's checkpoint, signed by the key; null if it is not. */
export async function checkNote(report, id, text, key) {
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
    return { ...checkpoint, note };
  } catch (error) {
    report.fail(id, error);
    return null;
  }
}

/**
 * Checks the cosignatures of the witnesses that the log says it asks.
 * @param {string?} policyText Its tlog-policy; null where it asks none.
 * @returns {{asked: string[], cosigned: string[]}?} The witnesses' keys as name+id, and the names of those that cosigned; null if it failed.
 */
export async function checkCosignatures(report, note, policyText, key) {
  const id = "cosignatures";
  try {
    const policy = policyText === null ? NO_POLICY : await parsePolicy(policyText);
    if (policy.logs.length > 0 && !policy.logs.some((log) => log.key.name === key.name && equal(log.key.raw, key.raw))) {
      throw new Refusal("policy-log", "The list of witnesses is for another log than {name}.", { name: key.name });
    }
    const asked = policy.witnesses.map((witness) => `${witness.key.name}+${witness.key.id}`);
    if (asked.length === 0) {
      report.skip(id, "no-witnesses", "This log asks no witnesses: that others see the same log is not proven.", {}, true);
      return { asked, cosigned: [] };
    }
    const cosigned = await cosigners(note, policy);
    if (cosigned === null) {
      report.skip(id, "no-ed25519", "This browser cannot check Ed25519 signatures.");
      return { asked, cosigned: [] };
    }
    if (!isQuorum(policy, cosigned)) {
      throw new Refusal("quorum", "Only {count} of {total} witnesses cosigned the checkpoint: fewer than this log's own rule asks for.", {
        count: cosigned.length, total: asked.length });
    }
    report.pass(id, "cosigned", "Cosigned by {names}.", { names: cosigned.join(", ") || "–" });
    return { asked, cosigned };
  } catch (error) {
    report.fail(id, error);
    return null;
  }
}

/** The newer of two checkpoints of one log: the one of the proofs, and the one that the log publishes. */
export async function comparePublished(report, text, key, checkpoint) {
  const published = typeof text === "string" ? await checkNote(report, "published-checkpoint", text, key) : null;
  if (published && published.size === checkpoint.size && !equal(published.root, checkpoint.root)) {
    report.fail("published-checkpoint", new Refusal("split-view", "The log showed a different history: two roots for the same {size} records.", { size: published.size }));
  }
  if (!published || published.size <= checkpoint.size) {
    return checkpoint;
  }
  // The page asks for the published one first, so this is an old answer, by chance or to hold back what came since.
  report.skip("completeness", "stale", "The proof is of the first {old} records of the log, which has {now} by now.", { old: checkpoint.size, now: published.size });
  return published;
}

/** What to remember of a visit on which all was well. */
export const toRemember = (key, newest, asked, rule) => ({
  vkey: key.text, size: String(newest.size), root: toBase64(newest.root), witnesses: asked, rule });

/** @param {string?} rule By which key the log's indexes are made: base64, or empty for the open index; null if that is not known. */
export function compareMemory(report, memory, key, newest, asked, rule) {
  if (!memory) {
    report.skip("checkpoint-memory", "first-visit", "First visit with this browser: there is nothing to compare with yet. The key is trusted from now on.", {}, true);
    return;
  }
  if (memory.vkey !== key.text) {
    report.fail("key-memory", new Refusal("key-changed", "The log's key is another one than on your last visit: {old} then, {now} now.", {
      old: memory.vkey, now: key.text }));
    return;
  }
  if (rule !== null && typeof memory.rule === "string" && memory.rule !== rule) {
    report.fail("key-memory", new Refusal("rule-changed", "The log's rule for indexes is another one than on your last visit: a log keeps its rule for life."));
    return;
  }
  report.pass("key-memory", "key-same", "Key {name}+{id}, as before.", { name: key.name, id: key.id });
  const gone = Array.isArray(memory.witnesses) ? memory.witnesses.filter((witness) => !asked.includes(witness)) : [];
  if (gone.length > 0) {
    report.skip("cosignatures", "witnesses-gone", "On your last visit the log still asked these witnesses: {names}.", { names: gone.join(", ") }, true);
  }
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
