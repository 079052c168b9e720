/**
 * First contact (Jain, Fall and Patra 2004, "Routing in a delay tolerant network"): the only copy of
 * a bundle goes to the first neighbour that has not had the bundle before.
 *
 * @module
 */
import type { CopyOffer, CopyRouter } from './router.ts';

const ONLY_COPY: CopyOffer = { handsOver: true };

/** Hands each bundle over to the first neighbour that lacks it. */
export class FirstContactRouter implements CopyRouter {
  readonly handsOn = true;
  offer(): CopyOffer {
    return ONLY_COPY;
  }
}
