/**
 * Epidemic routing (Vahdat and Becker 2000, "Epidemic routing for partially-connected ad hoc
 * networks"): a neighbour gets a copy of each bundle that it lacks. This is the fastest of all routers
 * as long as stores and contacts have room for all copies.
 *
 * @module
 */
import type { CopyOffer, CopyRouter } from './router.ts';

const COPY: CopyOffer = { handsOver: false };

/** Offers every bundle to every neighbour that lacks it. */
export class EpidemicRouter implements CopyRouter {
  offer(): CopyOffer {
    return COPY;
  }
}
