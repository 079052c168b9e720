/**
 * Fabric: a set of message numbers: all from 1 to `contiguous`, and some of the {@link
 * RECEIVE_WINDOW_NUMBERS} above. Receivers record with it which messages they have handled.
 *
 * @module
 */
import { RECEIVE_WINDOW_NUMBERS } from './geometry.ts';

const BYTE_BITS = 8;
const WINDOW_BYTES = RECEIVE_WINDOW_NUMBERS / BYTE_BITS;

/** A set of message numbers: all up to {@link contiguous}, and some of the window above it. */
export class NumberWindow {
  /** Ring of bits; the bit of a number is at its remainder modulo {@link RECEIVE_WINDOW_NUMBERS}. */
  #bits = new Uint8Array(WINDOW_BYTES);
  #contiguous = 0;
  #highest = 0;

  /** All numbers from 1 up to this one are in the set. */
  get contiguous(): number {
    return this.#contiguous;
  }

  /** The highest number in the set. */
  get highest(): number {
    return this.#highest;
  }

  has(number: number): boolean {
    if (number <= this.#contiguous) return true;
    return number <= this.#highest && this.#bit(number);
  }

  /** True if the number is not above the window. */
  fits(number: number): boolean {
    return number <= this.#contiguous + RECEIVE_WINDOW_NUMBERS;
  }

  // hot: once per message.
  /** Adds a number that {@link fits}. */
  add(number: number): void {
    if (number <= this.#contiguous) return;
    this.#set(number, true);
    if (number > this.#highest) this.#highest = number;
    while (this.#highest > this.#contiguous && this.#bit(this.#contiguous + 1)) this.#pass();
  }

  /** Adds all numbers below `floor`. */
  raise(floor: number): void {
    const to = floor - 1;
    if (to - this.#contiguous >= RECEIVE_WINDOW_NUMBERS) {
      this.#bits = new Uint8Array(WINDOW_BYTES);
      this.#contiguous = to;
    }
    while (this.#contiguous < to) this.#pass();
    if (this.#contiguous > this.#highest) this.#highest = this.#contiguous;
    while (this.#highest > this.#contiguous && this.#bit(this.#contiguous + 1)) this.#pass();
  }

  /** The set above {@link contiguous} as bits: bit 0 of byte 0 stands for `contiguous + 1`. */
  above(): Uint8Array {
    const count = this.#highest - this.#contiguous;
    const bytes = new Uint8Array(Math.ceil(count / BYTE_BITS));
    for (let index = 0; index < count; index += 1) {
      if (this.#bit(this.#contiguous + 1 + index)) {
        const at = index >>> 3;
        bytes[at] = (bytes[at] as number) | (1 << (index & 7));
      }
    }
    return bytes;
  }

  /** Adds the numbers of another set, given by its {@link contiguous} and {@link above}. */
  include(contiguous: number, above: Uint8Array): void {
    this.raise(contiguous + 1);
    for (let index = 0; index < above.length * BYTE_BITS; index += 1) {
      const isSet = (((above[index >>> 3] as number) >>> (index & 7)) & 1) === 1;
      const number = contiguous + 1 + index;
      if (isSet && this.fits(number)) this.add(number);
    }
  }

  #pass(): void {
    this.#contiguous += 1;
    this.#set(this.#contiguous, false);
  }

  #bit(number: number): boolean {
    const place = number % RECEIVE_WINDOW_NUMBERS;
    return (((this.#bits[place >>> 3] as number) >>> (place & 7)) & 1) === 1;
  }

  #set(number: number, value: boolean): void {
    const place = number % RECEIVE_WINDOW_NUMBERS;
    const at = place >>> 3;
    const mask = 1 << (place & 7);
    const byte = this.#bits[at] as number;
    this.#bits[at] = value ? byte | mask : byte & ~mask;
  }
}
