/** What an observer of all links learns of the messages of fabric-ways.yaml, over each of its networks. */
import { describe, expect, it } from 'vitest';
import { load, run } from '../unit/runner/fixture.ts';

describe('fabric-ways.yaml: what an observer of all links learns of a message', () => {
  const LONG = { duration: '40s', drain: '20s', 'traffic.2.stop': '30s' };
  /** As many messages in a third of the time. */
  const SHORT = {
    ...{ duration: '14s', drain: '6s', 'traffic.0.rate': '60/min', 'traffic.1.rate': '10/min' },
    ...{ 'traffic.0.start': '2s', 'traffic.1.start': '2s' },
    ...{ 'traffic.2.start': '2s', 'traffic.2.stop': '8s' },
  };
  const bitsOf = (
    topology: string,
    mixes?: readonly string[],
    set: Readonly<Record<string, string>> = LONG,
  ): readonly number[] => {
    const scenario = load('fabric-ways.yaml', { topology, ...set });
    const { privacy } = scenario;
    const own =
      mixes === undefined || privacy === undefined ? {} : { privacy: { ...privacy, mixes } };
    const metric = run({ ...scenario, ...own }).metrics['privacy.entropy.bits'];
    return metric?.kind === 'samples' ? metric.values : [];
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, one) => sum + one, 0) / values.length;

  it.each(['star-12.yaml', 'scion-12.yaml', 'dtn-12.yaml'])(
    '%s: everything, since its packets keep their bytes',
    (topology) => {
      const bits = bitsOf(topology, undefined, SHORT);
      expect(bits.length).toBeGreaterThanOrEqual(4);
      expect(Math.max(...bits)).toBe(0);
    },
  );

  it('mixnet-12.yaml: little, whether by timing or by bits', () => {
    // When packets come and go does not depend on what they hold.
    const byTiming = bitsOf('mixnet-12.yaml', undefined, { ...LONG, crypto: 'modelled' });
    expect(mean(byTiming)).toBeGreaterThan(6.5);
    expect(mean(byTiming)).toBeLessThan(8.5);
    // Who only compares bits is worse off than who knows how mixes delay.
    const byBits = bitsOf('mixnet-12.yaml', []);
    expect(byBits.length).toBeGreaterThanOrEqual(5);
    expect(Math.min(...byBits)).toBeGreaterThan(8);
  });
});
