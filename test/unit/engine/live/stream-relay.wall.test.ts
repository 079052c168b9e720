/**
 * Streams of a live world feel its links: rate, delay, cuts, contacts, crashes; and the relay that
 * carries them has bounded buffers and lets nobody else in.
 *
 * @module
 */
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { Stream, StreamError } from '../../../../engine/host/stream.ts';
import { LiveWorld, type LiveWorldOptions } from '../../../../engine/live/live-world.ts';
import { RelayEntryPort, type SocketPair } from '../../../../engine/live/relay/relay-entry.ts';
import type { LinkDirectionSpec } from '../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../engine/net/sim-host.ts';

const MS = 1_000_000;
const PORT = 7_400;
const BLOCK = `127.${160 + (process.pid % 30)}.${(process.pid >>> 8) & 255}`;
const crypto = createCryptoProvider('node');
const cryptoFor = (): CryptoProvider => crypto;
/** 20 Mbit/s and 20 ms: a round trip of 40 ms, 50 kB in 20 ms of sending. */
const LINK: LinkDirectionSpec = { rateBps: 20_000_000, delayNs: 20 * MS };

const worlds: LiveWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

interface Pair {
  readonly world: LiveWorld;
  readonly a: SimHost;
  readonly b: SimHost;
}

function pair(link: LinkDirectionSpec = LINK, options: Partial<LiveWorldOptions> = {}): Pair {
  const onFailure = (error: unknown): void => {
    throw error;
  };
  const world = new LiveWorld({ seed: 3, cryptoFor, onFailure, ...options });
  worlds.push(world);
  const a = world.addHost({ name: 'a', address: `${BLOCK}.2` });
  const b = world.addHost({ name: 'b', address: `${BLOCK}.3` });
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  world.addLink({ id: 'a--b', ...ends, forward: link, backward: link });
  world.seal();
  return { world, a, b };
}

interface Served {
  readonly stream: Stream;
  bytes: number;
  hasEnded: boolean;
  error: StreamError | 'closed' | undefined;
}

function handle(stream: Stream): Served {
  const end: Served = { stream, bytes: 0, hasEnded: false, error: undefined };
  stream.handle({
    onData: (_buffer, _offset, length) => {
      end.bytes += length;
    },
    onEnd: () => {
      end.hasEnded = true;
    },
    onClose: (error) => {
      end.error = error ?? 'closed';
    },
  });
  return end;
}

/** Opens a stream from a to b. */
async function open({ world, a, b }: Pair): Promise<{ client: Served; server: () => Served }> {
  let server: Served | undefined;
  let client: Served | undefined;
  let failure: StreamError | undefined;
  world.pump.enter(() => {
    b.listen({ port: PORT }, (stream) => {
      server = handle(stream);
    });
  });
  // The port opens in the next turn of the event loop.
  await pause(20);
  world.pump.enter(() => {
    a.connect({ to: a.endpoint(b.address, PORT) }, (stream, error) => {
      failure = error;
      client = stream && handle(stream);
    });
  });
  await until(() => client !== undefined || failure !== undefined, 'connect ends');
  expect(failure).toBeUndefined();
  await until(() => server !== undefined, 'the server accepts');
  return { client: client as Served, server: () => server as Served };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isDone: () => boolean, what: string, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!isDone()) {
    if (performance.now() > end) throw new Error(`waited for: ${what}`);
    await pause(2);
  }
}

