/**
 * R-007 for every shipped scenario with gateways, at a twentieth of the published rate or its own
 * where that is lower, with its faults and attacks. At the full rate, the same count is a KPI of the scenarios, which run every night.
 *
 * @module
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counter, folders, load, loadText, run } from '../unit/runner/fixture.ts';

/** Scenarios in virtual time with a gateway as the source of the traffic. */
const FILES = readdirSync(folders.scenarios)
  .filter((file) => file.endsWith('.yaml') && !/^(emulate|soak)-/.test(file))
  .filter((file) => load(file).traffic.some(({ from }) => from.startsWith('gateway')));
const RATE_MAX = 500;
const SLOW = { 'traffic.0.rate': `${RATE_MAX}/s`, crypto: 'modelled' };

/** A scenario with fewer packets keeps them: fifty times as many would wait for its cut to end. */
function slowed(file: string): Readonly<Record<string, string>> {
  const pattern = load(file).traffic[0]?.pattern;
  // A capture has instants of its own.
  if (pattern === undefined || !('rate' in pattern)) return { crypto: 'modelled' };
  return { ...SLOW, 'traffic.0.rate': `${Math.min(pattern.rate, RATE_MAX)}/s` };
}

describe('R-007: no genuine packet is refused in', () => {
  it('the scenarios that are there', () => {
    expect(FILES).toEqual(expect.arrayContaining(['failover.yaml', 'replay-attack.yaml']));
    expect(FILES.length).toBeGreaterThanOrEqual(8);
  });

  it('replay-attack.yaml only because its window is large enough: with 64 places the count rises', () => {
    const change = { ...SLOW, 'options.gateway.antiReplay.windowSize': '64' };
    const result = run(load('replay-attack.yaml', change));
    expect(counter(result, 'antireplay.false_reject')).toBeGreaterThan(100);
  });

  it.each(FILES)('%s', (file) => {
    const result = run(load(file, slowed(file)));
    expect(counter(result, 'antireplay.checks')).toBeGreaterThan(2_500);
    expect(counter(result, 'antireplay.false_reject')).toBe(0);
    expect(counter(result, 'antireplay.false_accept')).toBe(0);
  });

  it('failover-9070: a tap that keeps copies of lost frames, if the window is as long as it keeps them', () => {
    // A core router is down for four seconds: what the tap copied before it arrives after that, by a way that
    // carries only probes meanwhile, and is all that ever arrives of those frames.
    const ways = [
      ['gateway-111', 'gateway-211'],
      ['gateway-211', 'gateway-111'],
    ].map(([from, to]) => `from: ${from}, to: ${to}, rate: 100/s`);
    const text = `name: failover-9070
topology: scion-default.yaml
duration: 85s
drain: 5s
crypto: modelled
traffic:
  - { ${ways[0]}, kind: poisson, size: 300B, stop: 20s }
  - { ${ways[1]}, kind: constant, size: 100B, stop: 20s }
  - { ${ways[0]}, kind: constant, size: 300B, start: 80s, stop: 85s }
  - { ${ways[1]}, kind: constant, size: 300B, start: 80s, stop: 85s }
events:
  - { at: 1300ms, for: 4900ms, clock: { node: br-211-1, step: -50ms } }
  - { at: 4560ms, for: 4241ms, crash: core-210, store: prefix }
  - { at: 11355ms, for: 1ms, crash: br-211-1, store: torn }
  - { at: 9987ms, for: 6483ms, link: core-230 <-> br-211-3, direction: backward, set: { loss: 49% } }
  - { at: 9681ms, for: 614ms, link: gateway-111 <-> br-111-2, set: { rate: 10Gbit/s } }
  - { at: 1600ms, for: 800ms, crash: [core-320], store: synced }
  - { at: 2s, for: 17s, link: br-111-* <-> core-1*, tap: { replay: 20%, replayWithin: 100, reorder: 20 } }
`;
    const refusedWith = (windowSize: number): number => {
      const set = { 'options.gateway': `{ antiReplay: { windowSize: ${windowSize} } }` };
      const result = run(loadText(text, set), 9070);
      expect(counter(result, 'antireplay.false_accept')).toBe(0);
      return counter(result, 'antireplay.false_reject');
    };
    expect(refusedWith(1024)).toBe(2); // nothing is lost by it
    expect(refusedWith(4096)).toBe(0);
  });
});
