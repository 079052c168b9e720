import { afterAll, describe, expect, it } from 'vitest';
import { withTrafficOfSeed } from '../../../../runner/traffic/drawn-pairs.ts';
import { readFlows } from '../../../../scenarios/files/flows-text.ts';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { FileFolder, registry } from '../../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const TOPOLOGY = `topology:
  name: t
  nodes: [{ name: node-1 }, { name: node-2 }, { name: bus }, { name: alone }]
  links: [{ ends: node-1 <-> node-2 }, { ends: node-2 <-> bus }]
  defaults: { node: { run: scion }, link: { rate: 1Mbit/s, delay: 1ms } }
`;

function load(text: string, entry = 'kind: flows, file: f.csv', before = ''): Scenario {
  files.write('scenarios/f.csv', text);
  const traffic = `traffic:\n${before}  - { ${entry} }\n`;
  const path = files.write('scenarios/s.yaml', `name: s\n${TOPOLOGY}duration: 60s\n${traffic}`);
  return loadScenario({ path, folders: files.folders, registry, overrides: {} });
}

function mistakeIn(text: string): string {
  try {
    load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/scenarios\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

/** Each flow as one line: ends, seconds, bytes. */
const linesOf = ({ traffic }: Scenario): readonly string[] =>
  traffic.map(({ from, to, pattern }) => {
    const { atNs, bytes } = pattern as Extract<typeof pattern, { kind: 'trace' }>;
    return `${from} ${to} ${atNs.map((ns) => ns / 1e9)} ${bytes}`;
  });

describe('traffic of many flows from one file', () => {
  it('is a flow for each pair of nodes, in the order of time, of CSV', () => {
    const text = 'time,from,to,size\n\n# one\n2, bus ,1,100\n0.5,node-1,2,64\n1,bus,1,32\n';
    const { traffic, ...rest } = load(text, 'kind: flows, file: f.csv, start: 1s, lifetime: 5s');
    expect(linesOf({ traffic, ...rest })).toEqual([
      'bus node-1 1,2 32,100',
      'node-1 node-2 0.5 64',
    ]);
    expect(traffic[0]).toMatchObject({ startNs: 1e9, stopNs: 60e9, wishes: { lifetime: 5e9 } });
    expect(traffic.map(({ group }) => group)).toEqual(Array(2).fill('2 flows of f.csv (entry 1)'));
  });

  it('is one of new messages of the ONE, whose other events are left out with a note', () => {
    const text = `10.5 C M1 1 2 64 # new
10.5 CONN 1 2 up
11 S M1 1 2
12 C M2 2 1 1000 50
13 DE M1 1 2
14 C M3 1 2 65\r
`;
    const scenario = load(text, 'kind: flows, file: f.csv');
    expect(linesOf(scenario)).toEqual(['node-1 node-2 10.5,14 64,65', 'node-2 node-1 12 1000']);
    expect(scenario.warnings.join('\n')).toMatch(/3 lines are no new messages \(C\)/);
    expect(scenario.warnings.join('\n')).toMatch(/1 messages ask for a response/);
  });

  it('says how many messages the run is too short for', () => {
    const { warnings } = load('1,1,2,100\n59.9,1,2,100\n60,1,2,100\n70,2,1,100\n');
    expect(warnings.join('\n')).toMatch(/2 of 4 messages are not before the end of the run/);
  });

  it('leaves the place and the streams of drawn pairs beside it as they are', () => {
    const drawn = '{ pairs: 2, among: "node-*", kind: poisson, rate: 1/s }';
    const constant = '{ from: bus, to: node-1, kind: constant, rate: 1/s }';
    const entries = `  - ${constant}\n  - { kind: flows, file: f.csv }\n  - ${drawn}\n`;
    const scenario = load('1,1,2,100\n2,bus,1,100\n', constant.slice(2, -2), entries);
    const { traffic } = withTrafficOfSeed(scenario, 1 as Parameters<typeof withTrafficOfSeed>[1]);
    expect(
      traffic.map(({ from, pattern, streams }) => `${from} ${pattern.kind} ${streams}`),
    ).toEqual([
      'bus constant 0',
      'node-1 trace 1/0',
      'bus trace 1/1',
      expect.stringMatching(/^node-\d poisson 3\/0$/),
      expect.stringMatching(/^node-\d poisson 3\/1$/),
      'bus constant 4',
    ]);
  });

  it.each([
    ['from,to,time,size\n', /f\.csv:1:1 {2}the columns are not time, from, to, size/],
    ['1,1,2\n', /f\.csv:1:1 {2}this line is not "seconds,from,to,bytes"/],
    ['1,1,2,100,5\n', /f\.csv:1:1 {2}this line is not "seconds,from,to,bytes"/],
    ['1,1,2,100\n1 1 2 100\n', /f\.csv:2:1 {2}this line is neither/],
    ['1,1,2,100\n-1,1,2,100\n', /f\.csv:2:1 {2}"-1" is no time in seconds/],
    ['1e9,1,2,100\n', /f\.csv:1:1 {2}"1e9" is no time in seconds from 0 to 9000000/],
    ['1,1,2,31\n', /f\.csv:1:7 {2}"31" is not a whole number of bytes from 32/],
    ['1,1,2,1.5\n', /f\.csv:1:7 {2}"1\.5" is not a whole number/],
    ['1,bus,bus,100\n', /f\.csv:1:7 {2}bus sends to itself/],
    ['1,1,3,100\n', /f\.csv:1:5 {2}node "node-3" is not in the topology/],
    ['1,1,buss,100\n', /f\.csv:1:5 {2}node "buss" [\s\S]*hint: .*bus/],
    ['1,1,alone,100\n', /f\.csv:1:5 {2}there is no path from node-1 to alone/],
    ['7 C M1 1 2\n', /f\.csv:1:1 {2}this line is neither/],
    ['# nothing\n', /s\.yaml:\d+:\d+ {2}traffic\[0\]\.file: f\.csv has no messages/],
    ['', /s\.yaml:\d+:\d+ {2}traffic\[0\]\.file: f\.csv has no messages/],
  ])('shows what is wrong where it is: %j', (text, message) => {
    expect(mistakeIn(text)).toMatch(message);
  });

  it('is refused above its bounds before the work', () => {
    const first = (text: string): string => {
      const read = readFlows(text);
      return read.kind === 'mistakes' ? (read.mistakes[0]?.message ?? '') : 'nothing is wrong';
    };
    const pairs = Array.from({ length: 10_001 }, (_, index) => `1,a${index},b,64`).join('\n');
    expect(first(pairs)).toBe('more than 10000 pairs of nodes');
    expect(first(`1,a,${'b'.repeat(500)},64`)).toMatch(/the limit is 400/);
    expect(first('\n'.repeat(2_000_001))).toMatch(/the limit is 2000000 lines/);
  });

  it('takes packets of a trace however many they are', () => {
    const lines = Array.from({ length: 200_000 }, (_, index) => `${index * 1e-4},1,2,100`);
    expect(load(`${lines.join('\n')}\n`).traffic).toHaveLength(1);
    files.write('scenarios/t.csv', lines.map((line) => line.replace(',1,2', '')).join('\n'));
    const entry = 'from: node-1, to: node-2, kind: trace, file: t.csv';
    expect(load('', entry).traffic).toHaveLength(1);
  });
});
