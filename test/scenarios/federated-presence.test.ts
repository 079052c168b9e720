/** Devices that come and go: who is away is not waited for, and who leaves in a round is lost. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../reports/model.ts';
import { counter, loadText, run } from '../unit/runner/fixture.ts';

/** Five clients, a round each second. */
const FEDERATION = `
name: federated-presence
question: Who takes part while devices come and go?
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
      rounds: 20
      pause: 1s
      minimum: 2
      phaseTimeout: 400ms
      secureAggregation: { threshold: 2 }
      data: { examples: 10, test: 10 }
duration: 60s
until: done
kpis:
  federated.rounds: { count: ">= 1" }
`;
const OF_ONE = 'options.client-2/federated.device';

const longestMs = ({ metrics }: SeedResult): number => {
  const data = metrics['federated.round'];
  return data?.kind === 'histogram' ? data.data.max / 1e6 : Number.NaN;
};

const runWith = (set: Readonly<Record<string, string>> = {}, seed = 1): SeedResult =>
  run(loadText(FEDERATION, set), seed);

describe('devices that come and go', () => {
  it('are in every round while they are there', () => {
    const result = runWith();
    expect(counter(result, 'federated.inputs')).toBe(100);
    // Four round trips of 20 ms.
    expect(longestMs(result)).toBeGreaterThan(80);
    expect(longestMs(result)).toBeLessThan(120);
  });

  it('are not waited for while they are away between rounds', () => {
    // Rounds begin 1.08 s apart: at 4.3, 5.4, 6.5 and 7.6 s it is away.
    const result = runWith({ [OF_ONE]: '{ available: { trace: [[0s, 3500ms], [8500ms, 60s]] } }' });
    expect(counter(result, 'federated.rounds')).toBe(20);
    expect(counter(result, 'federated.away')).toBe(0);
    expect(counter(result, 'federated.inputs')).toBe(100 - 4);
    expect(longestMs(result)).toBeLessThan(120);
  });

  it('are lost when they leave in the middle of a round, and the next round knows', () => {
    // The third round begins near 2.18 s; shares are out 30 ms later, and the input 50 ms later.
    const result = runWith({ [OF_ONE]: '{ available: { trace: [[0s, 2220ms], [8500ms, 60s]] } }' });
    expect(counter(result, 'federated.away')).toBe(1);
    expect(counter(result, 'federated.rounds')).toBe(20);
    expect(counter(result, 'federated.lost')).toBe(1);
    expect(counter(result, 'federated.lossy')).toBe(2);
    // The timer of one phase ended one round; in the next one the client said that it is away.
    expect(longestMs(result)).toBeGreaterThan(400);
    expect(longestMs(result)).toBeLessThan(600);
    const { metrics } = result;
    const exact = metrics['federated.exact'];
    expect(exact?.kind === 'ratio' && exact.numerator).toBe(20);
  });

  it('do so by their own stream: the same again for a seed, other times for another one', () => {
    const set = { 'stack.1.options.device': '{ available: { up: 5s, down: 2s } }' };
    const first = runWith(set);
    const few = { ...set, 'stack.1.options.rounds': '5' };
    const [short, again, other] = [runWith(few), runWith(few), runWith(few, 2)];
    expect(again.fingerprint).toBe(short.fingerprint);
    expect(other.fingerprint).not.toBe(short.fingerprint);
    expect(counter(first, 'federated.inputs')).toBeLessThan(90);
    expect(counter(first, 'federated.inputs')).toBeGreaterThan(45);
  });
});
