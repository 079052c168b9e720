/**
 * The table of nodes/mixnet/mixing/README.md: every strategy with equal traffic and equal mean
 * delay.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstAfter, propagatedBits, timedBits } from './bits.ts';
import {
  ALWAYS,
  type Arrival,
  type Departures,
  delaysOf,
  drive,
  MS,
  meanOf,
  mixingOf,
  poissonArrivals,
  WHOLE,
} from './drive.ts';

/** 500 messages per second, and a mean delay of 100 ms if the strategy allows choosing it. */
const GAP_NS = 2 * MS;
const MEAN_NS = 100 * MS;
const COUNT = 30_000;
const FAR = Number.POSITIVE_INFINITY;

const README = readFileSync(
  new URL('../../../../../nodes/mixnet/mixing/README.md', import.meta.url),
  'utf8',
);
const arrivals: readonly Arrival[] = poissonArrivals({
  count: COUNT,
  gapNs: GAP_NS,
  delayNs: MEAN_NS,
}).map(({ atNs, asked }) => ({ atNs, asked: { ...asked, window: ALWAYS } }));

/**
 * A row of the table: options, and the theoretical delay (ms) and bits; undefined if there is no
 * theory.
 */
interface Row {
  readonly options: Readonly<Record<string, unknown>> & { readonly strategy: string };
  readonly delayMs?: number;
  readonly bits?: number;
}

const load = MEAN_NS / GAP_NS;
const poolBits = (threshold: number, pool: number): number =>
  (1 + pool / threshold) * Math.log2(threshold + pool) - (pool / threshold) * Math.log2(pool);

const ROWS: readonly Row[] = [
  { options: { strategy: 'poisson' }, delayMs: 100, bits: Math.log2(Math.E * load) },
  { options: { strategy: 'vrf-exp' }, delayMs: 100, bits: Math.log2(Math.E * load) },
  { options: { strategy: 'stop-and-go' }, delayMs: 100, bits: Math.log2(Math.E * load) },
  { options: { strategy: 'uniform', mean: '100ms' }, delayMs: 100, bits: Math.log2(2 * load) },
  { options: { strategy: 'constant', mean: '100ms' }, delayMs: 100, bits: 0 },
  { options: { strategy: 'threshold', threshold: 101 }, delayMs: 100, bits: Math.log2(101) },
  { options: { strategy: 'timed', interval: '200ms' }, delayMs: 100, bits: timedBits(100) },
  { options: { strategy: 'threshold-or-timed', interval: '220ms', threshold: 110 } },
  { options: { strategy: 'threshold-and-timed', interval: '190ms', threshold: 90 } },
  {
    options: { strategy: 'threshold-pool', threshold: 34, pool: 34 },
    delayMs: (34 + 33 / 2) * 2,
    bits: poolBits(34, 34),
  },
  { options: { strategy: 'timed-pool', interval: '100ms', pool: 25 }, delayMs: 100 },
  { options: { strategy: 'timed-dynamic-pool', interval: '100ms', pool: 10, fraction: 0.6667 } },
  { options: { strategy: 'binomial', interval: '100ms', mean: 62, deviation: 30 } },
];

describe('the strategies side by side', () => {
  it.each(ROWS.map((row) => [row.options.strategy, row] as const))(
    'R-183: %s has the delay and the bits that theory says, and the README prints',
    (strategy, { options, delayMs, bits }) => {
      const departures = drive(mixingOf(options), arrivals, WHOLE);
      const measuredMs = meanOf(delaysOf(arrivals, departures)) / MS;
      const measuredBits = meanBits(strategy, departures);
      if (delayMs !== undefined) expect(Math.abs(measuredMs / delayMs - 1)).toBeLessThan(0.02);
      if (bits !== undefined) expect(Math.abs(measuredBits - bits)).toBeLessThan(0.03);
      const row = README.split('\n').find((line) => line.startsWith(`| \`${strategy}\``)) ?? '';
      const cells = row.split('|').map((cell) => cell.trim());
      expect([cells[4], cells[6]]).toEqual([measuredMs.toFixed(1), measuredBits.toFixed(2)]);
    },
  );
});

/** Mean entropy over the targets in the steady state. */
function meanBits(strategy: string, departures: Departures): number {
  const bits: number[] = [];
  for (let target = 3_000; target < COUNT - 5_000; target += 40) {
    bits.push(bitsOf(strategy, departures, arrivals[target]?.atNs ?? FAR));
  }
  return meanOf(bits);
}

function bitsOf(strategy: string, departures: Departures, startNs: number): number {
  if (strategy === 'constant') return 0;
  return strategy === 'uniform'
    ? denseBits(departures, startNs)
    : propagatedBits(departures, startNs);
}

/**
 * The delay U[0, 2 D) is not memoryless: in dense traffic, every departure within 2 D is equally
 * likely.
 */
function denseBits({ atNs }: Departures, startNs: number): number {
  return Math.log2(firstAfter(atNs, startNs + 2 * MEAN_NS) - firstAfter(atNs, startNs));
}
