/** Devices that keep their limits, over rounds and over restarts. */
import { describe, expect, it } from 'vitest';
import type { MetricData, SeedResult } from '../../reports/model.ts';
import { counter, loadText, run } from '../unit/runner/fixture.ts';

/** Five clients; updates are not hidden, so that a round may have one client. */
const FEDERATION = `
name: federated-limits
question: Does everybody keep its limits?
topology:
  name: six
  generate: { kind: star, nodes: 6, prefix: client }
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 10ms } }
stack:
  - { on: "*", run: fabric }
  - on: "*"
    run: federated
    options:
      aggregator: client-1
      rounds: 40
      minimum: 1
      pause: 500ms
      secureAggregation: none
      data: { examples: 10, test: 10 }
      device: { perExample: 1ms, spread: 0, power: { compute: 2, perByte: 1e-5 }, limits: {} }
duration: 60s
until: done
kpis:
  federated.rounds: { count: ">= 1" }
`;
const DEVICE = 'stack.1.options.device.limits';
/** Fifty examples at 2 W and 1 ms each, a task of 2.5 kB and an update of 2.5 kB. */
const ROUND_J = 0.1 + 1e-5 * 4_950;

const samples = (data: MetricData | undefined): readonly number[] =>
  data?.kind === 'samples' ? data.values : [];

/** What devices spent, mJ; the metric counts whole microjoules. */
const spentMj = (result: SeedResult): number => counter(result, 'federated.device.spent') / 1_000;

function runWith(limits: string, set: Readonly<Record<string, string>> = {}): SeedResult {
  return run(loadText(FEDERATION, { [DEVICE]: limits, ...set }));
}

describe('R-162: device limits', () => {
  it('cost nothing where there are none', () => {
    const { metrics } = runWith('{}');
    expect(counter({ metrics } as SeedResult, 'federated.rounds')).toBe(40);
    const energies = samples(metrics['federated.device.energy']);
    expect(energies).toHaveLength(200);
    for (const energy of energies) expect(Math.abs(energy / 1e6 - ROUND_J)).toBeLessThan(0.002);
  });

  it.each([
    // Ten rounds at 149.5 mJ, not eleven.
    ['battery', '{ battery: 1.55 }', 10],
    ['battery', '{ battery: 3.1, reserve: 50% }', 10],
    ['bytes', '{ bytes: 50KB }', 10],
    ['energy', '{ energy: 0.14 }', 0],
    ['memory', '{ memory: 12KB }', 0],
    ['time', '{ time: 49ms }', 0],
  ])('%s: with %s a client takes part in %i rounds and says so', (limit, limits, rounds) => {
    const result = runWith(limits);
    expect(counter(result, 'federated.declined')).toBe(5);
    expect(counter(result, `federated.declined.${limit}`)).toBe(5);
    expect(counter(result, 'federated.inputs')).toBe(5 * rounds);
    expect(samples(result.metrics['federated.device.energy'])).toHaveLength(5 * rounds);
  });

  it('are not felt by those who stay below them', () => {
    const limits = '{ battery: 7, bytes: 230KB, energy: 0.16, memory: 20KB, time: 50ms }';
    const result = runWith(limits);
    expect(counter(result, 'federated.declined')).toBe(0);
    expect(counter(result, 'federated.inputs')).toBe(200);
  });

  it('end no round by a timer: who declines says so at once', () => {
    const one = { 'options.client-2/federated.device.limits': '{ time: 49ms }' };
    const { metrics } = runWith('{}', one);
    const round = metrics['federated.round'];
    expect(round?.kind === 'histogram' && round.data.max).toBeLessThan(200e6);
    expect(counter({ metrics } as SeedResult, 'federated.inputs')).toBe(4 * 40);
  });

  const HIDDEN = {
    'stack.1.options.secureAggregation': '{ threshold: 2 }',
    'stack.1.options.device.power': '{ perByte: 0.001 }',
  };

  it('count the bytes of all messages, as those who measure sessions do', () => {
    const result = runWith('{ bytes: 1MB }', HIDDEN);
    const { metrics } = result;
    const moved = ['up', 'down', 'model']
      .flatMap((way) => samples(metrics[`federated.bytes.${way}`]))
      .reduce((sum, bytes) => sum + bytes, 0);
    expect(samples(metrics['federated.bytes.up'])).toHaveLength(200);
    const between = spentMj(result) - moved;
    // Each is asked whether it is ready, and says so, perhaps twice: two bytes each time.
    expect(between).toBeGreaterThanOrEqual(5 * 2);
    expect(between).toBeLessThanOrEqual(5 * 8);
  });

  it('of bytes hold for sums that hide their inputs: one more round would not have fitted', () => {
    const result = runWith('{ bytes: 50KB }', HIDDEN);
    expect(counter(result, 'federated.declined.bytes')).toBe(5);
    const spent = spentMj(result);
    const rounds = counter(result, 'federated.rounds');
    expect(spent).toBeLessThanOrEqual(5 * 50_000);
    expect((spent * (rounds + 1)) / rounds).toBeGreaterThan(5 * 50_000 * 0.95);
  });

  const CRASHES = {
    events: '[{ every: 2s, from: 2100ms, for: 100ms, crash: client-2, store: torn }]',
  };
  const BATTERY = '{ battery: 1.55 }';

  it('are kept over restarts: what was used is remembered', () => {
    const spent = spentMj(runWith(BATTERY, CRASHES));
    expect(spent).toBeLessThanOrEqual(5 * 1_550);
    // A device that crashed may have been charged for a round that it had no time for.
    expect(spent).toBeGreaterThan(4.5 * 1_490);
  });

  it('that a restart forgets are broken', () => {
    const double = { ...CRASHES, 'stack.1.options.double': 'forgotten-use' };
    const spent = spentMj(runWith(BATTERY, double));
    expect(spent).toBeGreaterThan(5 * 1_550);
  });

  it('that are ignored are broken', () => {
    const double = { 'stack.1.options.double': 'ignored-limits' };
    const spent = spentMj(runWith(BATTERY, double));
    expect(spent).toBeGreaterThan(5 * 1_550);
  });
});
