/**
 * Files that try to keep the loader busy: deep and wide YAML, endless schedules, short entries that
 * create huge networks, many patterns. Each is rejected with its name and place, and none costs
 * more work than reading it.
 *
 * @module
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../scenarios/open/node-files.ts';
import { readSource } from '../../topologies/files/source.ts';
import { HostileFolder, scenario } from './hostile-folder.ts';

const folder = new HostileFolder();
afterAll(() => folder.remove());
/**
 * On an idle machine, none of these files takes more than two seconds; before the fix they took
 * minutes.
 */
const PATIENCE_MS = 30_000;

function network(generate: string): string {
  const defaults = '{ node: { run: ping }, link: { rate: 1Gbit/s, delay: 1ms } }';
  return `{ name: t, generate: ${generate}, defaults: ${defaults} }`;
}

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

const HOSTILE: readonly (readonly [what: string, text: string, said: RegExp])[] = [
  ['lists in lists', `a: ${'['.repeat(900_000)}`, /nested more than 64 deep/],
  ['maps in maps', `a: ${'{a: '.repeat(5_000)}1${'}'.repeat(5_000)}`, /nested more than 64/],
  ['brackets in quotes', `a: ${'["]",'.repeat(100_000)}`, /nested more than 64 deep/],
  ['dashes', `a:\n ${'- '.repeat(400_000)}x`, /nested more than 64 deep/],
  ['maps as keys of maps', `a:\n ${'? '.repeat(400_000)}x`, /nested more than 64 deep/],
  ['40,000 keys', repeat(40_000, (i) => `k${i}: 1`), /unknown key/],
  ['the same key 40,000 times', repeat(40_000, () => 'a: 1'), /occurs twice/],
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
    'a sweep of 20,000 paths with 10,000 values each',
    scenario(`sweep:\n${repeat(20_000, (i) => `  a.b${i}: 1..10000`)}`),
    /20000 paths, the limit is 100/,
  ],
  [
    'a sweep of 20,000 long ranges of one path',
    scenario(`sweep:\n  a: [${'1..1e9 step x1.003,'.repeat(20_000)}]`),
    /the ranges of this sweep have more than 100000 values/,
  ],
  [
    'a sweep of 20,000 ranges that never end',
    scenario(`sweep:\n  a: [${'1..2 step x1.0000000001,'.repeat(20_000)}]`),
    /more than 100000 values[\s\S]*x1.0000000001 has values of more than 4000 digits/,
  ],
  [
    'a sweep of a million combinations of 100 paths, and a condition of 100 comparisons',
    scenario(
      `sweep:\n${repeat(98, (i) => `  a.b${i}: [1]`)}\n  x: 1..1000\n  y: 1..1000\n  where: "${'x<y or '.repeat(99)}x<y and x>y"`,
    ),
    /499500 combinations, the limit is 10000/,
  ],
  [
    'a condition of 500 brackets',
    scenario(`sweep: { x: 1..3, where: "${'('.repeat(500)}" }`),
    /expected at most 32 levels/,
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
    '500 patterns that nearly fit each of 4,000 long names',
    scenario(
      `events: [{ at: 1s, partition: { from: [${Array.from({ length: 500 }, () => `"*${'a'.repeat(26)}b"`).join(',')}], to: [x] } }]`,
      `{ name: t, nodes: [${Array.from({ length: 4_000 }, (_, i) => `{name: ${'a'.repeat(50)}${i}b, run: ping}`).join(',')}, {name: ${'a'.repeat(26)}b, run: ping}] }`,
    ),
    /compare more than 100000000 characters/,
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
      expect(folder.mistakesOf(text)).toMatch(said);
    },
    PATIENCE_MS,
  );

  it(
    '2,000 flows that name one trace of 300,000 lines reads it once',
    () => {
      folder.write(
        'long.csv',
        repeat(300_000, (i) => `${i / 1e6},100`),
      );
      const flow = ' - { kind: trace, from: alice, to: bob, file: long.csv }';
      const said = folder.mistakesOf(
        scenario(`traffic:\n${repeat(2_000, () => flow)}\nkpis: { nonsense: { value: ">= 1" } }`),
      );
      expect(said).toMatch(/nonsense/);
    },
    PATIENCE_MS,
  );

  it(
    'links that follow 300 MB of traces in all is refused by name',
    () => {
      folder.write(
        'wide.csv',
        `0,1\n${'\n'.repeat(1_900_000)}${`#${'x'.repeat(198)}\n`.repeat(90_000)}`,
      );
      const links = repeat(20, (i) => {
        const rate = `{ trace: wide.csv, unit: bit/s, period: ${i + 1}s }`;
        return `{ ends: a <-> b, delay: 1ms, rate: ${rate} },`;
      });
      const nodes = '{ name: a, run: ping }, { name: b, run: ping }';
      const said = folder.mistakesOf(
        scenario('', `{ name: t, nodes: [${nodes}], links: [${links.replaceAll('\n', ' ')}] }`),
      );
      expect(said).toMatch(/rate\.trace: the files named here have more than 256 MB together/);
    },
    PATIENCE_MS,
  );

  it.each([
    ['a topology of lists', `{"topology": ${'['.repeat(500_000)}${']'.repeat(500_000)}}`, 77],
    ['an unknown key with lists', `{"a": ${'['.repeat(900_000)}${']'.repeat(900_000)}}`, 70],
    ['options in options', `{"stack": ${'{"a":'.repeat(30_000)}1${'}'.repeat(30_000)}}`, 326],
    ['30 MB of brackets', '['.repeat(30e6), 65],
  ])(
    'JSON with %s was read, and ended in an exceeded stack',
    (_, text, column) => {
      const said = `hostile.json:1:${column}  lists and maps are nested more than 64 deep here`;
      expect(folder.mistakesOfJson(text)).toContain(said);
    },
    PATIENCE_MS,
  );

  it('JSON with brackets in texts is as deep as it is', () => {
    const brackets = `"\\"${'['.repeat(100)}"`;
    expect(folder.mistakesOfJson(`{"a": [${brackets}, ${brackets}]}`)).toMatch(/unknown key/);
  });

  it('.topo with 2,000 routers in one AS is refused before all pairs of them are joined', () => {
    const links = repeat(
      1_000,
      (i) => `  - { a: "1-ff00:0:110", b: "1-ff00:0:110#${i + 1}", linkAtoB: CORE }`,
    );
    folder.write('wide.topo', `ASes: { "1-ff00:0:110": { core: true } }\nlinks:\n${links}\n`);
    const said = folder.mistakesOf(scenario('', '{ name: t, import: { scion: wide.topo } }'));
    expect(said).toMatch(/wide\.topo makes 20\d{5} links, the limit is 300000/);
  });

  it('1,500 mistakes words a thousand and counts all', () => {
    const said = folder.mistakesOf(scenario(`traffic: [${'{},'.repeat(1_500)}]`));
    expect(said.split('\n').at(-1)).toBe('and 1480 more');
  });
});

