/**
 * Navigator: the options of a node in a topology or scenario file, of which fabric shares those that rate ways.
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema, shareSchema } from '../_kit/options.ts';
import { NS_PER_MS, PRIVACY_BUDGET, WAYS_MAX } from './geometry.ts';
import type { NavigatorOptions } from './navigator.ts';
import { WEIGHTING_NAMES } from './weighting.ts';

/** What a message costs over a way. */
const wayCostConfig = z.strictObject({
  /** Time to the peer. */
  latency: durationNsSchema(),
  /** Charge that a message takes from the batteries on its way, mAh. */
  energy: z.number().min(0).default(0),
  /** Probability, 0 to 1, that a message arrives. */
  reliability: shareSchema().default(1),
  /** Privacy that a message costs, epsilon; 0 over carriers that hide who writes to whom. */
  epsilon: z.number().min(0).default(0),
});

/** How ways are rated; the options of every protocol that has a navigator. */
export const WAY_CHOICE_OPTIONS = {
  /** What counts. Absent: what suits the class of each message. */
  weighting: z.enum(WEIGHTING_NAMES).optional(),
  /** Privacy that the messages to one peer may cost together, epsilon; ways that would exceed it are not used. */
  budget: z.number().min(0).default(PRIVACY_BUDGET),
  /** What each way costs, by the name of its carrier: latency, energy, reliability, epsilon. */
  costs: z.record(z.string(), wayCostConfig).default({}),
};

/** Schema of the options of `navigator` nodes. */
export const navigatorConfig = z.strictObject({
  /** Names of the protocols that carry the messages, the most preferred first. */
  ways: z.array(z.string().min(1)).min(1).max(WAYS_MAX),
  ...WAY_CHOICE_OPTIONS,
  /**
   * Defects for tests, never for real traffic: `careless` takes every way for one that hides, and `mixed-units` adds
   * milliseconds to probabilities when it scores ways.
   */
  double: z.enum(['careless', 'mixed-units']).optional(),
});

/** The checked options of a `navigator` node. */
export type NavigatorNodeOptions = z.output<typeof navigatorConfig>;

/** The checked options by which ways are rated, as a navigator takes them. */
export function ratingOf({
  weighting,
  budget,
  costs,
}: Pick<NavigatorNodeOptions, keyof typeof WAY_CHOICE_OPTIONS>): NavigatorOptions {
  const rated = Object.entries(costs).map(([carrier, cost]) => {
    const { latency, energy, reliability, epsilon } = cost;
    const latencyMs = latency / NS_PER_MS;
    return [carrier, { latencyMs, energyMah: energy, unreliability: 1 - reliability, epsilon }];
  });
  return { weighting, budget, costs: Object.fromEntries(rated) as NavigatorOptions['costs'] };
}
