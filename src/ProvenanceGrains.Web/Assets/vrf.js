// The closed index: ECVRF-P256-SHA256-TAI (RFC 9381 section 5.5), verified with nothing but BigInt and SHA-256, and the index that
// docs/formats.md ("Index by a verifiable random function") derives from its output. All inputs are public: nothing here has to
// run in constant time.

import { Refusal, concat, equal, prefixed, sha256, toNumber, utf8 } from "./bytes.js";

// P-256 (SP 800-186 section 3.2.1.3).
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const G = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  1n,
];
const NEUTRAL = [1n, 1n, 0n];

export const PROOF_BYTES = 81;
export const POINT_BYTES = 33;

const SUITE = 0x01;
const [ENCODE_TO_CURVE, CHALLENGE, PROOF_TO_HASH, BACK] = [0x01, 0x02, 0x03, 0x00];

// ---- the curve ---------------------------------------------------------------------------------------------------------

const mod = (a, m = P) => ((a % m) + m) % m;

function power(base, exponent) {
  let result = 1n;
  for (let e = exponent, b = mod(base); e > 0n; e >>= 1n) {
    if (e & 1n) {
      result = (result * b) % P;
    }
    b = (b * b) % P;
  }
  return result;
}

/** A compressed point (SEC 1 section 2.3.4) in Jacobian coordinates, or null: it is not on the curve, or not in this form. */
export function decodePoint(bytes) {
  if (bytes.length !== POINT_BYTES || (bytes[0] !== 2 && bytes[0] !== 3)) {
    return null;
  }
  const x = toNumber(bytes.subarray(1));
  if (x >= P) {
    return null;
  }
  const square = mod(x * x * x - 3n * x + B);
  const root = power(square, (P + 1n) / 4n);
  if ((root * root) % P !== square || (root === 0n && bytes[0] === 3)) {
    return null;
  }
  return [x, (root & 1n) === BigInt(bytes[0] & 1) ? root : P - root, 1n];
}

function encodePoint([x, y, z]) {
  const inverse = power(z, P - 2n);
  const square = (inverse * inverse) % P;
  const [ax, ay] = [(x * square) % P, (((y * square) % P) * inverse) % P];
  const hex = ax.toString(16).padStart(64, "0");
  return Uint8Array.from([2 + Number(ay & 1n), ...hex.match(/../g).map((pair) => parseInt(pair, 16))]);
}

/** Twice a point, for a curve with a = -3. */
function double([x, y, z]) {
  if (z === 0n || y === 0n) {
    return NEUTRAL;
  }
  const zz = (z * z) % P;
  const m = mod(3n * (x - zz) * (x + zz));
  const yy = (y * y) % P;
  const s = (4n * x * yy) % P;
  const x3 = mod(m * m - 2n * s);
  return [x3, mod(m * (s - x3) - 8n * yy * yy), (2n * y * z) % P];
}

function add(a, b) {
  if (a[2] === 0n || b[2] === 0n) {
    return a[2] === 0n ? b : a;
  }
  const [za, zb] = [(a[2] * a[2]) % P, (b[2] * b[2]) % P];
  const [ua, ub] = [(a[0] * zb) % P, (b[0] * za) % P];
  const [sa, sb] = [(a[1] * zb * b[2]) % P, (b[1] * za * a[2]) % P];
  if (ua === ub) {
    return sa === sb ? double(a) : NEUTRAL;
  }
  const h = mod(ub - ua);
  const r = mod(sb - sa);
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (ua * hh) % P;
  const x = mod(r * r - hhh - 2n * v);
  return [x, mod(r * (v - x) - sa * hhh), (((a[2] * b[2]) % P) * h) % P];
}

/** m a + n b, the bits of both scalars in one pass. */
function combine(m, a, n, b) {
  const both = add(a, b);
  let sum = NEUTRAL;
  for (let bit = 255n; bit >= 0n; bit--) {
    sum = double(sum);
    const [inM, inN] = [(m >> bit) & 1n, (n >> bit) & 1n];
    if (inM || inN) {
      sum = add(sum, inM && inN ? both : inM ? a : b);
    }
  }
  return sum;
}

// ---- the function --------------------------------------------------------------------------------------------------------

/** ECVRF_encode_to_curve_try_and_increment (section 5.4.1.1) with the key as salt. */
async function hashToPoint(key, alpha) {
  for (let counter = 0; counter < 256; counter++) {
    const hash = await sha256(Uint8Array.of(SUITE, ENCODE_TO_CURVE), key, alpha, Uint8Array.of(counter, BACK));
    const point = decodePoint(concat(Uint8Array.of(2), hash));
    if (point) {
      return point;
    }
  }
  throw new Refusal("vrf-proof", "The proof of the index does not hold: {why}.", { why: "no point" });
}

/** ECVRF_verify (section 5.3). The answer is beta, 32 bytes; a proof that does not hold is refused. */
export async function verifyVrf(key, alpha, proof) {
  const refuse = (why) => new Refusal("vrf-proof", "The proof of the index does not hold: {why}.", { why });
  const publicPoint = decodePoint(key);
  const gammaBytes = proof.subarray(0, POINT_BYTES);
  const gamma = decodePoint(gammaBytes);
  if (!publicPoint || proof.length !== PROOF_BYTES || !gamma) {
    throw refuse("key, length or gamma");
  }
  const challenge = proof.subarray(POINT_BYTES, POINT_BYTES + 16);
  const c = toNumber(challenge);
  const s = toNumber(proof.subarray(POINT_BYTES + 16));
  if (s >= N) {
    throw refuse("s");
  }
  const hash = await hashToPoint(key, alpha);
  // U = s B - c Y and V = s H - c Gamma.
  const minusC = mod(N - c, N);
  const u = combine(s, G, minusC, publicPoint);
  const v = combine(s, hash, minusC, gamma);
  if (u[2] === 0n || v[2] === 0n) {
    throw refuse("challenge");
  }
  const expected = await sha256(
    Uint8Array.of(SUITE, CHALLENGE), key, encodePoint(hash), gammaBytes, encodePoint(u), encodePoint(v), Uint8Array.of(BACK));
  if (!equal(expected.subarray(0, 16), challenge)) {
    throw refuse("challenge");
  }
  return sha256(Uint8Array.of(SUITE, PROOF_TO_HASH), gammaBytes, Uint8Array.of(BACK));
}

// ---- the index -------------------------------------------------------------------------------------------------------------

/** What the function is evaluated for, an item's product or lot and anything else itself, and the rest: `21/` and the serial number. */
export function splitEntity(kind, key) {
  const parts = key.split("/");
  const serial = parts.at(-1);
  return kind === "lot" && parts[0] === "01" && parts.length >= 4 && parts.length % 2 === 0 && parts.at(-2) === "21" && serial !== ""
    ? { base: parts.slice(0, -2).join("/"), rest: `21/${serial}` }
    : { base: key, rest: "" };
}

/** The index of an entity under a VRF key, from the proof that came with it. */
export async function vrfIndex(key, kind, entityKey, proof) {
  const { base, rest } = splitEntity(kind, entityKey);
  const output = await verifyVrf(key, concat(utf8("provenancegrains/vrf/v1\0"), prefixed(kind), prefixed(base)), proof);
  return sha256(utf8("provenancegrains/vrf-index/v1\0"), output, prefixed(rest));
}
