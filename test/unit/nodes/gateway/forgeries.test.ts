import { describe, expect, it } from 'vitest';
import { FRAME_DROP_REASONS } from '../../../../nodes/gateway/drops.ts';
import { GATEWAY_FORGERIES } from '../../../../nodes/gateway/forgeries.ts';
import { FaultError } from '../../../../runner/faults/fault-context.ts';
import { counter, load, prepare, run, SECOND } from '../../runner/fixture.ts';

/** Drops of floods that have run. */
const known = new Map<string, Readonly<Record<string, number>>>();

/** A gateway that receives a flood of 200/s for three seconds, and no other traffic. */
function flooded(kind: string, more = ''): Readonly<Record<string, number>> {
  const drops = known.get(kind + more) ?? dropsOf(kind, more);
  known.set(kind + more, drops);
  return drops;
}

function dropsOf(kind: string, more: string): Readonly<Record<string, number>> {
  const { world, experiment } = prepare(
    load('failover.yaml', {
      duration: '9s',
      warmup: '3s',
      'traffic.0.rate': '50/s',
      events: `[{ at: 5s, for: 3s, flood: { to: gateway-211, kind: ${kind}, rate: 200/s${more} } }]`,
    }),
  );
  world.sim.runUntil(4_900_000_000);
  const before = world.nodeDrops();
  world.sim.runUntil(9 * SECOND);
  experiment.finish();
  const after = Object.entries(world.nodeDrops());
  return Object.fromEntries(
    after
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
}

describe('what strangers can send to a gateway', () => {
  it('openings of the right shape fail at the MAC, all 600 of them', () => {
    expect(flooded('opening')).toEqual({ 'handshake-mac': 600 });
  });

  it('openings by one who knows the public key pass it: few cost work, the others are told to prove', () => {
    const drops = flooded('keyed-opening');
    // A burst of ten plus five per second for three seconds, less one.
    expect(drops['bad-auth']).toBe(24);
    expect(drops['cookie-required']).toBe(576);
    // A burst of twenty cookies plus ten per second, less one, reach the peer, which did not ask
    // for any.
    expect(drops['handshake-unexpected']).toBe(49);
    expect(Object.keys(drops)).toHaveLength(3);
  });

  it('answers that nothing asked for, and frames that were not sealed, are named drops', () => {
    expect(flooded('answer')).toEqual({ 'handshake-unexpected': 600 });
    const frames = flooded('frame', ', size: 1200B');
    expect(frames['epoch-unknown']).toBeGreaterThan(400);
    expect(frames['bad-auth']).toBeGreaterThan(10);
    expect((frames['epoch-unknown'] ?? 0) + (frames['bad-auth'] ?? 0)).toBe(600);
  });

  it('messages about an interface quote nothing that was sent', () => {
    expect(flooded('interface-down')).toEqual({ 'scmp-quote': 600 });
  });

  it('each has a sentence for people, and only named drops come of them', () => {
    for (const [kind, { help }] of Object.entries(GATEWAY_FORGERIES)) {
      expect(help.length, kind).toBeGreaterThan(20);
      const names = [...Object.keys(FRAME_DROP_REASONS), 'scmp-quote', 'scmp-source', 'no-path'];
      for (const name of Object.keys(flooded(kind))) expect(names).toContain(name);
    }
  });

  it('a flood whose sender has crashed touches nothing, which is an error', () => {
    const scenario = load('failover.yaml', {
      duration: '9s',
      warmup: '3s',
      'traffic.0.rate': '50/s',
      events:
        '[{ at: 4s, crash: br-211-1 }, { at: 5s, flood: { to: gateway-211, by: br-211-1, kind: frame, rate: 9/s } }]',
    });
    const act = (): unknown => run(scenario);
    expect(act).toThrow(FaultError);
    expect(act).toThrow(/br-211-1 is down: the flood has no effect/);
  });

  it('a flood takes its place on the link as everything else does: packets are conserved', () => {
    const scenario = load('failover.yaml', {
      duration: '6s',
      warmup: '3s',
      'traffic.0.rate': '50/s',
      events: '[{ at: 4s, for: 1s, flood: { to: gateway-211, kind: opening, rate: 100/s } }]',
    });
    const quiet = load('failover.yaml', { ...scenario.overrides, events: '[]' });
    const [with_, without] = [run(scenario), run(quiet)];
    expect(with_.packets.sent - without.packets.sent).toBe(100);
    expect(counter(with_, 'gateway.rekeys')).toBe(counter(without, 'gateway.rekeys'));
  });
});
