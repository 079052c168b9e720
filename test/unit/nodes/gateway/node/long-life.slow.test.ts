import { describe, expect, it, vi } from 'vitest';
import { OPENING_COPIES_MAX } from '../../../../../nodes/gateway/geometry.ts';
import { PathDirectory } from '../../../../../nodes/gateway/underlay/path-directory.ts';
import { counter, loadText, prepare, ratio, run, SECOND } from '../../../runner/fixture.ts';

/** Two gateways for hours of virtual time, without BFD and with few probes. */
const scenario = (duration: string, gateway: string, traffic: string): string => `
name: test
topology: scion-default.yaml
duration: ${duration}
warmup: 30min
crypto: modelled
options:
  scion: { bfd: false }
  gateway: ${gateway}
traffic: [{ from: gateway-111, to: gateway-211, kind: constant, size: 100B, ${traffic} }]
`;
const RARE = 'probeInterval: 60s, warmInterval: 60s, coldInterval: 60s, reports: false';

describe('a gateway that runs for hours', () => {
  it('R-032: renews its hop fields, so that traffic outlives their six hours', () => {
    const text = scenario(
      '390min',
      `{ multipath: { ${RARE}, refreshInterval: 60s } }`,
      'rate: 1/min',
    );
    const result = run(loadText(text));
    const { numerator, denominator } = ratio(result, 'gateway.delivery');
    expect(denominator).toBeGreaterThan(350);
    expect(denominator - numerator).toBe(0);
    expect(counter(result, 'gateway.rekeys')).toBeGreaterThan(4);
  });

  it.each([60, 120])(
    'R-020: forgets a silent peer after a cleanupTtl of %d s, and no sooner',
    (ttl) => {
      const gateway = `{ antiReplay: { maxSequenceAge: 60s, cleanupTtl: ${ttl}s } }`;
      const text = `${scenario('40min', gateway, 'rate: 1/s, stop: 10s').replace('30min', '1s')}
events: [{ at: 20s, crash: gateway-211 }]`;
      const { world } = prepare(loadText(text));
      const bounds = (): number =>
        world.host('gateway-111').store('windows').get('windows/gateway-211')?.length ?? 0;
      let second = 20;
      for (; second < 300; second++) {
        world.sim.runUntil(second * SECOND);
        if (bounds() === 0) break;
      }
      // The peer was last heard at its crash; the gateway looks for silent peers 24 times per
      // cleanupTtl.
      expect(second).toBeGreaterThanOrEqual(20 + ttl);
      expect(second).toBeLessThanOrEqual(20 + Math.ceil(ttl * (1 + 1 / 24)) + 1);
    },
  );

  it('R-032: looks up paths every five seconds by default, and at another pace when told', () => {
    for (const [options, seconds] of [
      ['{}', 5],
      ['{ multipath: { refreshInterval: 2s } }', 2],
    ] as const) {
      const lookup = vi.spyOn(PathDirectory.prototype, 'lookup');
      const text = scenario('10min', options, 'rate: 1/s').replace('30min', '1s');
      prepare(loadText(text)).world.sim.runUntil(61 * SECOND);
      const instants = lookup.mock.calls.flatMap(([target, now]) =>
        target === 'gateway-211' && now > SECOND ? [now] : [],
      );
      lookup.mockRestore();
      const pauses = instants.slice(1).map((now, index) => now - instants[index]!);
      expect(pauses.length).toBeGreaterThanOrEqual(Math.floor(60 / seconds) - 2);
      for (const pause of pauses) {
        expect(pause).toBeGreaterThanOrEqual(seconds * SECOND);
        expect(pause).toBeLessThan((seconds + 0.1) * SECOND);
      }
    }
  });

  it('R-020: closes the session of a silent peer and drops its windows after cleanup_ttl', () => {
    const gateway = '{ antiReplay: { maxSequenceAge: 60s, cleanupTtl: 120s } }';
    const text = `${scenario('40min', gateway, 'rate: 1/s, stop: 10s').replace('30min', '1s')}
events: [{ at: 20s, crash: gateway-211 }]`;
    const { world, experiment } = prepare(loadText(text));
    const session = (): { readonly epoch?: number } => {
      const status = experiment.node('gateway-111')?.status?.() as {
        peers: { session: { epoch?: number } }[];
      };
      return status.peers[0]!.session;
    };
    const bounds = (): number =>
      world.host('gateway-111').store('windows').get('windows/gateway-211')?.length ?? 0;
    world.sim.runUntil(19 * SECOND);
    expect([session().epoch !== undefined, bounds()]).toEqual([true, 4]);
    world.sim.runUntil(110 * SECOND);
    expect([session().epoch !== undefined, bounds()]).toEqual([true, 4]);
    world.sim.runUntil(160 * SECOND);
    expect([session().epoch, bounds()]).toEqual([undefined, 0]);
    // The peer's place is freed, and the gateway sends it a handshake every 4 s on three paths. It
    // does not forget the peer again each time.
    const sentBytes = (): number => {
      const counted = world.metrics('gateway-111')['gateway.wire_bytes'];
      return counted?.kind === 'counter' ? counted.value : 0;
    };
    const before = sentBytes();
    world.sim.runUntil(200 * SECOND);
    const OPENING_BYTES = 300;
    expect(sentBytes() - before).toBeGreaterThan(0);
    expect(sentBytes() - before).toBeLessThan(11 * OPENING_COPIES_MAX * OPENING_BYTES);
  });

  it('R-020: talks to a peer again that comes back after the clean-up', () => {
    const gateway = '{ antiReplay: { maxSequenceAge: 60s, cleanupTtl: 120s } }';
    const text = `${scenario('6min', gateway, 'rate: 1/s').replace('30min', '1s')}
events: [{ at: 20s, for: 200s, crash: gateway-211 }]`;
    const { world, experiment } = prepare(loadText(text));
    world.sim.runUntil(230 * SECOND);
    const before = experiment.flows[0]!.meter.deliveredTotal;
    world.sim.runUntil(250 * SECOND);
    expect(experiment.flows[0]!.meter.deliveredTotal - before).toBe(20);
  });
});
