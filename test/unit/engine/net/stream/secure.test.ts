import { describe, expect, it } from 'vitest';
import type { StreamError, StreamTlsOptions } from '../../../../../engine/host/stream.ts';
import {
  bytesOf,
  type Joined,
  join,
  MS,
  makeStreamPair,
  type Pair,
  pour,
  SECOND,
} from './stream-fixture.ts';

const KEY = bytesOf(32, 7);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function options(role: 'client' | 'server', identity = 'peer', key = KEY): StreamTlsOptions {
  return { role, psk: { identity, key } };
}

interface Secured extends Joined {
  readonly outcomes: { client?: StreamError | 'open'; server?: StreamError | 'open' };
  /** Duration of the client's handshake, ns. */
  readonly clientNs: () => number;
}

/** Secures both ends of a new stream; returns the results at both ends with their instants. */
function secured(pair: Pair, server: StreamTlsOptions = options('server')): Secured {
  const ends = join(pair);
  const outcomes: Secured['outcomes'] = {};
  const startNs = pair.world.scheduler.now;
  let clientNs = -1;
  ends.server.stream.secure(server, (error) => {
    outcomes.server = error ?? 'open';
  });
  ends.client.stream.secure(options('client'), (error) => {
    outcomes.client = error ?? 'open';
    clientNs = pair.a.now() - startNs;
  });
  return { ...ends, outcomes, clientNs: (): number => clientNs };
}

/** Records everything that passes a link in both directions, as text. */
function wiretap(pair: Pair): { text: () => string; bytes: () => number } {
  const seen: Uint8Array[] = [];
  for (const direction of pair.world.link('ab').directions('both')) {
    direction.setTaps([
      {
        onPacket: (table, packet) => {
          seen.push(table.view(packet).slice());
          return 'pass';
        },
      },
    ]);
  }
  return {
    text: () => seen.map((bytes) => Buffer.from(bytes).toString('latin1')).join('|'),
    bytes: () => seen.reduce((sum, bytes) => sum + Math.max(0, bytes.length - 40), 0),
  };
}

describe('a secured stream', () => {
  it('is open for the client after one round trip, and carries bytes both ways', () => {
    const pair = makeStreamPair();
    const { client, server, outcomes, clientNs } = secured(pair);
    client.stream.write(encode('early bytes wait for the handshake'));
    pair.world.runUntil(SECOND);
    expect(outcomes).toEqual({ client: 'open', server: 'open' });
    expect(clientNs()).toBeGreaterThanOrEqual(20 * MS);
    expect(clientNs()).toBeLessThan(21 * MS);
    server.stream.write(encode('answer'));
    server.stream.end();
    client.stream.end();
    pair.world.runUntil(2 * SECOND);
    expect(server.text()).toBe('early bytes wait for the handshake');
    expect(client.text()).toBe('answer');
    expect(client.events).toEqual(['end', 'close']);
    expect(server.events).toEqual(['end', 'close']);
  });

  it('begins after the first bytes in the clear, as with STARTTLS', () => {
    const pair = makeStreamPair();
    const { client, server } = join(pair);
    const opened: string[] = [];
    server.stream.handle({
      onData: (buffer, offset, length) => {
        const text = new TextDecoder().decode(buffer.subarray(offset, offset + length));
        if (text !== 'STARTTLS') {
          opened.push(`server got ${text}`);
          return;
        }
        server.stream.write(encode('GO'));
        server.stream.secure(options('server'), () => opened.push('server'));
      },
    });
    client.stream.handle({
      onData: () => {
        client.stream.secure(options('client'), () => {
          opened.push('client');
          client.stream.write(encode('secret'));
        });
      },
    });
    client.stream.write(encode('STARTTLS'));
    pair.world.runUntil(SECOND);
    expect(opened).toEqual(['client', 'server', 'server got secret']);
  });

  it('shows a tap nothing of the plaintext, only its length and 22 bytes a record', () => {
    const pair = makeStreamPair();
    const { client, server } = secured(pair);
    pair.world.runUntil(SECOND);
    const tap = wiretap(pair);
    client.stream.write(encode('attack at dawn, attack at dawn'));
    pair.world.runUntil(2 * SECOND);
    expect(server.text()).toBe('attack at dawn, attack at dawn');
    expect(tap.text()).not.toContain('attack');
    expect(tap.bytes()).toBe(30 + 22);
    const plain = makeStreamPair();
    const open = join(plain);
    const other = wiretap(plain);
    open.client.stream.write(encode('attack at dawn'));
    plain.world.runUntil(SECOND);
    expect(other.text()).toContain('attack at dawn');
  });

  it('fails on both sides when keys or identities differ', () => {
    for (const server of [options('server', 'peer', bytesOf(32, 8)), options('server', 'other')]) {
      const pair = makeStreamPair();
      const { client, server: ear, outcomes } = secured(pair, server);
      pair.world.runUntil(SECOND);
      expect(outcomes).toEqual({ client: 'secure-failed', server: 'secure-failed' });
      expect(client.events).toEqual(['close secure-failed']);
      expect(ear.events).toEqual(['close secure-failed']);
      expect(pair.streams.countsOf(pair.a).open + pair.streams.countsOf(pair.b).open).toBe(0);
    }
  });

  it('fails without a key, and when the peer talks in the clear or not at all', () => {
    const bare = makeStreamPair();
    const ends = join(bare);
    const told: (StreamError | undefined)[] = [];
    ends.client.stream.secure({ role: 'client' }, (error) => told.push(error));
    expect(told).toEqual([]);
    bare.world.runUntil(SECOND);
    expect(told).toEqual(['secure-failed']);

    const clear = makeStreamPair();
    const talk = join(clear);
    talk.client.stream.secure(options('client'), (error) => told.push(error));
    talk.server.stream.write(encode('plain talk'));
    clear.world.runUntil(SECOND);
    expect(told).toEqual(['secure-failed', 'secure-failed']);

    const silent = makeStreamPair();
    const mute = join(silent);
    mute.client.stream.secure(options('client'), (error) => told.push(error));
    silent.world.runUntil(119 * SECOND);
    expect(told).toHaveLength(2);
    silent.world.runUntil(125 * SECOND);
    expect(told).toHaveLength(3);
    expect(mute.client.events).toEqual(['close secure-failed']);
  });

  it('carries 1 MB unchanged over loss, with pauses', () => {
    const loss = { kind: 'bernoulli', probability: 0.01 } as const;
    const pair = makeStreamPair({ forward: { rateBps: 100_000_000, delayNs: 2 * MS, loss } });
    const { client, server } = secured(pair);
    const bytes = bytesOf(1_000_000);
    pour(client, bytes, true, 40_000);
    for (let step = 1; step < 60; step += 1) {
      pair.world.runUntil(step * SECOND);
      server.stream.setPaused(step % 2 === 1);
    }
    server.stream.setPaused(false);
    pair.world.runUntil(100 * SECOND);
    expect(Buffer.compare(server.all(), bytes)).toBe(0);
    expect(server.events).toEqual(['end']);
  });
});
