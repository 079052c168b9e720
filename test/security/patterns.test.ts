/**
 * Files that keep the loader busy: patterns with many stars, deep and wide YAML, endless schedules, short entries that
 * make huge networks. Each is refused by name, at its place; none takes more than the work of reading it.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../scenarios/files/load.ts';
import { ProtocolRegistry } from '../../scenarios/registry.ts';
import { ConfigError } from '../../topologies/files/config-error.ts';
import { endsOf, NamePattern, PATTERN_MAX } from '../../topologies/files/name-pattern.ts';
import { generateScion } from '../../topologies/generate/scion.ts';
import { ROOT } from '../architecture/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-loader-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const registry = new ProtocolRegistry();
const folders = { scenarios: join(ROOT, 'scenarios'), topologies: join(ROOT, 'topologies') };
/** None of these files takes a second on a machine that does nothing else; before they took minutes. */
const PATIENCE_MS = 30_000;

/** The mistakes of a file as they are printed; empty when there are none. */
function mistakesOf(text: string, name = 'hostile.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  try {
    loadScenario({ path, folders, registry });
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

function scenario(more: string, topology = 'two-nodes.yaml'): string {
  return `name: x\nquestion: q\nduration: 10s\ntopology: ${topology}\n${more}`;
}

function network(generate: string): string {
  const defaults = '{ node: { run: ping }, link: { rate: 1Gbit/s, delay: 1ms } }';
  return `{ name: t, generate: ${generate}, defaults: ${defaults} }`;
}

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

describe('a pattern of names', () => {
  it('with 14 stars on 60 letters takes a few hundred steps, where a regular expression took minutes', () => {
    const pattern = new NamePattern(`${'*a'.repeat(14)}*b`);
    expect(pattern.matches('a'.repeat(60))).toBe(false);
    expect(pattern.steps).toBeGreaterThan(60);
    expect(pattern.steps).toBeLessThan(1_000);
  });

  it('never takes more steps than the product of both lengths', () => {
    for (const text of ['*a*ab', '*aab*aab*aac', '**********', `${'*ab'.repeat(60)}c`]) {
      for (const name of ['a'.repeat(200), 'ab'.repeat(100), 'aab'.repeat(66)]) {
        const pattern = new NamePattern(text);
        pattern.matches(name);
        expect(pattern.steps).toBeLessThanOrEqual(name.length * (text.length + 1));
      }
    }
  });

  it('means what it meant as a regular expression', () => {
    const letters = ['a', 'b', '.', '-', '*'];
    let state = 1;
    const draw = (below: number): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    const word = (length: number, of: number): string =>
      Array.from({ length }, () => letters[draw(of)]).join('');
    for (let round = 0; round < 5_000; round += 1) {
      const text = word(draw(7), 5);
      const name = word(draw(9), 4);
      const form = text.split('*').map((part) => part.replaceAll('.', '\\.'));
      const expected = new RegExp(`^${form.join('.*')}$`).test(name);
      expect(new NamePattern(text).matches(name), `${text} on ${name}`).toBe(expected);
    }
  });

  it.each([
    ['a link', `events: [{ at: 1s, set: { up: false }, link: "${'*a'.repeat(101)}" }]`, '5:46'],
    ['ends', `events: [{ at: 1s, hold: true, link: "alice <-> ${'*'.repeat(200)}" }]`, '5:38'],
    [
      'nodes',
      `events: [{ at: 1s, partition: { from: ["${'*'.repeat(201)}"], to: [bob] } }]`,
      '5:40',
    ],
    ['mixes', `privacy: { mixes: "${'*'.repeat(201)}" }`, '5:19'],
  ])('that is too long is refused at its line and column (%s)', (_, more, place) => {
    const said = mistakesOf(scenario(more));
    expect(said).toMatch(
      new RegExp(`hostile\\.yaml:${place}  .*a pattern of 2\\d\\d characters, the limit is 200`),
    );
    expect(said).toMatch(/\n +\| +\^+/);
  });

  it('of the greatest length is still a pattern', () => {
    const pattern = `*${'a'.repeat(PATTERN_MAX - 1)}`;
    const said = mistakesOf(scenario(`events: [{ at: 1s, hold: true, link: "${pattern}" }]`));
    expect(said).toContain('matches no link');
  });

  it('splits at its arrow in one walk', () => {
    expect(endsOf(' a  <->  b ', '<->')).toEqual(['a', 'b']);
    expect(endsOf('a->b', '->')).toEqual(['a', 'b']);
    for (const text of ['a', 'a b -> c', '-> b', 'a -> ', 'a -> b -> c', '->'.repeat(10_000)]) {
      expect(endsOf(text, '->')).toBeUndefined();
    }
  });
});

const HOSTILE: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['lists in lists', `a: ${'['.repeat(900_000)}`, /nested more than 64 deep/],
  ['maps in maps', `a: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`, /nested more than 64/],
  ['brackets in quotes', `a: ${'["]",'.repeat(100_000)}`, /nested more than 64 deep/],
  ['dashes', `a:\n ${'- '.repeat(400_000)}x`, /nested more than 64 deep/],
  ['40,000 keys', repeat(40_000, (i) => `k${i}: 1`), /unknown key/],
  ['the same key 40,000 times', repeat(40_000, () => 'a: 1'), /stands twice/],
  ['40,000 anchors', repeat(40_000, (i) => `k${i}: &a${i} 1`), /anchors are not allowed/],
  [
    'a limit with 900,000 blanks',
    scenario(`kpis: { ping.rtt: { p95: "<= 1${' '.repeat(900_000)}x" } }`),
    /a text of 9\d{5} characters, the limit is 4096/,
  ],
  [
    'an arrow 400,000 times',
    scenario(`events: [{ at: 1s, hold: true, link: { activePath: "${'->'.repeat(400_000)} x" } }]`),
    /a text of 80\d{4} characters/,
  ],
  [
    '60,000 flows that say nothing',
    scenario(`traffic: [${'{},'.repeat(60_000)}]`),
    /and \d{5} more/,
  ],
  [
    '100,000 seeds',
    scenario(`seeds: [${Array.from({ length: 100_000 }, (_, i) => i).join(',')}]`),
    /100000 seeds, the limit is 10000/,
  ],
  [
    'a sweep of 9^40 runs',
    scenario(`sweep:\n${repeat(40, (i) => `  a.b${i}: [1,2,3,4,5,6,7,8,9]`)}`),
    /more than 2\^53 combinations, the limit is 10000/,
  ],
  [
    'a fault each nanosecond',
    scenario('events: [{ every: 1ns, for: 1ns, link: "*", hold: true }]'),
    /happens 10000000000 times, the limit is 1000000/,
  ],
  [
    'a fault at random each nanosecond',
    scenario('events: [{ random: { up: 1ns, down: 1ns }, link: "*", set: { up: false } }]'),
    /happens about 5000000000 times on each link/,
  ],
  [
    '2,000 faults with 1,000 slots each',
    scenario(
      `events:\n${repeat(2_000, (i) => ` - { every: 10ms, from: ${2 * i}ns, for: 1ns, link: "*", set: { up: false } }`)}`,
    ),
    /too many events repeat/,
  ],
  [
    '10^9 nodes',
    scenario('', network('{ kind: line, nodes: 1000000000 }')),
    /1000000000 is above the maximum 100000|100000/,
  ],
  [
    '6 million links of mixes',
    scenario('', network('{ kind: mixnet, layers: 18, width: 200, topology: free-route }')),
    /makes 64\d{5} links, the limit is 300000/,
  ],
  [
    '200,000 leaves and their pairs',
    scenario('', network('{ kind: scion, isds: 100, cores: 100, leaves: 1000 }')),
    /makes 210000 nodes, the limit is 200000/,
  ],
  [
    '4,000 names that nobody has, of 5,000',
    scenario(
      `traffic:\n${repeat(2_000, (i) => ` - { kind: poisson, from: nodx-${i}, to: nody-${i}, rate: 1/s }`)}`,
      network('{ kind: line, nodes: 5000 }'),
    ),
    /node "nodx-0" is not in/,
  ],
  [
    '10,000 options of nobody, of 10,000',
    scenario(
      `options:\n${repeat(10_000, (i) => ` o${i}: {}`)}`,
      network('{ kind: line, nodes: 10000 }'),
    ),
    /neither a protocol nor a node/,
  ],
  [
    '600 patterns on 10,000 nodes',
    scenario(
      `events: [{ at: 1s, partition: { from: [${Array.from({ length: 600 }, (_, i) => `"*${i}*"`).join(',')}], to: [x] } }]`,
      network('{ kind: line, nodes: 10000 }'),
    ),
    /compared with more than 5000000 names/,
  ],
  [
    '30 events on 10,000 links',
    scenario(
      `events:\n${repeat(30, () => ' - { at: 1s, for: 1s, hold: true, link: "*" }')}`,
      network('{ kind: line, nodes: 10000 }'),
    ),
    /select more than 200000/,
  ],
];

