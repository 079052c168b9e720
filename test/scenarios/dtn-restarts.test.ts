/** Bundles on disk while nodes crash, in virtual time: on links, with an account of each message. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, ratio, run } from '../unit/scenarios/runner/fixture.ts';

/** A chain whose second link opens at 20 s only, so that all bundles wait at the relay. */
function runOf(kind: string, crash: string): SeedResult {
  return run(
    loadText(`
name: dtn-restarts
topology:
  name: chain
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links:
    - { ends: alice <-> relay }
    - { ends: relay <-> bob, contacts: { windows: [{ start: 20s, end: 40s }] } }
duration: 40s
warmup: 0s
options: { dtn: { store: { kind: ${kind} } } }
traffic: [{ from: alice, to: bob, kind: constant, rate: 10/s, size: 100B, stop: 10s }]
events: [{ at: 12s, for: 2s, crash: ${crash}, store: torn }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
}

describe('a crash of the node at which a hundred bundles wait', () => {
  it('loses none of them if they are on disk', () => {
    const result = runOf('durable', 'relay');
    const { numerator, denominator } = ratio(result, 'dtn.delivery');
    expect([numerator, denominator]).toEqual([99, 99]);
    expect(result.messages).toMatchObject({ delivered: 99, open: 0, lost: {} });
    expect(counter(result, 'dtn.recovered')).toBe(99);
    expect(counter(result, 'dtn.custody.lost')).toBe(0);
    expect(counter(result, 'dtn.duplicates')).toBe(0);
  });

  it('loses all of them if they are in memory, and each is accounted for', () => {
    const result = runOf('memory', 'relay');
    expect(ratio(result, 'dtn.delivery').numerator).toBe(0);
    expect(result.messages?.lost).toEqual({ 'node-crashed': 99 });
    expect(counter(result, 'dtn.custody.lost')).toBe(99);
  });

  it('is told by the account as what it is while they still wait there', () => {
    // The source alone crashes, and finds what it had not sent yet: nothing.
    const result = runOf('durable', 'alice');
    expect(result.messages).toMatchObject({ delivered: 99 });
    expect(counter(result, 'dtn.recovered')).toBe(0);
  });
});
