/**
 * Federated learning: the options of a federation without aggregator.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';

/**
 * Value of the option `aggregator` that stands for no aggregator; so a node with this name cannot be
 * one.
 */
export const NO_AGGREGATOR = 'none';

/** Default of `every`: 1 s. */
const EVERY_NS = 1_000_000_000;

/**
 * How nodes average in pairs; the option `rounds` is the number of exchanges that each node begins.
 */
export const gossipConfig = z.strictObject({
  /** Mean of the time between two exchanges that a node begins; the times are exponential. */
  every: durationNsSchema().default(EVERY_NS),
  /** Which nodes are partners: all that the carrier reaches, or nodes at the other end of a link. */
  partners: z.enum(['all', 'neighbours']).default('all'),
});
