/**
 * What agents of other projects do differently on the wire, played by plain sockets beside a node of
 * ours: those found with dtnd 0.21.0 (`npm run test:interop`).
 *
 * @module
 */
import { createSocket } from 'node:dgram';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { startTls } from '../../engine/live/tls.ts';
import { TcpclReader, type TcpclReadResult } from '../../nodes/dtn/layer/tcpcl-reader.ts';
import {
  encodeContactHeader,
  encodeTcpclMessage,
  TCPCL_CONTACT_HEADER_BYTES,
} from '../../nodes/dtn/layer/tcpcl-wire.ts';
import {
  ForeignNeighbourTestbed,
  type NodeSocketAddress,
} from '../../tools/interop/foreign-neighbour.ts';
import { sampleBundle } from '../unit/nodes/dtn/wire/support.ts';
import { blockOf, cleanUp, folder } from './support.ts';

afterAll(cleanUp);

const SOON = { timeout: 10_000, interval: 20 };
const PAYLOAD = Uint8Array.from({ length: 900 }, (_, index) => index % 251);

/** A neighbour whose place nobody holds yet. */
function neighbour(options: string, n: number): Promise<ForeignNeighbourTestbed> {
  const block = blockOf(n);
  const own = mkdtempSync(join(folder, 'foreign-'));
  return ForeignNeighbourTestbed.open({
    ...{ folder: own, options: `eids: dtn, ${options}` },
    ...{ own: `${block}.1`, far: `${block}.2`, third: `${block}.4` },
  });
}

/** A bundle of the neighbour for the application of our node; it came without a clock. */
function bundleOf(sequence: number): Uint8Array {
  return sampleBundle({
    ...{ source: 'dtn://there/app', destination: 'dtn://here/app', payload: PAYLOAD },
    ...{ createdMs: 0, sequence },
  });
}

/** Sends a datagram from a port that the system chooses. */
async function sendFrom(address: string, bytes: Uint8Array, to: NodeSocketAddress): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((bound) => socket.bind(0, address, bound));
  await new Promise((sent) => socket.send(bytes, to.port, to.address, sent));
  socket.close();
}

/** An agent that only says its contact header; resolves with what comes behind ours. */
function headerAt({ address, port }: NodeSocketAddress, canTls: boolean): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const server = createServer((socket: Socket) => {
      const heard: Buffer[] = [];
      socket.on('error', () => undefined);
      socket.write(encodeContactHeader(canTls));
      socket.on('data', (chunk) => {
        heard.push(chunk);
        const rest = Buffer.concat(heard).subarray(TCPCL_CONTACT_HEADER_BYTES);
        if (rest.length === 0) return;
        resolve(rest);
        socket.destroy();
        server.close();
      });
    }).listen(port, address);
  });
}

/** An agent that offers TLS and has another key than its place in the network. */
function impostorAt({ address, port }: NodeSocketAddress): Promise<Server> {
  const psk = { identity: 'tcpcl here there', key: new Uint8Array(32).fill(7) };
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    // An answer to the header of the other end: earlier, a ClientHello might come in the same chunk.
    socket.once('data', () => {
      socket.write(encodeContactHeader(true));
      startTls(socket, { role: 'server', psk }, () => undefined).on('error', () => undefined);
    });
  });
  return new Promise((resolve) => server.listen(port, address, () => resolve(server)));
}

/** What an agent takes, and the segments that it got. */
interface Agent {
  readonly received: Uint8Array[];
  readonly transferMru: number;
}

/** An agent that takes one session at a time, and whose receipts have no flags. */
function agentAt({ address, port }: NodeSocketAddress, agent: Agent): Promise<Server> {
  const server = createServer((socket: Socket) => {
    const reader = new TcpclReader(1 << 20);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      reader.add(chunk);
      for (let read = reader.next(); read.kind !== 'nothing'; read = reader.next()) {
        socket.write(answerTo(read, agent));
      }
    });
  });
  return new Promise((resolve) => server.listen(port, address, () => resolve(server)));
}

function answerTo(read: TcpclReadResult, { received, transferMru }: Agent): Uint8Array {
  if (read.kind === 'contact') return encodeContactHeader(false);
  if (read.kind !== 'message') return new Uint8Array(0);
  const { message } = read;
  if (message.kind === 'session') {
    return encodeTcpclMessage({ ...message, nodeId: 'dtn://there/', transferMru });
  }
  if (message.kind !== 'segment') return new Uint8Array(0);
  received.push(message.data);
  const { transfer, data } = message;
  const flags = { isStart: false, isEnd: false };
  return encodeTcpclMessage({ kind: 'receipt', ...flags, transfer, received: data.length });
}

