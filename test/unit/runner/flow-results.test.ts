/** What a run says of each of its flows, for `flows.csv`. */
import { describe, expect, it } from 'vitest';
import { load, MS, ratio, run } from './fixture.ts';

describe('results of flows', () => {
  it('add up to what all flows sent and delivered', () => {
    const traffic =
      '[{ from: alice, to: bob, kind: constant, rate: 50/s, size: 100B }, { from: bob, to: alice, kind: constant, rate: 20/s, size: 100B }]';
    const result = run(load('hello.yaml', { traffic }));
    const { flows = [] } = result;
    expect(flows.map(({ flow }) => flow)).toEqual(['alice -> bob', 'bob -> alice']);
    const { numerator, denominator } = ratio(result, 'ping.delivery');
    expect(flows.reduce((sum, { sent }) => sum + sent, 0)).toBe(denominator);
    expect(flows.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(numerator);
    for (const { latencyNs } of flows) expect(latencyNs?.p50).toBeGreaterThan(5 * MS);
  });
});