describe('a file of', () => {
  it.each(HOSTILE)(
    '%s is refused by name',
    (_, text, said) => {
      expect(mistakesOf(text)).toMatch(said);
    },
    PATIENCE_MS,
  );

  it('.topo with 2,000 routers in one AS is refused before all pairs of them are joined', () => {
    const links = repeat(
      1_000,
      (i) => `  - { a: "1-ff00:0:110", b: "1-ff00:0:110#${i + 1}", linkAtoB: CORE }`,
    );
    writeFileSync(
      join(folder, 'wide.topo'),
      `ASes: { "1-ff00:0:110": { core: true } }\nlinks:\n${links}\n`,
    );
    const said = mistakesOf(scenario('', '{ name: t, import: { scion: wide.topo } }'));
    expect(said).toMatch(/wide\.topo makes 20\d{5} links, the limit is 300000/);
  });

  it('1,500 mistakes words a thousand and counts all', () => {
    const said = mistakesOf(scenario(`traffic: [${'{},'.repeat(1_500)}]`));
    expect(said.split('\n').at(-1)).toBe('and 1480 more');
  });
});

it('draws the same peering links as when all pairs were listed', () => {
  const { links } = generateScion({
    kind: 'scion',
    isds: 2,
    cores: 2,
    leaves: 5,
    peering: 7,
    seed: 3,
  });
  const peers = links.filter(({ relation }) => relation === 'peer');
  // As the list gave them, from which each drawn pair was taken.
  expect(peers.map(({ a, b }) => `${a.host} ${b.host}`)).toEqual([
    ...['br-1-5 br-2-3', 'br-2-4 br-2-6', 'br-1-4 br-2-6', 'br-1-5 br-2-6'],
    ...['br-1-4 br-2-4', 'br-2-3 br-2-7', 'br-2-4 br-2-5'],
  ]);
});
