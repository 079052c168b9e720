/** Rounds that invite more clients than they need, and close without the slowest. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, run } from '../unit/runner/fixture.ts';

/** Twelve clients, of which each learns for 1 s in the median and one in twenty for 5 s. */
const FEDERATION = `
name: federated-quorum
question: How long do rounds wait for the slowest?
topology:
  name: thirteen
  generate: { kind: star, nodes: 13, prefix: client }
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 10ms } }
stack:
  - { on: "*", run: fabric }
  - on: "*"
    run: federated
    options:
      aggregator: client-1
      rounds: 10
      pause: 60s
      phaseTimeout: 100s
      select: { fixed: 8 }
      data: { examples: 20, test: 10 }
      device: { perExample: 10ms, spread: 1 }
duration: 2000s
until: done
kpis:
  federated.rounds: { count: ">= 1" }
`;
const SELECT = 'stack.1.options.select';
const SUM = 'stack.1.options.secureAggregation';
const OVER = '{ fixed: 8, over: 1.5 }';

const runWith = (set: Readonly<Record<string, string>> = {}): SeedResult =>
  run(loadText(FEDERATION, set));

const meanMs = ({ metrics }: SeedResult): number => {
  const data = metrics['federated.round'];
  return data?.kind === 'histogram' ? data.data.sumLow / data.data.count / 1e6 : Number.NaN;
};

const exactOf = ({ metrics }: SeedResult): readonly number[] => {
  const data = metrics['federated.exact'];
  return data?.kind === 'ratio' ? [data.numerator, data.denominator] : [];
};

describe.each([
  ['hidden', { [SUM]: '{ threshold: 1/2 }' }],
  ['seen', { [SUM]: 'none' }],
] as const)('rounds of eight inputs, %s', (name, sum) => {
  const [all, over] = [runWith(sum), runWith({ ...sum, [SELECT]: OVER })] as const;

  it('wait for the slowest of eight, or for the eighth of twelve', () => {
    for (const result of [all, over]) {
      expect(counter(result, 'federated.rounds')).toBe(10);
      expect(counter(result, 'federated.inputs')).toBe(80);
      expect(exactOf(result)).toEqual([10, 10]);
    }
    expect(meanMs(over)).toBeLessThan(0.7 * meanMs(all));
    // Three of four clients are slower than half of the median.
    expect(meanMs(over)).toBeGreaterThan(500);
  });

  it('measure the bytes of those who are in the sum, and of nobody else', () => {
    for (const { metrics } of name === 'hidden' ? [all, over] : [all]) {
      const data = metrics['federated.bytes.up'];
      const bytes = data?.kind === 'samples' ? data.values : [];
      expect(bytes).toHaveLength(80);
      // An input of 610 elements.
      expect(Math.min(...bytes)).toBeGreaterThan(2_440);
    }
  });

  it('count inputs that come later', () => {
    expect(counter(all, 'federated.late')).toBe(0);
    expect(counter(all, 'federated.lost')).toBe(0);
    expect(counter(over, 'federated.lost')).toBe(40);
    // A client that hides its input learns from the end of the session that it comes too late.
    if (name === 'hidden') expect(counter(over, 'federated.late')).toBeLessThan(5);
    // The four slow ones of each round.
    else expect(counter(over, 'federated.late')).toBe(4 * 10);
  });
});

describe('a deadline', () => {
  it('closes rounds with whoever has an input by then', () => {
    const set = { [SELECT]: 'all', 'stack.1.options.deadline': '2s' };
    const secagg = { [SUM]: '{ threshold: 2 }' };
    const result = runWith({ ...set, ...secagg });
    expect(counter(result, 'federated.rounds')).toBe(10);
    expect(exactOf(result)).toEqual([10, 10]);
    const inputs = counter(result, 'federated.inputs');
    expect(inputs).toBeGreaterThan(10 * 5);
    expect(inputs).toBeLessThan(10 * 12);
    expect(inputs % 10).toBe(0);
    expect(meanMs(result)).toBeGreaterThan(2_000);
    expect(meanMs(result)).toBeLessThan(2_100);
  });
});
