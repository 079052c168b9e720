import { describe, expect, it } from 'vitest';
import { bytesOf, join, MS, makeStreamPair, pour, SECOND } from './stream-fixture.ts';

describe('back-pressure', () => {
  it('says full above the limit, accepts the bytes all the same, and drains once', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    // Ten segments leave immediately, the rest waits.
    expect(client.stream.write(bytesOf(14_600 + 65_536))).toBe('sent');
    expect(client.stream.write(bytesOf(1))).toBe('full');
    expect(client.stream.write(bytesOf(1))).toBe('full');
    expect(client.drains).toBe(0);
    pair.world.runUntil(SECOND);
    expect(client.drains).toBe(1);
    expect(server.bytes).toBe(14_600 + 65_536 + 2);
  });

  it('reaches the sender of a paused receiver: at most buffer, queue and nothing more', () => {
    const pair = makeStreamPair({ options: { receiveBufferBytes: 100_000 } });
    const { client, server } = join(pair);
    server.stream.setPaused(true);
    let written = 0;
    const chunk = bytesOf(10_000);
    const more = (): void => {
      for (let isRoom = true; isRoom; written += chunk.length) {
        isRoom = client.stream.write(chunk) === 'sent';
      }
    };
    client.onDrain = more;
    more();
    pair.world.runUntil(20 * SECOND);
    expect(server.bytes).toBe(0);
    expect(written).toBeLessThanOrEqual(100_000 + 65_536 + 10_000);
    expect(written).toBeGreaterThan(100_000 + 65_536 - 10_000);
    client.onDrain = undefined;
    server.stream.setPaused(false);
    pair.world.runUntil(40 * SECOND);
    expect(server.bytes).toBe(written);
    expect(server.all().subarray(0, 10_000)).toEqual(chunk);
  });

  it('goes on one round trip after a paused receiver does, without waiting for a probe', () => {
    const pair = makeStreamPair({ options: { receiveBufferBytes: 20_000 } });
    const { client, server } = join(pair);
    server.stream.setPaused(true);
    client.stream.write(bytesOf(60_000));
    // After this time the probes are more than a minute apart.
    pair.world.runUntil(500 * SECOND);
    server.stream.setPaused(false);
    pair.world.runUntil(500 * SECOND + 100 * MS);
    expect(server.bytes).toBe(60_000);
  });

  it('reopens a closed window even when the word of it is lost', () => {
    const pair = makeStreamPair({ options: { receiveBufferBytes: 20_000 } });
    const { client, server } = join(pair);
    server.stream.setPaused(true);
    pour(client, bytesOf(200_000));
    pair.world.runUntil(3 * SECOND);
    const cut = pair.world.link('ab').change({ up: false }, 'backward');
    server.stream.setPaused(false);
    pair.world.runUntil(4 * SECOND);
    cut.end();
    pair.world.runUntil(60 * SECOND);
    expect(server.bytes).toBe(200_000);
    expect(server.events).toEqual(['end']);
  });

  it('does not give up on a receiver that stays paused for an hour', () => {
    const pair = makeStreamPair({ options: { receiveBufferBytes: 20_000 } });
    const { client, server } = join(pair);
    server.stream.setPaused(true);
    pour(client, bytesOf(50_000));
    pair.world.runUntil(3_600 * SECOND);
    expect(client.events).toEqual([]);
    server.stream.setPaused(false);
    pair.world.runUntil(3_800 * SECOND);
    expect(server.bytes).toBe(50_000);
  });

  it('holds the end back, too, until a paused owner goes on', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    server.stream.setPaused(true);
    client.stream.write(bytesOf(10));
    client.stream.end();
    pair.world.runUntil(SECOND);
    expect(server.events).toEqual([]);
    server.stream.setPaused(false);
    expect(server.bytes).toBe(0);
    pair.world.runUntil(SECOND);
    expect(server.bytes).toBe(10);
    expect(server.events).toEqual(['end']);
  });

  it('stops between two calls of onData when the owner pauses in one', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    let calls = 0;
    server.stream.handle({
      onData: () => {
        calls += 1;
        server.stream.setPaused(true);
      },
    });
    client.stream.write(bytesOf(5 * 1_460));
    pair.world.runUntil(SECOND);
    expect(calls).toBe(1);
    server.stream.setPaused(false);
    pair.world.runUntil(SECOND + MS);
    expect(calls).toBe(2);
  });
});

