/** Options of a gateway that change while it carries packets: what is changed at once, what waits, and that no frame is lost. */
import { describe, expect, it } from 'vitest';
import type { SeedResult } from '../../../../../reports/model.ts';
import { load, MS, prepare, ratio, run } from '../../../runner/fixture.ts';

const QUIET = {
  ...{ duration: '8s', warmup: '3s', 'traffic.0.rate': '2000/s', 'traffic.0.stop': '7s' },
} as const;
const change = (at: string, set: object, node = 'gateway-111'): string =>
  `{ at: ${at}, ask: { node: ${node}, kind: reconfigure, body: '${JSON.stringify(set)}' } }`;
const avoiding = (...ases: readonly string[]): object => ({
  policy: { acl: [...ases.map((as) => `- ${as}`), '+'] },
});

function runWith(...events: readonly string[]): SeedResult {
  return run(load('failover.yaml', { ...QUIET, events: `[${events.join(', ')}]` }));
}

function answers({ faults }: SeedResult): readonly (string | undefined)[] {
  return faults.map(({ answer }) => answer?.outcome);
}

describe('a gateway under load', () => {
  it('loses no frame when limits, peers, policy and thresholds of both change', () => {
    const all = {
      multipath: {
        ...{ rttThreshold: 3, lossThreshold: 0.2, minPaths: 2, maxPaths: 2, exploration: 0.5 },
      },
      rateLimit: { enabled: true, perSecond: 100_000 },
      overload: { delay: '80ms' },
      ...avoiding('3-ff00:0:310'),
      peers: ['gateway-111', 'gateway-211'],
    };
    const result = runWith(
      change('4s', all),
      change('4500ms', all, 'gateway-211'),
      change('6s', { ...avoiding('3-ff00:0:320'), multipath: { maxPaths: 10 } }),
    );
    expect(answers(result)).toEqual(['ok', 'ok', 'ok']);
    const { numerator, denominator } = ratio(result, 'gateway.delivery');
    expect(denominator).toBeGreaterThan(7_500);
    expect(numerator).toBe(denominator);
  });

  it('takes no path that a new policy excludes, and takes it again when it is allowed', () => {
    const scenario = load('failover.yaml', {
      ...QUIET,
      events: `[${change('4s', avoiding('3-ff00:0:310'))}, ${change('5s', avoiding('3-ff00:0:320', '3-ff00:0:330'))}]`,
    });
    const { world } = prepare(scenario);
    const used = (ms: number): string => {
      world.sim.runUntil(ms * MS);
      let status = { peers: [{ inUse: '' }] };
      world.request('gateway-111', {
        ...{ kind: 'status', target: '', body: new Uint8Array(0) },
        respond: (_, text) => {
          status = JSON.parse(Buffer.from(text ?? []).toString());
        },
      });
      return status.peers[0]?.inUse ?? '';
    };
    expect(used(3_900)).toBe('via-110-310-210');
    expect(used(4_100)).toBe('via-120-320-220');
    // The only one left is new again, and no path is known to work until it has answered.
    expect(used(7_000)).toBe('via-110-310-210');
  });

  it('refuses frames above a limit that was set while it runs, and no more when it is taken back', () => {
    const limit = { rateLimit: { enabled: true, perSecond: 100, burst: 1 } };
    const none = { rateLimit: { enabled: false } };
    const lost = (...events: readonly string[]): number => {
      const { numerator, denominator } = ratio(runWith(...events), 'gateway.delivery');
      return denominator - numerator;
    };
    const begin = change('4s', limit, 'gateway-211');
    expect(lost(begin)).toBeGreaterThan(5_000);
    expect(lost(begin, change('4100ms', none, 'gateway-211'))).toBeLessThan(400);
  });

  it('ends and begins sessions with peers that leave and join the list', () => {
    const result = runWith(
      change('4s', { peers: ['nobody'] }),
      change('5s', { peers: ['gateway-211'] }),
    );
    expect(answers(result)).toEqual(['ok', 'ok']);
    const { numerator, denominator } = ratio(result, 'gateway.delivery');
    const lost = denominator - numerator;
    // A second without the peer, and some time for new keys.
    expect(lost).toBeGreaterThan(1_900);
    expect(lost).toBeLessThan(2_400);
  });

  it('leaves options by which sessions and paths were made to a restart, and all that is with them', () => {
    const result = runWith(
      change('4s', { multipath: { strategy: 'weighted' } }),
      change('5s', { multipath: { smoothing: 0.5, lossThreshold: 0.3 }, rekey: { age: '1min' } }),
    );
    expect(answers(result)).toEqual(['needs-restart', 'needs-restart']);
  });
});
