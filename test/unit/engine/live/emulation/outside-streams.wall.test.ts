/** Outside programs open TCP connections to listeners of the virtual network. */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import type { Stream } from '../../../../../engine/host/stream.ts';
import { EmulationWorld } from '../../../../../engine/live/emulation/emulation-world.ts';
import { SegmentStreamModel } from '../../../../../engine/net/stream/segment-streams.ts';

const MS = 1_000_000;
const DELAY_MS = 20;
const block = `127.${110 + (process.pid % 100)}.${(process.pid >>> 7) & 255}`;
const PORT = 6_101;
const open: (EmulationWorld | Socket)[] = [];

afterEach(() => {
  for (const one of open.splice(0)) {
    if (one instanceof EmulationWorld) one.tap.close();
    else one.destroy();
  }
});

/** A program `a` beside a virtual host `v`, which echoes what comes to its port. */
function world(): { readonly emulated: EmulationWorld; readonly streams: Stream[] } {
  const crypto = createCryptoProvider('modelled', { timing: 'simulation' });
  const emulated = new EmulationWorld({
    ...{ seed: 1, epochSeconds: 0, cryptoFor: (): CryptoProvider => crypto },
    streams: new SegmentStreamModel(),
    pace: {
      ...{ factor: 1, lateLimitNs: 10 * MS, onLate: 'warn', sliceNs: 20 * MS },
      onSlice: (): void => undefined,
    },
    outside: [{ name: 'a', program: `${block}.103`, ports: [PORT] }],
  });
  open.push(emulated);
  emulated.addHost({ name: 'a', address: `${block}.4` });
  emulated.addHost({ name: 'v', address: `${block}.5` });
  const spec = { rateBps: 1e9, delayNs: DELAY_MS * MS };
  emulated.addLink({
    ...{ id: 'a--v', a: { host: 'a', port: 50_001 }, b: { host: 'v', port: 50_000 } },
    ...{ forward: spec, backward: spec },
  });
  emulated.tap.open(emulated.host('a'));
  const streams: Stream[] = [];
  emulated.host('v').listen({ port: PORT }, (stream) => {
    streams.push(stream);
    stream.handle({
      onData: (buffer, offset, length): void => {
        stream.write(buffer.slice(offset, offset + length));
      },
      onEnd: () => stream.end(),
    });
  });
  return { emulated, streams };
}

/** Connects, as soon as somebody listens. */
async function dial(from: string): Promise<Socket> {
  const to = { host: `${block}.5`, port: PORT, localAddress: from };
  for (;;) {
    const socket = connect({ ...to, allowHalfOpen: true });
    open.push(socket);
    const error = await new Promise<Error | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('error', resolve);
    });
    socket.on('error', () => undefined);
    if (error === undefined) return socket;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function passTime({ pacer }: EmulationWorld, isDone: () => boolean): Promise<void> {
  const run = pacer.run(10_000 * MS);
  await vi.waitFor(() => expect(isDone()).toBe(true), { timeout: 10_000, interval: 5 });
  pacer.stop();
  await run;
}

describe('a TCP connection of a program', () => {
  it('becomes a stream from its host over the modelled link, in both directions, with its end', async () => {
    const { emulated, streams } = world();
    const sent = Uint8Array.from({ length: 200_000 }, (_, at) => at % 251);
    const got: Buffer[] = [];
    let isEnded = false;
    const run = passTime(emulated, () => isEnded);
    const socket = await dial(`${block}.103`);
    const began = performance.now();
    socket.on('data', (chunk: Buffer) => got.push(chunk));
    socket.on('end', () => {
      isEnded = true;
    });
    socket.end(sent);
    await run;
    expect(new Uint8Array(Buffer.concat(got))).toEqual(sent);
    // The handshake and the bytes take a round trip each.
    expect(performance.now() - began).toBeGreaterThan(3 * DELAY_MS);
    const remote = emulated.endpoints.pairOf(streams[0]?.remote ?? 0);
    expect(remote.address).toBe(`${block}.4`);
  });

  it('is cut off if no program has its address, or nothing runs', async () => {
    const { emulated, streams } = world();
    const early = await dial(`${block}.103`);
    early.resume();
    await vi.waitFor(() => expect(early.readableEnded).toBe(true), { timeout: 10_000 });
    const stranger = await dial(`${block}.9`);
    stranger.resume();
    await passTime(emulated, () => stranger.readableEnded);
    expect([...emulated.tap.drops]).toEqual([
      ['not-running', 1],
      ['unknown-source', 1],
    ]);
    expect(streams).toEqual([]);
  });

  it('ends with a reset when the node resets its stream, and the other way round', async () => {
    const { emulated, streams } = world();
    let closed: string | undefined;
    let isReset = false;
    const run = emulated.pacer.run(10_000 * MS);
    const sockets = [await dial(`${block}.103`), await dial(`${block}.103`)];
    await vi.waitFor(() => expect(streams).toHaveLength(2), { timeout: 10_000, interval: 5 });
    sockets[0]?.once('close', (hadError) => {
      isReset = hadError;
    });
    streams[1]?.handle({
      onData: (): void => undefined,
      onClose: (error): void => {
        closed = error;
      },
    });
    emulated.pacer.enter(() => streams[0]?.reset());
    sockets[1]?.resetAndDestroy();
    await vi.waitFor(() => expect(isReset && closed === 'reset').toBe(true), { timeout: 10_000 });
    emulated.pacer.stop();
    await run;
  });
});
