// The browser's own verifier: everything about one entity against one signed checkpoint, link by link. It comes to its own verdict and
// asks no server for one. docs/formats.md ("Bundle", "Journal history") says what has to hold.

import { CHECKED_ENTRIES, CHECKED_JOURNALS, readBundle } from "./bundle.js";
import { Refusal, equal, fromBase64, isZero, toBase64 } from "./bytes.js";
import { checkBlock, entityIndex, headOf, inclusionHolds, leafHash, openPayload, parseBlock, parseHeader, parsePair, sharedRoot } from "./proofs.js";
import { Report } from "./report.js";
import { checkCosignatures, checkNote, compareMemory, comparePublished, hasCryptography, readKey, toRemember } from "./trust.js";
import { vrfIndex } from "./vrf.js";

const MAX_PROOF_NODES = 63;

const SENTENCES = {
  header: ["headers-read", "{count} headers of 113 bytes are well formed."],
  entity: ["entity-same", "All {count} stand for {key}."],
  chain: ["chain-good", "{count} records, numbered without a gap, each naming the hash of the one before."],
  payload: ["payload-good", "{count} contents hash to the commitment in their header."],
};

/**
 * What both kinds of proof come to.
 * @typedef {object} Result
 * @property {Report} report Every check.
 * @property {object[]} entries The subject's records with their opened contents.
 * @property {object?} key The log's key.
 * @property {object?} checkpoint The signed checkpoint; null if it is not to be trusted.
 * @property {object?} remember What to remember if all is well.
 * @property {"complete"|"incomplete"|"absent"|"unproven"} extent Whether this is all that there is.
 * @property {number?} asOf When the last block was made, as it says itself, in milliseconds.
 * @property {number?} missing Of an incomplete journal, how many records are not shown.
 * @property {{asked: string[], cosigned: string[]}?} witnesses
 */
const newResult = () => ({
  report: new Report(), entries: [], key: null, checkpoint: null, remember: null, extent: "unproven", asOf: null, missing: null, witnesses: null });

/**
 * Verifies a bundle.
 * @param {{vkey: string, policy: string?, bundle: object, published: string?, entity: {kind: string, key: string}, memory: object?}} given
 *   The key and policy as served, the bundle as parsed JSON, the checkpoint as published at its own address, the entity that the
 *   page is about, and what this browser remembers of the log or null.
 * @returns {Promise<Result>}
 */
export async function verifyBundle({ vkey, policy, bundle, published, entity, memory }) {
  const result = newResult();
  const { report } = result;
  if (!hasCryptography(report) || !(result.key = await readKey(report, vkey))) {
    return result;
  }
  const read = await report.attempt("bundle", null, () => readSubject(bundle, entity));
  if (read && (read.count > CHECKED_ENTRIES || read.journals.length > CHECKED_JOURNALS)) {
    report.skip("bundle", "bundle-long", "The bundle has {count} records in {journals} journals: too many to check in a browser.", {
      count: read.count, journals: read.journals.length });
    return result;
  }
  const checkpoint = read ? await checkNote(report, "checkpoint-signature", read.checkpoint, result.key) : null;
  result.witnesses = checkpoint ? await checkCosignatures(report, checkpoint.note, policy, result.key) : null;
  const block = result.witnesses ? await report.attempt("block", null, () => openBlocks(read, checkpoint, result.key)) : null;
  if (!block) {
    return result;
  }
  result.checkpoint = checkpoint;
  result.asOf = block.header.timeMs;
  report.pass("block", "block-good", "Block {height} ends the log at {size} records.", { height: block.height, size: checkpoint.size });
  const checked = [];
  for (const journal of read.journals) {
    checked.push(await checkJournal(report, journal, block, journal === read.journals[0]));
  }
  result.entries = checked[0].entries;
  await checkShared(report, read, checked, block, checkpoint);
  for (const journal of checked) {
    const outcome = await report.attempt("completeness", null, () => checkExtent(report, journal, block, result.key));
    if (journal === checked[0] && outcome) {
      result.extent = outcome.extent;
      result.missing = outcome.missing ?? null;
    }
  }
  const others = checked.length > 1 ? { entity: ["entities-same", "All {count} stand for {key}, or for what its records rest on."] } : {};
  report.close({ ...SENTENCES, ...others }, { count: checked.reduce((sum, journal) => sum + journal.entries.length, 0), key: entity.key });
  if (checked.some((journal) => journal.entity.kind === "capture")) {
    report.skip("authors", "authors-unchecked", "The signatures of authors are not checked in this browser: provenance verify does.", {}, true);
  }
  await concludeTrust(result, published, memory, block.vrfKey ? toBase64(block.vrfKey) : "");
  return result;
}

