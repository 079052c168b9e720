/**
 * Federated learning: attacks that the aggregator makes on its clients, as options. An experiment, not a
 * double: an attack only evaluates what the aggregator gets; messages and sums stay the same.
 *
 * @module
 */
import { z } from 'zod';

/** Schema of the option `attack` of `federated` nodes. */
export const attackConfig = z.strictObject({
  /** Membership inference, after the last round: guesses which examples were learned from. */
  membership: z
    .strictObject({
      /** Models that the attacker trains on random halves of the same examples; 0: thresholds of the loss only. */
      shadows: z.int().min(0).max(256).default(16),
    })
    .optional(),
  /** Whether the attacker tries, in every round, to rebuild the examples behind updates or sums. */
  inversion: z.boolean().default(false),
});
