/**
 * Mixing: the options `mixing` of a mix or provider in a topology or scenario file, one shape per
 * strategy, with their defaults.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';
import { VRF_DELAY_LAWS } from '../../vrf/index.ts';

const MS = 1_000_000;
const MINUTE = 60_000 * MS;

/** Largest number of messages that wait in one mix. */
const QUEUE_LIMIT_DEFAULT = 10_000;
const QUEUE_LIMIT_MAX = 10_000_000;
/**
 * The reference server drops a message that would leave later than this (katzenpost, SchedulerSlack
 * in server/config).
 */
const SLACK_NS_DEFAULT = 450 * MS;
/** Longest accepted delay: one epoch of the reference network (20 minutes). */
const MAX_DELAY_NS_DEFAULT = 20 * MINUTE;
const WINDOW_NS_DEFAULT = 200 * MS;
/** Longest window: less than half the span of the time stamps that fit in a packet. */
const WINDOW_NS_MAX = 30_000 * MS;
const THRESHOLD_DEFAULT = 20;
/** Smallest number of messages that the pool retains: the default of Mixmaster's dynamic pool. */
const POOL_MIN_DEFAULT = 45;
/** Largest share of the pool that leaves at once: the default of Mixmaster's dynamic pool. */
const FRACTION_DEFAULT = 0.65;
const BINOMIAL_MEAN_DEFAULT = 100;
const BINOMIAL_DEVIATION_DEFAULT = 50;

const queueLimit = z.int().min(1).max(QUEUE_LIMIT_MAX).default(QUEUE_LIMIT_DEFAULT);
/** Number of messages for which a flush waits, besides those that stay in the pool. */
const threshold = z.int().min(1).max(QUEUE_LIMIT_MAX);
/** Number of messages that stay in the pool at a flush. */
const pool = z.int().min(0).max(QUEUE_LIMIT_MAX);
/**
 * Schema of the time between flushes: at least 1 ms, since zero would keep the mix busy for ever.
 */
const pause = (): ReturnType<typeof durationNsSchema> =>
  durationNsSchema().refine((ns) => ns >= MS, { message: 'is below 1ms' });

/** Options of strategies in which each message leaves at its own instant. */
const continuous = {
  /** Largest number of messages that wait. */
  queueLimit,
  /** Largest lateness: a message that would leave later than this after its due time is dropped. */
  slack: durationNsSchema().default(SLACK_NS_DEFAULT),
};
/** Options of strategies in which the packet says its delay. */
const asked = {
  ...continuous,
  /** Longest delay that is accepted. */
  maxDelay: durationNsSchema().default(MAX_DELAY_NS_DEFAULT),
};
/**
 * Options of strategies with a timer: flushes are at `offset`, `offset` + `interval`, and so on, by
 * the node's monotonic clock.
 */
const timer = {
  queueLimit,
  /** Time between two flushes. */
  interval: pause(),
  /** Time of the first flush, by the node's monotonic clock. */
  offset: durationNsSchema().default(0),
};

const isOffsetShort = (options: { offset: number; interval: number }): boolean =>
  options.offset < options.interval;
const OFFSET_LONG = { message: 'is not shorter than the interval', path: ['offset'] };
const holds = (options: { threshold: number; pool?: number; queueLimit: number }): boolean =>
  options.threshold + (options.pool ?? 0) <= options.queueLimit;
const NEVER_FULL = {
  message: 'is below threshold (and pool), so that the mix would never send',
  path: ['queueLimit'],
};

const poisson = z.strictObject({
  /** Name of the strategy (nodes/mixnet/mixing/README.md). */
  strategy: z.literal('poisson'),
  ...asked,
});
const vrfExp = z.strictObject({
  strategy: z.literal('vrf-exp'),
  ...asked,
  /** Distribution of the delays. `uniform`, which has the same mean, is for comparison only. */
  law: z.enum(VRF_DELAY_LAWS).default('exponential'),
});

