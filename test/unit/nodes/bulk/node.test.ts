import { describe, expect, it } from 'vitest';
import type { NodeHandle } from '../../../../engine/host/protocol.ts';
import type { StreamHandlers } from '../../../../engine/host/stream.ts';
import type { DirectionSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../engine/net/sim-world.ts';
import { SegmentStreams } from '../../../../engine/net/stream/segment-streams.ts';
import type { BulkOptions } from '../../../../nodes/bulk/config.ts';
import { protocol } from '../../../../nodes/bulk/index.ts';
import { viewWith } from '../../../fixtures/views.ts';
import { makeWorld } from '../../engine/net/world-fixture.ts';

const MS = 1_000_000;
const SECOND = 1_000_000_000;
const LINK: DirectionSpec = { rateBps: 10_000_000, delayNs: 5 * MS };
const PLAIN: BulkOptions = { port: 7008, secure: 'none' };
const ADDRESSES = { a: '127.0.0.1', b: '127.0.0.2' } as const;

interface Delivered {
  readonly at: string;
  readonly from: string;
  readonly bytes: Uint8Array;
}

interface Stage {
  readonly world: SimWorld;
  readonly a: SimHost;
  readonly b: SimHost;
  readonly nodes: Readonly<Record<'a' | 'b', NodeHandle>>;
  readonly delivered: Delivered[];
}

/** Two hosts with bulk nodes that know each other. */
function makeStage(options: BulkOptions = PLAIN, other: BulkOptions = options): Stage {
  const world = makeWorld({ streams: new SegmentStreams() });
  const { metrics, drops } = protocol;
  const hosts = (['a', 'b'] as const).map((name) =>
    world.addHost({ name, address: ADDRESSES[name], metrics, drops }),
  );
  const [a, b] = hosts as [SimHost, SimHost];
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'ab', ...ends, forward: LINK, backward: LINK });
  const network = viewWith({
    hosts: hosts.map(({ name, address }) => ({ name, address, protocol: 'bulk' })),
    links: [],
    ases: [],
  });
  const witness = { note: (): boolean => false, has: (): boolean => false };
  const delivered: Delivered[] = [];
  for (const host of hosts) {
    host.onDelivery = (from, buffer, offset, length): void => {
      delivered.push({ at: host.name, from, bytes: buffer.slice(offset, offset + length) });
    };
  }
  const nodes = {
    a: protocol.create(a, { options, network, witness }),
    b: protocol.create(b, { options: other, network, witness }),
  };
  nodes.a.start();
  nodes.b.start();
  return { world, a, b, nodes, delivered };
}

/** Asks a node to send; returns the list that its answer goes to. */
function send(host: SimHost, target: string, body: Uint8Array, kind = 'send'): string[] {
  const answers: string[] = [];
  host.request({ kind, target, body }, (outcome) => answers.push(outcome));
  return answers;
}

function counter(host: SimHost, metric: string): unknown {
  const value = host.meter.data()[metric];
  return value?.kind === 'counter' ? value.value : undefined;
}

