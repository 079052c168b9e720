/**
 * Federated learning: attacks that the aggregator makes on its clients, as options. An experiment, not a
 * double: it only evaluates what the aggregator gets, whose messages and sums stay the same.
 *
 * @module
 */
import { z } from 'zod';

/** Schema of the options of `federated` nodes. */
export const attackConfig = z.strictObject({
  /** After the last round: which examples were learned from? */
  membership: z
    .strictObject({
      /** Models that the attacker trains on random halves of the same examples; 0: thresholds of the loss only. */
      shadows: z.int().min(0).max(256).default(16),
    })
    .optional(),
  /** In every round: what is the example behind an update, or behind a sum? */
  inversion: z.boolean().default(false),
});
