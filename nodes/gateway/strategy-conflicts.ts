/**
 * Finds gateways that do not race while others do.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../engine/host/protocol.ts';
import type { GatewayOptions } from './config.ts';

/**
 * Finds the gateways without the strategy `race` among gateways that have it: they would take the second copies
 * that these send for replays, and say so.
 */
export function findStrategyConflicts(
  nodes: readonly ConfiguredNode<GatewayOptions>[],
): readonly OptionConflict[] {
  const isRacing = ({ options }: ConfiguredNode<GatewayOptions>): boolean =>
    options.multipath.strategy === 'race';
  const racing = nodes.find(isRacing);
  if (racing === undefined) return [];
  return nodes
    .filter((node) => !isRacing(node))
    .map(({ name }) => ({
      node: name,
      path: ['multipath', 'strategy'],
      message: `${name} does not race, but ${racing.name} does, and sends it two copies of each packet`,
      hint: 'race for all gateways, or for none: others count the second copies as replays',
    }));
}
