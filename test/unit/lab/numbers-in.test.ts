/** The numbers of a file that the Lab offers for a sweep. @module */
import { expect, it } from 'vitest';
import { numbersIn, valuesAround } from '../../../lab/page/numbers-in.ts';

const TEXT = `# 3 nodes
name: two 2
seeds: 5
duration: 10s
traffic:
  - { from: a, to: b1, rate: 100/s, size: 100B }
options:
  mixnet: { mixDelay: 1.5ms, list: [10ms, 20%] }
kpis:
  ping.rtt: { p95: "<= 12ms" }
`;

it('finds numbers that a run depends on, by their paths, where they stand', () => {
  const found = numbersIn(TEXT);
  expect(found.map(({ path, text }) => `${path}=${text}`)).toEqual([
    'duration=10s',
    'traffic.0.rate=100/s',
    'traffic.0.size=100B',
    'options.mixnet.mixDelay=1.5ms',
    'options.mixnet.list.0=10ms',
    'options.mixnet.list.1=20%',
  ]);
  for (const { from, text } of found) expect(TEXT.slice(from).startsWith(text)).toBe(true);
});

it('looks at no more than the beginning of a long text', () => {
  expect(numbersIn(`a: 1\n`.repeat(1_000_000)).length).toBe(100);
});

it('suggests half, once and twice a number', () => {
  expect(valuesAround('1.5ms')).toBe('0.75ms, 1.5ms, 3ms');
  expect(valuesAround('0')).toBe('0');
});
