/**
 * Check 17: named random streams are uniform and independent of each other, both directly and
 * through the links that draw from them (docs/spec/random-streams.md).
 *
 * @module
 */
import { greatestOf, leastOf } from '../../../engine/pure/extremes.ts';
import { chiSquareStatistic } from '../../../reports/statistics/goodness-of-fit.ts';
import { acceptWithin, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { lostPacketFlags } from './losses.ts';

const STREAMS = 32;
const VALUES = 100_000;
const BINS = 256;
/** Largest accepted correlation of a pair, with a Bonferroni correction for all 496 pairs. */
const CORRELATION_MAX = 0.0167;
/** The accepted range of chi-square with 255 degrees of freedom: its quantiles at four sigma. */
const CHI_SQUARE = acceptWithin(174.5, 355.5);
const CORRELATION = acceptWithin(-CORRELATION_MAX, CORRELATION_MAX);

/** Deviations from the mean, normalised to length 1. */
function normalised(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const centred = values.map((x) => x - mean);
  const length = Math.sqrt(centred.reduce((sum, x) => sum + x * x, 0));
  return centred.map((x) => x / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function chiSquareOf(values: Float64Array): number {
  const observed = new Array<number>(BINS).fill(0);
  for (const value of values) {
    const bin = Math.floor(value * BINS);
    observed[bin] = (observed[bin] ?? 0) + 1;
  }
  return chiSquareStatistic(observed, new Array<number>(BINS).fill(VALUES / BINS));
}

/** The strongest correlation among all pairs. */
function strongest(vectors: readonly Float64Array[]): number {
  let found = 0;
  for (const [i, a] of vectors.entries()) {
    for (const b of vectors.slice(i + 1)) {
      const r = dot(a, b);
      if (Math.abs(r) > Math.abs(found)) found = r;
    }
  }
  return found;
}

/** The losses of a link that loses half of its packets, as values 0 and 1. */
function losses(engine: SeededEngine, name: string): Float64Array {
  const loss = { kind: 'bernoulli', probability: 0.5 } as const;
  return normalised(Float64Array.from(lostPacketFlags(engine, { name, loss, packets: VALUES })));
}

/** Check 17 of docs/VERIFICATION.md: random streams. */
export const randomStreamsCheck: VerificationCheck = {
  id: '17',
  name: 'random streams',
  formula: 'chi-square with 255 degrees of freedom; correlation 0',
  catches: 'a stream used twice, one of 256 bins off by half',
  run: (engine) => {
    const streams = Array.from({ length: STREAMS }, (_, i) => {
      const stream = engine.stream(`${i}`, 'uniform');
      return Float64Array.from({ length: VALUES }, () => stream.uniform());
    });
    const tests = streams.map(chiSquareOf);
    const ofLinks = dot(losses(engine, 'verify/17/a'), losses(engine, 'verify/17/b'));
    return [
      chiSquareRow('least', leastOf(tests)),
      chiSquareRow('largest', greatestOf(tests)),
      correlationRow('strongest of 496 correlations', strongest(streams.map(normalised))),
      correlationRow('correlation of losses of 2 links', ofLinks),
    ];
  },
};

function chiSquareRow(which: string, measured: number): CheckMeasure {
  const label = `${which} chi-square of ${STREAMS}`;
  return { label, theory: BINS - 1, measured, accept: CHI_SQUARE, digits: 1 };
}

function correlationRow(label: string, measured: number): CheckMeasure {
  return { label, theory: 0, measured, accept: CORRELATION, digits: 5 };
}
