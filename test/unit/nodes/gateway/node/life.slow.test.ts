import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { NetworkView } from '../../../../../engine/host/network-view.ts';
import type { NodeHandle } from '../../../../../engine/host/protocol.ts';
import type { SeedResult } from '../../../../../reports/model.ts';
import { Experiment } from '../../../../../runner/experiment/experiment.ts';
import { provisionSeed } from '../../../../../runner/nodes/run-provision.ts';
import type { LocalWorld } from '../../../../../runner/world.ts';
import { makeSimWorld, makeVirtualWorld } from '../../../../../runner/worlds/virtual-world.ts';
import type { Scenario } from '../../../../../scenarios/model.ts';
import { nodeMachine } from '../../../../../scenarios/open/node-machine.ts';
import {
  makeProtocolStackFinder,
  type ProtocolStackOf,
} from '../../../../../scenarios/open/nodes.ts';
import {
  counter,
  load,
  MS,
  prepare,
  ratio,
  registry,
  run,
  SECOND,
  samples,
} from '../../../runner/fixture.ts';

const BASE = {
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '200/s',
};

interface SessionStatus {
  readonly epoch?: number;
}

function sessionOf(node: NodeHandle | undefined): SessionStatus {
  const status = node?.status?.() as { peers: { session: SessionStatus }[] };
  return status.peers[0]!.session;
}

describe('rekeying under load', () => {
  it('R-026: three rekeys lose nothing, refuse nothing and take nothing twice', () => {
    const scenario = load('failover.yaml', {
      ...BASE,
      duration: '20s',
      events: '[]',
      // 1 MB per key at 200 kB/s causes a rekey every 5 s.
      options: '{ gateway: { rekey: { bytes: 1MB } } }',
    });
    const result = run(scenario);
    // Each gateway counts its epochs; the reset at the end of the warm-up removes the first.
    expect(counter(result, 'gateway.rekeys')).toBeGreaterThanOrEqual(6);
    const { numerator, denominator } = ratio(result, 'gateway.delivery');
    expect([denominator - numerator, denominator]).toEqual([0, 3_400]);
    expect(counter(result, 'gateway.duplicates')).toBe(0);
    expect(counter(result, 'antireplay.false_reject')).toBe(0);
    expect(result.nodeDrops['key-exhausted']).toBeUndefined();
  });

  it('R-026: reports still tell of a dead path after a rekey has restarted the sequence', () => {
    const scenario = load('failover.yaml', {
      ...BASE,
      duration: '12s',
      crypto: 'modelled',
      // With probes alone, detecting the dead path would take more than six seconds.
      options:
        '{ gateway: { rekey: { bytes: 1MB }, multipath: { probeInterval: 1s, misses: 6 } } }',
      events:
        '[{ at: 9s, for: 2s, link: "br-111-1 <-> core-110", set: { up: false }, direction: backward }]',
    });
    const { world, experiment } = prepare(scenario);
    world.sim.runUntil(9 * SECOND - 1);
    expect(experiment.activePath('gateway-111', 'gateway-211')).toContain('core-110--br-111-1');
    expect(sessionOf(experiment.node('gateway-111')).epoch).toBeGreaterThan(2);
    world.sim.runUntil(9.2 * SECOND);
    expect(experiment.activePath('gateway-111', 'gateway-211')).not.toContain('core-110--br-111-1');
  });
});

describe('a gateway that crashes under load', () => {
  it.each(['gateway-111', 'gateway-211'])(
    'R-018, R-019: %s comes back under a higher epoch within 1 s, and nothing is accepted twice',
    (name) => {
      const scenario = load('failover.yaml', {
        ...BASE,
        duration: '10s',
        events: `[{ at: 5s, for: 1s, crash: ${name}, store: prefix }]`,
      });
      const { world, experiment } = prepare(scenario);
      world.sim.runUntil(5 * SECOND - 1);
      const before = sessionOf(experiment.node(name)).epoch ?? 0;
      world.sim.runUntil(7 * SECOND);
      expect(sessionOf(experiment.node(name)).epoch).toBeGreaterThan(before);
      const result: SeedResult = run(scenario);
      const [recovery, ...more] = samples(result, 'antireplay.recovery');
      expect(recovery).toBeGreaterThan(0);
      expect(recovery).toBeLessThanOrEqual(SECOND);
      expect(more).toEqual([]);
      expect(counter(result, 'antireplay.false_accept')).toBe(0);
      expect(counter(result, 'gateway.duplicates')).toBe(0);
      expect(counter(result, 'antireplay.false_reject')).toBe(0);
      const gaps = samples(result, 'gateway.failover');
      expect(gaps).toHaveLength(1);
      expect(gaps[0]).toBeGreaterThan(SECOND);
      expect(gaps[0]).toBeLessThan(2 * SECOND);
    },
  );

  it.each(['gateway-111', 'gateway-211'])(
    'R-019: %s is measured from its start to the first frame that it accepts, however late that is',
    (name) => {
      const recovery = (silence: string): number => {
        const links = `"${name} <-> *"`;
        const events = [
          `{ at: 5s, for: 1s, crash: ${name} }`,
          `{ at: 4s, for: ${silence}, link: ${links}, set: { up: false } }`,
        ];
        const changes = { ...BASE, duration: '14s', crypto: 'modelled', events: `[${events}]` };
        const [value = 0, ...more] = samples(
          run(load('failover.yaml', changes)),
          'antireplay.recovery',
        );
        expect(more).toEqual([]);
        return value;
      };
      // The links are up when it starts, so recovery takes a handshake over paths of 12 ms and one
      // packet.
      const quick = recovery('2s');
      expect(quick).toBeGreaterThan(24 * MS);
      expect(quick).toBeLessThan(200 * MS);
      // The links return 1.5 s after its start, so it cannot recover within a second.
      expect(recovery('3500ms')).toBeGreaterThan(1.5 * SECOND);
    },
  );

  it('the first start of a gateway is no recovery', () => {
    const scenario = load('failover.yaml', { ...BASE, duration: '4s', events: '[]' });
    const { world } = prepare(scenario);
    world.sim.runUntil(2.9 * SECOND);
    for (const name of ['gateway-111', 'gateway-211']) {
      expect(world.metrics(name)['antireplay.recovery']).toMatchObject({ values: [] });
    }
  });
});

