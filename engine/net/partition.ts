/**
 * Partitions between hosts: finds the directions, segments and clouds that join given pairs and cuts them
 * (docs/spec/link-model.md#changes-while-packets-are-under-way).
 *
 * Acts only where two hosts are joined directly; to partition distant hosts, cut the hosts between
 * them.
 *
 * @module
 */
import type { LinkDirection } from './direction.ts';
import type { LinkChangeHandle } from './sim-link.ts';

/** The directions and media of a network, which a partition can cut. */
export interface PartitionableNetwork {
  readonly directions: readonly LinkDirection[];
  /** Segments and clouds, which join more than two hosts. */
  readonly media: readonly PartitionableMedium[];
}

/** A segment or a cloud, of which a partition cuts pairs of members. */
export interface PartitionableMedium {
  hasMember(host: number): boolean;
  /** Adds or removes a partition from one member to another. */
  partition(from: number, to: number, change: 1 | -1): void;
}

/** Sender and receiver, by index of the host. */
export type HostPair = readonly [from: number, to: number];

/** All pairs of one host of each list; with `both`, also the reversed pairs. */
export function orderedHostPairs(
  from: readonly number[],
  to: readonly number[],
  ways: 'both' | 'one-way',
): HostPair[] {
  const pairs = from.flatMap((source) => to.map((target): HostPair => [source, target]));
  if (ways === 'one-way') return pairs;
  return [...pairs, ...pairs.map(([source, target]): HostPair => [target, source])];
}

/** Cuts every direction, segment and cloud that directly joins one of the pairs. */
export function cutHostPairs(
  network: PartitionableNetwork,
  pairs: readonly HostPair[],
): LinkChangeHandle[] {
  const cuts: LinkChangeHandle[] = [];
  for (const direction of network.directions) {
    const { fromNode, toNode } = direction;
    if (!pairs.some(([from, to]) => from === fromNode && to === toNode)) continue;
    direction.addPartition();
    cuts.push({ end: () => direction.removePartition() });
  }
  for (const medium of network.media) {
    for (const [from, to] of pairs) {
      if (from === to || !medium.hasMember(from) || !medium.hasMember(to)) continue;
      medium.partition(from, to, 1);
      cuts.push({ end: () => medium.partition(from, to, -1) });
    }
  }
  return cuts;
}
