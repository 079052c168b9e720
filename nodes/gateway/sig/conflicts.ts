/**
 * Finds gateways that seal their packets while others send them in SIG frames.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../../engine/host/protocol.ts';
import type { GatewayOptions } from '../config.ts';

/** Finds the gateways that seal among gateways that do not: they would refuse what these send. */
export function findEncapsulationConflicts(
  nodes: readonly ConfiguredNode<GatewayOptions>[],
): readonly OptionConflict[] {
  const open = nodes.find(({ options }) => options.encapsulation === 'sig');
  if (open === undefined) return [];
  return nodes
    .filter(({ options }) => options.encapsulation === 'sealed')
    .map(({ name }) => ({
      node: name,
      path: ['encapsulation'],
      message: `${name} accepts sealed frames alone, but ${open.name} sends SIG frames`,
      hint: 'give all gateways the same encapsulation',
    }));
}
