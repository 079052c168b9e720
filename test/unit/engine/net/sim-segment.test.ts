import { describe, expect, it } from 'vitest';
import { BROADCAST_ADDRESS } from '../../../../engine/net/endpoint-table.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../engine/net/sim-world.ts';
import { collect, makeWorld, type Received, sender } from './world-fixture.ts';

const MS = 1_000_000;

/** Four hosts on one shared medium of 8 Mbit/s and 1 ms. */
function lan(): { world: SimWorld; hosts: SimHost[]; received: Received[][] } {
  const world = makeWorld();
  const hosts = ['a', 'b', 'c', 'd'].map((name, i) =>
    world.addHost({ name, address: `127.0.0.${i + 1}` }),
  );
  world.addSegment({
    id: 'lan',
    members: hosts.map(({ name }) => ({ host: name, port: 1 })),
    medium: { rateBps: 8_000_000, delayNs: MS },
  });
  return { world, hosts, received: hosts.map((host) => collect(host, 7)) };
}

/** Sends bytes to all hosts. */
function broadcast(host: SimHost, bytes: Uint8Array): void {
  const socket = host.udp({ port: 0, link: 'lan', onDatagram: () => undefined })!;
  const buffer = host.alloc(bytes.length);
  buffer.set(bytes);
  socket.send(buffer, 0, bytes.length, host.endpoint(BROADCAST_ADDRESS, 7));
}

describe('a multi-access segment (docs/spec/link-model.md#segments)', () => {
  it('carries one packet at a time, first come first served', () => {
    const { world, hosts, received } = lan();
    sender(hosts[0]!, { host: hosts[3]!, port: 7 })(new Uint8Array(1_000));
    sender(hosts[1]!, { host: hosts[3]!, port: 7 })(new Uint8Array(1_000));
    sender(hosts[2]!, { host: hosts[0]!, port: 7 })(new Uint8Array(1_000));
    world.runUntil(20 * MS);
    expect(received[3]!.map(({ at }) => at)).toEqual([2 * MS, 3 * MS]);
    expect(received[0]!.map(({ at }) => at)).toEqual([4 * MS]);
    expect(received[1]).toEqual([]);
  });

  it('a broadcast is one offered packet and n - 1 delivered copies of its own', () => {
    const { world, hosts, received } = lan();
    broadcast(hosts[1]!, Uint8Array.of(1, 2));
    world.runUntil(20 * MS);
    expect(received.map(({ length }) => length)).toEqual([1, 0, 1, 1]);
    const { medium } = world.segment('lan');
    expect([medium.offered, medium.delivered]).toEqual([1, 3]);
    expect(medium.conservation().balance).toBe(0);
    expect(world.network.table.liveCount).toBe(0);
  });

  it('conserves packets per receiver copy, also when a member is down or does not listen', () => {
    const { world, hosts } = lan();
    world.crash('c');
    broadcast(hosts[0]!, Uint8Array.of(1));
    sender(hosts[0]!, { host: hosts[1]!, port: 99 })(Uint8Array.of(1));
    world.runUntil(20 * MS);
    const counts = hosts.map(({ index }) => world.segment('lan').receiver(index));
    expect(counts).toEqual([
      { copies: 0, delivered: 0, dropped: 0 },
      { copies: 2, delivered: 1, dropped: 1 },
      { copies: 1, delivered: 0, dropped: 1 },
      { copies: 1, delivered: 1, dropped: 0 },
    ]);
    expect(world.network.imbalance()).toBeUndefined();
    expect(world.network.dropsByReason()).toEqual({ 'node-down': 1, 'port-unreachable': 1 });
  });

  it('can be partitioned between members', () => {
    const { world, hosts, received } = lan();
    const cut = world.partition(['a'], ['b'], 'one-way');
    expect(cut.directions).toBe(1);
    broadcast(hosts[0]!, Uint8Array.of(1));
    broadcast(hosts[1]!, Uint8Array.of(1));
    world.runUntil(20 * MS);
    expect(received.map(({ length }) => length)).toEqual([1, 0, 2, 2]);
    cut.end();
    broadcast(hosts[0]!, Uint8Array.of(1));
    world.runUntil(40 * MS);
    expect(received[1]).toHaveLength(1);
  });

  it('drops a packet to an address that is not on it', () => {
    const { world, hosts } = lan();
    const socket = hosts[0]!.udp({ port: 0, link: 'lan', onDatagram: () => undefined })!;
    socket.send(hosts[0]!.alloc(1), 0, 1, hosts[0]!.endpoint('127.0.0.77', 7));
    world.runUntil(20 * MS);
    expect(world.network.dropsByReason()).toEqual({ 'no-route': 1 });
  });
});
