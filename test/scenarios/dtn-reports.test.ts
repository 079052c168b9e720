/** Status reports from end to end (RFC 9171 section 6.1), in virtual time. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, ratio } from '../unit/runner/fixture.ts';
import { runLateLink } from './dtn-late-link.ts';

function chain(reports: string, lifetime: string): SeedResult {
  return runLateLink({
    options: `{ reports: ${reports} }`,
    traffic: `rate: 1/s, lifetime: ${lifetime}`,
  });
}

const ALL = 'received: true, forwarded: true, delivered: true, deleted: true, rate: 1000';

describe('status reports on a chain of three nodes', () => {
  it('are 1 + 2 (N - 1) for each bundle if all are asked for, the first ones to the node itself', () => {
    const result = chain(`{ ${ALL}, ask: [received, forwarded, delivered] }`, '1h');
    const { numerator: delivered } = ratio(result, 'dtn.delivery');
    expect(delivered).toBe(9);
    expect(counter(result, 'dtn.reports')).toBe(5 * delivered);
    expect(counter(result, 'dtn.reported')).toBe(5 * delivered);
    expect(counter(result, 'dtn.confirmed')).toBe(delivered);
  });

  it('tell of bundles that expired on the way', () => {
    const result = chain(`{ ${ALL}, ask: [deleted] }`, '2s');
    expect(ratio(result, 'dtn.delivery').numerator).toBe(0);
    expect([counter(result, 'dtn.expired'), counter(result, 'dtn.reported')]).toEqual([9, 9]);
    expect(counter(result, 'dtn.confirmed')).toBe(0);
  });

  it('are no more than the rate of each node', () => {
    const slow = ALL.replace('1000', '1');
    const result = chain(`{ ${slow}, ask: [delivered] }`, '1h');
    // All nine reach bob within a second.
    expect(counter(result, 'dtn.arrived')).toBe(9);
    expect(counter(result, 'dtn.reports')).toBe(1);
    expect(counter(result, 'dtn.confirmed')).toBe(1);
  });

  it('are none by default, whatever is asked for', () => {
    expect(counter(chain('{ ask: [delivered] }', '1h'), 'dtn.reports')).toBe(0);
  });
});
