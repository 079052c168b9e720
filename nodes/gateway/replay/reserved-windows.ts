/**
 * Creates persistent replay windows, with one store key per (peer, epoch), and cleans up the store:
 * a crash leaves the bounds of at most three epochs per peer, which the next start removes.
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import { readUint32, writeUint32 } from '../../_kit/bytes.ts';
import { DurableReplayWindow } from '../../_kit/reserved-window.ts';
import type { ReplayWindowFactory } from './window-set.ts';

const EPOCH_BYTES = 4;

/** Settings of {@link ReservedWindowFactory}. */
export interface ReservedWindowFactoryOptions {
  readonly store: Store;
  /** Window size, bits. */
  readonly size: number;
  /** Number of sequence numbers that one write to disk reserves, see `reserveSizeForRate`. */
  readonly reserve: number;
  /** Called after each sync: held frames of this peer may be retried. */
  readonly onSync?: (peer: string, error?: string) => void;
}

/** Creates {@link DurableReplayWindow}s for a `WindowSet`. */
export class ReservedWindowFactory implements ReplayWindowFactory {
  readonly #options: ReservedWindowFactoryOptions;
  /** Epochs with a bound in the store, by peer. */
  readonly #epochs = new Map<string, number[]>();

  constructor(options: ReservedWindowFactoryOptions) {
    this.#options = options;
  }

  /**
   * Opens the window of an epoch; if the epoch was held before a crash, it starts at its stored
   * bound.
   */
  create(peer: string, epoch: number): DurableReplayWindow {
    const { store, size, reserve, onSync } = this.#options;
    if (!this.#epochs.has(peer)) this.#removeLeftOver(peer, epoch);
    const others = (this.#epochs.get(peer) ?? []).filter((other) => other !== epoch);
    this.#record(peer, [...others, epoch]);
    return new DurableReplayWindow({
      store,
      size,
      reserve,
      key: boundKey(peer, epoch),
      onSync: (error): void => onSync?.(peer, error),
    });
  }

  /** Removes the stored bound of an epoch whose key is gone. */
  retire(peer: string, epoch: number): void {
    this.#options.store.delete(boundKey(peer, epoch));
    const epochs = this.#epochs.get(peer) ?? [];
    this.#record(
      peer,
      epochs.filter((other) => other !== epoch),
    );
  }

  /** Called before the first window since the start: earlier keys ended with the process. */
  #removeLeftOver(peer: string, held: number): void {
    const { store } = this.#options;
    for (const epoch of decodeEpochs(store.get(indexKey(peer)))) {
      if (epoch !== held) store.delete(boundKey(peer, epoch));
    }
  }

  /** Stores the list of epochs before the bounds of these epochs, so that no bound is unlisted. */
  #record(peer: string, epochs: number[]): void {
    this.#epochs.set(peer, epochs);
    this.#options.store.put(indexKey(peer), encodeEpochs(epochs));
  }
}

function boundKey(peer: string, epoch: number): string {
  return `window/${peer}/${epoch}`;
}

function indexKey(peer: string): string {
  return `windows/${peer}`;
}

function encodeEpochs(epochs: readonly number[]): Uint8Array {
  const value = new Uint8Array(EPOCH_BYTES * epochs.length);
  for (const [index, epoch] of epochs.entries()) writeUint32(value, EPOCH_BYTES * index, epoch);
  return value;
}

function decodeEpochs(value: Uint8Array | undefined): number[] {
  const count = (value?.length ?? 0) / EPOCH_BYTES;
  return Array.from({ length: count }, (_, index) =>
    value === undefined ? 0 : readUint32(value, EPOCH_BYTES * index),
  );
}