describe('a stream of a live world', () => {
  it('takes a round trip to open, and leaves at the rate of the link', async () => {
    const parts = pair();
    const began = performance.now();
    const { client, server } = await open(parts);
    const openedMs = performance.now() - began;
    // 20 ms are our own wait for the port. Directly it takes 1 ms.
    expect(openedMs).toBeGreaterThanOrEqual(60);
    const sentAt = performance.now();
    parts.world.pump.enter(() => client.stream.write(new Uint8Array(250_000)));
    await until(() => server().bytes === 250_000, 'all bytes arrive');
    const tookMs = performance.now() - sentAt;
    // 250 kB at 20 Mbit/s take 100 ms, and slow start some round trips more.
    expect(tookMs).toBeGreaterThanOrEqual(120);
    // 250 kB are 172 segments.
    expect(parts.world.network.conservation().delivered).toBeGreaterThan(172);
  });

  it('does not feel links with `shape: off`', async () => {
    const parts = pair(LINK, { shape: 'off' });
    const { client, server } = await open(parts);
    parts.world.pump.enter(() => client.stream.write(new Uint8Array(2_500_000)));
    await until(() => server().bytes === 2_500_000, 'all bytes arrive');
    expect(parts.world.network.conservation().offered).toBe(0);
  });

  it('waits during a cut and loses nothing', async () => {
    const parts = pair();
    const { client, server } = await open(parts);
    const cut = parts.world.link('a--b').change({ up: false });
    parts.world.pump.enter(() => client.stream.write(new Uint8Array(50_000)));
    await pause(400);
    expect(server().bytes).toBe(0);
    parts.world.pump.enter(() => cut.end());
    await until(() => server().bytes === 50_000, 'all bytes arrive');
    expect(client.error).toBeUndefined();
  });

  it('waits for the next contact', async () => {
    const contacts = { windows: [{ startNs: 0, endNs: 300 * MS }], periodNs: 1_000 * MS };
    const parts = pair({ ...LINK, contacts });
    const { client, server } = await open(parts);
    const { world } = parts;
    await until(() => world.clock.now() % (1_000 * MS) > 400 * MS, 'no contact');
    const sentNs = world.clock.now();
    world.pump.enter(() => client.stream.write(new Uint8Array(1_000)));
    await until(() => server().bytes === 1_000, 'all bytes arrive');
    const nextNs = Math.ceil(sentNs / (1_000 * MS)) * 1_000 * MS;
    expect(world.clock.now()).toBeGreaterThanOrEqual(nextNs + 20 * MS);
  });

  it('ends in order after everything has arrived, each way by itself', async () => {
    const parts = pair();
    const { client, server } = await open(parts);
    parts.world.pump.enter(() => {
      client.stream.write(new Uint8Array(30_000));
      client.stream.end();
    });
    await until(() => server().hasEnded, 'the end arrives');
    expect(server().bytes).toBe(30_000);
    parts.world.pump.enter(() => {
      server().stream.write(new Uint8Array(10));
      server().stream.end();
    });
    await until(() => client.error === 'closed' && server().error === 'closed', 'both are closed');
    expect(client.bytes).toBe(10);
    await until(() => parts.world.relay?.openCount === 0, 'the relay forgets it');
  });

  it('carries a reset to the other end', async () => {
    const parts = pair();
    const { client, server } = await open(parts);
    parts.world.pump.enter(() => client.stream.reset());
    await until(() => server().error !== undefined, 'the reset arrives');
    expect(server().error).toBe('reset');
    await until(() => parts.world.relay?.openCount === 0, 'the relay forgets it');
  });

  it('was refused when another one to the same port ended during its handshake', async () => {
    const parts = pair();
    const { world, a, b } = parts;
    const { client } = await open(parts);
    let outcome: StreamError | 'open' | undefined;
    world.pump.enter(() => {
      a.connect({ to: a.endpoint(b.address, PORT) }, (_stream, error) => {
        outcome = error ?? 'open';
      });
      client.stream.reset();
    });
    await until(() => outcome !== undefined, 'connect ends');
    expect(outcome).toBe('open');
  });

  it('is refused after a round trip where nobody listens', async () => {
    const { world, a, b } = pair();
    const began = performance.now();
    let outcome: StreamError | undefined;
    world.pump.enter(() => {
      a.connect({ to: a.endpoint(b.address, PORT + 1) }, (_stream, error) => {
        outcome = error;
      });
    });
    await until(() => outcome !== undefined, 'connect ends');
    expect(outcome).toBe('refused');
    expect(performance.now() - began).toBeGreaterThanOrEqual(40);
    await until(() => world.relay?.openCount === 0, 'the relay forgets it');
  });

  it('hears nothing of a crash of its peer until that is back', async () => {
    const parts = pair();
    const { client, server } = await open(parts);
    parts.world.pump.enter(() => client.stream.write(new Uint8Array(100)));
    await until(() => server().bytes === 100, 'all bytes arrive');
    parts.world.pump.enter(() => parts.world.crash('b'));
    parts.world.pump.enter(() => client.stream.write(new Uint8Array(100)));
    await pause(150);
    expect(client.error).toBeUndefined();
    parts.world.pump.enter(() => parts.world.restart('b'));
    await until(() => client.error !== undefined, 'the reset arrives');
    expect(client.error).toBe('reset');
  });

  it('stops a sender whose receiver does not read: buffers are bounded', async () => {
    const parts = pair({ ...LINK, rateBps: 400_000_000, delayNs: MS });
    const { client, server } = await open(parts);
    const block = new Uint8Array(64 * 1_024);
    let written = 0;
    let isFull = false;
    client.stream.handle({
      onData: () => undefined,
      onDrain: () => {
        isFull = false;
      },
    });
    parts.world.pump.enter(() => server().stream.setPaused(true));
    for (let idleMs = 0; idleMs < 400; ) {
      if (isFull) {
        idleMs += 10;
        await pause(10);
        continue;
      }
      idleMs = 0;
      parts.world.pump.enter(() => {
        isFull = client.stream.write(block) === 'full';
      });
      written += block.length;
      if (written > 200 * 1_024 * 1_024) break;
      await pause(0);
    }
    // The system's buffers on both sides, and 1.2 MiB between them.
    expect(written).toBeLessThan(40 * 1_024 * 1_024);
    parts.world.pump.enter(() => server().stream.setPaused(false));
    await until(() => server().bytes === written, 'all bytes arrive', 60_000);
  });
});