describe('segments', () => {
  it('fit the MTU of the way, of both ends', () => {
    const small = { rateBps: 100_000_000, delayNs: MS, mtu: 576 };
    const pair = makeStreamPair({ forward: { ...small, mtu: 1_500 }, backward: small });
    const { client, server } = join(pair);
    pour(client, bytesOf(100_000));
    pair.world.runUntil(5 * SECOND);
    expect(server.bytes).toBe(100_000);
    expect(pair.world.network.dropsByReason()).toEqual({});
  });

  it('are acknowledged every second one when asked so, and a lone one after 40 ms', () => {
    const plain = makeStreamPair();
    const delayed = makeStreamPair({ options: { acknowledgeEvery: 2 } });
    const answers = [plain, delayed].map((pair) => {
      const { client } = join(pair);
      const backward = pair.world.link('ab').directions('backward')[0]!;
      const before = backward.offered;
      client.stream.write(bytesOf(10 * 1_460));
      pair.world.runUntil(pair.world.scheduler.now + 30 * MS);
      const ten = backward.offered - before;
      client.stream.write(bytesOf(100));
      pair.world.runUntil(pair.world.scheduler.now + 30 * MS);
      const soon = backward.offered - before - ten;
      pair.world.runUntil(pair.world.scheduler.now + 40 * MS);
      return [ten, soon, backward.offered - before - ten];
    });
    expect(answers).toEqual([
      [10, 1, 1],
      [5, 0, 1],
    ]);
  });

  it('answer a loss within one round trip once three later ones have arrived', () => {
    const pair = makeStreamPair({
      forward: {
        rateBps: 100_000_000,
        delayNs: 10 * MS,
        // The first data segment, after SYN and ACK, is lost.
        loss: { kind: 'trace', lost: [2], length: 3, atEnd: 'end' },
      },
      backward: { rateBps: 100_000_000, delayNs: 10 * MS },
    });
    const { client, server } = join(pair);
    const start = pair.world.scheduler.now;
    client.stream.write(bytesOf(10 * 1_460));
    pair.world.runUntil(SECOND);
    expect(server.bytes).toBe(14_600);
    // One way, back, and one way again, which is far less than the timeout of 200 ms.
    expect(server.firstAtNs - start).toBeLessThan(32 * MS);
  });

  it('repeat a lost tail after the timeout of at least 200 ms', () => {
    const pair = makeStreamPair({
      forward: {
        rateBps: 100_000_000,
        delayNs: 10 * MS,
        loss: { kind: 'trace', lost: [2], length: 3, atEnd: 'end' },
      },
      backward: { rateBps: 100_000_000, delayNs: 10 * MS },
    });
    const { client, server } = join(pair);
    const start = pair.world.scheduler.now;
    client.stream.write(bytesOf(100));
    pair.world.runUntil(start + SECOND);
    expect(server.firstAtNs - start).toBeGreaterThanOrEqual(200 * MS);
    expect(server.firstAtNs - start).toBeLessThan(220 * MS);
  });
});

describe('determinism', () => {
  it('gives the same fingerprint for the same seed and another for another', () => {
    const run = (seed: number): string => {
      const forward = {
        rateBps: 10_000_000,
        delayNs: 5 * MS,
        loss: { kind: 'bernoulli', probability: 0.02 } as const,
      };
      const pair = makeStreamPair({ forward, seed });
      const { client } = join(pair);
      pour(client, bytesOf(500_000));
      pair.world.runUntil(20 * SECOND);
      return pair.world.fingerprint;
    };
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });
});
