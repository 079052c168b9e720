/**
 * X25519 (RFC 7748 section 5) over WebAssembly that is assembled at its first use from `wasm/`. It is
 * for secrets that are used once. For these, OpenSSL is slow, because it first computes the public
 * key of each secret; and noble computes with big integers, whose time depends on the secret.
 *
 * Constant time: no branch and no address depends on a secret. All calls of a thread share one
 * memory, which is wiped before each call returns. Machines without WebAssembly vectors take
 * `fallback`.
 *
 * @module
 */
import { wipe, wipeRange } from '../core/secrets.ts';
import type { CryptoProvider } from '../host/crypto.ts';
import { CURVE_KEY_LENGTH, checkLength } from './lengths.ts';
import {
  bitsOfLimb,
  FIELD_CONSTANTS_END,
  FIELD_MEMORY_END,
  LIMB_COUNT,
  LIMB_EXPONENTS,
  LIMB_PAIR_BYTES,
  writeFactorTable,
} from './wasm/field25519.ts';
import { loadWasm, memoiseResult } from './wasm/load.ts';
import {
  encodeX25519Module,
  INVERSE_OFFSET,
  LEFT_FACTOR_OFFSET,
  NEXT_X_OFFSET,
  NEXT_Z_OFFSET,
  SCALAR_OFFSET,
  TWOFOLD_POINT_OFFSET,
  WORK_MEMORY_END,
  writeX25519Constants,
} from './wasm/x25519.ts';

type Multiply = CryptoProvider['x25519'];

interface Instance {
  readonly memory: Uint8Array;
  readonly view: DataView;
  /** The 32 bytes of memory where `invert` works. */
  readonly inverse: Uint8Array;
  readonly ladder: () => void;
  readonly multiply: (target: number, first: number, second: number) => void;
  readonly invert: (at: number) => void;
}

const instance = memoiseResult(instantiate);

/** Distance between the two 64-bit lanes of a vector, in bytes. */
const SECOND_LANE = 8;

/** Factors that turn a limb into an integer below 2^22, and back. */
const TO_INTEGER: Float64Array = Float64Array.from(LIMB_EXPONENTS, (exponent) => 2 ** -exponent);
const FROM_INTEGER: Float64Array = Float64Array.from(LIMB_EXPONENTS, (exponent) => 2 ** exponent);
const BITS: Int32Array = Int32Array.from({ length: LIMB_COUNT }, (_, limb) => bitsOfLimb(limb));
const FIRST_BIT: Int32Array = Int32Array.from(LIMB_EXPONENTS);

/**
 * Scratch memory for a number of 32 bytes, and four spare bytes, because the word with which the last limb is read
 * extends beyond the number.
 */
const number = new Uint8Array(CURVE_KEY_LENGTH + 4);
const numberView = new DataView(number.buffer);
const limbs = new Float64Array(LIMB_COUNT);
const integers = new Int32Array(LIMB_COUNT);

/** Makes an X25519 function that runs in WebAssembly, or in `fallback` on machines without vectors. */
export function createFastX25519(fallback: Multiply): Multiply {
  return (secret, publicKey) => {
    const wasm = instance();
    if (wasm === undefined) return fallback(secret, publicKey);
    checkLength('a secret key', secret, CURVE_KEY_LENGTH);
    if (publicKey.length !== CURVE_KEY_LENGTH) return undefined;
    writeScalar(wasm, secret);
    writeCoordinate(wasm, publicKey);
    wasm.ladder();
    const shared = new Uint8Array(CURVE_KEY_LENGTH);
    const isZero = divide(wasm, shared);
    wipeRange(wasm.memory, FIELD_CONSTANTS_END, FIELD_MEMORY_END);
    wipeRange(wasm.memory, SCALAR_OFFSET, WORK_MEMORY_END);
    // RFC 7748 section 6.1: the all-zero result for a point of low order is rejected.
    return isZero ? undefined : shared;
  };
}

