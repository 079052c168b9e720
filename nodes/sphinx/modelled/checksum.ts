/**
 * A keyed checksum of 128 bits over several byte strings, for modelled packets: changed bytes and a
 * wrong key are found with overwhelming probability, and whoever knows the key forges at will.
 *
 * @module
 */

/** Length of a checksum, in bytes. */
export const CHECKSUM_LENGTH = 16;

// Odd multipliers of good avalanche: those of MurmurHash3 x86_128, and two of xxHash32.
const MULTIPLIER_A = 0x239b961b;
const MULTIPLIER_B = 0xab0e9789 | 0;
const MULTIPLIER_C = 0x9e3779b1 | 0;
const MULTIPLIER_D = 0x85ebca77 | 0;
const STEP_LENGTH = 16;

/** Takes strings in and gives their checksum; every step is a bijection of the state. */
export class Checksum {
  #a = MULTIPLIER_A;
  #b = MULTIPLIER_B;
  #c = MULTIPLIER_C;
  #d = MULTIPLIER_D;

  /** Takes a string in; its length counts. */
  // hot: all bytes of a header at each hop, 16 per turn.
  add(bytes: Uint8Array): this {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
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
      // A multiplication moves bits upwards only: bring them back down.
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

  /** Writes the checksum to the first 16 bytes of `target`. */
  writeTo(target: Uint8Array): void {
    const view = new DataView(target.buffer, target.byteOffset, CHECKSUM_LENGTH);
    view.setInt32(0, this.#a);
    view.setInt32(4, this.#b);
    view.setInt32(8, this.#c);
    view.setInt32(12, this.#d);
  }

  /** True when `field` is the checksum followed by zeros only. */
  isAt(field: Uint8Array): boolean {
    const view = new DataView(field.buffer, field.byteOffset, field.length);
    let difference = this.#a ^ view.getInt32(0);
    difference |= this.#b ^ view.getInt32(4);
    difference |= this.#c ^ view.getInt32(8);
    difference |= this.#d ^ view.getInt32(12);
    for (let at = CHECKSUM_LENGTH; at < field.length; at++) difference |= view.getUint8(at);
    return difference === 0;
  }

  /** Lets every lane reach every other one. */
  #mix(): void {
    for (let turn = 0; turn < 2; turn++) {
      this.#b = mixed(this.#b ^ this.#a);
      this.#c = mixed(this.#c ^ this.#b);
      this.#d = mixed(this.#d ^ this.#c);
      this.#a = mixed(this.#a ^ this.#d);
    }
  }
}

function mixed(word: number): number {
  const product = Math.imul(word, MULTIPLIER_C);
  return product ^ (product >>> 13);
}
