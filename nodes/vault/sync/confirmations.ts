/**
 * Vault: the operations of this replica that are not yet on the disks of all others, according to the clocks that they
 * send.
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
  /** Gets its answer once all replicas have the operation. */
  readonly asker?: Asker;
}

/** Operations of one replica that the others have not confirmed, the oldest first. */
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

  /** Removes the operations that all of these replicas have. @returns them. */
  confirm(members: readonly PeerView[]): readonly OwnOperation<Asker>[] {
    const common = members.reduce(
      (least, peer) => Math.min(least, this.#known(peer)),
      Number.POSITIVE_INFINITY,
    );
    const first = this.#open.findIndex(({ sequence }) => sequence > common);
    return this.#open.splice(0, first < 0 ? this.#open.length : first);
  }

  /** Forgets an asker that no longer waits for its answer; its operation is still measured. */
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

  /** The erasures that are not confirmed, and the replicas that have not confirmed each. */
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
