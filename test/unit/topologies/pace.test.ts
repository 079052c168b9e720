import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import {
  type RateOrDelayTrace,
  readRateOrDelayTrace,
} from '../../../topologies/import/pace-text.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { FileFolder, registry } from '../../bad-files/fixture.ts';

const files = new FileFolder();
afterAll(() => files.remove());

function load(link: string, more = ''): Topology {
  const yaml = `name: t
nodes: [{ name: a, run: scion }, { name: b, run: scion }]
links: [{ ends: a <-> b, ${link} }]
${more}`;
  const path = files.write('topologies/t.yaml', yaml);
  return loadTopology({ path, folders: files.folders, registry });
}

function mistakeIn(link: string, text = ''): string {
  files.write('topologies/x.csv', text);
  try {
    load(link);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(/\S*\/topologies\//g, '');
    throw error;
  }
  return 'nothing is wrong';
}

function chances(text: string): RateOrDelayTrace {
  const pace = readRateOrDelayTrace(text, { quantity: 'rate' });
  if (pace.kind === 'mistakes') throw new Error(pace.mistakes[0]?.message);
  return pace;
}

const MS = 1e6;

describe('a trace of a rate or a delay', () => {
  it('is a list of values with units, and its mean is what nodes are told', () => {
    files.write(
      'topologies/x.csv',
      'time,rate\n# one\n0,10Mbit/s\n1,10mbit\n1.5, 0\n\n2,2Mbit/s\r\n',
    );
    files.write('topologies/y.csv', '0,5\n0.5,20.5\n');
    const { links } = load(
      'rate: { trace: x.csv, period: 4s, unit: kbit }, delay: { trace: y.csv, unit: ms }',
    );
    expect(links[0]?.forward).toMatchObject({
      rateBps: (15 + 4) * (1e6 / 4),
      rateSteps: { atNs: [0, 1.5e9, 2e9], values: [10e6, 0, 2e6], periodNs: 4e9 },
      delayNs: 5e6,
      delaySteps: { atNs: [0, 5e8], values: [5e6, 20.5e6] },
    });
  });

  it('is outweighed by a number that comes later, and outweighs one that came before', () => {
    files.write('topologies/x.csv', '0,3Mbit/s\n');
    const link = 'delay: 1ms, forward: { rate: 5Mbit/s }, backward: { delay: 2ms }';
    const { links } = load(link, 'defaults: { link: { rate: { trace: x.csv } } }');
    expect(links[0]?.forward).toEqual({ rateBps: 5e6, delayNs: 1e6 });
    const backward = { rateBps: 3e6, delayNs: 2e6, rateSteps: { atNs: [0], values: [3e6] } };
    expect(links[0]?.backward).toEqual(backward);
  });

  it('is one of chances to send 1,500 bytes, as those of mahimahi: each in its millisecond', () => {
    expect(chances('1\n')).toMatchObject({
      steps: { atNs: [0], values: [12e6], periodNs: MS },
      mean: 12e6,
    });
    expect(chances('2\n2\n3\n7\n10\n')).toMatchObject({
      steps: {
        atNs: [0, 1, 2, 3, 6, 7, 9].map((ms) => ms * MS),
        values: [0, 24e6, 12e6, 0, 12e6, 0, 12e6],
        periodNs: 10 * MS,
      },
      mean: 6e6,
    });
    // A chance at 0 ms is the one at the end of the period before.
    expect(chances('0\n0\n3\n4\n')).toMatchObject({
      steps: { atNs: [0, 2 * MS, 3 * MS], values: [0, 12e6, 36e6], periodNs: 4 * MS },
      mean: 12e6,
    });
  });

  it('has as many bits in a period as there are chances in the file', () => {
    const lines = Array.from({ length: 500 }, (_, index) => (index * index) % 977).sort(
      (a, b) => a - b,
    );
    const { steps, mean } = chances(`${lines.join('\n')}\n`);
    const { atNs, values, periodNs = 0 } = steps;
    const bits = atNs.map(
      (at, index) => ((atNs[index + 1] ?? periodNs) - at) * (values[index] ?? 0),
    );
    const sum = bits.reduce((a, b) => a + b, 0) / 1e9;
    expect(sum).toBe(500 * 12_000);
    expect(mean).toBeCloseTo((sum / periodNs) * 1e9, 6);
  });

  it.each([
    ['', /x\.csv:1:1 {2}the file is empty, expected lines/],
    ['0,0kbit\n1,0kbit\n', /x\.csv:2:\d+ {2}the rate is 0 all the time/],
    ['0,5\n', /x\.csv:1:1 {2}5 has no unit, expected 10Mbit\/s/],
    ['0,5ms\n', /x\.csv:1:1 {2}"5ms" is not 10Mbit\/s/],
    ['0,-5kbit\n', /x\.csv:1:1 {2}-5kbit is outside 0 to/],
    ['0,5kbit,1\n', /x\.csv:1:1 {2}this line is not "seconds,value"/],
    ['0,5kbit\nx\n', /x\.csv:2:1 {2}this line is not "seconds,value"/],
    ['2,5kbit\n', /x\.csv:1:1 {2}the first line is at 2 s, expected 0/],
    ['0,5kbit\n1,6kbit\n1,7kbit\n', /x\.csv:3:1 {2}1 s is not at least a microsecond after/],
    ['0,5kbit\n9e9,6kbit\n', /x\.csv:2:1 {2}9e9 s is after 104 days/],
    ['0\n0\n', /x\.csv:2:\d+ {2}the last line is 0 ms, and the trace has no length/],
    ['5\n4\n', /x\.csv:2:1 {2}4 ms is before the line above/],
    ['5\n5.5\n', /x\.csv:2:1 {2}this line is neither/],
    ['5\n9e18\n', /x\.csv:2:1 {2}9000000000000000000 ms is after 104 days/],
  ])('shows what is wrong where it is: %j', (text, message) => {
    expect(mistakeIn('rate: { trace: x.csv }, delay: 1ms', text)).toMatch(message);
  });

  it.each([
    ['delay: { trace: x.csv }, rate: 1Mbit/s', '5\n', /a delay is read from lines/],
    [
      'rate: { trace: x.csv, period: 5s }, delay: 1ms',
      '5\n',
      /trace of milliseconds has its own period/,
    ],
    [
      'rate: { trace: x.csv, unit: kbit }, delay: 1ms',
      '5\n',
      /trace of milliseconds has its own unit/,
    ],
    [
      'rate: { trace: x.csv, period: 1s }, delay: 1ms',
      '0,1kbit\n1,2kbit\n',
      /last line is not before the period ends/,
    ],
    ['rate: { trace: none.csv }, delay: 1ms', '', /t\.yaml:3:\d+ {2}links\[0\]\.rate\.trace: /],
    ['rate: { trace: x.csv, unit: ms }, delay: 1ms', '0,5\n', /"5" is not 10Mbit/],
    [
      'rate: { trace: x.csv }, delay: 1ms, contacts: { windows: [{ start: 0s, end: 1s }] }',
      '5\n',
      /links\[0\]\.contacts: contacts cannot be combined/,
    ],
  ])('is refused where it does not fit: %s', (link, text, message) => {
    expect(mistakeIn(link, text)).toMatch(message);
  });

  it('is refused above its bounds before the work', () => {
    const read = readRateOrDelayTrace('\n'.repeat(2_000_001), { quantity: 'rate' });
    expect(read).toMatchObject({ kind: 'mistakes' });
    const odd = Array.from({ length: 500_002 }, (_, index) => 2 * index + 1).join('\n');
    const many = readRateOrDelayTrace(odd, { quantity: 'rate' });
    expect(many).toMatchObject({ mistakes: [{ message: 'more than 1000000 changes' }] });
  });
});
