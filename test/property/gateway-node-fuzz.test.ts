/**
 * Mutated datagrams at the sockets of a gateway and of a ping node: drops with reasons,
 * never an exception, and the nodes still deliver afterwards.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import { writeUint16 } from '../../nodes/_kit/bytes.ts';
import { protocol as gateway } from '../../nodes/gateway/index.ts';
import { GATEWAY_PORT } from '../../nodes/gateway/underlay/underlay-path.ts';
import { PING_PORT } from '../../nodes/ping/geometry.ts';
import { protocol as ping } from '../../nodes/ping/index.ts';
import { ROUTER_INTERNAL_PORT, protocol as scion } from '../../nodes/scion/index.ts';
import { PacketView } from '../../nodes/scion/wire/packet-view.ts';
import type { PreparedRun } from '../../runner/run/assemble-seed.ts';
import { load, MS, prepare, SECOND } from '../unit/runner/fixture.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const SEED = 20_261_121;
/** Number of datagrams that the attacker sends per millisecond. */
const BURST = 100;

/** Corrects the UDP checksum, so that the mutation gets beyond this check. */
function repair(packet: Uint8Array, view: PacketView): Uint8Array {
  const isUdp = view.parse(packet, 0, packet.length) === undefined && view.upperProtocol === 17;
  if (!isUdp || view.upperOffset + 8 > packet.length) return packet;
  const at = view.upperOffset + 6;
  packet.fill(0, at, at + 2);
  writeUint16(packet, at, view.upperChecksum());
  return packet;
}

interface Victim {
  readonly name: string;
  readonly port: number;
  /**
   * The link to the victim, the side of the link that leads to it, and the host that sends on it.
   */
  readonly link: string;
  readonly side: 'forward' | 'backward';
  readonly sender: string;
  readonly senderPort: number;
}

/** Records genuine datagrams to the victim, including the first ones of the run. */
function record({ world }: PreparedRun, victim: Victim): Uint8Array[] {
  const seen: Uint8Array[] = [];
  world.link(victim.link).tap(victim.side, ({ bytes, offset, length }) => {
    if (seen.length < 400) seen.push(bytes.slice(offset, offset + length));
    return true;
  });
  return seen;
}

/** Injects mutated datagrams as if they came from the same senders as the genuine ones. */
function attack({ world }: PreparedRun, genuine: readonly Uint8Array[], victim: Victim): void {
  const random = openRandomStream(SEED, victim.name, 'fuzz');
  const view = new PacketView();
  const [direction] = world.sim.link(victim.link).directions(victim.side);
  const endpoint = (name: string, port: number): number =>
    world.sim.endpoints.intern(addresses.get(name) ?? '', port);
  const from = endpoint(victim.sender, victim.senderPort);
  const to = endpoint(victim.name, victim.port);
  for (let sent = 0; sent < INPUTS; sent += 1) {
    const mutated = mutate(genuine[random.below(genuine.length)]!, random, { header: 28 });
    const buffer = random.chance(0.7) ? repair(mutated, view) : mutated;
    world.sim.network.inject(direction!, { buffer, offset: 0, length: buffer.length, from, to });
    if (sent % BURST === 0) world.sim.runUntil(world.now() + MS);
  }
}

const overGateways = load('failover.yaml', {
  duration: '10s',
  warmup: '3s',
  'traffic.0.kind': 'constant',
  'traffic.0.rate': '100/s',
  'traffic.0.size': '100B',
  events: '[]',
});
const overPing = load('hello.yaml');
const addresses = new Map(
  [...overGateways.topology.hosts, ...overPing.topology.hosts].map(
    ({ name, address }) => [name, address] as const,
  ),
);

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
    attack(prepared, genuine, victim);
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
    attack(prepared, genuine, victim);
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
