/**
 * Spray and wait (Spyropoulos, Psounis and Raghavendra 2005, "Spray and wait: an efficient routing
 * scheme for intermittently connected mobile networks"): the number of copies of a bundle is limited,
 * and a node that has only one left gives that copy to the destination only.
 *
 * - `source`: the source gives single copies to nodes that it meets; these give theirs to the
 * destination only.
 * - `binary`: a node that may make n > 1 copies gives half of them away, rounded down.
 *
 * A node's number of copies falls when a transfer succeeds. While a transfer is under way, the copies
 * that it gives away cannot go to another node; if it fails, this node may give them away again.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import { SPRAY_COPIES_MAX } from '../geometry.ts';
import type { CopyOffer, CopyRouter } from './router.ts';

interface Copies {
  /** Number of copies that this node may still give away, plus its own one. */
  left: number;
  /** How many of these copies are promised to neighbours by transfers under way. */
  away: number;
}

/** Gives copies away until one is left, which goes to the destination only. */
export class SprayAndWaitRouter implements CopyRouter {
  readonly #isBinary: boolean;
  readonly #copies: number;
  readonly #held = new Map<string, Copies>();

  /** @param copies Number of copies of a bundle whose source is this node. */
  constructor(kind: 'source' | 'binary', copies: number) {
    this.#isBinary = kind === 'binary';
    this.#copies = copies;
  }

  kept({ key, from }: HeldBundle, note: number | undefined): void {
    const left =
      from === undefined ? this.#copies : Math.min(Math.max(1, note ?? 1), SPRAY_COPIES_MAX);
    this.#held.set(key, { left, away: 0 });
  }

  offer({ key }: HeldBundle): CopyOffer | undefined {
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    const spare = held.left - held.away;
    if (spare < 2) return undefined;
    const note = this.#isBinary ? Math.floor(spare / 2) : 1;
    held.away += note;
    return { handsOver: false, note };
  }

  given({ key }: HeldBundle, { note = 0 }: CopyOffer): void {
    const held = this.#held.get(key);
    if (held === undefined) return;
    held.left -= note;
    held.away -= note;
  }

  returned({ key }: HeldBundle, { note = 0 }: CopyOffer): void {
    const held = this.#held.get(key);
    if (held !== undefined) held.away -= note;
  }

  done({ key }: HeldBundle): void {
    this.#held.delete(key);
  }
}
