// Bytes, hashes, and what every reader here does with something that is wrong. WebCrypto gives SHA-256; there is nothing else
// below. Everything read is hostile until checked, and what is wrong with it is thrown as a Refusal.

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

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const utf8 = (text) => encoder.encode(text);
export const strictText = (bytes) => decoder.decode(bytes);

/** RFC 4648 section 4 with padding. Null if it is anything else; where canonical, stray bits in the last character are, too. */
export function fromBase64(text, canonical = true) {
  if (typeof text !== "string" || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return null;
  }
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  // Only the last group can hold stray bits, and only where it is padded.
  const tail = bytes.subarray(bytes.length - (bytes.length % 3));
  return canonical && tail.length > 0 && toBase64(tail) !== text.slice(-4) ? null : bytes;
}

export function toBase64(bytes) {
  let binary = "";
  for (const b of bytes) {
    binary += String.fromCharCode(b);
  }
  return btoa(binary);
}

export const toHex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");

/** The number that bytes spell, most significant first. */
export const toNumber = (bytes) => (bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`));

export function equal(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export const isZero = (bytes) => bytes.every((b) => b === 0);

export function concat(...parts) {
  const all = new Uint8Array(parts.reduce((length, p) => length + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}

/** Eight bytes, most significant first. */
export function u64(value) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

export async function sha256(...parts) {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", concat(...parts)));
}

/** A string after its length as 16 bits, most significant byte first. */
export function prefixed(text) {
  const bytes = utf8(text);
  if (bytes.length > 0xffff) {
    throw new Refusal("text-too-long", "A name is longer than 65,535 bytes.");
  }
  return concat(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
}
