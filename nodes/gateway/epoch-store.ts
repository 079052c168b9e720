/**
 * Epoch numbers that never come twice for a peer, not even after a crash (issue 2 section 6: keys are
 * never stored; after a crash the gateways handshake anew under a higher, persisted epoch).
 *
 * A block of epochs is reserved on disk ahead of use, so that a handshake does not wait for the disk.
 * It holds no keys and decides nothing about them.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';
import { EPOCH_MAX, EPOCH_RESERVE } from './geometry.ts';
import { ReservedCounter } from './replay/reserve.ts';

/** Where a session gets its epoch numbers from. */
export interface EpochSource {
  /** Every epoch used with this peer so far is below it. */
  readonly next: number;
  /**
   * Gives a number that was never given and never skipped, durable before it is returned.
   * @returns undefined while the disk is behind, or when 2^32 epochs are used up.
   */
  take(atLeast: number): number | undefined;
  /** The peer has used `epoch`: only higher ones from now on. */
  skip(epoch: number): void;
}

/** Settings of an {@link EpochStore}. */
export interface EpochStoreOptions {
  readonly store: Store;
  /** The peer's name; one counter per peer, so that no peer can use up another's epochs. */
  readonly peer: string;
  /** Called when waiting epochs may have become durable, or with the store's error. */
  readonly onSync?: (error?: string) => void;
}

/** Where the counter of a peer is stored; absent before the first start of a gateway. */
export function epochKey(peer: string): string {
  return `epoch/${peer}`;
}

/** The persisted epoch counter of one peer. */
export class EpochStore implements EpochSource {
  readonly #counter: ReservedCounter;

  constructor(options: EpochStoreOptions) {
    const { store, peer, onSync } = options;
    const bound = { store, key: epochKey(peer), reserve: EPOCH_RESERVE };
    this.#counter = new ReservedCounter(onSync === undefined ? bound : { ...bound, onSync });
  }

  get next(): number {
    return this.#counter.next;
  }

  take(atLeast: number): number | undefined {
    // Epoch 0 is never used: it is what an absent counter looks like.
    if (Math.max(this.#counter.next, atLeast) > EPOCH_MAX) return undefined;
    return this.#counter.take(Math.max(1, atLeast));
  }

  skip(epoch: number): void {
    this.#counter.skip(epoch);
  }
}
