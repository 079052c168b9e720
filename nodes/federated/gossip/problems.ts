/**
 * Federated learning: finds options that have no effect without an aggregator, or promise something
 * that does not hold there.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../../engine/host/protocol.ts';
import type { FederatedOptions } from '../config.ts';
import { NO_AGGREGATOR } from './options.ts';

type Node = ConfiguredNode<FederatedOptions>;

/** Options that only rounds use, each with its default; undefined if it is absent by default. */
const OF_ROUNDS: readonly (readonly [keyof FederatedOptions, unknown])[] = [
  ['privacy', undefined],
  ['aggregate', 'mean'],
  ['groups', 'none'],
  ['compression', 'none'],
  ['select', 'all'],
  ['quorum', undefined],
  ['deadline', undefined],
  ['drop', undefined],
  ['attack', undefined],
];

/** Finds what is wrong with a federation that gossips. */
export function gossipProblems({ name, options }: Node): readonly OptionConflict[] {
  const { aggregator, secureAggregation } = options;
  if (aggregator !== NO_AGGREGATOR) {
    const message = 'nobody adds up where nodes gossip';
    return [{ node: name, path: ['aggregator'], message, hint: 'leave aggregator out' }];
  }
  if (secureAggregation !== 'none') {
    const message = 'partners of an exchange see the models of each other';
    const hint = 'secureAggregation: none, to say that this is meant';
    return [{ node: name, path: ['secureAggregation'], message, hint }];
  }
  const idle = OF_ROUNDS.find(([key, usual]) => options[key] !== usual);
  if (idle === undefined) return [];
  const [key] = idle;
  const message = `${key} is about sums, and there are none where nodes gossip`;
  return [{ node: name, path: [key], message, hint: `leave ${key} out` }];
}