function readSubject(bundle, entity) {
  const read = readBundle(bundle);
  const subject = read.journals[0].entity;
  if (subject.kind !== entity.kind || subject.key !== entity.key) {
    throw new Refusal("bundle-entity", "The bundle is about {other}, not about {key}.", { other: subject.key, key: entity.key });
  }
  return read;
}

/** The last block, which names the map, and the first, whose index rule is the log's for life. */
async function openBlocks({ block: { header, content }, firstBlock }, checkpoint, key) {
  const block = parseBlock(content);
  if (block.sizeAfter !== checkpoint.size || checkpoint.size > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new Refusal("block-size", "Block {height} ends the log at {found} records, but the signed checkpoint has {size}.", {
      height: block.height, found: block.sizeAfter, size: checkpoint.size });
  }
  const first = parseBlock(firstBlock.content);
  if (first.height !== 0n || (first.vrfKey ? toBase64(first.vrfKey) : "") !== (block.vrfKey ? toBase64(block.vrfKey) : "")) {
    throw new Refusal("block-rule", "The log's first block has another index rule than its last one, or is not the first.");
  }
  await checkBlock(firstBlock.header, firstBlock.content, first, key);
  return {
    ...block, header: await checkBlock(header, content, block, key), hash: await leafHash(header),
    first: { leaf: Number(first.sizeAfter) - 1, hash: await leafHash(firstBlock.header) } };
}

/** The index that the log's rule gives an entity. The log's own journal has the open one under every rule. */
async function indexOf({ entity, indexProof }, block) {
  if (!block.vrfKey || entity.kind === "chain") {
    if (indexProof) {
      throw new Refusal("vrf-unasked", "The index of {key} comes with a proof that this log's rule does not know.", { key: entity.key });
    }
    return entityIndex(entity.kind, entity.key);
  }
  if (!indexProof) {
    throw new Refusal("vrf-missing", "The index of {key} comes without the proof that this log's rule asks for.", { key: entity.key });
  }
  return vrfIndex(block.vrfKey, entity.kind, entity.key, indexProof);
}

/** Steps 3 of a bundle's verification for one journal: all of it but inclusion and where it ends. */
async function checkJournal(report, journal, block, isSubject) {
  const index = (await report.attempt("entity", null, () => indexOf(journal, block))) ?? null;
  const entries = [];
  let previous = null;
  for (let i = 0; i < journal.entries.length; i++) {
    const { leafIndex, header, groups } = journal.entries[i];
    const entry = await checkEntry(report, { sequence: i, leafIndex, bytes: header, groups }, { entity: journal.entity, index, previous, isSubject });
    entries.push(entry);
    previous = entry;
  }
  return { ...journal, index, entries, last: previous };
}

async function checkEntry(report, { sequence, leafIndex, bytes, groups }, { entity, index, previous, isSubject }) {
  const entry = { sequence, leafIndex, header: null, contents: null, sound: true, hash: bytes ? await leafHash(bytes) : new Uint8Array(32) };
  const attempt = async (id, action) => {
    let held = false;
    const answer = await report.attempt(id, isSubject ? sequence : null, async () => {
      const done = await action();
      held = true;
      return done;
    });
    entry.sound &&= held;
    return answer;
  };
  entry.header = (await attempt("header", () => parseHeader(bytes))) ?? null;
  if (entry.header) {
    await attempt("entity", () => {
      if (index !== undefined && (index === null || !equal(entry.header.index, index))) {
        throw new Refusal("index", "The header (bytes 1 to 32) stands for another product.");
      }
    });
    await attempt("chain", () => checkLink(entry, previous));
    entry.contents = (await attempt("payload", () => openPayload(groups, entry.header.commitment))) ?? null;
    await attempt("entity", () => checkEntityGroup(entry.contents?.[1], entity));
  }
  return entry;
}

