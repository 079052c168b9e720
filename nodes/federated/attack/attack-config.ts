/**
 * Federated learning: the options for attacks of the aggregator on its clients. They are experiments, not doubles:
 * an attack only evaluates what the aggregator receives, and changes no message and no sum.
 *
 * @module
 */
import { z } from 'zod';

/** Schema of the option `attack` of `federated` nodes. */
export const attackConfig = z.strictObject({
  /**
   * Membership inference after the last round: the attacker guesses which examples the model has learned from.
   */
  membership: z
    .strictObject({
      /**
       * Number of shadow models, which the attacker trains on random halves of the same examples; 0: only
       * thresholds of the loss are tried.
       */
      shadows: z.int().min(0).max(256).default(16),
    })
    .optional(),
  /** Whether the attacker tries, in every round, to rebuild the examples behind updates or sums. */
  inversion: z.boolean().default(false),
});
