/**
 * Subscribers that do not read, or are gone without a word, with a fake connection.
 *
 * @module
 */
import { EventEmitter } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { readClientFrame } from '../../../../services/fabric/frames.ts';
import { OutstandingRequests } from '../../../../services/fabric/outstanding.ts';
import { SubscriberSocket } from '../../../../services/fabric/socket.ts';
import { Subscription } from '../../../../services/fabric/subscription.ts';
import { FakeNode, readFake } from './fake-node.ts';

class FakeClient extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly sent: string[] = [];
  pings = 0;
  readonly pongs: string[] = [];
  isPaused = false;
  isTerminated = false;
  readonly #unsent: (() => void)[] = [];

  send(text: string, sent: () => void): void {
    this.sent.push(text);
    this.#unsent.push(sent);
  }

  pong(data: Buffer, _isMasked: boolean, sent: () => void): void {
    this.pongs.push(data.toString());
    this.#unsent.push(sent);
  }

  /** The client reads everything. */
  read(): void {
    for (const sent of this.#unsent.splice(0)) sent();
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  ping(): void {
    this.pings += 1;
  }

  terminate(): void {
    this.isTerminated = true;
    this.readyState = 3;
    this.emit('close');
  }
}

function connected(): {
  readonly client: FakeClient;
  readonly socket: SubscriberSocket;
  readonly node: FakeNode;
  readonly warnings: readonly string[];
} {
  const node = new FakeNode();
  const client = new FakeClient();
  const warnings: string[] = [];
  const socket = new SubscriberSocket({
    client: client as unknown as WebSocket,
    subscription: new Subscription(node, readFake),
    outstanding: new OutstandingRequests(node),
    log: {
      info: (): void => undefined,
      warn: (text): void => void warnings.push(text),
    },
  });
  return { client, socket, node, warnings };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a subscriber that does not read', () => {
  it('is cut off when more than 128 MiB wait for it', async () => {
    const { client, warnings } = connected();
    client.bufferedAmount = 134_217_728;
    client.emit('message', Buffer.from('{}'), false);
    await turn();
    expect([client.sent.length, client.isTerminated]).toEqual([1, false]);
    client.bufferedAmount += 1;
    client.emit('message', Buffer.from('{}'), false);
    await turn();
    expect([client.sent.length, client.isTerminated]).toEqual([1, true]);
    expect(warnings.join()).toContain('does not read');
  });

  it('is not read while more than 256 answers wait for it, and is again when it has read them', () => {
    const { client } = connected();
    for (let count = 0; count < 256; count += 1) client.emit('message', Buffer.from('{}'), false);
    expect(client.isPaused).toBe(false);
    client.emit('message', Buffer.from('{}'), false);
    expect([client.isPaused, client.isTerminated]).toEqual([true, false]);
    client.read();
    expect(client.isPaused).toBe(false);
  });

  it('is cut off when 16,384 answers wait for it, however short they are', () => {
    const { client, warnings } = connected();
    for (let count = 0; count < 16_384; count += 1)
      client.emit('message', Buffer.from('{}'), false);
    expect(client.isTerminated).toBe(false);
    client.emit('message', Buffer.from('{}'), false);
    expect(client.isTerminated).toBe(true);
    expect(warnings).toEqual(['subscriber: it does not read; cut off']);
  });

  it('is answered one ping at a time, then the last of those that came meanwhile', () => {
    const { client } = connected();
    for (const name of ['first', 'second', 'third']) client.emit('ping', Buffer.from(name));
    expect(client.pongs).toEqual(['first']);
    client.read();
    expect(client.pongs).toEqual(['first', 'third']);
  });

  it('is owed one message, however many there are', async () => {
    const { client, node } = connected();
    node.arrive(1);
    await turn();
    expect([client.sent.length, node.waiting]).toEqual([1, 0]);
  });
});

describe('a subscriber that is gone without a word', () => {
  it('is cut off at the second ping after it was last heard', () => {
    const { client, socket } = connected();
    socket.ping();
    client.emit('pong');
    socket.ping();
    expect([client.pings, client.isTerminated]).toEqual([2, false]);
    socket.ping();
    expect([client.pings, client.isTerminated]).toEqual([2, true]);
  });

  it('gets nothing after its end, and an error of its connection ends only that', async () => {
    const { client, node } = connected();
    client.emit('error', new Error('reset'));
    expect(client.isTerminated).toBe(true);
    node.arrive(1);
    await turn();
    expect(client.sent).toEqual([]);
  });
});

describe('reading frames', () => {
  it('answers any JSON and any text with a frame or a name, and never throws', () => {
    const named = fc
      .record(
        {
          taken: fc.jsonValue(),
          answer: fc.jsonValue(),
          refuse: fc.jsonValue(),
          send: fc.jsonValue(),
          call: fc.jsonValue(),
          to: fc.jsonValue(),
          payload: fc.oneof(fc.jsonValue(), fc.base64String()),
          lifetime: fc.jsonValue(),
          priority: fc.jsonValue(),
          tolerant: fc.jsonValue(),
          private: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((frame) => JSON.stringify(frame));
    let understood = 0;
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), named, sentFrame), (text) => {
        const said = readClientFrame(text);
        if ('error' in said) expect(said.outcome).toMatch(/^bad-(frame|parameter)$/);
        else understood += 1;
      }),
      { seed: 1, numRuns: 5_000 },
    );
    expect(understood).toBeGreaterThan(100);
  });
});

/** Frames that are mostly right. */
const sentFrame = fc
  .record({ send: fc.integer(), to: fc.string({ minLength: 1 }), payload: fc.base64String() })
  .map((frame) => JSON.stringify(frame));
