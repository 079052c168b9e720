/**
 * The generator of SCION hierarchies: what is drawn, and how large it is.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { GeneratedTopology } from '../../../../engine/host/generator.ts';
import { scionTopologyGenerator } from '../../../../nodes/scion/generator.ts';
import { seededRandom } from '../../../../topologies/generate/random.ts';

type Size = Parameters<typeof scionTopologyGenerator.generate>[0];

const sizeOf = (input: object): Size =>
  (scionTopologyGenerator.parameters as z.ZodType<Size>).parse(input);
const topologyOf = (input: object): GeneratedTopology =>
  scionTopologyGenerator.generate(sizeOf(input), (seed) => seededRandom('scion', seed));

describe('a generated SCION hierarchy', () => {
  it('draws the same peering links as when all pairs were listed', () => {
    const { links } = topologyOf({ isds: 2, cores: 2, leaves: 5, peering: 7, seed: 3 });
    const peers = links.filter(({ relation }) => relation === 'peer');
    // In the order of the list from which each pair was drawn.
    expect(peers.map(({ ends }) => ends.join(' '))).toEqual([
      ...['br-1-5 br-2-3', 'br-2-4 br-2-6', 'br-1-4 br-2-6', 'br-1-5 br-2-6'],
      ...['br-1-4 br-2-4', 'br-2-3 br-2-7', 'br-2-4 br-2-5'],
    ]);
  });

  it.each([
    {},
    { isds: 3, cores: 1, leaves: 6, depth: 3, parents: 4, peering: 5 },
    { clients: 7 },
    { leaves: 0, peering: 2 },
  ])('is at most as large as it says before it is made, with %j', (input) => {
    const { nodes, links } = topologyOf(input);
    const size = scionTopologyGenerator.size(sizeOf(input));
    expect(nodes.length).toBeLessThanOrEqual(size.nodes);
    expect(links.length).toBeLessThanOrEqual(size.links);
    // A bound far above the network would refuse networks that fit.
    expect(size.links).toBeLessThan(3 * links.length + 10);
  });

  it('has two ISDs of two cores and four leaves with gateways unless it is told', () => {
    const defaults = { isds: 2, cores: 2, leaves: 4, depth: 1, parents: 2, peering: 0, seed: 1 };
    expect(sizeOf({})).toEqual({ ...defaults, gateways: true });
    const count = (run: string): number => topologyOf({}).nodes.filter((n) => n.run === run).length;
    expect([count('scion'), count('gateway')]).toEqual([12, 8]);
    expect(topologyOf({ gateways: false }).nodes).toHaveLength(12);
  });
});
