/**
 * Connections that arrive after their host has ended, and streams whose far end does not read.
 *
 * @module
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, it, vi } from 'vitest';
import type { Stream } from '../../../../engine/host/stream.ts';
import { TcpHost } from '../../../../engine/live/tcp-host.ts';
import { EndpointTable } from '../../../../engine/net/endpoint-table.ts';

const ADDRESS = `127.${100 + (process.pid % 50)}.${(process.pid >>> 8) & 255}.9`;
const PORT = 7_911;

it('a connection that is reset before its owner hears of it ends nothing but itself', async () => {
  const accepted: Stream[] = [];
  const host = new TcpHost({
    address: ADDRESS,
    endpoints: new EndpointTable(),
    ports: undefined,
    // The host has ended, so nothing is treated as an event any more.
    asEvent: () => undefined,
    onTrouble: () => undefined,
    warn: () => undefined,
    onDirect: () => undefined,
  });
  host.listen({ port: PORT }, (stream) => accepted.push(stream));
  const socket = connect({ host: ADDRESS, port: PORT });
  await once(socket, 'connect');
  socket.write('x');
  await new Promise((resolve) => setTimeout(resolve, 20));
  // Without a listener, an error would end this process.
  socket.resetAndDestroy();
  await once(socket, 'close');
  await new Promise((resolve) => setTimeout(resolve, 20));
  host.close();
  expect(accepted).toEqual([]);
});

/** A host with one stream, and the other end of it. */
async function pair(port: number): Promise<{ host: TcpHost; stream: Stream; far: Socket }> {
  const host = new TcpHost({
    address: ADDRESS,
    endpoints: new EndpointTable(),
    ports: undefined,
    asEvent: (call): void => call(),
    onTrouble: (): void => undefined,
    warn: (): void => undefined,
    onDirect: (): void => undefined,
  });
  const accepted = new Promise<Stream>((resolve) => {
    host.listen({ port }, resolve);
  });
  const far = connect({ host: ADDRESS, port }).on('error', () => undefined);
  return { host, stream: await accepted, far };
}

it('a stream whose far end reads nothing ends by the number of its pieces, not by their bytes alone', async () => {
  const { host, stream, far } = await pair(PORT + 1);
  far.pause();
  let written = 0;
  const closed = new Promise<string>((resolve) => {
    stream.handle({ onData: () => undefined, onClose: () => resolve('closed') });
  });
  // 200,000 pieces of a byte are far below 64 MiB, and take 100 MB.
  for (const byte = Uint8Array.of(1); written < 200_000; written += 1) stream.write(byte);
  const late = new Promise<string>((resolve) => setTimeout(resolve, 2_000, 'open'));
  expect(await Promise.race([closed, late])).toBe('closed');
  far.destroy();
  host.close();
});

it('a stream whose far end reads may have any number of pieces', async () => {
  const { host, stream, far } = await pair(PORT + 2);
  let read = 0;
  far.on('data', ({ length }) => {
    read += length;
  });
  stream.handle({ onData: () => undefined });
  for (let round = 1; round <= 3; round += 1) {
    for (let piece = 0; piece < 50_000; piece += 1) stream.write(Uint8Array.of(1));
    await vi.waitFor(() => expect(read).toBe(round * 50_000), 20_000);
  }
  far.destroy();
  host.close();
});
