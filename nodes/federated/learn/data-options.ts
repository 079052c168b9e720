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
  /** Each class is dealt out in shares that follow a Dirichlet law; the smaller the number, the more uneven. */
  z.strictObject({
    /** Parameter of the Dirichlet law of a class; the smaller, the more uneven. */
    dirichlet: z.number().min(0.001).max(1_000_000),
  }),
  /** Dealt out at random; the numbers of examples are log-normal, with this deviation of their logarithm. */
  z.strictObject({
    /** Standard deviation of the logarithm of the number of examples. */
    quantity: z.number().min(0).max(5),
  }),
]);

/** Schema of the data that clients train on. */
export const dataConfig = z.strictObject({
  /**
   * Made up from a seed, Fisher's irises (150 flowers), or digits (70,000); users install the
   * packages of the last two.
   */
  set: z.enum(['synthetic', 'iris', 'mnist']).default('synthetic'),
  /** Synthetic: true if the examples of all clients follow one law, else each client has its own law. */
  iid: z.boolean().default(false),
  /** Synthetic: how much the models of clients differ, and how much their inputs do (Li et al. 2020, 5.1). */
  alpha: z.number().min(0).max(10).default(0.5),
  /** Synthetic: how much the inputs of clients differ. */
  beta: z.number().min(0).max(10).default(0.5),
  /**
   * How one set is dealt out to all clients. Absent: `iid` for irises and digits; synthetic
   * examples are then made for each client.
   */
  split: splitConfig.optional(),
  /** Synthetic: number of examples of a client, on average if one set is dealt out. */
  examples: z.int().min(1).max(100_000).default(100),
  /** Examples that only the aggregator has, to measure accuracy: at most 30 irises and 10,000 digits. */
  test: z.int().min(1).max(100_000).default(1_000),
});

/** Checked options of the data. */
export type DataOptions = z.output<typeof dataConfig>;
