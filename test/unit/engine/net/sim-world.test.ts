import { describe, expect, it } from 'vitest';
import * as reasons from '../../../../engine/net/drop-reasons.ts';
import { collect, FAST, makePair, makeWorld, sender } from './world-fixture.ts';

describe('a datagram in the simulated world', () => {
  it('arrives after serialisation and propagation, with its bytes and its sender', () => {
    const { world, a, b } = makePair();
    const received = collect(b, 7);
    const send = sender(a, { host: b, port: 7 });
    expect(send(Uint8Array.of(1, 2, 3))).toBe('sent');
    world.runUntil(10_000_000);
    expect(received).toHaveLength(1);
    expect(received[0]!.at).toBe(24 + 1_000_000);
    expect([...received[0]!.bytes]).toEqual([1, 2, 3]);
    expect(a.endpointOf(received[0]!.from)).toEqual({ address: '127.0.0.1', port: 49_152 });
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('is dropped as port-unreachable when nobody is bound there', () => {
    const { world, a, b } = makePair();
    sender(a, { host: b, port: 9 })(Uint8Array.of(1));
    world.runUntil(10_000_000);
    expect(world.network.dropsByReason()).toEqual({ 'port-unreachable': 1 });
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('is dropped as no-route when no link leads to its destination', () => {
    const { world, a } = makePair();
    const socket = a.udp({ port: 0, onDatagram: () => undefined })!;
    expect(socket.send(a.alloc(1), 0, 1, a.endpoint('127.9.9.9', 1))).toBe('sent');
    world.runUntil(1);
    expect(world.unrouted).toBe(1);
  });

  it('travels without a copy when a handler sends on what it received', () => {
    const world = makeWorld();
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      world.addHost({ name, address: `127.0.0.${i + 1}` });
    }
    for (const [id, from, to] of [
      ['ab', 'a', 'b'],
      ['bc', 'b', 'c'],
    ] as const) {
      const end = { port: 1_000 };
      world.addLink({
        id,
        a: { host: from, ...end },
        b: { host: to, ...end },
        forward: FAST,
        backward: FAST,
      });
    }
    const [a, b, c] = [world.host('a'), world.host('b'), world.host('c')];
    let last: Uint8Array | undefined;
    const onward = b.endpoint(c.address, 7);
    const relay = b.udp({
      port: 7,
      onDatagram: (buffer, offset, length) => {
        buffer[offset] = 9;
        relay.send(buffer, offset, length, onward);
      },
    })!;
    c.udp({
      port: 7,
      onDatagram: (buffer) => {
        last = buffer;
      },
    });
    const socket = a.udp({ port: 0, onDatagram: () => undefined })!;
    const sent = a.alloc(4);
    socket.send(sent, 0, 4, a.endpoint(b.address, 7));
    world.runUntil(5_000_000);
    expect(last).toBe(sent);
    expect(world.network.table.liveCount).toBe(0);
  });
});

describe('drop reasons', () => {
  it('every reason has a number, and a meaning in one sentence', () => {
    const { DROP_REASON_MEANINGS, DROP_REASONS } = reasons;
    expect(Object.keys(DROP_REASON_MEANINGS)).toEqual([...DROP_REASONS]);
    for (const meaning of Object.values(DROP_REASON_MEANINGS))
      expect(meaning).toMatch(/^[A-Z].*\.$/);
    const numbers = new Map<string, unknown>(Object.entries(reasons));
    for (const [number, reason] of DROP_REASONS.entries()) {
      expect(numbers.get(`DROP_${reason.toUpperCase().replaceAll('-', '_')}`)).toBe(number);
    }
  });
});
