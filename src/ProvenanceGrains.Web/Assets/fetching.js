// What the page asks of its own origin, and what it keeps in this browser between two visits.

import { strictText } from "./bytes.js";
import { CHECKED_ENTRIES } from "./bundle.js";

const MEMORY = "provenance.log";
const PART = 1000;
const MAX_BYTES = 128 * 1024 * 1024;
const TOO_LARGE = 413;
const MAX_PROBLEM_BYTES = 64 * 1024;

/** A text from this origin, of limited size. Null where the answer has one of the expected statuses instead. */
export async function fetchText(path, expected = []) {
  const url = new URL(path, location.href);
  if (url.origin !== location.origin) {
    throw new Error(`${path} is on another origin.`);
  }
  const response = await fetch(url, { cache: "no-store", credentials: "omit", redirect: "error" });
  if (expected.includes(response.status)) {
    return null;
  }
  if (!response.ok) {
    throw new Error(`${url.pathname}: ${await problemOf(response)}`);
  }
  return readText(response, url.pathname, MAX_BYTES);
}

/** What the server says is amiss (RFC 9457); the bare status where it does not say. */
async function problemOf(response) {
  try {
    const { title } = JSON.parse(await readText(response, "", MAX_PROBLEM_BYTES));
    return typeof title === "string" ? `${response.status}, ${title}` : String(response.status);
  } catch {
    return String(response.status);
  }
}

async function readText(response, name, most) {
  const parts = [];
  let length = 0;
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new Error(`${name}: more than ${most} bytes`);
    }
    parts.push(value);
  }
  return strictText(new Uint8Array(await new Blob(parts).arrayBuffer()));
}

/** The bundle; where the journal is too large for one, or none is offered, its history. */
export async function fetchJournal(bundlePath, historyPath) {
  const text = bundlePath ? await fetchText(bundlePath, historyPath ? [TOO_LARGE] : []) : null;
  return text === null ? { history: await fetchHistory(historyPath) } : { bundle: JSON.parse(text) };
}

/** The whole journal against one checkpoint; read again from the start when the log moved on between two parts. */
async function fetchHistory(path) {
  for (let attempt = 0; ; attempt++) {
    let whole = null;
    for (;;) {
      const url = new URL(path, location.href);
      url.searchParams.set("from", String(whole?.entries.length ?? 0));
      url.searchParams.set("limit", String(PART));
      const part = JSON.parse(await fetchText(url.pathname + url.search));
      if (whole && (part.checkpoint !== whole.checkpoint || part.total !== whole.total)) {
        break;
      }
      whole = whole ? { ...whole, entries: [...whole.entries, ...part.entries] } : part;
      if (!Array.isArray(part.entries) || part.entries.length < PART || whole.entries.length >= Math.min(whole.total, CHECKED_ENTRIES + 1)) {
        return whole;
      }
    }
    if (attempt === 3) {
      throw new Error("The log moved on while its history was read.");
    }
  }
}

/** What an earlier visit left, or null. */
export function recall() {
  try {
    const memory = JSON.parse(localStorage.getItem(MEMORY));
    return memory && typeof memory.vkey === "string" ? memory : null;
  } catch {
    return null;
  }
}

export function keep(memory) {
  try {
    localStorage.setItem(MEMORY, JSON.stringify(memory));
  } catch {
    // A browser that keeps nothing checks every visit as the first.
  }
}