describe('the door of the relay', () => {
  const made = (entry: RelayEntryPort): Promise<SocketPair> =>
    new Promise((resolve, reject) => {
      entry.open((ends, error) => (ends === undefined ? reject(error) : resolve(ends)));
    });

  it('joins two sockets, and cuts strangers off before a byte is read', async () => {
    const entry = new RelayEntryPort();
    const first = await made(entry);
    const ends: Promise<unknown>[] = [];
    for (let i = 0; i < 50; i += 1) {
      const stranger = connectTcp({ host: '127.0.0.1', port: entry.port as number });
      stranger.on('error', () => undefined);
      stranger.write('GET / HTTP/1.1\r\n\r\n');
      ends.push(new Promise((closed) => stranger.once('close', closed)));
    }
    const second = await made(entry);
    await Promise.all(ends);
    for (const { client, relay } of [first, second]) {
      client.write('mine');
      const [bytes] = (await once(relay, 'data')) as [Buffer];
      expect(bytes.toString()).toBe('mine');
      client.destroy();
      relay.destroy();
    }
    entry.close();
  });

  it('is only on loopback', async () => {
    const entry = new RelayEntryPort();
    const { client, relay } = await made(entry);
    expect(relay.localAddress).toBe('127.0.0.1');
    expect(client.remoteAddress).toBe('127.0.0.1');
    client.destroy();
    relay.destroy();
    entry.close();
  });

  it('is closed to everybody once the world has ended', async () => {
    const entry = new RelayEntryPort();
    const { client, relay } = await made(entry);
    const port = entry.port as number;
    client.destroy();
    relay.destroy();
    entry.close();
    await pause(20);
    const late = connectTcp({ host: '127.0.0.1', port });
    const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
    // Another program may have the port from now on.
    const other = createServer();
    other.listen(port, '127.0.0.1');
    await once(other, 'listening');
    other.close();
  });
});
