/**
 * Bulk: writes of a store, one at a time; requests made meanwhile are combined into the next write.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import { RETRY_NS_MIN } from './geometry.ts';

/** One write to the store. */
export interface SyncTurn {
  /** Puts the data of this turn into the store. */
  readonly begin: () => void;
  /** Called when the data is durable. */
  readonly done: () => void;
}

/** Serialises the writes of a store. */
export class Syncing {
  readonly #host: Host;
  readonly #store: Store;
  readonly #turn: SyncTurn;
  #isBusy = false;
  #isAsked = false;

  constructor(host: Host, store: Store, turn: SyncTurn) {
    this.#host = host;
    this.#store = store;
    this.#turn = turn;
  }

  /** Requests a write of everything up to now. */
  ask(): void {
    this.#isAsked = true;
    if (!this.#isBusy) this.#begin();
  }

  #begin(): void {
    this.#isAsked = false;
    this.#isBusy = true;
    this.#turn.begin();
    this.#store.sync((error) => {
      if (error !== undefined) {
        // A full disk is no reason to lose accepted packets: the write is retried.
        this.#host.after(RETRY_NS_MIN, () => this.#begin());
        return;
      }
      this.#isBusy = false;
      this.#turn.done();
      if (this.#isAsked) this.ask();
    });
  }
}
