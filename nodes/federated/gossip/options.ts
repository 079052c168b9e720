/**
 * Federated learning: the options of a federation without aggregator.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';

/** Value of the option `aggregator` for none; a node of this name cannot be an aggregator. */
export const NO_AGGREGATOR = 'none';

/** Time between two exchanges that a node begins, on average, by default: 1 s. */
const EVERY_NS = 1_000_000_000;

/** How nodes average in pairs; `rounds` is how many exchanges each begins. */
export const gossipConfig = z.strictObject({
  /** Time between two exchanges that a node begins, on average; it is exponential. */
  every: durationNsSchema().default(EVERY_NS),
  /** Which nodes are partners: all that the carrier reaches, or nodes at the other end of a link. */
  partners: z.enum(['all', 'neighbours']).default('all'),
});