const stopAndGo = z.strictObject({
  strategy: z.literal('stop-and-go'),
  ...asked,
  /** Length of the arrival window: variation of transit times plus clock error. */
  window: durationNsSchema()
    .refine((ns) => ns >= MS && ns <= WINDOW_NS_MAX, { message: 'is not within 1ms and 30s' })
    .default(WINDOW_NS_DEFAULT),
});

const uniform = z
  .strictObject({
    strategy: z.literal('uniform'),
    ...continuous,
    /** Mean delay of a message. */
    mean: durationNsSchema(),
    /**
     * Delays are drawn from [mean - spread, mean + spread). The spread defaults to the mean, which
     * gives [0, 2 mean).
     */
    spread: durationNsSchema().optional(),
  })
  .refine(({ mean, spread }) => spread === undefined || spread <= mean, {
    message: 'is longer than the mean, which would make delays negative',
    path: ['spread'],
  });

const constant = z.strictObject({
  strategy: z.literal('constant'),
  ...continuous,
  mean: durationNsSchema(),
});

const thresholdMix = z
  .strictObject({
    strategy: z.literal('threshold'),
    queueLimit,
    /** Number of messages that start a flush, and leave in it. */
    threshold: threshold.default(THRESHOLD_DEFAULT),
  })
  .refine(holds, NEVER_FULL);

const timed = z
  .strictObject({ strategy: z.literal('timed'), ...timer })
  .refine(isOffsetShort, OFFSET_LONG);

const thresholdOrTimed = z
  .strictObject({
    strategy: z.literal('threshold-or-timed'),
    ...timer,
    threshold: threshold.default(THRESHOLD_DEFAULT),
  })
  .refine(isOffsetShort, OFFSET_LONG);

const thresholdAndTimed = z
  .strictObject({
    strategy: z.literal('threshold-and-timed'),
    ...timer,
    threshold: threshold.default(THRESHOLD_DEFAULT),
  })
  .refine(isOffsetShort, OFFSET_LONG)
  .refine(holds, NEVER_FULL);

const thresholdPool = z
  .strictObject({
    strategy: z.literal('threshold-pool'),
    queueLimit,
    threshold: threshold.default(THRESHOLD_DEFAULT),
    /** Number of messages that stay in the pool at a flush. */
    pool,
  })
  .refine(holds, NEVER_FULL);

const timedPool = z
  .strictObject({ strategy: z.literal('timed-pool'), ...timer, pool })
  .refine(isOffsetShort, OFFSET_LONG)
  .refine((options) => options.pool < options.queueLimit, {
    message: 'is not below queueLimit, so that the mix would never send',
    path: ['pool'],
  });

const timedDynamicPool = z
  .strictObject({
    strategy: z.literal('timed-dynamic-pool'),
    ...timer,
    /** Smallest number of messages that stay in the pool at a flush. */
    pool: pool.default(POOL_MIN_DEFAULT),
    /** Largest share of the pool that leaves in one flush. */
    fraction: z.number().gt(0).max(1).default(FRACTION_DEFAULT),
  })
  .refine(isOffsetShort, OFFSET_LONG)
  .refine((options) => options.pool < options.queueLimit, {
    message: 'is not below queueLimit, so that the mix would never send',
    path: ['pool'],
  });

const binomial = z
  .strictObject({
    strategy: z.literal('binomial'),
    ...timer,
    /** Pool size at which each message leaves with probability 1/2. */
    mean: z.number().min(0).default(BINOMIAL_MEAN_DEFAULT),
    /**
     * Number of messages by which the pool must grow beyond `mean` to raise the probability from
     * 1/2 to 0.84.
     */
    deviation: z.number().gt(0).default(BINOMIAL_DEVIATION_DEFAULT),
  })
  .refine(isOffsetShort, OFFSET_LONG);

/** Schema of the options of the mixing strategy. */
export const mixingConfig = z.discriminatedUnion('strategy', [
  poisson,
  stopAndGo,
  vrfExp,
  uniform,
  constant,
  thresholdMix,
  timed,
  thresholdOrTimed,
  thresholdAndTimed,
  thresholdPool,
  timedPool,
  timedDynamicPool,
  binomial,
]);

/** The checked options of the mixing strategy. */
export type MixingOptions = z.output<typeof mixingConfig>;
