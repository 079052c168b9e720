/**
 * Federated learning: the options of a node in a topology or scenario file. All nodes of a federation have the
 * same options, except for `drop`, `lie`, `serverAttack`, `device` and `double`; `option-conflicts.ts` checks
 * that.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema, shareSchema } from '../_kit/options.ts';
import { attackConfig } from './attack/attack-config.ts';
import { compressionConfig } from './compression/options.ts';
import { deviceConfig } from './device/options.ts';
import {
  DEFAULT_ACCURACY_TARGET,
  DEFAULT_BATCH_SIZE,
  DEFAULT_COORDINATE_CLIP,
  DEFAULT_DELTA,
  DEFAULT_EPOCHS,
  DEFAULT_LEARNING_RATE,
  DEFAULT_PHASE_TIMEOUT_NS,
  DEFAULT_RING_BITS,
  DEFAULT_ROUND_CLIENTS_MIN,
  DEFAULT_ROUNDS,
  DEFAULT_STEPS_PER_UNIT,
  RUN_ROUNDS_MAX,
} from './geometry.ts';
import { gossipConfig, NO_AGGREGATOR } from './gossip/options.ts';
import { dataConfig } from './learn/data-options.ts';
import { ADAPTIVE_NORM_MAX, ADAPTIVE_NORM_MIN } from './privacy/clip.ts';
import { adaptiveClipConfig } from './privacy/clip-config.ts';
import { clientSelectionConfig } from './selection.ts';

/** How a client trains on its examples, and how its update is encoded. */
const learnConfig = z.strictObject({
  /** Number of passes over its examples that a client makes in a round. */
  epochs: z.int().min(1).max(1_000).default(DEFAULT_EPOCHS),
  /** Number of examples in a step of training. */
  batch: z.int().min(1).max(100_000).default(DEFAULT_BATCH_SIZE),
  /** Learning rate: length of a step in multiples of the gradient. */
  rate: z.number().positive().max(100).default(DEFAULT_LEARNING_RATE),
  /** Steps of an update per unit: coordinates are rounded to multiples of 1/scale, at random. */
  scale: z
    .int()
    .min(1)
    .max(2 ** 30)
    .default(DEFAULT_STEPS_PER_UNIT),
  /** Largest magnitude of a coordinate of an update; larger ones are cut to it. */
  clip: z.number().positive().max(1_000).default(DEFAULT_COORDINATE_CLIP),
  /** Weight of a client in the mean: `equal` for all, or the number of its `examples`. */
  weight: z.enum(['equal', 'examples']).default('equal'),
});

/** How updates are hidden from the aggregator that adds them up (Bonawitz et al. 2017). */
const sumConfig = z.strictObject({
  /**
   * With which clients each client shares masks: with all others, or with neighbours on a ring (Bell et al.
   * 2020).
   */
  graph: z
    .union([
      z.literal('complete'),
      z.strictObject({
        /** Number of neighbours of a client on the ring. */
        neighbours: z.int().min(2),
      }),
    ])
    .default('complete'),
  /** Number of shares that open a secret: a fixed one, or a fraction of its holders, rounded down, plus one. */
  threshold: z.union([z.int().min(2), z.enum(['1/2', '2/3'])]).default('2/3'),
  /** `signed`: clients sign lists of survivors, and refuse a server that tells them different lists. */
  mode: z.enum(['semi-honest', 'signed']).default('semi-honest'),
  /** Bits of an element of the sum: elements are added modulo 2 to this power. */
  modulusBits: z.int().min(2).max(32).default(DEFAULT_RING_BITS),
  /** Fewest inputs of a sum; a sum of fewer inputs is not opened. */
  minSum: z.int().min(1).default(2),
});

/** Rules that combine updates; all but the mean need to see each single update (robust/rules.ts). */
const RULES = ['mean', 'median', 'krum', 'multi-krum', 'trimmed-mean'] as const;

/** Noise for differential privacy, and how it is accounted for. */
const privacyConfig = z.strictObject({
  /**
   * Who adds the noise: the aggregator (`central`), all clients, together enough for the sum
   * (`distributed`), or each client, enough for its own update (`local`).
   */
  place: z.enum(['central', 'distributed', 'local']),
  /**
   * Largest Euclidean norm of an update; longer updates are scaled down to it, so that one client changes the
   * sum by no more.
   */
  clip: z.number().min(ADAPTIVE_NORM_MIN).max(ADAPTIVE_NORM_MAX).default(1),
  /**
   * If given, `clip` is the norm of the first round only, and then follows a quantile of the norms of clients'
   * updates.
   */
  adaptive: adaptiveClipConfig.optional(),
  /** Standard deviation of the noise in the sum, in multiples of `clip`. */
  noise: z.number().min(0).default(1),
  /** Delta of (epsilon, delta) privacy. */
  delta: z.number().positive().max(0.5).default(DEFAULT_DELTA),
  /** Distribution of the noise that clients add. Sums of Skellam noise are Skellam noise for any width. */
  mechanism: z.enum(['discrete-gaussian', 'skellam']).default('discrete-gaussian'),
  /**
   * `enough`: each client adds noise as if only `minimum` clients came; if more come, the sum has more noise
   * than needed. `add-then-remove`: clients add noise in levels, and the levels that are not needed are removed
   * once the sum is known.
   */
  dropouts: z.enum(['enough', 'add-then-remove']).default('enough'),
  /** Largest epsilon; a round that would exceed it does not begin. */
  budget: z.number().positive().optional(),
});

