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

  it('draws delays from shortest to longest, and the same links as without them', () => {
    const size = { isds: 3, cores: 3, leaves: 9, peering: 4, shortest: '2ms', longest: '2.001ms' };
    const drawn = topologyOf({ ...size, seed: 5 }).links;
    const delays = drawn.filter(({ relation }) => relation !== 'internal').map((l) => l.both);
    expect(new Set(delays.map((both) => both?.delayNs))).toEqual(new Set([2_000_000, 2_001_000]));
    const { shortest: _, longest: __, ...plain } = size;
    const without = topologyOf({ ...plain, seed: 5 }).links;
    expect(drawn.map(({ both: _both, ...link }) => link)).toEqual(without);
    expect(topologyOf({ ...size, seed: 6 }).links.map((l) => l.both)).not.toEqual(
      drawn.map((l) => l.both),
    );
  });

  it.each([
    [{ shortest: '2ms' }, 'stands with longest'],
    [{ longest: '2ms' }, 'stands with longest'],
    [{ shortest: '2ms', longest: '1ms' }, 'is below shortest'],
  ])('refuses delays such as %j', (input, words) => {
    expect(() => sizeOf(input)).toThrow(words);
  });

  it.each([
    {},
    { isds: 3, cores: 1, leaves: 6, depth: 3, parents: 4, peering: 5 },
    { clients: 7 },
    { leaves: 0, peering: 2 },
    { leaves: 3, control: true },
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
    expect(sizeOf({})).toEqual({ ...defaults, gateways: true, control: false });
    const count = (run: string): number => topologyOf({}).nodes.filter((n) => n.run === run).length;
    expect([count('scion'), count('gateway')]).toEqual([12, 8]);
    expect(topologyOf({ gateways: false }).nodes).toHaveLength(12);
    const { nodes, links } = topologyOf({ control: true });
    expect(nodes.filter(({ run }) => run === 'control-service')).toHaveLength(12);
    // Each control service is linked to the router of its AS, and each gateway to it.
    const linked = (from: string): readonly string[] =>
      links
        .filter(({ ends }) => ends[0] === from && ends[1].startsWith('control'))
        .map(({ ends }) => ends[1]);
    expect(linked('gateway-1-3')).toEqual(['control-1-3']);
    expect(links.some(({ ends }) => ends.join() === 'control-1-1,core-1-1')).toBe(true);
  });
});
