/**
 * A keyed 128-bit checksum over several byte strings, for modelled packets: it detects changed
 * bytes and a wrong key with overwhelming probability, but anyone who knows the key can forge it.
 *
 * @module
 */

import { readUint32, writeUint32 } from '../../_kit/bytes.ts';

/** Length of a checksum, in bytes. */
export const CHECKSUM_LENGTH = 16;

// Odd multipliers with good avalanche: those of MurmurHash3 x86_128, and two of xxHash32.
const MULTIPLIER_A = 0x239b961b;
const MULTIPLIER_B = 0xab0e9789 | 0;
const MULTIPLIER_C = 0x9e3779b1 | 0;
const MULTIPLIER_D = 0x85ebca77 | 0;
const STEP_LENGTH = 16;
const ROOM_AT_FIRST = 4_096;

/** A copy of the current input, because creating a `DataView` of the input would cost more than copying. */
let copy = new Uint8Array(ROOM_AT_FIRST);
let words = new DataView(copy.buffer);

/** Computes the checksum of the strings added to it; every step is a bijection of the state. */
export class Checksum {
  #a = MULTIPLIER_A;
  #b = MULTIPLIER_B;
  #c = MULTIPLIER_C;
  #d = MULTIPLIER_D;

  /** Adds a byte string, together with its length. */
  // hot: all bytes of a header at each hop, 16 per turn.
  add(bytes: Uint8Array): this {
    const view = viewOf(bytes);
    const whole = bytes.length - (bytes.length % STEP_LENGTH);
    let a = this.#a ^ bytes.length;
    let b = this.#b;
    let c = this.#c;
    let d = this.#d;
    for (let at = 0; at < whole; at += STEP_LENGTH) {
      a = Math.imul(a ^ view.getInt32(at), MULTIPLIER_A);
      b = Math.imul(b ^ view.getInt32(at + 4), MULTIPLIER_B);
      c = Math.imul(c ^ view.getInt32(at + 8), MULTIPLIER_C);
      d = Math.imul(d ^ view.getInt32(at + 12), MULTIPLIER_D);
      // A multiplication carries the influence of bits upwards only; these shifts carry it back down.
      a ^= a >>> 15;
      b ^= b >>> 15;
      c ^= c >>> 15;
      d ^= d >>> 15;
    }
    for (let at = whole; at < bytes.length; at++) {
      d = Math.imul(d ^ view.getUint8(at), MULTIPLIER_D);
      d ^= d >>> 15;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    this.#mix();
    return this;
  }

  /** Writes the 16 bytes of the checksum to `target` at `offset`. */
  writeTo(target: Uint8Array, offset = 0): void {
    writeUint32(target, offset, this.#a);
    writeUint32(target, offset + 4, this.#b);
    writeUint32(target, offset + 8, this.#c);
    writeUint32(target, offset + 12, this.#d);
  }

  /** True when `bytes` from `start` to `end` are the checksum followed only by zeros. */
  isAt(bytes: Uint8Array, start: number, end: number): boolean {
    let difference = this.#a ^ readUint32(bytes, start);
    difference |= this.#b ^ readUint32(bytes, start + 4);
    difference |= this.#c ^ readUint32(bytes, start + 8);
    difference |= this.#d ^ readUint32(bytes, start + 12);
    for (let at = start + CHECKSUM_LENGTH; at < end; at++) difference |= bytes[at] as number;
    return difference === 0;
  }

  /** Makes each lane influence all others. */
  #mix(): void {
    for (let turn = 0; turn < 2; turn++) {
      this.#b = mixed(this.#b ^ this.#a);
      this.#c = mixed(this.#c ^ this.#b);
      this.#d = mixed(this.#d ^ this.#c);
      this.#a = mixed(this.#a ^ this.#d);
    }
  }
}

/** A view that is valid until the next call. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes.length > copy.length) {
    copy = new Uint8Array(2 * bytes.length);
    words = new DataView(copy.buffer);
  }
  copy.set(bytes);
  return words;
}

function mixed(word: number): number {
  const product = Math.imul(word, MULTIPLIER_C);
  return product ^ (product >>> 13);
}
