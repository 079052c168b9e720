/**
 * The generator of mixnets: nodes with roles, and exactly the links that paths need.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import type { GeneratedTopology } from '../../../../engine/host/generator.ts';
import { mixnetTopologyGenerator } from '../../../../nodes/mixnet/generator.ts';

type Size = Parameters<typeof mixnetTopologyGenerator.generate>[0];

const sizeOf = (input: object): Size =>
  (mixnetTopologyGenerator.parameters as z.ZodType<Size>).parse(input);
const topologyOf = (input: object): GeneratedTopology =>
  mixnetTopologyGenerator.generate(sizeOf(input), () => () => 0);

function make(input: object): {
  readonly names: readonly string[];
  readonly roles: Readonly<Record<string, unknown>>;
  readonly links: ReadonlySet<string>;
  readonly count: number;
} {
  const { nodes, links } = topologyOf(input);
  return {
    names: nodes.map(({ name }) => name),
    roles: Object.fromEntries(
      nodes.map(({ name, fixedOptions }) => [name, fixedOptions?.['role']]),
    ),
    links: new Set(links.map(({ ends }) => [...ends].sort().join(' '))),
    count: links.length,
  };
}

const has = (links: ReadonlySet<string>, a: string, b: string): boolean =>
  links.has([a, b].sort().join(' '));

describe('a generated mixnet', () => {
  const made = make({ layers: 3, width: 2, providers: 2, clients: 3 });

  it('has an authority, providers, mixes by layer and clients, with their roles', () => {
    expect(made.names).toEqual([
      'authority',
      'provider-1',
      'provider-2',
      ...['mix-1-1', 'mix-1-2', 'mix-2-1', 'mix-2-2', 'mix-3-1', 'mix-3-2'],
      ...['client-1', 'client-2', 'client-3'],
    ]);
    expect([made.roles['authority'], made.roles['mix-2-1'], made.roles['client-3']]).toEqual([
      'authority',
      'mix',
      'client',
    ]);
  });

  it('lets clients share machines in turn, if it is told to, and nobody else', () => {
    const machinesOf = (own: object): readonly unknown[] =>
      topologyOf({ layers: 1, width: 1, providers: 1, clients: 3, ...own })
        .nodes.filter(({ machine }) => machine !== undefined)
        .map(({ name, machine }) => `${name} on ${machine}`);
    expect(machinesOf({ clientMachines: 2 })).toEqual([
      'client-1 on clients-1',
      'client-2 on clients-2',
      'client-3 on clients-1',
    ]);
    expect(machinesOf({})).toEqual([]);
  });

  it('spreads the mixes of each layer over autonomous systems in turn, if it is told to', () => {
    const systemsOf = (systems: object): readonly unknown[] =>
      topologyOf({ layers: 2, width: 3, clients: 1, ...systems })
        .nodes.filter(({ name }) => name.startsWith('mix'))
        .map(({ options }) => options?.['asn']);
    expect(systemsOf({ systems: 2 })).toEqual(['AS1', 'AS2', 'AS1', 'AS1', 'AS2', 'AS1']);
    expect(new Set(systemsOf({}))).toEqual(new Set([undefined]));
  });

  it('links clients to one provider each, layers to the next, and everybody to the authority', () => {
    const { links, count } = made;
    expect(count).toBe(links.size);
    expect(count).toBe(3 + 8 + 8 + 11);
    expect(has(links, 'client-1', 'provider-1')).toBe(true);
    expect(has(links, 'client-2', 'provider-2')).toBe(true);
    expect(has(links, 'client-3', 'provider-1')).toBe(true);
    expect(has(links, 'mix-1-1', 'mix-2-2')).toBe(true);
    expect(has(links, 'mix-1-1', 'mix-3-1')).toBe(false);
    expect(has(links, 'provider-1', 'mix-2-1')).toBe(false);
    expect(has(links, 'provider-2', 'mix-3-2')).toBe(true);
  });

  it('joins chains of a cascade only along them', () => {
    const { links } = make({ topology: 'cascade', width: 2, clients: 1 });
    expect(has(links, 'mix-1-1', 'mix-2-1')).toBe(true);
    expect(has(links, 'mix-1-1', 'mix-2-2')).toBe(false);
  });

  it.each([{ topology: 'free-route' }, { placement: 'beacon' }] as const)(
    'joins all mixes and providers with %j',
    (input) => {
      const { links } = make({ ...input, layers: 2, width: 2, providers: 1, clients: 1 });
      expect(has(links, 'mix-1-1', 'mix-1-2')).toBe(true);
      expect(has(links, 'mix-1-1', 'mix-2-2')).toBe(true);
      expect([...links].filter((link) => link.includes('mix-1-1'))).toHaveLength(3 + 1 + 1);
    },
  );

  it('makes one link where a layer is first and last', () => {
    const { links, count } = make({ layers: 1, width: 2, providers: 1, clients: 1 });
    expect(count).toBe(links.size);
  });

  it.each([
    {},
    { topology: 'cascade', width: 4, layers: 5 },
    { topology: 'free-route' },
    { placement: 'beacon', layers: 4 },
    { layers: 1, width: 2, providers: 1, clients: 1 },
  ])('is as large as it says before it is made, with %j', (input) => {
    const { nodes, links } = topologyOf(input);
    expect(mixnetTopologyGenerator.size(sizeOf(input))).toEqual({
      nodes: nodes.length,
      links: links.length,
    });
  });

  it('has three layers of three mixes, two providers and ten clients unless it is told', () => {
    expect(sizeOf({})).toEqual({
      layers: 3,
      width: 3,
      providers: 2,
      clients: 10,
      topology: 'stratified',
      placement: 'fixed',
    });
  });
});
