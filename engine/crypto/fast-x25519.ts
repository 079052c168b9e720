/**
 * X25519 (RFC 7748 section 5) over WebAssembly that is assembled at its first use from `wasm/`, for
 * secrets that are used once: OpenSSL computes the public key of each secret before it computes
 * anything else, and noble computes with big integers, whose time depends on the secret.
 *
 * Constant time: no branch and no address depends on a secret. One memory for all calls of a thread,
 * which is wiped before each call returns. Machines without WebAssembly vectors take `fallback`.
 *
 * @module
 */
import type { CryptoProvider } from '../host/crypto.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';
import {
  bitsOf,
  EXPONENTS,
  FIELD_CONSTANTS_END,
  FIELD_END,
  LIMBS,
  SLOT,
  writeTable,
} from './wasm/field25519.ts';
import { loadWasm, once } from './wasm/load.ts';
import {
  NEXT_X,
  NEXT_Z,
  QUOTIENT,
  SCALAR,
  TWOFOLD,
  WORK_END,
  writeConstants,
  x25519Module,
} from './wasm/x25519.ts';

type Multiply = CryptoProvider['x25519'];

interface Instance {
  readonly memory: Uint8Array;
  readonly view: DataView;
  readonly ladder: () => void;
}

const instance = once(instantiate);

/** What a limb is multiplied with to become an integer below 2^22. */
const UNITS: readonly number[] = EXPONENTS.map((exponent) => 2 ** -exponent);

/** Words that reach over the end of a coordinate are read, and one that holds its last bits. */
const coordinate = new Uint8Array(CURVE_KEY_LENGTH + 4);
const coordinateView = new DataView(coordinate.buffer);
const limbs = new Float64Array(LIMBS);
const integers = new Int32Array(LIMBS);

/** The multiplication, by `fallback` where it has to be. */
export function fastX25519(fallback: Multiply): Multiply {
  return (secret, publicKey) => {
    const wasm = instance();
    if (wasm === undefined) return fallback(secret, publicKey);
    checkLength('a secret key', secret, CURVE_KEY_LENGTH);
    if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
    writeScalar(wasm, secret);
    writeCoordinate(wasm, publicKey);
    wasm.ladder();
    const shared = new Uint8Array(CURVE_KEY_LENGTH);
    const isZero = readQuotient(wasm, shared);
    wasm.memory.fill(0, FIELD_CONSTANTS_END, FIELD_END);
    wasm.memory.fill(0, SCALAR, WORK_END);
    // RFC 7748 section 6.1: the all-zero result of a point of low order is refused.
    return isZero ? undefined : shared;
  };
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(x25519Module());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  const view = new DataView(memory.buffer);
  writeConstants(view);
  return { memory, view, ladder: exports['ladder'] as Instance['ladder'] };
}

/** RFC 7748 section 5, decodeScalar25519. */
function writeScalar({ memory }: Instance, secret: Uint8Array): void {
  memory.set(secret, SCALAR);
  const last = SCALAR + CURVE_KEY_LENGTH - 1;
  memory[SCALAR] = (secret[0] as number) & 248;
  memory[last] = ((secret[CURVE_KEY_LENGTH - 1] as number) & 127) | 64;
}

/** RFC 7748 section 5, decodeUCoordinate, and the start of the ladder: (1 : 0) and (u : 1). */
function writeCoordinate({ view }: Instance, publicKey: Uint8Array): void {
  coordinate.set(publicKey);
  for (let limb = 0; limb < LIMBS; limb++) {
    const exponent = EXPONENTS[limb] as number;
    // The mask of the last limb, which ends at bit 255, drops the bit that is to be ignored.
    const word = coordinateView.getUint32(exponent >> 3, true) >>> (exponent & 7);
    limbs[limb] = (word & ((1 << bitsOf(limb)) - 1)) * 2 ** exponent;
    view.setFloat64(NEXT_X + SLOT * limb, limbs[limb] as number, true);
  }
  writeTable(view, limbs);
  view.setFloat64(TWOFOLD, 1, true);
  view.setFloat64(NEXT_Z + 8, 1, true);
}

/**
 * Writes the one number below 2^255-19 that the limbs of the quotient stand for, little-endian.
 * @returns whether it is 0.
 */
function readQuotient({ view }: Instance, target: Uint8Array): boolean {
  for (let limb = 0; limb < LIMBS; limb++) {
    integers[limb] = view.getFloat64(QUOTIENT + SLOT * limb, true) * (UNITS[limb] as number);
  }
  // What is carried out at the end, were 19 added first: how often the modulus has to go.
  const [last = 0] = integers.subarray(LIMBS - 1);
  let carry = (19 * last + (1 << 20)) >> 21;
  for (let limb = 0; limb < LIMBS; limb++) {
    carry = ((integers[limb] as number) + carry) >> bitsOf(limb);
  }
  carry *= 19;
  let bits = 0;
  let count = 0;
  let at = 0;
  let seen = 0;
  for (let limb = 0; limb < LIMBS; limb++) {
    const value = (integers[limb] as number) + carry;
    carry = value >> bitsOf(limb);
    bits |= (value & ((1 << bitsOf(limb)) - 1)) << count;
    count += bitsOf(limb);
    while (count >= 8) {
      target[at++] = bits;
      seen |= bits & 0xff;
      bits >>>= 8;
      count -= 8;
    }
  }
  target[at] = bits;
  integers.fill(0);
  return (seen | bits) === 0;
}
