/**
 * Creates a mixing strategy from options.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import { RequestedDelayLaw } from './asked-delay.ts';
import { BatchMixing } from './batch.ts';
import { BinomialRule } from './binomial.ts';
import type { MixingOptions } from './config.ts';
import { ContinuousMixing } from './delayed.ts';
import type { MixingStrategy } from './mixing.ts';
import { UniformDelayLaw } from './own-delay.ts';
import { StopAndGoDelayLaw } from './stop-and-go.ts';
import { ThresholdRule } from './threshold.ts';
import { ThresholdAndTimedRule, ThresholdOrTimedRule } from './threshold-timed.ts';
import { TimedRule } from './timed.ts';
import { TimedDynamicRule } from './timed-dynamic.ts';

/**
 * Creates the mixing strategy of one node.
 *
 * @param options As checked by `mixingConfig`.
 * @param random The random stream that the node uses for mixing only.
 */
export function createMixingStrategy(options: MixingOptions, random: Random): MixingStrategy {
  switch (options.strategy) {
    case 'poisson':
    case 'vrf-exp':
      return new ContinuousMixing(new RequestedDelayLaw(options.maxDelay), options);
    case 'stop-and-go':
      return new ContinuousMixing(new StopAndGoDelayLaw(options.maxDelay), options);
    case 'uniform': {
      const range = { mean: options.mean, spread: options.spread ?? options.mean };
      return new ContinuousMixing(new UniformDelayLaw(range, random), options);
    }
    case 'constant':
      return new ContinuousMixing(
        new UniformDelayLaw({ mean: options.mean, spread: 0 }, random),
        options,
      );
    case 'threshold':
      return new BatchMixing(new ThresholdRule({ ...options, pool: 0 }), options, random);
    case 'threshold-pool':
      return new BatchMixing(new ThresholdRule(options), options, random);
    case 'timed':
      return new BatchMixing(new TimedRule(0), options, random);
    case 'timed-pool':
      return new BatchMixing(new TimedRule(options.pool), options, random);
    case 'threshold-or-timed':
      return new BatchMixing(new ThresholdOrTimedRule(options.threshold), options, random);
    case 'threshold-and-timed':
      return new BatchMixing(new ThresholdAndTimedRule(options.threshold), options, random);
    case 'timed-dynamic-pool':
      return new BatchMixing(new TimedDynamicRule(options), options, random);
    case 'binomial':
      return new BatchMixing(new BinomialRule(options), options, random);
  }
}
