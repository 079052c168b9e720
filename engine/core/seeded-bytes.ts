/**
 * Key material of the simulated world: `host.randomBytes` in virtual time gives the same bytes for
 * the same (seed, node) (docs/spec/random-streams.md#key-material).
 *
 * Block i is SHA-256 over domain, seed, node and i, so that keys share no structure with the
 * streams that drive traffic. The bytes are predictable by design; live runs always use the generator of
 * the operating system.
 *
 * @module
 */
import { assert } from './assert.ts';
import { sha256 } from './sha256.ts';
import type { Seed } from './stream.ts';

const DOMAIN = 'orrery-bytes-1';

/** Number of digits of the largest counter, 2^53 - 1. */
const COUNTER_DIGITS = 16;
const ZERO = 0x30;

/** A deterministic generator of bytes for one node. */
export class SeededBytes {
  /** The hashed message: the prefix, then room for the decimal digits of the counter. */
  private readonly message: Uint8Array;
  private readonly prefixLength: number;
  private block: Uint8Array = new Uint8Array(0);
  private used = 0;
  private counter = 0;

  /** @throws InvariantError when the node's name holds a zero byte. */
  constructor(seed: Seed, node: string) {
    assert(!node.includes('\0'), 'a node name contains a zero byte');
    const prefix = new TextEncoder().encode(`${DOMAIN}\0${seed.toString(10)}\0${node}\0`);
    this.prefixLength = prefix.length;
    // More than 64 bytes, because V8 moves the bytes of a shorter array out of its heap when a view
    // of the array is made.
    this.message = new Uint8Array(Math.max(128, prefix.length + COUNTER_DIGITS));
    this.message.set(prefix);
  }

  /** The next `length` bytes of the node's sequence, which does not depend on how many bytes each call takes. */
  // hot: once per packet that a node creates.
  next(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      if (this.used === this.block.length) this.refill();
      const { block, used } = this;
      const count = Math.min(length - filled, block.length - used);
      for (let i = 0; i < count; i += 1) bytes[filled + i] = block[used + i] as number;
      filled += count;
      this.used = used + count;
    }
    return bytes;
  }

  private refill(): void {
    const end = this.writeCounter();
    this.block = sha256(this.message.subarray(0, end));
    this.counter += 1;
    this.used = 0;
  }

  /** Writes the counter in decimal digits after the prefix; returns the offset after the last digit. */
  private writeCounter(): number {
    let digits = 1;
    for (let rest = Math.floor(this.counter / 10); rest > 0; rest = Math.floor(rest / 10)) {
      digits += 1;
    }
    let rest = this.counter;
    for (let at = this.prefixLength + digits - 1; at >= this.prefixLength; at -= 1) {
      this.message[at] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    return this.prefixLength + digits;
  }
}
