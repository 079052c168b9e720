/**
 * The SURBs whose replies a client expects: keys by identifier, used once and then erased.
 *
 * Bounded: a new SURB displaces the oldest one. Time-outs are up to the client.
 *
 * @module
 */

import { toHex } from '../_kit/bytes.ts';
import { wipe } from '../_kit/secrets.ts';
import type { SurbDropReason } from './drops.ts';
import type { PacketFormat } from './packet-format.ts';
import type { DropResult } from './unwrap.ts';

/** Keys of SURBs, in order of creation. */
export class PendingSurbKeys {
  readonly #format: Pick<PacketFormat, 'openReply'>;
  readonly #capacity: number;
  /** The keys in the order of insertion, and so of age. */
  readonly #keys = new Map<string, Uint8Array>();

  /** @param capacity Largest number of SURBs that wait at the same time, at least 1. */
  constructor(format: Pick<PacketFormat, 'openReply'>, capacity: number) {
    this.#format = format;
    this.#capacity = capacity;
  }

  /** Number of SURBs that wait for a reply. */
  get size(): number {
    return this.#keys.size;
  }

  /**
   * Stores the keys of a SURB; the oldest one is removed when the ring is full.
   * @param surbId 16 bytes, fresh.
   */
  add(surbId: Uint8Array, keys: Uint8Array): void {
    if (this.#keys.size >= this.#capacity) {
      const [oldest] = this.#keys.keys();
      if (oldest !== undefined) this.#erase(oldest);
    }
    this.#keys.set(toHex(surbId), keys);
  }

  /** Opens the reply to a SURB and removes the SURB, whether or not the reply was intact. */
  open(
    surbId: Uint8Array,
    payload: Uint8Array,
  ): { readonly payload: Uint8Array } | DropResult<SurbDropReason> {
    const name = toHex(surbId);
    const keys = this.#keys.get(name);
    if (keys === undefined) return { drop: 'surb-unknown' };
    const opened = this.#format.openReply(payload, keys);
    this.#erase(name);
    return opened;
  }

  #erase(name: string): void {
    wipe(this.#keys.get(name));
    this.#keys.delete(name);
  }
}
