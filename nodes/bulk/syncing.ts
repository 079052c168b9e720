/**
 * Bulk: writes of a store, one at a time; what is written meanwhile goes with the next.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Store } from '../../engine/host/store.ts';
import { RETRY_NS_MIN } from './geometry.ts';

/** What one write is about. */
export interface SyncTurn {
  /** Puts into the store what belongs to this turn. */
  readonly begin: () => void;
  /** It is durable. */
  readonly done: () => void;
}

/** See the module. */
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

  /** Asks for a write of everything up to now. */
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
        // A full disk is no reason to lose what was taken over: it is tried again.
        this.#host.after(RETRY_NS_MIN, () => this.#begin());
        return;
      }
      this.#isBusy = false;
      this.#turn.done();
      if (this.#isAsked) this.ask();
    });
  }
}
