/**
 * Key material of the simulated world: `host.randomBytes` in sim (spec/simulation.md 6.1, row
 * "signatures"; DESIGN 3), the same bytes for the same (seed, node).
 *
 * Block i is SHA-256 over domain, seed, node and i, so that keys share no structure with the streams
 * that drive traffic. Predictable by design: live uses the system's generator, always.
 *
 * @module
 */
import { assert } from './assert.ts';
import { sha256 } from './sha256.ts';
import type { Seed } from './stream.ts';

const DOMAIN = 'orrery-bytes-1';

/** A deterministic generator of bytes for one node. */
export class SeededBytes {
  private readonly prefix: string;
  private block: Uint8Array = new Uint8Array(0);
  private used = 0;
  private counter = 0;

  /** @throws InvariantError when the node's name holds a zero byte. */
  constructor(seed: Seed, node: string) {
    assert(!node.includes('\0'), 'a node name contains a zero byte');
    this.prefix = `${DOMAIN}\0${seed.toString(10)}\0${node}\0`;
  }

  /** The next `length` bytes; how they are cut into calls does not change them. */
  next(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      if (this.used === this.block.length) this.refill();
      const part = this.block.subarray(this.used, this.used + length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.used += part.length;
    }
    return bytes;
  }

  private refill(): void {
    this.block = sha256(new TextEncoder().encode(this.prefix + this.counter.toString(10)));
    this.counter += 1;
    this.used = 0;
  }
}
