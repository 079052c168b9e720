/**
 * Federated learning: the options that say what clients learn from.
 *
 * @module
 */
import { z } from 'zod';

/** How one set of examples is dealt out to the clients, each example to exactly one (`split.ts`). */
const splitConfig = z.union([
  /** Each client gets equally many examples, drawn at random. */
  z.literal('iid'),
  /** The set is sorted by label and cut into runs of equal length; each client gets some of them. */
  z.strictObject({
    /** Number of runs of the set, sorted by label, that each client gets. */
    shards: z.int().min(1).max(1_000),
  }),
  /**
   * Each class is divided into shares that follow a Dirichlet distribution; the smaller the number, the more
   * uneven.
   */
  z.strictObject({
    /** Parameter of the Dirichlet distribution of each class; the smaller, the more uneven. */
    dirichlet: z.number().min(0.001).max(1_000_000),
  }),
  /** Examples are distributed at random; the clients' numbers of examples are log-normal. */
  z.strictObject({
    /** Standard deviation of the logarithm of the number of examples. */
    quantity: z.number().min(0).max(5),
  }),
]);

/** Schema of the data that clients train on. */
export const dataConfig = z.strictObject({
  /**
   * `synthetic`: made from a seed. `iris`: Fisher's 150 irises. `mnist`: 70,000 digits. Users install the
   * packages of the last two.
   */
  set: z.enum(['synthetic', 'iris', 'mnist']).default('synthetic'),
  /**
   * Only for `synthetic`: true if the examples of all clients follow one distribution; otherwise each client
   * has its own.
   */
  iid: z.boolean().default(false),
  /**
   * Only for `synthetic`: how much the true models of clients differ; `beta`: how much their inputs do (Li et
   * al. 2020, 5.1).
   */
  alpha: z.number().min(0).max(10).default(0.5),
  /** Only for `synthetic`: how much the inputs of clients differ. */
  beta: z.number().min(0).max(10).default(0.5),
  /**
   * How one set of examples is distributed to all clients. Absent: `iid` for `iris` and `mnist`; for
   * `synthetic`, each client then makes its own examples.
   */
  split: splitConfig.optional(),
  /** Only for `synthetic`: number of examples of each client; with `split`, the mean number. */
  examples: z.int().min(1).max(100_000).default(100),
  /** Examples that only the aggregator has, to measure accuracy: at most 30 irises and 10,000 digits. */
  test: z.int().min(1).max(100_000).default(1_000),
});

/** Checked options of the data. */
export type DataOptions = z.output<typeof dataConfig>;
