/**
 * Mutated datagrams at the sockets of a gateway and of a ping node: drops with reasons,
 * never an exception, and the nodes still deliver afterwards.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { protocol as gateway } from '../../nodes/gateway/index.ts';
import { GATEWAY_PORT } from '../../nodes/gateway/underlay/underlay-path.ts';
import { PING_PORT } from '../../nodes/ping/geometry.ts';
import { protocol as ping } from '../../nodes/ping/index.ts';
import { ROUTER_INTERNAL_PORT, protocol as scion } from '../../nodes/scion/index.ts';
import { load, prepare, SECOND } from '../unit/runner/fixture.ts';
import { attack, record, SEED, type Victim } from './datagram-fuzz.ts';

const INPUTS = 100_000;

const overGateways = load('failover.yaml', {
  duration: '10s',
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '100/s',
  'traffic.0.size': '100B',
  events: '[]',
});
const overPing = load('hello.yaml');
describe('mutated datagrams', () => {
  it(`R-084: ${INPUTS} at the socket of a gateway are named drops, and it delivers on, seed ${SEED}`, () => {
    const prepared = prepare(overGateways);
    const { world, experiment } = prepared;
    const victim: Victim = {
      name: 'gateway-211',
      port: GATEWAY_PORT,
      link: 'gateway-211--br-211-1',
      side: 'backward',
      sender: 'br-211-1',
      senderPort: ROUTER_INTERNAL_PORT,
    };
    const genuine = record(prepared, victim);
    world.sim.runUntil(4 * SECOND);
    expect(genuine.length).toBeGreaterThan(50);
    attack(prepared, genuine, victim, INPUTS);
    const { meter } = experiment.flows[0]!;
    const before = meter.deliveredTotal;
    world.sim.runUntil(7 * SECOND);
    expect(meter.deliveredTotal - before).toBeGreaterThan(150);
    expect([meter.duplicates, experiment.deliveries.damaged]).toEqual([0, 0]);
    expect(experiment.node('gateway-211')?.invariant?.()).toBeUndefined();
    // The mutations are useful only if they get beyond the parsers.
    const seen = Object.keys(world.nodeDrops());
    for (const reason of seen) expect({ ...gateway.drops, ...scion.drops }).toHaveProperty(reason);
    expect(seen).toEqual(
      expect.arrayContaining([
        'scion-truncated',
        'scion-version',
        'l4-checksum',
        'not-for-us',
        'peer-not-allowed',
        'malformed-truncated',
        'malformed-shape',
        'malformed-version',
        'bad-auth',
        'replay',
      ]),
    );
  });

  it(`R-084: ${INPUTS} at the socket of a ping node are named drops, and it answers on, seed ${SEED}`, () => {
    const prepared = prepare(overPing);
    const { world, experiment } = prepared;
    const victim: Victim = {
      name: 'bob',
      port: PING_PORT,
      link: 'alice--bob',
      side: 'forward',
      sender: 'alice',
      senderPort: PING_PORT,
    };
    const genuine = record(prepared, victim);
    world.sim.runUntil(2 * SECOND);
    attack(prepared, genuine, victim, INPUTS);
    const { meter } = experiment.flows[0]!;
    const before = meter.deliveredTotal;
    world.sim.runUntil(5 * SECOND);
    expect(meter.deliveredTotal - before).toBeGreaterThan(150);
    const seen = Object.keys(world.nodeDrops());
    for (const reason of seen) expect(ping.drops).toHaveProperty(reason);
    expect(seen.sort()).toEqual([
      'padding-not-zero',
      'truncated',
      'unexpected-reply',
      'unknown-kind',
      'wrong-version',
    ]);
  });
});
