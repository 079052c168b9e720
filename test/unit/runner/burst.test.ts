/** A burst of traffic: the flows from a node send so many times as often for a while. @module */
import { describe, expect, it } from 'vitest';
import type { FlowResult } from '../../../reports/model.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { loadText, run } from './fixture.ts';

function flows(events: string, traffic = 'kind: constant, rate: 10/s'): readonly FlowResult[] {
  const scenario = loadText(`
name: test
topology:
  name: pair
  nodes: [{ name: a, run: datagram }, { name: b, run: datagram }]
  links: [{ ends: a <-> b, rate: 10Mbit/s, delay: 5ms }]
duration: 10s
traffic:
  - { from: a, to: b, size: 100B, ${traffic} }
  - { from: b, to: a, size: 100B, kind: poisson, rate: 10/s }
events: ${events}
kpis: {}
`);
  return run(scenario).flows ?? [];
}
const sentOf = (events: string, traffic?: string): number | undefined =>
  flows(events, traffic)[0]?.sent;
const burst = (more: string): string => `[{ at: 2s, for: 1s, burst: { node: a, ${more} } }]`;

describe('a burst of traffic', () => {
  it.each([
    [2, 10],
    [5, 40],
    [101, 999],
  ])(
    'of %d times as much sends %d packets more in a second of ten, and the other flow none',
    (times, more) => {
      const [calm, other] = flows('[]');
      const [own, same] = flows(burst(`times: ${times}`));
      expect((own?.sent ?? 0) - (calm?.sent ?? 0)).toBeGreaterThanOrEqual(more - 1);
      expect((own?.sent ?? 0) - (calm?.sent ?? 0)).toBeLessThanOrEqual(more + 1);
      expect(own?.delivered).toBe(own?.sent);
      expect(same).toEqual(other);
    },
  );

  it('adds to requests and to flows that pause only while they send', () => {
    const asking = 'kind: request-response, rate: 10/s, response: 100B';
    const pausing = 'kind: on-off, rate: 10/s, on: 100ms, off: 100s';
    const more = (traffic: string): number =>
      (sentOf(burst('times: 11'), traffic) ?? 0) - (sentOf('[]', traffic) ?? 0);
    expect(more(asking)).toBeGreaterThan(90);
    expect(more(pausing)).toBe(0);
  });

  it('is a mistake of the file where no flow of the node has a rate', () => {
    expect(() => sentOf(burst('times: 2'), 'kind: file, bytes: 1kB')).toThrow(
      'no flow from a has a rate',
    );
  });

  it.each(['times: 1', 'times: 1001', '', 'times: 2.5'])('is refused with "%s"', (more) => {
    expect(() => flows(burst(more))).toThrow(ConfigError);
  });
});