describe('two clocks that differ', () => {
  const drops = (step: string): Readonly<Record<string, number>> => {
    const scenario = load('failover.yaml', {
      ...BASE,
      duration: '6s',
      crypto: 'modelled',
      events: `[{ at: 4s, clock: { node: gateway-211, step: ${step} } }]`,
    });
    return run(scenario).nodeDrops;
  };

  it('R-031: by five minutes less a second to either side stop nothing', () => {
    for (const step of ['299s', '-299s']) {
      expect(drops(step)).not.toHaveProperty('future');
      expect(drops(step)).not.toHaveProperty('expired');
    }
  });

  it('R-031: by more are refused by name: from the future, or too old', () => {
    // 300 data frames arrive in the remaining two seconds, as well as probes and reports.
    expect(drops('-301s')['future']).toBeGreaterThan(300);
    expect(drops('3901s')['expired']).toBeGreaterThan(300);
  });
});

/** An experiment in which one gateway has the wrong keys for its peer. */
function stageWithSwappedKey(scenario: Scenario, liar: string): [LocalWorld, Experiment] {
  const crypto = createCryptoProvider('node', { timing: 'simulation' });
  const stackOf = makeProtocolStackFinder(scenario, registry);
  const provision = provisionSeed({ scenario, seed: 1, stackOf, crypto });
  const mallory = new Uint8Array(32).fill(7);
  const swapped = (network: NetworkView): NetworkView => ({
    ...network,
    identity: (host) =>
      host === 'gateway-111'
        ? { secret: () => mallory, publicKey: () => crypto.x25519PublicKey(mallory) }
        : network.identity(host),
  });
  const world = makeVirtualWorld({ scenario, seed: 1, crypto, stackOf }, makeSimWorld);
  const experiment = new Experiment({
    machine: nodeMachine,
    world,
    scenario,
    seed: 1,
    viewOf: (host): NetworkView => provision.viewOf(host),
    stackOf: (host): ReturnType<ProtocolStackOf> => {
      const [choice] = stackOf(host);
      if (host.name !== liar) return [choice];
      const { protocol } = choice;
      const create: typeof protocol.create = (at, setup) =>
        protocol.create(at, { ...setup, network: swapped(setup.network) });
      return [{ ...choice, protocol: { ...protocol, create } }];
    },
  });
  world.listen(experiment);
  experiment.prepare();
  return [world, experiment];
}

describe('keys', () => {
  const scenario = load('failover.yaml', { ...BASE, duration: '6s', events: '[]' });

  it.each([
    ['the peer', 'gateway-211', 'gateway-211'],
    ['itself', 'gateway-111', 'gateway-111'],
  ])('R-025: with another key of %s no session opens and no packet passes', (_who, liar) => {
    const [world, experiment] = stageWithSwappedKey(scenario, liar);
    world.sim.runUntil(5 * SECOND);
    expect(experiment.node('gateway-111')?.isReady?.()).toBe(false);
    expect(experiment.node('gateway-211')?.isReady?.()).toBe(false);
    expect(experiment.flows[0]?.meter.deliveredTotal).toBe(0);
    expect(world.nodeDrops()['bad-auth'] ?? world.nodeDrops()['peer-not-allowed']).toBeGreaterThan(
      0,
    );
  });

  it('a peer that is not on the list is refused by name', () => {
    const alone = load('failover.yaml', {
      ...BASE,
      duration: '6s',
      events: '[]',
      options: '{ gateway-211: { peers: [] } }',
    });
    const { world, experiment } = prepare(alone);
    world.sim.runUntil(5 * SECOND);
    expect(experiment.flows[0]?.meter.deliveredTotal).toBe(0);
    expect(world.nodeDrops()['peer-not-allowed']).toBeGreaterThan(0);
  });
});
