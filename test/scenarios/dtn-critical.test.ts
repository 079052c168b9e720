/** Critical bundles (CCSDS 734.3-B-1 section 3.2.7), in virtual time and accounted for. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, ratio, run } from '../unit/runner/fixture.ts';

/** Two relays between alice and bob; the way by the one that is earlier fails without a word. */
function diamond(critical: string, more = ''): SeedResult {
  return run(
    loadText(`
name: dtn-critical
topology:
  name: diamond
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: early }, { name: late }, { name: bob }]
  links:
    - { ends: alice <-> early, contacts: { windows: [{ start: 5s, end: 10s }] } }
    - { ends: alice <-> late, contacts: { windows: [{ start: 6s, end: 10s }] } }
    - ends: early <-> bob
      contacts:
        windows: [{ start: 20s, end: 30s }]
        ${more}
    - { ends: late <-> bob, contacts: { windows: [{ start: 40s, end: 50s }] } }
duration: 60s
warmup: 0s
options: { dtn: { critical: ${critical} } }
traffic:
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B, stop: 1s, priority: expedited }
  - { from: alice, to: bob, kind: constant, rate: 10/s, size: 100B, stop: 1s }
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
}

const MISSING = 'actual: [{ contact: 20s, missing: true }]';

describe('critical bundles', () => {
  it('take both ways, and are delivered once', () => {
    const result = diamond('expedited');
    const { numerator, denominator } = ratio(result, 'dtn.delivery');
    expect(denominator).toBeGreaterThanOrEqual(18);
    expect(numerator).toBe(denominator);
    // Those of half the messages came twice.
    expect(counter(result, 'dtn.duplicate_copies')).toBe(denominator / 2);
    expect(counter(result, 'dtn.duplicates')).toBe(0);
    expect(result.messages).toMatchObject({ delivered: denominator, open: 0, lost: {} });
  });

  it('arrive though the contact of the better way is missing; others do not', () => {
    const { numerator, denominator } = ratio(diamond('expedited', MISSING), 'dtn.delivery');
    expect(numerator).toBe(denominator / 2);
  });

  it('are none by default: then all take the better way, and are lost with it', () => {
    expect(ratio(diamond('none', MISSING), 'dtn.delivery').numerator).toBe(0);
    const result = diamond('none');
    expect(counter(result, 'dtn.duplicate_copies')).toBe(0);
  });
});