describe('a bulk node', () => {
  it('carries packets in order over one stream per peer, both ways', () => {
    const { world, a, b, delivered } = makeStage();
    const answers = [1, 2, 3].map((n) => send(a, 'b', new Uint8Array(3_000).fill(n)));
    const back = send(b, 'a', Uint8Array.of(9));
    expect(answers.flat()).toEqual([]);
    world.runUntil(SECOND);
    expect([...answers, back]).toEqual([['ok'], ['ok'], ['ok'], ['ok']]);
    const atB = delivered.filter(({ at }) => at === 'b');
    expect(atB.map(({ from, bytes }) => [from, bytes.length, bytes[0]])).toEqual([
      ['a', 3_000, 1],
      ['a', 3_000, 2],
      ['a', 3_000, 3],
    ]);
    expect(delivered.filter(({ at }) => at === 'a')).toHaveLength(1);
    expect([counter(a, 'bulk.connects'), counter(b, 'bulk.connects')]).toEqual([1, 1]);
    expect(world.network.imbalance()).toBeUndefined();
  });

  it('loses nothing to back-pressure and answers only as fast as the network takes', () => {
    const { world, a, delivered } = makeStage();
    let answered = 0;
    let sent = 0;
    const next = (): void => {
      if (sent === 200) return;
      sent += 1;
      a.request(
        { kind: 'send', target: 'b', body: new Uint8Array(20_000).fill(sent) },
        (outcome) => {
          expect(outcome).toBe('ok');
          answered += 1;
          next();
        },
      );
    };
    next();
    world.runUntil(SECOND);
    // 1.2 MB in a second at 10 Mbit/s, a window of 1 MiB under way, and a queue of 64 KiB.
    expect(answered).toBeLessThan(120);
    world.runUntil(5 * SECOND);
    expect(answered).toBe(200);
    expect(delivered.map(({ bytes }) => bytes[0])).toEqual(
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  });

  it('refuses by name what it cannot carry, and more than 64 waiting packets', () => {
    const { a, world } = makeStage();
    expect(send(a, 'b', Uint8Array.of(1), 'other')).toEqual(['unknown-request']);
    expect(send(a, 'nobody', Uint8Array.of(1))).toEqual(['unknown-peer']);
    expect(send(a, 'b', new Uint8Array(0))).toEqual(['empty']);
    expect(send(a, 'b', new Uint8Array(65_537))).toEqual(['too-large']);
    const answers = Array.from({ length: 65 }, () => send(a, 'b', Uint8Array.of(1)));
    expect(answers.filter((answer) => answer[0] === 'queue-full')).toHaveLength(1);
    world.runUntil(SECOND);
    expect(answers.filter((answer) => answer[0] === 'ok')).toHaveLength(64);
  });

  it('says why when no stream comes about, and tries again for the next packet', () => {
    const { world, a, nodes } = makeStage();
    nodes.b.stop?.();
    const first = send(a, 'b', Uint8Array.of(1));
    world.runUntil(SECOND);
    expect(first).toEqual(['refused']);
    nodes.b.start();
    const second = send(a, 'b', Uint8Array.of(1));
    world.runUntil(2 * SECOND);
    expect(second).toEqual(['ok']);
    expect(counter(a, 'bulk.connects')).toBe(2);
  });

  it('refuses what waits when the peer crashes, counts the reset, and opens anew', () => {
    const { world, a, nodes, delivered } = makeStage();
    send(a, 'b', Uint8Array.of(1));
    world.runUntil(SECOND);
    world.crash('b');
    world.restart('b');
    const lost = send(a, 'b', Uint8Array.of(2));
    world.runUntil(2 * SECOND);
    expect(lost).toEqual(['ok']);
    expect(counter(a, 'bulk.resets')).toBe(1);
    nodes.b.start();
    const again = send(a, 'b', Uint8Array.of(3));
    world.runUntil(3 * SECOND);
    expect(again).toEqual(['ok']);
    expect(delivered.map(({ bytes }) => bytes[0])).toEqual([1, 3]);
  });

  it('secures its streams with the key of the pair, and fails where only one end does', () => {
    const both = makeStage({ ...PLAIN, secure: 'psk' });
    const answer = send(both.a, 'b', new Uint8Array(30_000).fill(5));
    both.world.runUntil(SECOND);
    expect(answer).toEqual(['ok']);
    expect(both.delivered.map(({ bytes }) => bytes.length)).toEqual([30_000]);

    const one = makeStage({ ...PLAIN, secure: 'psk' }, PLAIN);
    const refused = send(one.a, 'b', Uint8Array.of(1));
    one.world.runUntil(SECOND);
    expect(refused).toEqual(['secure-failed']);
    expect(counter(one.a, 'bulk.resets')).toBe(1);
    expect(one.delivered).toEqual([]);
  });

  it('drops by name what is no packet, and resets the stream', () => {
    const { world, a, b, delivered } = makeStage();
    const closed: string[] = [];
    const open = (bytes: Uint8Array, isEnding: boolean): void => {
      const handlers: StreamHandlers = {
        onData: () => undefined,
        onClose: (error) => closed.push(error ?? 'in order'),
      };
      a.connect({ to: a.endpoint(ADDRESSES.b, 7008) }, (stream) => {
        stream!.handle(handlers);
        stream!.write(bytes);
        if (isEnding) stream!.end();
      });
    };
    open(Uint8Array.of(0xff, 0, 0, 0, 1), false);
    open(Uint8Array.of(0, 0, 0, 9, 1), true);
    world.runUntil(SECOND);
    expect(closed.sort()).toEqual(['in order', 'reset']);
    expect(Object.fromEntries(b.drops)).toEqual({ 'bad-length': 1, truncated: 1 });
    expect(delivered).toEqual([]);
  });
});
