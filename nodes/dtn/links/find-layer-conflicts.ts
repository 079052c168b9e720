/**
 * Finds links in a file with unsuitable convergence layers: two ends with different layers, and
 * TCPCL where the round trip is longer than a stream waits for an answer.
 *
 * @module
 */
import type {
  ConfiguredLink,
  ConfiguredNode,
  OptionConflict,
} from '../../../engine/host/protocol.ts';
import type { DtnOptions } from '../config.ts';
import { TCPCL_ROUND_TRIP_NS_MAX } from '../geometry.ts';

const NS_PER_S = 1e9;

/** Finds the links with unsuitable layers. @returns a message for each. */
export function findLayerConflicts(
  nodes: readonly ConfiguredNode<DtnOptions>[],
  links: readonly ConfiguredLink[],
): readonly OptionConflict[] {
  const layers = new Map(nodes.map(({ name, options }) => [name, options.layer]));
  return links.flatMap(({ id, ends, roundTripNs }) => {
    const [near, far] = ends.map((end) => layers.get(end));
    if (near === undefined || far === undefined) return [];
    const fault = faultOf({ near, far, roundTripNs });
    if (fault === undefined) return [];
    const node = near === 'tcpcl' ? ends[0] : ends[1];
    const { message, hint } = fault;
    return [{ node, path: ['layer'], message: `${message} on ${id}`, hint }];
  });
}

interface Ends {
  readonly near: DtnOptions['layer'];
  readonly far: DtnOptions['layer'];
  readonly roundTripNs: number;
}

function faultOf({
  near,
  far,
  roundTripNs,
}: Ends): { readonly message: string; readonly hint: string } | undefined {
  if (near !== far) {
    return { message: `${near} meets ${far}`, hint: 'write the same layer at both ends' };
  }
  if (near !== 'tcpcl' || roundTripNs <= TCPCL_ROUND_TRIP_NS_MAX) return undefined;
  const seconds = roundTripNs / NS_PER_S;
  return {
    message: `tcpcl needs round trips of at most 60 s, and one takes ${seconds} s`,
    hint: 'write layer: ltp, which waits as long as light takes',
  };
}
