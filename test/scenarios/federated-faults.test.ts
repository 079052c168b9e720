/**
 * Federations that lose clients for a while: to an outage, a restart, a wrong clock. Once all is well again, all
 * of them are in the rounds again, within the timer of a phase.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { load, report, run } from '../unit/runner/fixture.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/federated-faults/${name}.yaml`, import.meta.url));

describe('a federation ends with all its rounds, and all clients in them,', () => {
  it.each([
    ['all its clients were cut off', 'all-cut'],
    ['a client was cut off that its rounds need', 'needed-client-cut'],
    ['a client was cut off that its rounds can do without', 'spare-client-cut'],
    ['one client of many was cut off', 'one-client-cut'],
    ['the clock of its aggregator was wrong', 'aggregator-clock'],
    ['its aggregator restarted while a client was cut off', 'aggregator-crash'],
  ])('after %s', (_what, name) => {
    const scenario = load(fixture(name));
    const result = run(scenario);
    expect(result.done).toMatchObject({ by: 'done' });
    expect(report(scenario, [result]).kpis.filter(({ pass }) => !pass)).toEqual([]);
  });

  it('and names the client for which a round waits, with the reason', () => {
    const { warnings } = run(load(fixture('aggregator-crash'), { 'stack.1.options.rounds': '3' }));
    expect(warnings).toEqual([
      'client-1: round 3 waits: it needs 3 clients, and 2 can take part; client-2: not heard of',
    ]);
  });

  it('and names five of many clients for which it waits', () => {
    const events =
      '[{ at: 9s, for: 12s, link: "*", set: { up: false } }, { at: 10s, for: 1s, crash: client-1 }]';
    const many = { 'topology.generate.nodes': '9', events, 'stack.1.options.rounds': '3' };
    const [warning] = run(load(fixture('aggregator-crash'), many)).warnings;
    expect(warning).toMatch(/0 can take part; (?:client-[2-6]: not heard of, ){5}and 3 more$/);
  });
});