describe('a foreign agent', () => {
  it('that sends each bundle from another port is heard; one at another address is not', async () => {
    const ours = await neighbour('layer: udpcl', 70);
    const { own, far } = ours;
    await sendFrom(far.address, bundleOf(1), own);
    await sendFrom(far.address, bundleOf(2), own);
    await vi.waitFor(() => expect(ours.delivered).toHaveLength(2), SOON);
    expect(ours.delivered[0]).toEqual(PAYLOAD);
    expect(ours.drops).toEqual({});
    await sendFrom(far.address.replace(/2$/, '3'), bundleOf(3), own);
    await vi.waitFor(() => expect(ours.drops).toEqual({ 'unknown-peer': 1 }), SOON);
    expect(ours.delivered).toHaveLength(2);
    await ours.close();
  });

  it('whose receipts have no flags has the bundle, which is sent once', async () => {
    const ours = await neighbour('layer: tcpcl', 71);
    const received: Uint8Array[] = [];
    const server = await agentAt(ours.far, { received, transferMru: 2 ** 24 });
    expect(await ours.send(PAYLOAD)).toBe('ok');
    expect(ours.holding).toBe(1);
    await vi.waitFor(() => expect(ours.holding).toBe(0), SOON);
    expect(received).toHaveLength(1);
    expect(Buffer.from(received[0]!).includes(Buffer.from(PAYLOAD))).toBe(true);
    await ours.close();
    server.close();
  });

  it.each([
    ['waits, and others pass it', { fragmentation: 'off', n: 75, segments: 1, left: 1 }],
    ['comes in fragments', { fragmentation: 'proactive', n: 76, segments: 4, left: 0 }],
  ] as const)(
    'takes transfers of 2,500 B at most: a longer bundle %s',
    async (_what, { fragmentation, n, segments, left }) => {
      const ours = await neighbour(`layer: tcpcl, fragmentation: ${fragmentation}`, n);
      const received: Uint8Array[] = [];
      const server = await agentAt(ours.far, { received, transferMru: 2_500 });
      await ours.send(new Uint8Array(5_000));
      await ours.send(PAYLOAD);
      await vi.waitFor(() => expect(received).toHaveLength(segments), SOON);
      expect(Math.max(...received.map(({ length }) => length))).toBeLessThanOrEqual(2_500);
      await vi.waitFor(() => expect(ours.holding).toBe(left), SOON);
      const payload = Buffer.from(PAYLOAD);
      expect(received.filter((bytes) => Buffer.from(bytes).includes(payload))).toHaveLength(1);
      await ours.close();
      server.close();
    },
  );
});

describe('a node that requires TLS', () => {
  const open = (n: number): Promise<ForeignNeighbourTestbed> =>
    neighbour('layer: tcpcl, tcpcl: { tls: require }', n);

  it('begins it behind the contact headers, and says nothing else in the clear', async () => {
    const ours = await open(72);
    const first = await headerAt(ours.far, true);
    // A handshake record with a ClientHello (RFC 8446 sections 5.1, 4).
    expect([first[0], first[1], first[5]]).toEqual([22, 3, 1]);
    await vi.waitFor(() => expect(ours.drops).toEqual({ 'tcpcl-tls-failed': 1 }), SOON);
    await ours.close();
  });

  it('ends the session of an agent that has none, with the reason', async () => {
    const ours = await open(73);
    const end = { kind: 'termination', isReply: false, reason: 4 } as const;
    expect([...(await headerAt(ours.far, false))]).toEqual([...encodeTcpclMessage(end)]);
    expect(ours.drops).toEqual({ 'tcpcl-no-tls': 1 });
    await ours.close();
  });

  it('gives no bundle to an agent with another key', async () => {
    const ours = await open(74);
    const server = await impostorAt(ours.far);
    await ours.send(PAYLOAD);
    await vi.waitFor(() => expect(ours.drops['tcpcl-tls-failed']).toBe(1), SOON);
    expect(ours.holding).toBe(1);
    await ours.close();
    server.close();
  });
});
