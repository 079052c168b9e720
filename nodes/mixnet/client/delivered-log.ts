/**
 * Stores on disk which messages a client has delivered: after a restart the client still recognises
 * them, so that a repetition by the sender is not delivered again.
 *
 * A message is handed to the application only after its name (sender and message id) is durable. If
 * the process is killed in between, that message is lost; the opposite order would deliver it
 * twice. Names are stored by period (a whole number of epochs), each period in a log of its own,
 * and a log is erased as a whole.
 *
 * ```text
 *   record = period (6) | sender (32) | message id (16)
 * ```
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { fromHex, readUint48, toHex, writeUint48 } from '../../_kit/bytes.ts';
import type { EpochPosition } from '../directory/index.ts';
import type { RememberedMessage } from './parts.ts';

/** Largest number of periods in the time for which messages are remembered. */
const PERIODS = 4;
/**
 * Number of logs: one for each of these periods, one for the period being filled, and one for a
 * period whose last entry has not yet expired.
 */
const SLOTS: number = PERIODS + 2;
const PERIOD_LENGTH = 6;

/**
 * Keeps the names (sender and message id, in hexadecimal) of delivered messages across restarts.
 */
export interface DeliveredLog {
  /** The messages that are still remembered. */
  reload(now: Nanoseconds): readonly RememberedMessage[];
  /**
   * Writes the name of a delivered message.
   * @param done Called once: when the name is durable, or with an error if it could not be stored.
   */
  add(name: string, done: (error?: string) => void): void;
  /** Erases periods in which every name has expired. */
  expire(now: Nanoseconds): void;
}

/** The clock, the store and the setting that a {@link DurableDeliveredLog} uses. */
export interface DeliveredLogParts {
  readonly clock: { readonly lengthNs: Nanoseconds; now(): EpochPosition };
  /** How long a message is remembered, ns. */
  readonly rememberNs: Nanoseconds;
  /** Opens a store. */
  store(name: string): Store;
}

/** Keeps the names of delivered messages on disk. */
export class DurableDeliveredLog implements DeliveredLog {
  readonly #parts: DeliveredLogParts;
  readonly #stores: readonly Store[];
  readonly #periodEpochs: number;
  /** The period that each store holds; undefined when it is empty. */
  readonly #periods: (number | undefined)[];

  constructor(parts: DeliveredLogParts) {
    this.#parts = parts;
    const { clock, rememberNs } = parts;
    this.#periodEpochs = Math.max(1, Math.ceil(rememberNs / (PERIODS * clock.lengthNs)));
    const slots = Array.from({ length: SLOTS }, (_, slot) => slot);
    this.#stores = slots.map((slot) => parts.store(`mixnet-delivered-${slot}`));
    this.#periods = slots.map(() => undefined);
  }

  reload(now: Nanoseconds): readonly RememberedMessage[] {
    const remembered: RememberedMessage[] = [];
    for (const [slot, store] of this.#stores.entries()) {
      store.replay((record) => {
        const period = readUint48(record, 0);
        this.#periods[slot] = period;
        const until = this.#endsAt(now, period);
        const name = toHex(record.subarray(PERIOD_LENGTH));
        if (until > now) remembered.push({ name, until });
      });
    }
    this.expire(now);
    return remembered;
  }

  add(name: string, done: (error?: string) => void): void {
    const period = Math.floor(this.#parts.clock.now().epoch / this.#periodEpochs);
    const slot = ((period % SLOTS) + SLOTS) % SLOTS;
    const store = this.#stores[slot] as Store;
    // If the node's clock was changed, the store may still hold another period, which is then
    // erased.
    if (this.#periods[slot] !== undefined && this.#periods[slot] !== period) store.truncate();
    this.#periods[slot] = period;
    const key = fromHex(name);
    const record = new Uint8Array(PERIOD_LENGTH + key.length);
    writeUint48(record, 0, period);
    record.set(key, PERIOD_LENGTH);
    store.append(record);
    store.sync(done);
  }

  expire(now: Nanoseconds): void {
    for (const [slot, store] of this.#stores.entries()) {
      const period = this.#periods[slot];
      if (period === undefined || this.#endsAt(now, period) > now) continue;
      this.#periods[slot] = undefined;
      store.truncate();
      store.sync(() => undefined);
    }
  }

  /** When the newest name of a period expires, by the node's monotonic clock. */
  #endsAt(now: Nanoseconds, period: number): Nanoseconds {
    const { clock, rememberNs } = this.#parts;
    const { epoch, elapsedNs } = clock.now();
    const epochs = (period + 1) * this.#periodEpochs - epoch;
    return now + epochs * clock.lengthNs - elapsedNs + rememberNs;
  }
}
