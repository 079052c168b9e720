import { describe, expect, it } from 'vitest';
import type { Stream, StreamError } from '../../../../../engine/host/stream.ts';
import type { SimHost } from '../../../../../engine/net/sim-host.ts';
import {
  bytesOf,
  Ear,
  join,
  MS,
  makeStreamPair,
  type Pair,
  PLAIN,
  pour,
  SECOND,
} from './stream-fixture.ts';

interface Outcome {
  readonly stream: Stream | undefined;
  readonly error: StreamError | undefined;
  readonly atNs: number;
}

/** Connects from a and records the result. */
function connect(pair: Pair, port: number, address = '127.0.0.2', timeout?: number): Outcome[] {
  const { a } = pair;
  const outcomes: Outcome[] = [];
  const to = a.endpoint(address, port);
  const options = timeout === undefined ? { to } : { to, timeout };
  a.connect(options, (stream, error) => outcomes.push({ stream, error, atNs: a.now() }));
  return outcomes;
}

const openStreams = (pair: Pair, host: SimHost): number => pair.streams.countsOf(host).open;

describe('a connection that does not come about', () => {
  it('is refused after one round trip when nobody listens on the port', () => {
    const pair = makeStreamPair();
    const outcomes = connect(pair, 81);
    expect(outcomes).toEqual([]);
    pair.world.runUntil(SECOND);
    expect(outcomes).toEqual([{ stream: undefined, error: 'refused', atNs: 20 * MS + 6_400 }]);
    expect(openStreams(pair, pair.a)).toBe(0);
  });

  it('is refused by a host that was down when the first stream of the world began', () => {
    const pair = makeStreamPair();
    pair.world.crash('b');
    const whileDown = connect(pair, 81);
    pair.world.runUntil(60 * SECOND);
    pair.world.restart('b');
    const after = connect(pair, 81);
    pair.world.runUntil(120 * SECOND);
    expect([whileDown[0]?.error, after[0]?.error]).toEqual(['timeout', 'refused']);
  });

  it('is refused once the listener has closed, while older streams live on', () => {
    const pair = makeStreamPair();
    const accepted: Ear[] = [];
    const listener = pair.b.listen({ port: 80 }, (stream) =>
      accepted.push(new Ear(pair.b, stream)),
    )!;
    const first = connect(pair, 80);
    pair.world.runUntil(SECOND);
    listener.close();
    const second = connect(pair, 80);
    first[0]!.stream!.write(bytesOf(5));
    pair.world.runUntil(2 * SECOND);
    expect(second[0]!.error).toBe('refused');
    expect(accepted[0]!.bytes).toBe(5);
  });

  it('is unreachable when no link leads to the address, never in the same turn', () => {
    const pair = makeStreamPair();
    const outcomes = connect(pair, 80, '127.9.9.9');
    expect(outcomes).toEqual([]);
    pair.world.runUntil(0);
    expect(outcomes.map(({ error }) => error)).toEqual(['unreachable']);
  });

  it('times out after 7 s and SYNs at 0, 1 and 3 s when nothing answers', () => {
    const pair = makeStreamPair();
    pair.b.listen({ port: 80 }, () => undefined);
    pair.world.link('ab').change({ up: false }, 'both');
    const outcomes = connect(pair, 80);
    pair.world.runUntil(20 * SECOND);
    expect(outcomes).toEqual([{ stream: undefined, error: 'timeout', atNs: 7 * SECOND }]);
    expect(pair.world.network.dropsByReason()).toEqual({ 'link-down': 3 });
  });

  it('sends the last SYN 7 s after the first when there is more time, and gives up when told', () => {
    const pair = makeStreamPair();
    pair.b.listen({ port: 80 }, () => undefined);
    pair.world.link('ab').change({ up: false }, 'both');
    const long = connect(pair, 80, '127.0.0.2', 30 * SECOND);
    const short = connect(pair, 80, '127.0.0.2', SECOND / 2);
    pair.world.runUntil(40 * SECOND);
    expect(long[0]!.atNs).toBe(30 * SECOND);
    expect(short[0]!.atNs).toBe(SECOND / 2);
    expect(pair.world.network.dropsByReason()).toEqual({ 'link-down': 5 });
  });

  it('comes about through a repeated SYN when the first one is lost', () => {
    const pair = makeStreamPair();
    pair.b.listen({ port: 80 }, () => undefined);
    const cut = pair.world.link('ab').change({ up: false }, 'both');
    const outcomes = connect(pair, 80);
    pair.world.runUntil(SECOND / 2);
    cut.end();
    pair.world.runUntil(2 * SECOND);
    expect(outcomes[0]!.stream).toBeDefined();
    expect(outcomes[0]!.atNs).toBe(SECOND + 20 * MS + 6_400);
  });

  it('is refused by a listener that has 4,096 streams already', () => {
    const queue = { kind: 'drop-tail', limitPackets: 10_000 } as const;
    const pair = makeStreamPair({ buffers: 'plain', forward: { ...PLAIN, queue } });
    const outcomes: (StreamError | undefined)[] = [];
    pair.b.listen({ port: 80 }, () => undefined);
    for (let i = 0; i < 4_100; i += 1) {
      const to = pair.a.endpoint('127.0.0.2', 80);
      pair.a.connect({ to }, (_stream, error) => outcomes.push(error));
    }
    pair.world.runUntil(60 * SECOND);
    expect(outcomes.filter((error) => error === undefined)).toHaveLength(4_096);
    expect(outcomes.filter((error) => error === 'refused')).toHaveLength(4);
  });
});

