/**
 * `drain`: how long what is under way at the end of a run may still arrive, in virtual time
 * (test/live/drain.wall.test.ts: by the wall clock).
 */
import { describe, expect, it } from 'vitest';
import { checkDeterminism } from '../../../runner/run/check-determinism.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { loadText, ratio, registry, run, SECOND } from './fixture.ts';

/** A packet a second over a link of 5 s: 59 packets, the last at 59 s. */
const far = (more = ''): Scenario =>
  loadText(`
name: far
topology:
  name: far
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s } }
  nodes: [{ name: earth }, { name: probe }, { name: lander }]
  links: [{ ends: earth <-> probe, delay: 5s }, { ends: probe <-> lander, delay: 1s }]
duration: 60s
traffic: [{ from: earth, to: probe, kind: constant, rate: 1/s }]
${more}`);

/** What is said about a packet a second between three nodes. */
const warningsOf = (of: {
  readonly links: string;
  readonly traffic: string;
  readonly drain: string;
}): readonly string[] =>
  loadText(`
name: far
topology:
  name: far
  defaults: { node: { run: datagram }, link: { rate: 1Gbit/s } }
  nodes: [{ name: a }, { name: b }, { name: c }]
  links: [${of.links}]
duration: 60s
drain: ${of.drain}
traffic: [{ ${of.traffic}, kind: constant, rate: 1/s }]
`).warnings;

describe('a run over a link of 5 s', () => {
  it.each([
    ['by default, after 1 s', '', 55],
    ['without a drain', 'drain: 0s', 54],
    // The packet itself takes 8 µs more.
    ['of which the last packet has 4 s', 'drain: 4s', 58],
    ['of which the last packet has 4.001 s', 'drain: 4001ms', 59],
    ['that lasts as long as the link', 'drain: 5s', 59],
  ])('%s: counts what arrived', (_, drain, delivered) => {
    const scenario = far(drain);
    const result = run(scenario);
    expect(ratio(result, 'datagram.delivery')).toMatchObject({
      numerator: delivered,
      denominator: 59,
    });
    expect(result.packets).toMatchObject({ delivered, inFlight: 59 - delivered });
    // The run is not longer for it.
    expect(result.virtualNs).toBe(60 * SECOND);
  });

  it('is repeated with its drain, not with the default', () => {
    const scenario = far('drain: 5s');
    expect(checkDeterminism({ scenario, registry, seed: 1 })).toMatchObject({
      kind: 'same',
      fingerprint: run(scenario).fingerprint,
    });
  });

  it('warns when even the fastest way takes longer than the drain', () => {
    const words = ':9:11: packets from earth to probe take at least 5s, drain is 1s';
    expect(far().warnings.join()).toContain(words);
    expect(far('drain: 4999ms').warnings.join()).toContain('drain is 4.999s');
    expect(far('drain: 5s').warnings).toEqual([]);
    expect(run(far()).warnings.join()).toContain(words);
  });

  it('adds up the delays of links, and takes the fastest of several ways', () => {
    const to = (drain: string): readonly string[] =>
      warningsOf({
        links:
          '{ ends: a <-> b, delay: 2s }, { ends: b <-> c, delay: 1s }, { ends: a <-> c, delay: 9s }',
        traffic: 'from: a, to: c',
        drain,
      });
    expect(to('2999ms').join()).toContain('from a to c take at least 3s');
    expect(to('3s')).toEqual([]);
  });

  it('warns of drawn pairs of which some take longer, whichever are drawn', () => {
    const among = (drain: string): readonly string[] =>
      warningsOf({
        links: '{ ends: a <-> b, delay: 2s }, { ends: b <-> c, delay: 3s }',
        traffic: 'pairs: 1, among: "*"',
        drain,
      });
    const [warning = ''] = among('4999ms');
    expect(warning).toContain(':10:11: packets between');
    expect(warning).toContain('as from a to c, may take 5s, drain is 4.999s');
    expect(among('5s')).toEqual([]);
  });
});
