/**
 * Mixing: the options `mixing` of a mix or provider in a topology or scenario file, one shape for
 * each strategy, with the defaults of spec/mixnet.md 3.1.
 *
 * @module
 */
import { z } from 'zod';
import { durationNs } from '../../_kit/options.ts';
import { VRF_DELAY_LAWS } from '../../vrf/index.ts';

const MS = 1_000_000;
const MINUTE = 60_000 * MS;

/** Most messages that wait in one mix (spec/seed-systems.md R-176). */
const QUEUE_LIMIT_DEFAULT = 10_000;
const QUEUE_LIMIT_MAX = 10_000_000;
/** Above it the reference server drops a message that leaves late (spec/mixnet.md 3.1). */
const SLACK_NS_DEFAULT = 450 * MS;
/** Longest delay that is obeyed: an epoch of the reference network. */
const MAX_DELAY_NS_DEFAULT = 20 * MINUTE;
const WINDOW_NS_DEFAULT = 200 * MS;
/** Below half the span of the instants that fit in a packet. */
const WINDOW_NS_MAX = 30_000 * MS;
const THRESHOLD_DEFAULT = 20;
/** Mixmaster (spec/mixnet.md 3.1). */
const POOL_MIN_DEFAULT = 45;
const FRACTION_DEFAULT = 0.65;
const BINOMIAL_MEAN_DEFAULT = 100;
const BINOMIAL_DEVIATION_DEFAULT = 50;

const queueLimit = z.int().min(1).max(QUEUE_LIMIT_MAX).default(QUEUE_LIMIT_DEFAULT);
/** Messages per flush. */
const threshold = z.int().min(1).max(QUEUE_LIMIT_MAX);
/** Messages kept back. */
const pool = z.int().min(0).max(QUEUE_LIMIT_MAX);
/** A pause between flushes: with none, a mix would never come to rest. */
const pause = (): ReturnType<typeof durationNs> =>
  durationNs().refine((ns) => ns >= MS, { message: 'is below 1ms' });

/** Of strategies where each message leaves at its own instant. */
const continuous = {
  /** Messages that may wait. */
  queueLimit,
  /** A message that would leave later than this after its instant is dropped. */
  slack: durationNs().default(SLACK_NS_DEFAULT),
};
/** Of strategies that obey the delay in the packet. */
const asked = { ...continuous, maxDelay: durationNs().default(MAX_DELAY_NS_DEFAULT) };
/** Of strategies with a timer: flushes are at `offset`, `offset` + `interval`, ... of the node's time. */
const timer = { queueLimit, interval: pause(), offset: durationNs().default(0) };

const isOffsetShort = (options: { offset: number; interval: number }): boolean =>
  options.offset < options.interval;
const OFFSET_LONG = { message: 'is not shorter than the interval', path: ['offset'] };
const holds = (options: { threshold: number; pool?: number; queueLimit: number }): boolean =>
  options.threshold + (options.pool ?? 0) <= options.queueLimit;
const NEVER_FULL = {
  message: 'is below threshold (and pool), so that the mix would never send',
  path: ['queueLimit'],
};

const poisson = z.strictObject({ strategy: z.literal('poisson'), ...asked });
const vrfExp = z.strictObject({
  strategy: z.literal('vrf-exp'),
  ...asked,
  /** `uniform` is that of the source document, with the same mean: to be compared, not used. */
  law: z.enum(VRF_DELAY_LAWS).default('exponential'),
});

const stopAndGo = z.strictObject({
  strategy: z.literal('stop-and-go'),
  ...asked,
  /** Length of the windows in which packets must come: spread of the transits and clock error. */
  window: durationNs()
    .refine((ns) => ns >= MS && ns <= WINDOW_NS_MAX, { message: 'is not within 1ms and 30s' })
    .default(WINDOW_NS_DEFAULT),
});

const uniform = z
  .strictObject({
    strategy: z.literal('uniform'),
    ...continuous,
    /** Mean delay D. */
    mean: durationNs(),
    /** Delays are in [mean - spread, mean + spread); the mean when absent, that is [0, 2 D). */
    spread: durationNs().optional(),
  })
  .refine(({ mean, spread }) => spread === undefined || spread <= mean, {
    message: 'is longer than the mean, which would make delays negative',
    path: ['spread'],
  });

const constant = z.strictObject({
  strategy: z.literal('constant'),
  ...continuous,
  mean: durationNs(),
});

const thresholdMix = z
  .strictObject({
    strategy: z.literal('threshold'),
    queueLimit,
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
    /** Least messages kept back. */
    pool: pool.default(POOL_MIN_DEFAULT),
    /** Largest share of the pool that leaves at once. */
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
    /** Messages in the pool at which each leaves with probability 1/2. */
    mean: z.number().min(0).default(BINOMIAL_MEAN_DEFAULT),
    /** Messages; how gradually the probability rises around it. */
    deviation: z.number().gt(0).default(BINOMIAL_DEVIATION_DEFAULT),
  })
  .refine(isOffsetShort, OFFSET_LONG);

/** Schema of the options. */
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

/** Checked options. */
export type MixingOptions = z.output<typeof mixingConfig>;
