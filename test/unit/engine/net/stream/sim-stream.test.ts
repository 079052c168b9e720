import { describe, expect, it } from 'vitest';
import { bytesOf, join, MS, makeStreamPair, pour, SECOND } from './stream-fixture.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a simulated stream', () => {
  it('opens after one round trip and carries bytes both ways', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    client.stream.write(encode('hello'));
    server.stream.write(encode('welcome'));
    pair.world.runUntil(SECOND);
    expect(server.text()).toBe('hello');
    expect(client.text()).toBe('welcome');
    expect(pair.world.network.imbalance()).toBeUndefined();
  });

  it('hands over at the connecting end after exactly one round trip', () => {
    const { world, a, b } = makeStreamPair();
    b.listen({ port: 80 }, () => undefined);
    let at = -1;
    a.connect({ to: a.endpoint(b.address, 80) }, () => {
      at = a.now();
    });
    world.runUntil(SECOND);
    // 40 bytes at 100 Mbit/s take 3,200 ns to send, each way.
    expect(at).toBe(20 * MS + 2 * 3_200);
  });

  it('half-closes: one end may go on writing after the other has ended', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    client.stream.write(encode('question'));
    client.stream.end();
    pair.world.runUntil(SECOND);
    expect(server.events).toEqual(['end']);
    server.stream.write(encode('answer'));
    pair.world.runUntil(2 * SECOND);
    expect(client.text()).toBe('answer');
    server.stream.end();
    pair.world.runUntil(3 * SECOND);
    expect(client.events).toEqual(['end', 'close']);
    expect(server.events).toEqual(['end', 'close']);
    expect(pair.streams.countsOf(pair.a).open).toBe(0);
    expect(pair.streams.countsOf(pair.b).open).toBe(0);
  });

  it('takes writes of nothing', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    for (const size of [0, 10, 0, 0]) client.stream.write(bytesOf(size));
    client.stream.end();
    pair.world.runUntil(SECOND);
    expect(server.bytes).toBe(10);
    expect(server.events).toEqual(['end']);
  });

  it('ends in order after a pause in which everything was acknowledged', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    client.stream.write(bytesOf(300_000));
    pair.world.runUntil(5 * SECOND);
    client.stream.end();
    pair.world.runUntil(6 * SECOND);
    expect(server.bytes).toBe(300_000);
    expect(server.events).toEqual(['end']);
  });

  it('delivers 10 MB unchanged and in order over a bad network', () => {
    const bad = {
      rateBps: 200_000_000,
      delayNs: 2 * MS,
      loss: { kind: 'bernoulli', probability: 0.01 },
      corrupt: { probability: 0.01, bits: 2 },
      duplicate: 0.01,
      jitter: { kind: 'uniform', halfWidthNs: MS },
      reorder: true,
    } as const;
    const pair = makeStreamPair({ forward: bad, buffers: 'plain' });
    const { client, server } = join(pair);
    const bytes = bytesOf(10_000_000);
    pour(client, bytes);
    pair.world.runUntil(200 * SECOND);
    expect(server.events).toEqual(['end']);
    expect(server.bytes).toBe(bytes.length);
    expect(Buffer.compare(server.all(), bytes)).toBe(0);
    expect(pair.world.network.imbalance()).toBeUndefined();
  });
});
