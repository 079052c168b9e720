/**
 * How often LTP repairs a block over light minutes, against theory: a block is through when the
 * unluckiest of its segments is, which is the greatest of as many geometric draws.
 */
import { describe, expect, it } from 'vitest';
import { openStream } from '../../../../../engine/core/stream.ts';
import { blockOf, LtpPair, S } from './ltp-pair.ts';

/** From the Earth to Mars, at a usual distance. */
const OWLT_NS = 324 * S;
const SEGMENTS = 100;
const LOSS = 0.1;
const BLOCKS = 400;
/** Data of a segment of 1,000 bytes from engine 1. */
const DATA = 971;

/** Mean of the greatest of n geometric draws: sum over k of 1 - (1 - p^k)^n. */
function greatestOfGeometric(n: number, p: number): number {
  let mean = 0;
  for (let k = 0; k < 200; k += 1) mean += 1 - (1 - p ** k) ** n;
  return mean;
}

/**
 * Mean of rounds when the last segment of each round always arrives, because its timer repeats it:
 * of n segments, n - 1 may be lost, and so on.
 */
function withSureCheckpoints(n: number, p: number): number {
  const rounds = [0];
  for (let size = 1; size <= n; size += 1) {
    // Number of losses among size - 1: binomial.
    let weight = (1 - p) ** (size - 1);
    let sum = 1;
    let own = 0;
    for (let lost = 0; lost < size; lost += 1) {
      if (lost === size) own = weight;
      else sum += weight * (rounds[lost] ?? 0);
      weight *= ((size - 1 - lost) / (lost + 1)) * (p / (1 - p));
    }
    rounds.push(sum / (1 - own));
  }
  return rounds[n] as number;
}

interface Rounds {
  readonly mean: number;
  /** Mean time from the first segment to the last report, in round trips. */
  readonly roundTrips: number;
}

/** Rounds of transmission of blocks one after the other. */
function measured(loss: number): Rounds {
  const random = openStream(1, 'test', 'loss');
  const answerNs = 2 * (OWLT_NS + S);
  const facts = { answerNs, silenceNs: 100 * OWLT_NS, retries: 50 };
  const pair = new LtpPair(facts, OWLT_NS);
  pair.loses = (): boolean => random.chance(loss);
  const block = blockOf(SEGMENTS * DATA);
  let rounds = 0;
  let timeNs = 0;
  for (let session = 1; session <= BLOCKS; session += 1) {
    const began = pair.now;
    pair.take('a', { kind: 'send', session, block, redBytes: block.length });
    pair.run();
    const sent = pair.events.find((event) => event.kind === 'sent' && event.session === session);
    if (sent?.kind !== 'sent') throw new Error('a block did not arrive');
    rounds += 1 + sent.rounds;
    timeNs += sent.at - began;
    pair.events.length = 0;
    pair.sent.length = 0;
  }
  return { mean: rounds / BLOCKS, roundTrips: timeNs / BLOCKS / (2 * OWLT_NS) };
}

describe('LTP over 324 s with 10 % loss', () => {
  const theory = greatestOfGeometric(SEGMENTS, LOSS);

  it('repairs within 10 % of the greatest of 100 geometric draws, as an exact chain says', () => {
    const { mean, roundTrips } = measured(LOSS);
    expect(theory).toBeCloseTo(2.74, 2);
    expect(Math.abs(mean / theory - 1)).toBeLessThan(0.1);
    // Four standard errors of 0.033.
    const exact = withSureCheckpoints(SEGMENTS, LOSS);
    expect(exact).toBeCloseTo(2.62, 1);
    expect(Math.abs(mean - exact)).toBeLessThan(0.13);
    // A round trip for each round, and one more for each lost checkpoint or report.
    expect(roundTrips).toBeGreaterThan(mean);
    expect(roundTrips).toBeLessThan(1.5 * mean);
  }, 60_000);

  it('would be told apart from 14 %', () => {
    const exact = withSureCheckpoints(SEGMENTS, LOSS);
    expect(measured(0.14).mean - exact).toBeGreaterThan(0.13);
    expect(measured(0.06).mean - exact).toBeLessThan(-0.13);
  }, 60_000);
});