/** Schema of the options of `federated` nodes. */
export const federatedConfig = z.strictObject({
  /** Name of the node that adds up updates; all others of its federation are clients. */
  aggregator: z.string().min(1).default(NO_AGGREGATOR),
  /** For a federation without aggregator: nodes average their models in pairs. */
  gossip: gossipConfig.optional(),
  /** Number of rounds of the run; with `gossip`, the number of exchanges that each node begins. */
  rounds: z.int().min(1).max(RUN_ROUNDS_MAX).default(DEFAULT_ROUNDS),
  /** Time between two rounds. */
  pause: durationNsSchema().default(0),
  /** Which clients a round invites. */
  select: clientSelectionConfig.default('all'),
  /** Fewest clients with which a round begins. */
  minimum: z.int().min(1).default(DEFAULT_ROUND_CLIENTS_MIN),
  /** How long the answers of a phase are waited for. */
  phaseTimeout: durationNsSchema().default(DEFAULT_PHASE_TIMEOUT_NS),
  /**
   * Longest wait for the inputs of a round, from its invitations on; absent: only the time-outs of its phases
   * limit it.
   */
  deadline: durationNsSchema().optional(),
  /** Number of inputs at which a round stops waiting; absent: `select.fixed` if more were invited, else all. */
  quorum: z.int().min(1).optional(),
  /**
   * The model to learn; with `size` no model is learned, but random numbers are added up, to measure the cost
   * of a sum.
   */
  model: z
    .union([
      z.enum(['softmax', 'mlp-32', '2nn']),
      z.strictObject({
        /** How many numbers each client draws for the sum. */
        size: z.int().min(1).max(100_000_000),
      }),
    ])
    .default('softmax'),
  data: dataConfig.prefault({}),
  learn: learnConfig.prefault({}),
  /** How updates are compressed before they are sent. */
  compression: compressionConfig.default('none'),
  /** How updates are hidden from the aggregator; `none`: it sees each update. */
  secureAggregation: z.union([z.literal('none'), sumConfig]).prefault({}),
  privacy: privacyConfig.optional(),
  /** The rule that combines updates, or means of groups. */
  aggregate: z.enum(RULES).default('mean'),
  /**
   * Number of groups into which the clients of a round are divided at random. Each group has its own sum, and
   * the rule combines their means. An update is then hidden only among those of its group.
   */
  groups: z.union([z.literal('none'), z.int().min(2)]).default('none'),
  /** How many lying clients of a round the rule has to withstand. */
  liars: z.int().min(0).default(0),
  /** Attacks of the aggregator on its clients' privacy; they are only measured, and send nothing. */
  attack: attackConfig.optional(),
  /** Accuracy of the model at which `federated.rounds_to` notes the round. */
  target: shareSchema().default(DEFAULT_ACCURACY_TARGET),
  /** With some probability, a client leaves a round after a certain message. */
  drop: z
    .strictObject({
      /** The last message that the client handles (`invitation`) or sends (the others) before it leaves. */
      after: z.enum(['invitation', 'keys', 'shares', 'input']),
      /** Probability, in each round, that the client leaves. */
      probability: shareSchema(),
    })
    .optional(),
  /**
   * What a lying client sends: its update times -`factor`, noise with standard deviation `factor`,
   * or what it learns from wrong labels.
   */
  lie: z
    .strictObject({
      /** What the client sends instead of its update. */
      kind: z.enum(['sign-flip', 'noise', 'labels']),
      /** Factor of `sign-flip`, or standard deviation of `noise`. */
      factor: z.number().positive().max(1_000).default(1),
      /** Names of the lying clients; absent: every client with this option. */
      clients: z.array(z.string().min(1)).min(1).optional(),
    })
    .optional(),
  /**
   * What a lying aggregator does to its first client: `two-survivor-lists` tells half of the others that it is
   * lost, `overlapping-lists` tells all that it survived and is lost, `crafted-models` sends all others a
   * model of zeros.
   */
  serverAttack: z
    .enum(['none', 'two-survivor-lists', 'overlapping-lists', 'crafted-models'])
    .default('none'),
  /** What taking part costs a client's device, and its limits; absent: no time, and no limits. */
  device: deviceConfig.optional(),
  /**
   * Defects for tests, never for real traffic. Of both sides: `public-masks` derives masks from what
   * everybody knows, `short-seeds` from 20 bits. Of a client: `unchecked-lists` answers any list of
   * survivors. Of an aggregator: `weights-on-masked` applies weights to masked inputs and removes the
   * masks in one product; `silent-noise` accounts for noise that it does not add, `resting-norm` never
   * moves the norm of updates. Of a client: `kept-levels` reveals no noise. Of a device:
   * `ignored-limits` takes part whatever it costs, `forgotten-use` forgets at a restart what it has
   * used. Without an aggregator: `keeps-own-model` never takes the mean.
   */
  double: z
    .enum([
      'public-masks',
      'short-seeds',
      'unchecked-lists',
      'weights-on-masked',
      'silent-noise',
      'resting-norm',
      'kept-levels',
      'ignored-limits',
      'forgotten-use',
      'keeps-own-model',
    ])
    .optional(),
});

/** The checked options of a `federated` node. */
export type FederatedOptions = z.output<typeof federatedConfig>;
