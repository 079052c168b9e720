/** Bundles on disk while nodes crash, in virtual time: on links, with an account of each message. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, load, loadText, ratio, run } from '../unit/runner/fixture.ts';
import { runLateLink } from './dtn-late-link.ts';

function runOf(kind: string, crash: string): SeedResult {
  return runLateLink({
    options: `{ store: { kind: ${kind} } }`,
    traffic: 'rate: 10/s',
    more: `events: [{ at: 12s, for: 2s, crash: ${crash}, store: torn }]`,
  });
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

describe('a bundle that is delivered again', () => {
  const redelivered = (set: Readonly<Record<string, string>>): readonly number[] => {
    const result = run(load('dtn-crash.yaml', { duration: '29s', ...set }));
    return ['dtn.redelivered', 'dtn.duplicates'].map((name) => counter(result, name));
  };

  it('is a broken promise if the disk had it that it was delivered', () => {
    expect(redelivered({})).toEqual([0, 0]);
    const [again = 0, all = 0] = redelivered({ 'options.dtn.double': 'forgetting' });
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThanOrEqual(all);
  });
});

/** The relay meets bob, crashes, meets alice, who has something for bob, and meets bob again. */
function chanceRun(kind: string): SeedResult {
  return run(
    loadText(`
name: dtn-prophet-restart
topology:
  name: chance
  defaults: { node: { run: dtn }, link: { rate: 10Mbit/s, delay: 5ms, mtu: 1500B } }
  nodes: [{ name: alice }, { name: relay }, { name: bob }]
  links:
    - ends: alice <-> relay
      contacts: { windows: [{ start: 60s, end: 70s }] }
    - ends: relay <-> bob
      contacts: { windows: [{ start: 5s, end: 10s }, { start: 80s, end: 90s }] }
duration: 100s
warmup: 0s
options: { dtn: { router: prophet, store: { kind: ${kind} } } }
traffic: [{ from: alice, to: bob, kind: constant, rate: 10/s, size: 100B, start: 30s, stop: 40s }]
events: [{ at: 15s, for: 2s, crash: relay, store: torn }]
kpis: { dtn.delivery: { value: ">= 0%" } }
`),
  );
}

describe('a crash of a relay that forwards by what it knows of encounters', () => {
  it('takes nothing of that from a durable store: the next neighbour gives it its bundles', () => {
    const { numerator, denominator } = ratio(chanceRun('durable'), 'dtn.delivery');
    expect(denominator).toBeGreaterThanOrEqual(99);
    expect(numerator).toBe(denominator);
  });

  it('takes all of it if the store is in memory: no neighbour has a reason to', () => {
    const { numerator, denominator } = ratio(chanceRun('memory'), 'dtn.delivery');
    expect([numerator, denominator]).toEqual([0, denominator]);
  });
});
