/**
 * A coordinator on a real socket that faces agents of an attacker with a valid key, and strangers
 * without one.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { toHex } from '../../nodes/_kit/bytes.ts';
import { dialChannel } from '../../runner/distributed/channel/dial.ts';
import { publicKeyOf } from '../../runner/distributed/channel/handshake.ts';
import type { Channel } from '../../runner/distributed/channel/model.ts';
import type { AgentReport } from '../../runner/distributed/messages/messages.ts';
import {
  type FleetOptions,
  ProcessFleet,
} from '../../runner/distributed/processes/process-fleet.ts';
import { createJsonLog, startOperatorServer } from '../../services/operator/index.ts';
import { memoryHeld } from '../memory.ts';
import { fakeFace } from '../unit/services/operator/fake-face.ts';

const key = new Uint8Array(32).fill(7);
const listener = publicKeyOf(key);
/** The secret key of a node, made from its name. */
const keyOf = (name: string): Uint8Array => new Uint8Array(32).fill(name.charCodeAt(0));
const nodeKeys = new Map(['alice', 'bob'].map((name) => [name, publicKeyOf(keyOf(name))] as const));
const WAIT = { timeout: 20_000, interval: 5 };
const MEGABYTE = 1_000_000;
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Heard {
  readonly fleet: ProcessFleet;
  readonly reports: [string, AgentReport][];
  readonly expelled: string[];
  readonly refused: string[];
  readonly gone: string[];
}

async function open(more: Partial<FleetOptions> = {}): Promise<Heard> {
  const heard = { reports: [], expelled: [], refused: [], gone: [] } as Omit<Heard, 'fleet'>;
  const fleet = new ProcessFleet({
    groups: [['alice'], ['bob']],
    key,
    nodeKeys,
    onReport: (agent, report): unknown => heard.reports.push([agent.name, report]),
    onExpelled: (agent, wrong): unknown => heard.expelled.push(`${agent.name}: ${wrong}`),
    onRefused: (_, reason): unknown => heard.refused.push(reason),
    onGone: (agent, why): unknown => heard.gone.push(`${agent.name}: ${why}`),
    ...more,
  });
  closing.push(() => fleet.close(100));
  await fleet.open();
  return { fleet, ...heard };
}

interface Dialled {
  readonly channel: Channel;
  readonly ended: Promise<string>;
}

async function dial(fleet: ProcessFleet, name: string): Promise<Dialled> {
  const channel = await dialChannel({
    host: '127.0.0.1',
    port: fleet.port,
    key: keyOf(name),
    listener,
  });
  channel.onMessage = (): void => undefined;
  const ended = new Promise<string>((resolve) => {
    channel.onClose = resolve;
  });
  return { channel, ended };
}

