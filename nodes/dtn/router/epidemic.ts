/**
 * Epidemic routing (Vahdat and Becker 2000, "Epidemic routing for partially-connected ad hoc
 * networks"): a neighbour gets everything that it lacks. The fastest of all routers where stores and
 * contacts have room for that.
 *
 * @module
 */
import type { CopyRouter, Offer } from './router.ts';

const COPY: Offer = { handsOver: false };

/** Gives every bundle to everybody. */
export class EpidemicRouter implements CopyRouter {
  offer(): Offer {
    return COPY;
  }
}
