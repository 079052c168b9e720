/**
 * Epoch numbers that never repeat for a peer, not even after a crash. Session keys are never
 * stored, so after a crash the gateways handshake again under a higher, persisted epoch
 * (docs/spec/gateway-frame.md, "Epochs").
 *
 * A block of epochs is reserved on disk ahead of use, so that a handshake does not wait for the
 * disk. No keys are stored here.
 *
 * @module
 */
import type { Store } from '../../engine/host/store.ts';
import { DurableCounter } from '../_kit/reserved-counter.ts';
import { EPOCH_MAX, EPOCHS_RESERVED_PER_WRITE } from './geometry.ts';

/** Provides a session with epoch numbers. */
export interface EpochSource {
  /** Every epoch used with this peer so far is below this number. */
  readonly next: number;
  /**
   * Returns a number that was never returned or skipped before, after making it durable.
   * @returns undefined while the disk has not finished, or when 2^32 epochs are used up.
   */
  take(atLeast: number): number | undefined;
  /** Called when the peer has used `epoch`: only higher numbers are returned from now on. */
  skip(epoch: number): void;
}

/** Settings of an {@link EpochStore}. */
export interface EpochStoreOptions {
  readonly store: Store;
  /**
   * The peer's name; each peer has its own counter, so that no peer can use up another's epochs.
   */
  readonly peer: string;
  /** Called when pending epochs may have become durable, or with the store's error. */
  readonly onSync?: (error?: string) => void;
}

/** Store key of a peer's counter; absent before a gateway's first start. */
export function epochStoreKey(peer: string): string {
  return `epoch/${peer}`;
}

/** The persisted epoch counter of one peer. */
export class EpochStore implements EpochSource {
  readonly #counter: DurableCounter;

  constructor(options: EpochStoreOptions) {
    const { store, peer, onSync } = options;
    const bound = { store, key: epochStoreKey(peer), reserve: EPOCHS_RESERVED_PER_WRITE };
    this.#counter = new DurableCounter(onSync === undefined ? bound : { ...bound, onSync });
  }

  get next(): number {
    return this.#counter.next;
  }

  take(atLeast: number): number | undefined {
    // Epoch 0 is never used: an absent counter reads as 0.
    if (Math.max(this.#counter.next, atLeast) > EPOCH_MAX) return undefined;
    return this.#counter.take(Math.max(1, atLeast));
  }

  skip(epoch: number): void {
    this.#counter.skip(epoch);
  }
}