describe('a coordinator', () => {
  it.each<[string, object]>([
    ['measured', { type: 'measured', untilNs: 'soon', sent: 'x', arrived: [] }],
    ['tally', { type: 'tally', tally: null }],
    ['shutdown', { type: 'shutdown' }],
    ['message', {}],
  ])('closes the channel of an agent by name: %s', async (what, wrong) => {
    const { fleet, expelled, reports, gone } = await open();
    const alice = await dial(fleet, 'alice');
    const bob = await dial(fleet, 'bob');
    alice.channel.send({ type: 'hello', hosts: ['alice'], pid: 1 });
    bob.channel.send({ type: 'hello', hosts: ['bob'], pid: 2 });
    await vi.waitFor(() => expect(reports).toHaveLength(2), WAIT);
    alice.channel.send(wrong);
    alice.channel.send({ type: 'loaded' });
    expect(await alice.ended).toBe('peer closed');
    bob.channel.send({ type: 'loaded' });
    await vi.waitFor(() => expect(reports).toHaveLength(3), WAIT);
    expect(reports[2]).toEqual(['bob', { type: 'loaded' }]);
    expect(expelled).toEqual([expect.stringMatching(new RegExp(`^alice: ${what}\\.`))]);
    expect([fleet.agentOf('alice')?.state, fleet.agentOf('bob')?.state]).toEqual([
      'dead',
      'connected',
    ]);
    expect(gone).toEqual([]);
  });

  it('sends away who says something wrong before hello, or a wrong hello', async () => {
    const { fleet, refused } = await open();
    for (const wrong of [{ type: 'hello', hosts: 'alice', pid: 1 }, { hello: 1 }]) {
      const { channel, ended } = await dial(fleet, 'alice');
      channel.send(wrong);
      expect(await ended).toBe('peer closed');
    }
    expect(refused).toEqual([
      'it sent an invalid message: hello.hosts is not a list',
      'it sent an invalid message: message.type is unknown',
    ]);
  });

  it.each([
    ['60 MB of text', 'text', /^alice: protocol error: a message exceeds 16777216 bytes$/],
    ['5 million values', 'values', /^alice: protocol error: a message holds more than 1000000/],
  ])('ends a channel for a message of %s, and does not pay for it', async (_, kind, why) => {
    const { fleet, gone, reports } = await open();
    const before = memoryHeld();
    let most = 0;
    const watch = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage();
      most = Math.max(most, heapUsed + external - before.heapUsed - before.external);
    }, 1);
    closing.push(() => clearInterval(watch));
    const sender = fileURLToPath(new URL('./sender.ts', import.meta.url));
    const keys = [toHex(keyOf('alice')), toHex(listener)];
    const args = ['--import', 'tsx', sender, String(fleet.port), ...keys, kind];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    closing.push(() => child.kill('SIGKILL'));
    await vi.waitFor(() => expect(gone).toHaveLength(1), WAIT);
    expect(gone[0]).toMatch(why);
    expect(reports).toHaveLength(1);
    // Before the fix, such a message cost 295 MB.
    expect(most).toBeLessThan(80 * MEGABYTE);
  });

  it('lets an agent in behind 300 half-open connections, and answers none of them', async () => {
    const { fleet } = await open();
    const strangers = await halfOpen(fleet.port, 300);
    const bytes: Buffer[] = [];
    for (const stranger of strangers) stranger.on('data', (chunk: Buffer) => bytes.push(chunk));
    const { channel } = await dial(fleet, 'bob');
    channel.send({ type: 'hello', hosts: ['bob'], pid: 2 });
    await vi.waitFor(() => expect(fleet.agentOf('bob')?.state).toBe('connected'), WAIT);
    expect(bytes).toEqual([]);
  });
});

describe('an operator endpoint', () => {
  it('answers /healthz behind 200 half-open connections', async () => {
    const log = createJsonLog({ node: 'a', level: 'error' });
    const server = await startOperatorServer({ face: fakeFace(), log, port: 0 });
    closing.push(() => server.close());
    await halfOpen(server.port, 200, 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n');
    for (let round = 0; round < 5; round += 1) {
      const askedAt = performance.now();
      const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
      expect([200, 503]).toContain(response.status);
      expect(performance.now() - askedAt).toBeLessThan(2_000);
    }
  });

  it('answers /healthz behind 200 requests whose bodies do not come', async () => {
    const log = createJsonLog({ node: 'a', level: 'error' });
    const server = await startOperatorServer({ face: fakeFace(), log, port: 0 });
    closing.push(() => server.close());
    const head = 'PUT /log-level HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n';
    await halfOpen(server.port, 200, head);
    for (let round = 0; round < 5; round += 1) {
      const askedAt = performance.now();
      const response = await fetch(`http://127.0.0.1:${server.port}/healthz`);
      expect([200, 503]).toContain(response.status);
      expect(performance.now() - askedAt).toBeLessThan(2_000);
    }
  });

  it('keeps no more than its bound of half-open connections', async () => {
    const log = createJsonLog({ node: 'a', level: 'error' });
    const server = await startOperatorServer({ face: fakeFace(), log, port: 0 });
    closing.push(() => server.close());
    const strangers = await halfOpen(server.port, 200);
    await vi.waitFor(() => {
      const left = strangers.filter(({ destroyed }) => !destroyed).length;
      expect(left).toBeLessThanOrEqual(64);
    }, WAIT);
  });
});

/** Opens connections that send nothing, or only the start of a message, and stay open. */
async function halfOpen(port: number, count: number, words = ''): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let at = 0; at < count; at += 1) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.on('close', () => socket.destroy());
    socket.resume();
    sockets.push(socket);
    await new Promise((done) => socket.once('connect', done).once('close', done));
    if (words === '' || socket.destroyed) continue;
    // The server reads these bytes before the next connection opens.
    await new Promise((done) => {
      socket.write(words, () => setTimeout(done, 2));
    });
  }
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}
