/** A clipping norm that follows the clients, in whole runs. */
import { describe, expect, it } from 'vitest';
import { counter, load, run, samples } from '../unit/runner/fixture.ts';

const FILE = 'federated-clip.yaml';
const PRIVACY = 'stack.1.options.privacy';
/** Ten clients, and noise that leaves something to count. */
const SMALL = {
  'topology.generate.nodes': '11',
  'stack.1.options.rounds': '12',
  'stack.1.options.minimum': '5',
  [`${PRIVACY}.noise`]: '0.2',
};
const SECURE = {
  'stack.1.options.secureAggregation': '{}',
  [`${PRIVACY}.place`]: 'distributed',
};

describe('a clipping norm that follows the clients', () => {
  it.each([
    ['noise of the aggregator', {}],
    ['noise of clients in a secure sum', SECURE],
    ['noise of clients in levels', { ...SECURE, [`${PRIVACY}.dropouts`]: 'add-then-remove' }],
  ])('grows from below and falls from above: %s', (_where, set) => {
    const norms = ['0.05', '20'].map((clip) => {
      const result = run(load(FILE, { ...SMALL, ...set, [`${PRIVACY}.clip`]: clip }));
      expect(counter(result, 'federated.rounds')).toBe(12);
      expect(result.metrics['federated.exact']).toMatchObject({ kind: 'ratio' });
      return samples(result, 'federated.clip.norm');
    });
    const [grown = [], fallen = []] = norms;
    // All above, or all below: exp(0.1) a round, less what noise of a fiftieth of the clients does to it.
    expect((grown[11] ?? 0) / (grown[0] ?? 0)).toBeGreaterThan(2.7);
    expect((grown[11] ?? 0) / (grown[0] ?? 0)).toBeLessThan(3.3);
    expect((fallen[0] ?? 0) / (fallen[11] ?? 0)).toBeGreaterThan(2.7);
    expect((fallen[0] ?? 0) / (fallen[11] ?? 0)).toBeLessThan(3.3);
  });

  it('is remembered by an aggregator that comes back', () => {
    const scenario = load(FILE, {
      ...SMALL,
      'stack.1.options.pause': '100ms',
      events: '[{ at: 1s, for: 300ms, crash: client-1 }]',
    });
    const norms = samples(run(scenario), 'federated.clip.norm');
    expect(norms.length).toBeGreaterThanOrEqual(11);
    // Never the first norm again.
    expect(norms.filter((norm) => norm < 0.0501)).toHaveLength(1);
  });

  it('that a lying aggregator leaves out is no task', () => {
    const scenario = load(FILE, {
      ...SMALL,
      ...SECURE,
      // A model of zeros for all but one, and so a norm of 0.
      'stack.1.options.serverAttack': 'crafted-models',
      'stack.1.options.rounds': '2',
      'stack.1.options.phaseTimeout': '200ms',
    });
    const result = run(scenario);
    expect(counter(result, 'federated.rounds')).toBe(0);
    expect(counter(result, 'federated.aborts')).toBe(2);
  });
});
