/**
 * What a composer guarantees about the time of a round trip (docs/spec/mixnet.md, "Delays by VRF").
 */
import { describe, expect, it } from 'vitest';
import { SeededBytes } from '../../../../../engine/core/seeded-bytes.ts';
import { openRandomStream, type RandomStream } from '../../../../../engine/core/stream.ts';
import { Composer } from '../../../../../nodes/mixnet/client/composer.ts';
import { Lab, MS } from './lab.ts';

const MEAN_NS = 50 * MS;
const ROUNDS = 4_000;

describe('the round trip that a sender waits for', () => {
  const lab = new Lab();
  const [self, other] = [lab.client(1).contact, lab.client(2).contact];

  function roundTrips(isDelayUnknown: boolean): readonly number[] {
    const streams = new Map<string, RandomStream>();
    const bytes = new SeededBytes(1, 'composer');
    const stream = (purpose: string): RandomStream => {
      const known = streams.get(purpose) ?? openRandomStream(1, 'composer', purpose);
      streams.set(purpose, known);
      return known;
    };
    const parts = {
      self,
      format: lab.format,
      host: { random: stream, randomBytes: (length: number): Uint8Array => bytes.next(length) },
      epochAt: (): number => 1,
      isDelayUnknown,
    };
    const times = { delayMeanNs: MEAN_NS, replyWaitNs: 0 };
    const composer = new Composer(parts, lab.document, times);
    return Array.from({ length: ROUNDS }, () => {
      const composed = composer.withSurb(0, other, { kind: 'cover' });
      return composed!.roundTripNs;
    });
  }

  it('is the sum of the delays where the sender drew them', () => {
    const drawn = roundTrips(false);
    const mean = drawn.reduce((sum, each) => sum + each, 0) / ROUNDS;
    // Eight hops, each rounded up by half a millisecond on average.
    expect(Math.abs(mean / (8 * (MEAN_NS + MS / 2)) - 1)).toBeLessThan(0.03);
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });

  it('R-182: is what one sum in a thousand exceeds where mixes fix the delays', () => {
    const [waited, ...others] = new Set(roundTrips(true));
    expect(others).toEqual([]);
    const later = roundTrips(false).filter((sumNs) => sumNs > waited!).length;
    // Four of 4,000 are expected; the probability of 1 to 12 is at least 0.98.
    expect(later).toBeGreaterThanOrEqual(1);
    expect(later).toBeLessThanOrEqual(12);
  });
});
