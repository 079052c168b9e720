/** Faults at drawn instants in networks of durable nodes: each bundle arrives, or is lost by name. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, run } from '../unit/runner/fixture.ts';
import { corruptText, loopText } from './dtn-custody-cases.ts';

const STORES = ['synced', 'torn', 'prefix'];
const SEEDS = Array.from({ length: 12 }, (_, index) => 40 + index);

/** Faults of a seed. */
function draws(seed: number): (bound: number) => number {
  const stream = openRandomStream(seed, 'test', 'custody');
  return (bound) => stream.below(bound);
}

/** Two crashes of nodes that are drawn, with what their disks keep. */
function crashes(below: (bound: number) => number, names: string, endMs: number): string {
  const one = (fromMs: number): string => {
    const atMs = fromMs + below(endMs / 2 - 3_000);
    const store = STORES[below(STORES.length)];
    return `{ at: ${atMs}ms, for: ${20 + below(2_000)}ms, crash: ${names[below(names.length)]}, store: ${store} }`;
  };
  return [one(1_000), one(endMs / 2)].join(', ');
}

/** Nothing was lost, except for these reasons; bundles that came while their node was down are refused. */
function expectKept(result: SeedResult, reasons: readonly string[] = []): void {
  const { delivered, open, lost, refused, submitted } = result.messages ?? {};
  const losses = Object.entries(lost ?? {});
  expect(losses.filter(([reason]) => !reasons.includes(reason))).toEqual([]);
  const sum = (counts: Readonly<Record<string, number>> = {}): number =>
    Object.values(counts).reduce((all, count) => all + count, 0);
  expect((delivered ?? 0) + sum(lost) + sum(refused) + (open ?? 0)).toBe(submitted);
  expect(open).toBe(0);
  expect(counter(result, 'dtn.custody.lost')).toBe(0);
  expect(counter(result, 'dtn.duplicates')).toBe(0);
  expect(counter(result, 'dtn.corrupted')).toBe(0);
}

describe.each(SEEDS)('faults of seed %i', (seed) => {
  it('leave each bundle of a cycle with somebody', () => {
    const below = draws(seed);
    const outage = `{ at: ${20 + below(80)}s, for: ${1 + below(40)}s, link: "*", set: { up: false } }`;
    const events = `${outage}, ${crashes(below, 'abcde', 180_000)}`;
    expectKept(run(loadText(loopText({ span: 'start: 0s', events })), seed));
  });

  it('take nothing from a link that flips bits between nodes that crash', () => {
    const below = draws(seed);
    const text = corruptText(`set: { corrupt: ${10 + below(80)}% }`);
    const event = `events:\n  - ${crashes(below, 'ab', 15_000).replace('}, {', '}\n  - {')}\n`;
    expectKept(run(loadText(text.replace('events:\n', event)), seed));
  });

  it('lose no bundle that goes in fragments, and refuse those that cannot', () => {
    const below = draws(seed);
    const isSplit = below(2) === 0;
    const options = `fragmentation: ${isSplit ? 'proactive' : 'off'}, store:`;
    const event = `events:\n  - ${crashes(below, 'ab', 15_000).replace('}, {', '}\n  - {')}\n`;
    const text = corruptText('set: { loss: 20% }').replace('store:', options);
    const scenario = loadText(text.replace('events:\n', event), {
      'traffic.0.size': `${1_200 + below(3_000)}B`,
      'traffic.0.rate': '3/s',
    });
    const result = run(scenario, seed);
    expectKept(result);
    expect(result.messages?.delivered).toBeGreaterThanOrEqual(isSplit ? 30 : 0);
  });
});
