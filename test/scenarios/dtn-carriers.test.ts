/**
 * Bundles above other protocols of the same host: by `stack:` alone, over a carrier that loses
 * messages and over one that keeps them.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, load, loadText, ratio, run } from '../unit/runner/fixture.ts';

interface Case {
  readonly carrier: string;
  /** Properties of the link. */
  readonly link: string;
  readonly more?: string;
}

function runOf({ carrier, link, more = '' }: Case): SeedResult {
  return run(
    loadText(`
name: dtn-above
topology:
  name: pair
  defaults: { node: { run: ${carrier} }, link: { rate: 10Mbit/s, delay: 20ms, ${link} } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack: [{ on: "*", run: dtn, options: { retry: 1s } }]
duration: 60s
warmup: 0s
drain: 60s
traffic:
  - { from: alice, to: bob, kind: constant, rate: 2/s, size: 200B, start: 0s, stop: 50s }
${more}
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
}

/** Share of bundles that arrived, and number of those that arrived twice. */
function outcome(result: SeedResult): readonly number[] {
  const { numerator, denominator } = ratio(result, 'dtn.delivery');
  return [numerator / denominator, counter(result, 'dtn.duplicates')];
}

describe('bundles above a carrier', () => {
  it('R-166: travel through the mixnet by `stack` alone, also when its clients crash', () => {
    const scenario = load('dtn-over-mixnet.yaml', {
      duration: '60s',
      'traffic.0.stop': '50s',
      'traffic.1.stop': '50s',
      events: '[{ every: 15s, from: 15s, for: 1s, crash: client-1 }]',
    });
    const result = run(scenario);
    const { numerator, denominator } = ratio(result, 'dtn.delivery');
    // Refused are those that came while their client was down.
    expect(numerator).toBe(denominator - counter(result, 'dtn.refused'));
    expect(numerator).toBeGreaterThan(60);
    expect(counter(result, 'dtn.duplicates')).toBe(0);
    expect(counter(result, 'dtn.recovered')).toBeGreaterThan(0);
  });

  it('all arrive once over datagrams of which 30 % are lost, because they are repeated', () => {
    const result = runOf({ carrier: 'datagram', link: 'loss: 30%' });
    expect(outcome(result)).toEqual([1, 0]);
    expect(counter(result, 'dtn.duplicate_copies')).toBeGreaterThan(5);
    // Each bundle and its receipt arrive with 0.49: two attempts on average.
    expect(counter(result, 'datagram.sent')).toBeGreaterThan(2 * 99);
  });

  it('wait while the way is closed, and all arrive after it', () => {
    const more = 'events: [{ at: 10s, for: 20s, link: alice <-> bob, set: { up: false } }]';
    for (const carrier of ['datagram', 'bulk']) {
      expect(outcome(runOf({ carrier, link: 'loss: 0%', more }))).toEqual([1, 0]);
    }
  });

  it('travel in fragments over a carrier with messages of 64 KiB, whole at the end', () => {
    const large = (fragmentation: string): SeedResult =>
      run(
        loadText(`
name: dtn-large
topology:
  name: pair
  defaults: { node: { run: bulk }, link: { rate: 100Mbit/s, delay: 20ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
stack: [{ on: "*", run: dtn, options: { fragmentation: ${fragmentation}, store: { kind: durable } } }]
duration: 20s
warmup: 0s
drain: 20s
traffic: [{ from: alice, to: bob, kind: constant, rate: 1/s, size: 2MiB, start: 0s, stop: 3500ms }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
      );
    const whole = large('proactive');
    expect(outcome(whole)).toEqual([1, 0]);
    expect(counter(whole, 'dtn.fragments')).toBe(3 * 33);
    expect(outcome(large('off'))).toEqual([0, 0]);
  });

  it('are sent once over a carrier that loses nothing', () => {
    const result = runOf({ carrier: 'bulk', link: 'loss: 0%' });
    expect(outcome(result)).toEqual([1, 0]);
    expect(counter(result, 'dtn.duplicate_copies')).toBe(0);
    expect(counter(result, 'dtn.forwarded')).toBe(counter(result, 'dtn.taken'));
  });
});
