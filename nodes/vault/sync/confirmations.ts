/**
 * Vault: which operations of a replica the others do not have on their disks yet, as their clocks say.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { CONFIRMATIONS_MAX } from './geometry.ts';
import type { PeerView } from './peers.ts';

/** An operation of this replica that is on its disk. */
export interface OwnOperation<Asker> {
  readonly sequence: number;
  /** When it was asked for; absent for one of an earlier life. */
  readonly sinceNs?: Nanoseconds;
  readonly isErase: boolean;
  /** The asker that is answered once all replicas have it. */
  readonly asker?: Asker;
}

/** Operations of one replica that wait for the others, the oldest first. */
export class Confirmations<Asker> {
  readonly #own: string;
  #open: OwnOperation<Asker>[] = [];

  /** @param own The actor of this replica. */
  constructor(own: string) {
    this.#own = own;
  }

  /** Adds an operation; beyond the bound, the oldest that is no erasure is no longer measured. */
  add(operation: OwnOperation<Asker>): void {
    if (this.#open.length >= CONFIRMATIONS_MAX) {
      const oldest = this.#open.findIndex(({ isErase }) => !isErase);
      this.#open.splice(Math.max(0, oldest), 1);
    }
    this.#open.push(operation);
  }

  /** Takes out the operations that all of these replicas have. */
  confirm(members: readonly PeerView[]): readonly OwnOperation<Asker>[] {
    const common = members.reduce(
      (least, peer) => Math.min(least, this.#known(peer)),
      Number.POSITIVE_INFINITY,
    );
    const first = this.#open.findIndex(({ sequence }) => sequence > common);
    return this.#open.splice(0, first < 0 ? this.#open.length : first);
  }

  /** Nobody waits for the operation with this asker any more; it is measured all the same. */
  forget(asker: Asker): void {
    this.#open = this.#open.map((one) => {
      if (one.asker !== asker) return one;
      const { asker: _, ...rest } = one;
      return rest;
    });
  }

  /** Number of erasures that some replica has not confirmed. */
  get erasures(): number {
    return this.#open.filter(({ isErase }) => isErase).length;
  }

  /** For each erasure that is not confirmed, who has not confirmed it. */
  unconfirmed(
    members: readonly PeerView[],
  ): readonly { readonly sequence: number; readonly by: readonly string[] }[] {
    return this.#open
      .filter(({ isErase }) => isErase)
      .map(({ sequence }) => ({
        sequence,
        by: members.filter((peer) => this.#known(peer) < sequence).map(({ name }) => name),
      }));
  }

  #known(peer: PeerView): number {
    return peer.clock.get(this.#own) ?? 0;
  }
}
