/**
 * Generators that protocols bring: how files name them, and what happens when they are wrong.
 *
 * @module
 */
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type {
  GeneratedLink,
  GeneratedTopology,
  TopologyGenerator,
} from '../../../engine/host/generator.ts';
import type { Protocol } from '../../../engine/host/protocol.ts';
import { knownProtocols } from '../../../scenarios/open/registry.ts';
import { ConfigError, type ConfigIssue } from '../../../topologies/files/config-error.ts';
import type { ProtocolLookup } from '../../../topologies/files/registry.ts';
import { BUILT_IN_GENERATORS } from '../../../topologies/generate/built-in-generators.ts';
import { loadTopology, userModulesOfTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { FileFolder, registry } from '../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const any = z.unknown();

/** Two nodes and a link. */
const PAIR: TopologyGenerator = {
  name: 'pair',
  parameters: any,
  size: () => ({ nodes: 2, links: 1 }),
  generate: () => ({
    nodes: [{ name: 'a' }, { name: 'b', fixedOptions: { window: 128 } }],
    links: [{ ends: ['a', 'b'], usual: { delayNs: 5e6 } }],
  }),
};

const module = files.write('topologies/mine.ts', '');

/** A topology of one link with these values. */
const linked = (values: object): object => ({
  nodes: [{ name: 'a' }, { name: 'b' }],
  links: [{ ends: ['a', 'b'], ...values }],
});

const noPlace = (): never => {
  throw new RangeError('no place');
};

/** A registry in which the module offers the generator. */
function withModule(generator: TopologyGenerator): ProtocolLookup {
  const mine = { ...registry.protocols('ping'), name: 'mine', generators: [generator] } as Protocol;
  return {
    ...registry,
    protocols: (name) => (name === module ? mine : registry.protocols(name)),
  };
}

function load(entry: string, known: ProtocolLookup, defaults = ''): Topology {
  const path = files.write('topologies/own.yaml', `name: own\n${defaults}generate: ${entry}\n`);
  return loadTopology({ path, folders: files.folders, registry: known });
}

function issuesOf(generator: TopologyGenerator): readonly ConfigIssue[] {
  try {
    load('{ kind: pair, run: ./mine.ts }', withModule(generator));
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('a generator of a user’s module', () => {
  it('makes nodes that run the module, with their options and links', () => {
    const { hosts, links } = load('{ kind: pair, run: ./mine.ts }', withModule(PAIR));
    expect(hosts.map(({ name, protocol, options }) => ({ name, protocol, options }))).toEqual([
      { name: 'a', protocol: module, options: {} },
      { name: 'b', protocol: module, options: { window: 128 } },
    ]);
    expect(links.map(({ forward }) => forward)).toEqual([{ rateBps: 1e9, delayNs: 5e6 }]);
  });

  it('leaves the protocol to the defaults of the file, and keeps the options of its links', () => {
    const defaults = 'defaults: { node: { run: ping, options: { misses: 2, window: 64 } } }\n';
    const { hosts } = load('{ kind: pair, run: ./mine.ts }', withModule(PAIR), defaults);
    expect(hosts.map(({ protocol, options }) => [protocol, options])).toEqual([
      ['ping', { misses: 2, window: 64 }],
      ['ping', { misses: 2, window: 128 }],
    ]);
  });

  it('is found before the module is loaded, so that it can be', () => {
    const path = files.write(
      'topologies/own.yaml',
      'name: own\ngenerate: { kind: pair, run: ./mine.ts }\n',
    );
    const request = { path, folders: files.folders, registry };
    expect(userModulesOfTopology(request)).toEqual([module]);
    expect(userModulesOfTopology({ ...request, registry: withModule(PAIR) })).toEqual([module]);
  });

  it('was called our bug when it threw: it is told at its line', () => {
    for (const wrong of [{ generate: noPlace }, { size: noPlace }]) {
      expect(issuesOf({ ...PAIR, ...wrong })).toMatchObject([
        {
          code: 'E126',
          line: 2,
          path: 'generate.kind',
          message: 'the generator "pair" threw RangeError: no place',
        },
      ]);
    }
    const nothing = { ...PAIR, generate: () => undefined as never };
    expect(issuesOf(nothing)).toMatchObject([{ code: 'E126', line: 2 }]);
  });

  it('is our bug when it throws in a shipped protocol', () => {
    const shipped = { ...withModule(PAIR), isShipped: () => true };
    const broken = { ...registry.protocols('ping'), generators: [{ ...PAIR, size: noPlace }] };
    const known = { ...shipped, protocols: () => broken as Protocol };
    expect(() => load('{ kind: pair, run: ./mine.ts }', known)).toThrow(RangeError);
  });

  it('makes links as files write them: each direction, with contacts', () => {
    const windows = [{ startNs: 10e9, endNs: 20e9, rateBps: 2e6 }];
    const contacts = { windows, periodNs: 95e9, atEnd: 'drop' as const };
    const link: GeneratedLink = {
      ends: ['sky', 'ground'],
      id: 'pass',
      usual: { rateBps: 1e6 },
      both: { delayNs: 3e6, loss: 0.02, mtu: 1_500, contacts },
      backward: { rateBps: 1e3 },
    };
    const place = { lat: 52.5, lon: 13.4 };
    const nodes = [
      { name: 'sky', machine: 'bus', cores: 2 },
      { name: 'ground', place },
    ];
    const known = withModule({ ...PAIR, generate: () => ({ nodes, links: [link] }) });
    const defaults = 'defaults: { link: { rate: 5Mbit/s, delay: 9ms } }\n';
    const entry = '{ kind: pair, run: ./mine.ts }';
    const made = load(entry, known, defaults);
    const both = {
      delayNs: 3e6,
      mtu: 1_500,
      loss: { kind: 'bernoulli', probability: 0.02 },
      contacts,
    };
    expect(made.links).toMatchObject([
      {
        id: 'pass',
        // The file may change what is usual, and nothing else.
        forward: { ...both, rateBps: 5e6 },
        backward: { ...both, rateBps: 1e3 },
      },
    ]);
    expect(load(entry, known).links[0]?.forward.rateBps).toBe(1e6);
    expect(made.hosts).toMatchObject([{ machine: 'bus', cores: 2 }, { place }]);
  });

  const wrong: readonly (readonly [string, object])[] = [
    ['nodes[0].name: "a b" is not a name', { nodes: [{ name: 'a b' }] }],
    ['nodes[0].name: "../a" is not a name', { nodes: [{ name: '../a' }] }],
    ['nodes[0].name: "con" is not a name', { nodes: [{ name: 'con' }] }],
    ['nodes[0].address: unknown key', { nodes: [{ name: 'a', address: '127.0.0.1' }] }],
    ['nodes: missing, expected a list', { nodes: undefined }],
    ['links[0].both.delayNs: -1 is below the minimum 0', linked({ both: { delayNs: -1 } })],
    ['links[0].usual.delayNs: 0.5 is not a whole number', linked({ usual: { delayNs: 0.5 } })],
    ['links[0].forward.rateBps: 0 is not a rate', linked({ forward: { rateBps: 0 } })],
    ['links[0].both.loss: 2 is above the maximum 1', linked({ both: { loss: 2 } })],
    ['links[0].both.mtu: 65536 is above', linked({ both: { mtu: 65_536 } })],
    ['links[0].relation: "boss" is not known', linked({ relation: 'boss' })],
  ];
  it.each(wrong)('is told where it is wrong: %s', (words, part) => {
    const generate = (): GeneratedTopology => ({ nodes: [], links: [], ...part });
    const [issue, ...others] = issuesOf({ ...PAIR, generate });
    expect(issue).toMatchObject({ code: 'E126', line: 2, path: 'generate.kind' });
    expect(issue?.message).toContain(`the generator "pair" makes ${words}`);
    expect(others).toEqual([]);
  });

  it('puts its protocol, or another, on others; what the file adds is above', () => {
    const terms = { maxBytes: 100, delivery: 'best-effort', isOrdered: false } as const;
    const base = withModule({
      ...PAIR,
      generate: () => ({
        nodes: ['end-1', 'end-2', 'relay'].map((name) => ({ name, run: 'ping' })),
        links: [],
        stack: [{ on: 'end-*', options: { misses: 2 } }],
      }),
    });
    const known: ProtocolLookup = {
      ...base,
      protocols: (name) => {
        const found = base.protocols(name);
        const channel = name === 'scion' ? 4 : 3;
        return found && { ...found, carries: () => terms, channel };
      },
    };
    const more = 'stack: [{ on: end-1, run: scion }]\n';
    const { hosts } = load('{ kind: pair, run: ./mine.ts }', known, more);
    const layers = hosts.map(({ layers: on = [] }) =>
      on.map(({ name, options }) => [name, options]),
    );
    expect(layers).toEqual([
      [
        ['mine', { misses: 2 }],
        ['scion', {}],
      ],
      [['mine', { misses: 2 }]],
      [],
    ]);
  });

  it('has a layer refused that fits nowhere, and options that are wrong', () => {
    const stacked = (layer: object): readonly ConfigIssue[] =>
      issuesOf({
        ...PAIR,
        generate: () => ({
          nodes: [{ name: 'a', run: 'ping' }],
          links: [],
          stack: [{ on: 'a', ...layer }],
        }),
      });
    expect(stacked({ on: 'b' })).toMatchObject([{ code: 'E106', line: 2, path: 'generate.on' }]);
    expect(stacked({ run: 'pong' })).toMatchObject([{ code: 'E116', line: 2 }]);
    const message = 'mine cannot be carried by another protocol';
    expect(stacked({})).toMatchObject([{ code: 'E127', line: 2, message }]);
  });

  it('may make all that a file may write', () => {
    const rates = { rateBps: Number.POSITIVE_INFINITY, delayNs: 0, mtu: 65_535, loss: 1 };
    const generate = (): GeneratedTopology => ({
      nodes: [{ name: 'a' }, { name: 'x'.repeat(63) }],
      links: [{ ends: ['a', 'x'.repeat(63)], both: rates }],
    });
    expect(issuesOf({ ...PAIR, generate })).toEqual([]);
  });

  it('has contacts that overlap refused as those of a file are', () => {
    const windows = [
      { startNs: 0, endNs: 10 },
      { startNs: 9, endNs: 20 },
    ];
    const part = linked({ both: { contacts: { windows } } });
    const generate = (): GeneratedTopology => ({ nodes: [], links: [], ...part });
    expect(issuesOf({ ...PAIR, generate })).toMatchObject([{ code: 'E111', line: 2 }]);
  });

  it('cannot link nodes that it does not make, nor make two of one name', () => {
    const links = [{ ends: ['a', 'c'] as const }];
    const nodes = [{ name: 'a' }];
    expect(issuesOf({ ...PAIR, generate: () => ({ nodes, links }) })).toMatchObject([
      { code: 'E106', line: 2, message: 'node "c" is not in this topology' },
    ]);
    const twice = { ...PAIR, generate: () => ({ nodes: [...nodes, ...nodes], links: [] }) };
    expect(issuesOf(twice)).toMatchObject([{ code: 'E113', line: 2 }]);
  });

  it('may make 200,000 nodes and 300,000 links, and not one more', () => {
    const sized = (nodes: number, links: number): TopologyGenerator => ({
      ...PAIR,
      size: () => ({ nodes, links }),
    });
    expect(issuesOf(sized(200_000, 300_000))).toEqual([]);
    for (const wrong of [sized(200_001, 1), sized(1, 300_001)]) {
      expect(issuesOf(wrong)).toMatchObject([{ code: 'E104', path: 'generate' }]);
    }
  });

  it('draws from its own stream: by name and seed', () => {
    const drawn = (name: string, seed: number): string => {
      const generate: TopologyGenerator['generate'] = (_, draws) => {
        const draw = draws(seed);
        const digits = Array.from({ length: 8 }, () => draw(10)).join('');
        return { nodes: [{ name: `n${digits}` }], links: [] };
      };
      const entry = `{ kind: ${name}, run: ./mine.ts }`;
      return load(entry, withModule({ ...PAIR, name, generate })).hosts[0]?.name ?? '';
    };
    expect(drawn('pair', 1)).toBe(drawn('pair', 1));
    expect(new Set([drawn('pair', 1), drawn('pair', 2), drawn('other', 1)]).size).toBe(3);
  });
});

describe('the generators', () => {
  it('have names of their own, so that a file needs no protocol', () => {
    const all = [...BUILT_IN_GENERATORS, ...knownProtocols().flatMap((p) => p.generators ?? [])];
    const names = all.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['ring', 'scion', 'mixnet']));
  });
});