function instantiate(): Instance | undefined {
  const loaded = loadWasm(encodeX25519Module());
  if (loaded === undefined) return undefined;
  const { exports, memory } = loaded;
  const view = new DataView(memory.buffer);
  writeX25519Constants(view);
  return {
    memory,
    view,
    inverse: memory.subarray(INVERSE_OFFSET, INVERSE_OFFSET + CURVE_KEY_LENGTH),
    ladder: exports['ladder'] as Instance['ladder'],
    multiply: exports['multiply'] as Instance['multiply'],
    invert: exports['invert'] as Instance['invert'],
  };
}

/** Clamps the secret into a scalar in the module's memory (RFC 7748 section 5, decodeScalar25519). */
function writeScalar({ memory }: Instance, secret: Uint8Array): void {
  memory.set(secret, SCALAR_OFFSET);
  const last = SCALAR_OFFSET + CURVE_KEY_LENGTH - 1;
  memory[SCALAR_OFFSET] = (secret[0] as number) & 248;
  memory[last] = ((secret[CURVE_KEY_LENGTH - 1] as number) & 127) | 64;
}

/**
 * Writes the u-coordinate of the key and the start of the ladder, (1 : 0) and (u : 1) (RFC 7748
 * section 5, decodeUCoordinate).
 */
function writeCoordinate({ view }: Instance, publicKey: Uint8Array): void {
  writeElement(view, NEXT_X_OFFSET, publicKey);
  writeFactorTable(view, limbs);
  view.setFloat64(TWOFOLD_POINT_OFFSET, 1, true);
  view.setFloat64(NEXT_Z_OFFSET + SECOND_LANE, 1, true);
}

/**
 * Writes x_2 / z_2. The intermediate bytes are secret: z_2 reveals bits of the scalar.
 * @returns whether it is 0.
 */
function divide(wasm: Instance, target: Uint8Array): boolean {
  const { view, inverse } = wasm;
  readElement(view, TWOFOLD_POINT_OFFSET + SECOND_LANE, inverse);
  wasm.invert(INVERSE_OFFSET);
  writeElement(view, LEFT_FACTOR_OFFSET, inverse);
  wasm.multiply(TWOFOLD_POINT_OFFSET, TWOFOLD_POINT_OFFSET, LEFT_FACTOR_OFFSET);
  const isZero = readElement(view, TWOFOLD_POINT_OFFSET, target);
  wipe(number, limbs, integers);
  return isZero;
}

const limbMask = (limb: number): number => (1 << (BITS[limb] as number)) - 1;

/** Writes a number below 2^255 to a lane; bit 255 is ignored. */
function writeElement(view: DataView, at: number, bytes: Uint8Array): void {
  number.set(bytes);
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    const bit = FIRST_BIT[limb] as number;
    // The mask of the last limb, which ends at bit 255, drops the bit to be ignored.
    const word = numberView.getUint32(bit >> 3, true) >>> (bit & 7);
    limbs[limb] = (word & limbMask(limb)) * (FROM_INTEGER[limb] as number);
    view.setFloat64(at + LIMB_PAIR_BYTES * limb, limbs[limb] as number, true);
  }
}

/**
 * Reads the number below 2^255-19 that the limbs of a lane represent, little-endian.
 * @returns whether it is 0.
 */
function readElement(view: DataView, from: number, target: Uint8Array): boolean {
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    integers[limb] =
      view.getFloat64(from + LIMB_PAIR_BYTES * limb, true) * (TO_INTEGER[limb] as number);
  }
  // The carry out of bit 255 of the number plus 19 says how often the modulus must be subtracted.
  const last = BITS[LIMB_COUNT - 1] as number;
  let carry = (19 * (integers[LIMB_COUNT - 1] as number) + (1 << (last - 1))) >> last;
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    carry = ((integers[limb] as number) + carry) >> (BITS[limb] as number);
  }
  carry *= 19;
  let bits = 0;
  let count = 0;
  let at = 0;
  let seen = 0;
  for (let limb = 0; limb < LIMB_COUNT; limb++) {
    const value = (integers[limb] as number) + carry;
    carry = value >> (BITS[limb] as number);
    bits |= (value & limbMask(limb)) << count;
    count += BITS[limb] as number;
    while (count >= 8) {
      target[at++] = bits;
      seen |= bits & 0xff;
      bits >>>= 8;
      count -= 8;
    }
  }
  target[at] = bits;
  return (seen | bits) === 0;
}
