/**
 * Two-hop relaying (Grossglauser and Tse 2002, "Mobility increases the capacity of ad hoc wireless
 * networks"; Groenevelt, Nain and Koole 2005): the source gives a copy to every node that it meets, and
 * these nodes give their copies to the destination only.
 *
 * @module
 */
import type { HeldBundle } from '../agent/held-bundle.ts';
import type { CopyOffer, CopyRouter } from './router.ts';

const COPY: CopyOffer = { handsOver: false };

/** Gives own bundles to every neighbour, and bundles of other nodes to their destination only. */
export class TwoHopRouter implements CopyRouter {
  offer({ from }: HeldBundle): CopyOffer | undefined {
    return from === undefined ? COPY : undefined;
  }
}
