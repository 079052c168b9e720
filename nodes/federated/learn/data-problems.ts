/**
 * Federated learning: finds options of the data that contradict each other.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../../engine/host/protocol.ts';
import type { FederatedOptions } from '../config.ts';

/**
 * Finds what is wrong with the options of the data.
 * @param federations Number of federations in the network.
 */
export function dataOptionConflicts(
  { name, options }: ConfiguredNode<FederatedOptions>,
  federations: number,
): readonly OptionConflict[] {
  const { set, split, iid } = options.data;
  if (set === 'synthetic' && split !== undefined && !iid) {
    const message = 'a split deals out one set, and each client has a law of its own';
    return [{ node: name, path: ['data', 'split'], message, hint: 'iid: true' }];
  }
  if (federations > 1 && (set !== 'synthetic' || split !== undefined)) {
    const message = `one set is dealt out to all clients, and there are ${federations} federations`;
    const hint = 'give each federation a topology of its own, or leave split out';
    return [{ node: name, path: ['data', set === 'synthetic' ? 'split' : 'set'], message, hint }];
  }
  return [];
}