describe('listening', () => {
  it('refuses a port that is taken, until its listener is closed', () => {
    const { b } = makeStreamPair();
    const first = b.listen({ port: 80 }, () => undefined)!;
    expect(b.endpointOf(first.local)).toEqual({ address: '127.0.0.2', port: 80 });
    expect(b.listen({ port: 80 }, () => undefined)).toBeUndefined();
    first.close();
    expect(b.listen({ port: 80 }, () => undefined)).toBeDefined();
  });

  it('chooses a free port for 0, shares numbers with datagrams, and knows its own addresses', () => {
    const { b } = makeStreamPair();
    b.udp({ port: 80, onDatagram: () => undefined });
    expect(b.listen({ port: 80 }, () => undefined)).toBeDefined();
    const ports = [0, 0].map(
      () => b.endpointOf(b.listen({ port: 0 }, () => undefined)!.local).port,
    );
    expect(ports).toEqual([49_152, 49_153]);
    expect(b.listen({ port: 1, address: '127.0.0.1' }, () => undefined)).toBeUndefined();
  });
});

describe('a stream that fails', () => {
  it('tells the peer reset, discards what was queued, and calls nothing after onClose', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    client.stream.write(bytesOf(1_000_000));
    client.stream.reset();
    expect(client.events).toEqual([]);
    pair.world.runUntil(SECOND);
    expect(client.events).toEqual(['close']);
    expect(server.events).toEqual(['close reset']);
    expect(server.bytes).toBeLessThan(20_000);
    client.stream.write(bytesOf(10));
    client.stream.end();
    client.stream.reset();
    pair.world.runUntil(2 * SECOND);
    expect(client.events).toEqual(['close']);
    expect(openStreams(pair, pair.a) + openStreams(pair, pair.b)).toBe(0);
  });

  it('times out when the peer has crashed for good, after at least 100 s of silence', () => {
    const pair = makeStreamPair();
    const { client } = join(pair);
    pair.world.crash('b');
    client.stream.write(bytesOf(100));
    pair.world.runUntil(1_000 * SECOND);
    expect(client.events).toEqual(['close timeout']);
    expect(client.closedAtNs).toBeGreaterThan(100 * SECOND);
    expect(pair.world.network.imbalance()).toBeUndefined();
  });

  it('is reset by a peer that has crashed and come back', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    pair.world.crash('b');
    pair.world.restart('b');
    client.stream.write(bytesOf(100));
    pair.world.runUntil(2 * SECOND);
    expect(client.events).toEqual(['close reset']);
    expect(server.events).toEqual([]);
    expect(server.bytes).toBe(0);
  });

  it('leaves a crashed host without streams, and its ports free for the next life', () => {
    const pair = makeStreamPair();
    const { server } = join(pair);
    pair.world.crash('b');
    expect(openStreams(pair, pair.b)).toBe(0);
    server.stream.write(bytesOf(10));
    server.stream.reset();
    pair.world.restart('b');
    expect(pair.b.listen({ port: 80 }, () => undefined)).toBeDefined();
    const outcomes = connect(pair, 80);
    pair.world.runUntil(SECOND);
    expect(outcomes[0]!.stream).toBeDefined();
    expect(server.events).toEqual([]);
  });

  it('survives a cut of 30 s and goes on by itself', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    pour(client, bytesOf(20_000_000));
    pair.world.runUntil(SECOND);
    const cut = pair.world.link('ab').change({ up: false }, 'both');
    pair.world.runUntil(31 * SECOND);
    cut.end();
    pair.world.runUntil(120 * SECOND);
    expect(server.bytes).toBe(20_000_000);
    expect(server.events).toEqual(['end']);
  });

  it('gives up on a writer that ignores full for 64 MiB', () => {
    const pair = makeStreamPair({ buffers: 'plain' });
    const { client, server } = join(pair, false);
    const chunk = bytesOf(1_048_576);
    for (let i = 0; i < 65; i += 1) client.stream.write(chunk);
    pair.world.runUntil(SECOND);
    expect(client.events).toEqual(['close']);
    expect(server.events).toEqual(['close reset']);
  });
});

describe('a thousand streams', () => {
  it('run at once, end in order, and leave nothing behind but what is remembered for a while', () => {
    const pair = makeStreamPair({ forward: { ...PLAIN, rateBps: 1e9 } });
    const { world, a, b, streams } = pair;
    let received = 0;
    const ended: string[] = [];
    b.listen({ port: 80 }, (stream) => {
      stream.handle({
        onData: (_buffer, _offset, length) => {
          received += length;
        },
        onEnd: () => stream.end(),
        onClose: (error) => ended.push(error ?? 'in order'),
      });
    });
    for (let i = 0; i < 1_000; i += 1) {
      a.connect({ to: a.endpoint(b.address, 80) }, (stream) => {
        stream!.handle({ onData: () => undefined });
        stream!.write(bytesOf(3_000, i));
        stream!.end();
      });
    }
    expect(streams.countsOf(a).open).toBe(1_000);
    world.runUntil(5 * SECOND);
    expect(received).toBe(3_000_000);
    expect(ended).toHaveLength(1_000);
    expect(ended.every((how) => how === 'in order')).toBe(true);
    expect(streams.countsOf(a)).toEqual({ open: 0, lingering: 1_000 });
    world.runUntil(20 * SECOND);
    a.connect({ to: a.endpoint(b.address, 80) }, (stream) => {
      stream!.handle({ onData: () => undefined });
      stream!.end();
    });
    world.runUntil(25 * SECOND);
    expect(streams.countsOf(a)).toEqual({ open: 0, lingering: 1 });
    expect(world.network.table.liveCount).toBe(0);
    expect(world.network.imbalance()).toBeUndefined();
  });
});
