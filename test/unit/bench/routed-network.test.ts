import { describe, expect, it } from 'vitest';
import { RoutedNetwork, runRouted } from '../../../bench/routed-network.ts';
import { drawInternet, INTERNET_EXPECTED } from '../../../bench/workloads/internet-model.ts';

describe('workload (d): networks of any size (docs/spec/workloads.md#d-networks-of-any-size)', () => {
  it('has three links for each node that joins, and never the same one twice', () => {
    const { edges } = drawInternet(1_000);
    expect(edges).toHaveLength(6 + 3 * 996);
    const pairs = new Set(edges.map(({ a, b }) => `${Math.min(a, b)}-${Math.max(a, b)}`));
    expect(pairs.size).toBe(edges.length);
    expect(edges.slice(0, 6).map(({ a, b }) => [a, b])).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  it('has exactly the results of the specification with 100 nodes', () => {
    const world = new RoutedNetwork(drawInternet(100));
    const expected = { ...INTERNET_EXPECTED.get(100), packetHops: world.plannedHops() };
    const result = runRouted('100 nodes', world, expected);
    expect(result).toMatchObject({ delivered: 1_000_000, packetHops: 2_670_000 });
  });

  it('routes over the fewest hops, ties to the neighbour with the lowest index', () => {
    const edges = [
      [0, 3],
      [0, 2],
      [2, 1],
      [3, 1],
      [0, 4],
      [4, 5],
      [5, 1],
    ].map(([a = 0, b = 0], index) => ({ a, b, delayNs: 1_000 * (index + 1) }));
    const world = new RoutedNetwork({
      nodes: 6,
      edges,
      flows: [{ source: 0, target: 1, startNs: 0 }],
      packetsPerFlow: 1,
      packetBytes: 1_000,
      gapNs: 1,
      rateBps: 8e9,
      queuePackets: 10,
    });
    // Over 2 (edges of 2,000 and 3,000 ns), each packet of 1,000 bytes takes 1,000 ns per hop.
    expect(runRouted('a square', world, {}).lastNs).toBe(2_000 + 3_000 + 2 * 1_000);
    expect(world.plannedHops()).toBe(2);
  });

  it('refuses a run with another result than the expected one', () => {
    const world = new RoutedNetwork({ ...drawInternet(100), packetsPerFlow: 1 });
    expect(() => runRouted('100 nodes', world, { delivered: 99 })).toThrow(
      '100 nodes is void: delivered is 100, not 99',
    );
  });
});
