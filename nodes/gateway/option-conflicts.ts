/**
 * Finds gateways that would not understand what others of the same file send.
 *
 * @module
 */
import type { ConfiguredNode, OptionConflict } from '../../engine/host/protocol.ts';
import type { GatewayOptions } from './config.ts';

/** An option that every gateway of a file must have if one of them has it. */
interface SharedOption {
  readonly path: readonly string[];
  isOn(options: GatewayOptions): boolean;
  /** The mistake as a sentence: gateway `having` has the option, but gateway `without` does not. */
  message(without: string, having: string): string;
  readonly hint: string;
}

const SHARED_OPTIONS: readonly SharedOption[] = [
  {
    path: ['multipath', 'strategy'],
    isOn: ({ multipath }) => multipath.strategy === 'race',
    message: (without, having) =>
      `${without} does not race, but ${having} does, and sends it two copies of each packet`,
    hint: 'race for all gateways, or for none: others count the second copies as replays',
  },
  {
    path: ['multipath', 'strategy'],
    isOn: ({ multipath }) => multipath.strategy === 'striping',
    message: (without, having) =>
      `${without} does not stripe, but ${having} does, and puts a number in front of each packet`,
    hint: 'striping for all gateways, or for none: others take the number for a part of the packet',
  },
  {
    path: ['encapsulation'],
    isOn: ({ encapsulation }) => encapsulation === 'sig',
    message: (without, having) =>
      `${without} accepts sealed frames alone, but ${having} sends SIG frames`,
    hint: 'give all gateways the same encapsulation',
  },
];

/** Finds the gateways that lack an option which they must have because another gateway has it. */
export function findOptionConflicts(
  nodes: readonly ConfiguredNode<GatewayOptions>[],
): readonly OptionConflict[] {
  return SHARED_OPTIONS.flatMap(({ path, isOn, message, hint }) => {
    const having = nodes.find(({ options }) => isOn(options));
    if (having === undefined) return [];
    return nodes
      .filter(({ options }) => !isOn(options))
      .map(({ name }) => ({ node: name, path, message: message(name, having.name), hint }));
  });
}