function checkLink(entry, previous) {
  if (entry.header.sequence !== entry.sequence) {
    throw new Refusal("sequence", "Record {expected} is missing: the header (bytes 33 to 40) has number {found}.", { expected: entry.sequence, found: entry.header.sequence });
  }
  if (!equal(entry.header.previous, previous?.hash ?? new Uint8Array(32))) {
    throw new Refusal("previous", "The header (bytes 41 to 72) does not name the record before it.");
  }
  if (previous?.header && entry.header.timeMs < previous.header.timeMs) {
    throw new Refusal("time-order", "The record's time (bytes 73 to 80) is before that of its predecessor.");
  }
  if (previous && !(entry.leafIndex > previous.leafIndex)) {
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

/** Step 4: one proof for all records and the block. A root that differs does not tell which of them is at fault. */
async function checkShared(report, read, checked, block, checkpoint) {
  const all = checked.flatMap((journal) => journal.entries);
  await report.attempt("inclusion", null, async () => {
    try {
      const size = Number(checkpoint.size);
      const leaves = new Map([[size - 1, block.hash]]);
      for (const { leafIndex, hash } of [{ leafIndex: block.first.leaf, hash: block.first.hash }, ...all]) {
        const other = leaves.get(leafIndex);
        if (leafIndex >= size || (other && !equal(other, hash))) {
          throw new Refusal("leaf-place", "Record {leafIndex} of the log is another one, or the log is shorter.", { leafIndex });
        }
        leaves.set(leafIndex, hash);
      }
      const sorted = [...leaves].map(([index, hash]) => ({ index, hash })).sort((a, b) => a.index - b.index);
      if (!equal(await sharedRoot(sorted, size, read.nodes), checkpoint.root)) {
        throw new Refusal("shared-root", "The records are not those of the signed log: a header, a place in the log or a hash of the proof was changed.");
      }
      report.pass("inclusion", "shared-good", "{count} records, the first and the last block lead to the signed root.", { count: all.length });
    } catch (error) {
      all.forEach((entry) => { entry.sound = false; });
      throw error;
    }
  });
}

/** Step 5: where the head map says that a journal ends. */
async function checkExtent(report, { entity, index, head, entries, last }, block, key) {
  if (!index) {
    return null;
  }
  const args = { key: entity.kind === "lot" ? entity.key : `${entity.kind}/${entity.key}`, count: entries.length };
  let proven;
  if (entity.kind === "chain" && entity.key === key.name) {
    proven = { length: Number(block.height) + 1, last: block.hash };
  } else if (!head || isZero(block.headMapRoot)) {
    report.skip("completeness", "no-head-map", "Nothing proves that these are all records of {key}.", args, true);
    return { extent: "incomplete" };
  } else {
    proven = await headOf(block.headMapRoot, index, head);
  }
  if (proven === null && entries.length > 0) {
    throw new Refusal("not-in-map", "The log proves that it has no records of {key}, but {count} are shown.", args);
  } else if (proven === null) {
    report.pass("completeness", "nothing-held", "The log holds nothing about {key}.", args);
    return { extent: "absent" };
  } else if (entries.length > proven.length) {
    throw new Refusal("too-many", "The log proves that it has {total} records of {key}, but {count} are shown.", { ...args, total: proven.length });
  } else if (entries.length < proven.length) {
    const missing = proven.length - entries.length;
    report.skip("completeness", "held-back", "The log has {missing} more records of {key} than the {count} shown.", { ...args, missing }, true);
    return { extent: "incomplete", missing };
  } else if (!equal(last.hash, proven.last)) {
    throw new Refusal("other-end", "The log proves that the last record of {key} is another one than that shown.", args);
  }
  report.pass("completeness", "all-held", "{count} records are all that the log holds about {key}.", args);
  return { extent: "complete" };
}

async function concludeTrust(result, published, memory, rule) {
  const newest = await comparePublished(result.report, published, result.key, result.checkpoint);
  compareMemory(result.report, memory, result.key, newest, result.witnesses.asked, rule);
  result.remember = toRemember(result.key, newest, result.witnesses.asked, rule ?? memory?.rule);
}

// ---- the fallback: a journal too large for one bundle -------------------------------------------------------------------------

/**
 * Verifies a journal history, each record with a proof of its own. It cannot show that it is all there is, so it never comes to
 * more than "unproven".
 * @param {{vkey: string, policy: string?, history: object, published: string?, entity: object, memory: object?}} given As for a bundle.
 * @returns {Promise<Result>}
 */
export async function verifyHistory({ vkey, policy, history, published, entity, memory }) {
  const result = newResult();
  const { report } = result;
  if (!hasCryptography(report) || !(result.key = await readKey(report, vkey))) {
    return result;
  }
  result.checkpoint = await checkNote(report, "checkpoint-signature", history?.checkpoint, result.key);
  result.witnesses = result.checkpoint ? await checkCosignatures(report, result.checkpoint.note, policy, result.key) : null;
  if (!result.witnesses || !checkForm(report, history, entity)) {
    result.checkpoint = null;
    return result;
  }
  const isHashed = history.indexProof === undefined;
  const index = isHashed ? await entityIndex(entity.kind, entity.key) : undefined;
  if (!isHashed) {
    report.skip("entity", "vrf-unknown", "This log's indexes are proven, but the key for that is in a bundle only.");
  }
  let previous = null;
  for (let i = 0; i < history.entries.length; i++) {
    const { leafIndex, header, groups, proof } = history.entries[i] ?? {};
    const entry = await checkEntry(report, { sequence: i, leafIndex, bytes: fromBase64(header), groups }, { entity, index, previous, isSubject: true });
    const held = await report.attempt("inclusion", i, () => checkInclusion(leafIndex, proof, entry.hash, result.checkpoint));
    entry.sound &&= held === true;
    result.entries.push(entry);
    previous = entry;
  }
  report.close(
    { ...SENTENCES, inclusion: ["inclusion-good", "{count} proofs lead from the header to the signed root."] },
    { count: history.entries.length, key: entity.key });
  report.skip("completeness", "no-head-map", "Nothing proves that these are all records of {key}.", { key: entity.key }, true);
  await concludeTrust(result, published, memory, null);
  return result;
}

/** Whether the history is one that can be checked: of this form and entity, whole, and not too long. */
function checkForm(report, { format, entries, total = entries?.length, entity: about }, entity) {
  let refusal = null;
  if (format !== "provenancegrains-history/v1" || !Array.isArray(entries) || !Number.isSafeInteger(total)) {
    refusal = new Refusal("history-form", "The history is not of the form provenancegrains-history/v1.");
  } else if (about?.kind !== entity.kind || about?.key !== entity.key) {
    refusal = new Refusal("history-entity", "The history is about {other}, not about {key}.", { other: about?.key, key: entity.key });
  } else if (total > CHECKED_ENTRIES) {
    report.skip("history", "history-long", "The history has {total} records: too many to check in a browser.", { total });
    return false;
  } else if (entries.length !== total) {
    refusal = new Refusal("history-count", "The history says that it has {total} records, but holds {count}.", { total, count: entries.length });
  }
  if (refusal) {
    report.fail("history", refusal);
  }
  return refusal === null;
}

async function checkInclusion(leafIndex, proof, hash, { size, root }) {
  const path = Array.isArray(proof) && proof.length <= MAX_PROOF_NODES ? proof.map((text) => fromBase64(text)) : null;
  if (!path || !Number.isSafeInteger(leafIndex) || leafIndex < 0 || path.some((node) => node?.length !== 32)) {
    throw new Refusal("proof-form", "The proof of inclusion is malformed.");
  }
  if (!(await inclusionHolds(hash, BigInt(leafIndex), size, path, root))) {
    throw new Refusal("inclusion", "The header is not record {leafIndex} of the signed log: the header (bytes 0 to 112) or its proof was changed.", { leafIndex });
  }
  return true;
}