it('a value below 20,000 parts took half a minute, and ended in an exceeded stack', () => {
  const path = join(folder.path, 'plain.yaml');
  writeFileSync(path, 'a: 1\n');
  const overrides = [{ path: `b${'.b'.repeat(19_999)}`, value: '1' }];
  const limits = { files: nodeFiles, limitBytes: 1e6, tooLargeHint: 'none', overrides };
  expect(() => readSource(path, limits)).toThrow('--set the path has 20000 parts, the limit is 64');
});

it('a pipe in place of a file was read for ever', () => {
  const path = join(folder.path, 'pipe.yaml');
  spawnSync('mkfifo', [path]);
  const limits = { files: nodeFiles, limitBytes: 1e6, tooLargeHint: 'none', overrides: [] };
  expect(() => readSource(path, limits)).toThrow(/pipe\.yaml:1:1 +this is no file/);
});

it('values that are longer together than a file would be were read for a second each', () => {
  folder.write('values.yaml', scenario(''));
  const path = join(folder.path, 'values.yaml');
  const reading = (length: number): unknown => {
    const overrides = [1, 2].map((at) => ({ path: `x${at}`, value: 'q'.repeat(length) }));
    return readSource(path, { files: nodeFiles, limitBytes: 1e6, tooLargeHint: 'none', overrides });
  };
  expect(() => reading(32_000)).not.toThrow();
  expect(() => reading(33_000)).toThrow(/together have more than 65536 characters/);
});
