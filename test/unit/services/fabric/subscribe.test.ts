/**
 * The WebSocket of the face of fabric: messages of peers, answers, and messages of its own.
 *
 * @module
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FabricOutcome } from '../../../../services/fabric/index.ts';
import { type Client, idOf, type Served, serveFake } from './fake-node.ts';

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.end();
});

async function serve(): Promise<Served & { readonly client: Client }> {
  const served = await serveFake();
  open.push(served);
  const client = served.subscribe();
  expect(await client.opened).toBe('open');
  await vi.waitFor(() => expect(served.node.waiting).toBe(1));
  return { ...served, client };
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a subscriber', () => {
  it('gets a message with all that a client needs', async () => {
    const { client, node } = await serve();
    node.arrive(1, { payload: Buffer.from('hi'), from: 'eve', priority: 2 });
    expect(await client.next()).toEqual({
      id: idOf(1),
      from: 'eve',
      kind: 'message',
      again: false,
      deadlineMs: 1_800_000_000_000,
      priority: 2,
      payload: base64('hi'),
    });
  });

  it('gets one message at a time, and the node is asked for the next when it has taken it', async () => {
    const { client, node } = await serve();
    node.arrive(1);
    await client.next();
    await turns();
    expect(node.waiting).toBe(0);
    client.say({ taken: idOf(1) });
    await vi.waitFor(() => expect(node.waiting).toBe(1));
    node.arrive(2);
    expect(await client.next()).toMatchObject({ id: idOf(2), again: false });
  });

  it('is told of messages that the node may have handed out before', async () => {
    const { client, node } = await serve();
    node.arrive(1, { again: true });
    expect(await client.next()).toMatchObject({ id: idOf(1), again: true });
  });

  it('answers a call, and the answer takes it', async () => {
    const { client, node } = await serve();
    node.arrive(7, { kind: 'call' });
    expect(await client.next()).toMatchObject({ kind: 'call' });
    client.say({ answer: idOf(7), payload: base64('pong') });
    expect(await client.next()).toEqual({ of: idOf(7), outcome: 'ok' });
    expect(node.questions.at(0)).toEqual({
      kind: 'answer',
      target: idOf(7),
      body: Uint8Array.from(Buffer.from('pong')),
    });
    expect(node.waiting).toBe(1);
  });

  it('refuses a call', async () => {
    const { client, node } = await serve();
    node.arrive(7, { kind: 'call' });
    await client.next();
    client.say({ refuse: idOf(7) });
    expect(await client.next()).toEqual({ of: idOf(7), outcome: 'ok' });
    expect(node.questions.map(({ kind }) => kind)).toEqual(['refuse']);
  });

  it('may take a call, go on with other messages, and answer later', async () => {
    const { client, node } = await serve();
    node.arrive(1, { kind: 'call' });
    client.say({ taken: (await client.next())['id'] });
    await vi.waitFor(() => expect(node.waiting).toBe(1));
    node.arrive(2);
    expect(await client.next()).toMatchObject({ id: idOf(2) });
    client.say({ answer: idOf(1), payload: '' });
    expect(await client.next()).toEqual({ of: idOf(1), outcome: 'ok' });
    // The message after it is still the client's to take.
    expect(node.waiting).toBe(0);
    client.say({ taken: idOf(2) });
    await vi.waitFor(() => expect(node.waiting).toBe(1));
  });

  it('hears why an answer came to nothing', async () => {
    const { client, node } = await serve();
    node.answer = (): Promise<FabricOutcome> => Promise.resolve({ outcome: 'unknown-call' });
    client.say({ answer: idOf(9), payload: '' });
    expect(await client.next()).toEqual({ of: idOf(9), outcome: 'unknown-call' });
  });

  it('sends and calls on the same socket, and tells outcomes apart by its numbers', async () => {
    const { client, node } = await serve();
    const replies = new Map<string, (outcome: FabricOutcome) => void>();
    node.answer = ({ kind }): Promise<FabricOutcome> =>
      new Promise((resolve) => replies.set(kind, resolve));
    client.say({ call: 1, to: 'bob', payload: base64('question'), lifetime: '2s', priority: 2 });
    client.say({ send: 2, to: 'eve', payload: '', tolerant: true, private: true });
    await vi.waitFor(() => expect(replies.size).toBe(2));
    replies.get('send')?.({ outcome: 'queue-full', body: Buffer.from('no reply') });
    expect(await client.next()).toEqual({ of: 2, outcome: 'queue-full' });
    replies.get('call')?.({ outcome: 'ok', body: Buffer.from('reply') });
    expect(await client.next()).toEqual({ of: 1, outcome: 'ok', payload: base64('reply') });
    expect(node.questions).toMatchObject([
      {
        kind: 'call',
        target: 'bob',
        wishes: { lifetime: 2e9, priority: 2, tolerant: false, private: false },
      },
      {
        kind: 'send',
        target: 'eve',
        wishes: { lifetime: 60e9, priority: 1, tolerant: true, private: true },
      },
    ]);
  });

  it('is alone: another client is refused until it is gone', async () => {
    const { client, subscribe } = await serve();
    expect(await subscribe().opened).toBe(409);
    client.socket.close();
    await client.closed;
    await vi.waitFor(async () => expect(await subscribe().opened).toBe('open'));
  });

  it('that dies leaves what it had not taken to the next one, as again', async () => {
    const { client, node, subscribe } = await serve();
    node.arrive(1);
    await client.next();
    client.socket.terminate();
    await client.closed;
    const heir = await subscribed(subscribe);
    expect(await heir.next()).toMatchObject({ id: idOf(1), again: true });
    heir.say({ taken: idOf(1) });
    await vi.waitFor(() => expect(node.waiting).toBe(1));
    node.arrive(2);
    expect(await heir.next()).toMatchObject({ id: idOf(2), again: false });
  });

  it('gets what came while nobody was there, as new, and the node was asked once', async () => {
    const { client, node, subscribe } = await serve();
    client.socket.terminate();
    await client.closed;
    await turns();
    node.arrive(1);
    await turns();
    expect(node.waiting).toBe(0);
    const heir = await subscribed(subscribe);
    expect(await heir.next()).toMatchObject({ id: idOf(1), again: false });
  });

  it('that comes while the node is still asked waits with it, and gets each message once', async () => {
    const { client, node, subscribe } = await serve();
    client.socket.terminate();
    await client.closed;
    const heir = await subscribed(subscribe);
    await turns();
    expect(node.waiting).toBe(1);
    node.arrive(1);
    expect(await heir.next()).toMatchObject({ id: idOf(1), again: false });
    await turns();
    expect([heir.unread, node.waiting]).toEqual([0, 0]);
  });

  it('is closed with the reason of a node that has no messages for it', async () => {
    const { client, node, subscribe } = await serve();
    node.end('no-subscribers');
    expect(await client.closed).toEqual({ code: 1_011, reason: 'no-subscribers' });
    // Whoever comes later asks the node again.
    const heir = await subscribed(subscribe);
    await vi.waitFor(() => expect(node.waiting).toBe(1));
    node.arrive(1);
    expect(await heir.next()).toMatchObject({ id: idOf(1) });
  });

  it('is closed when the bytes of the node are no message', async () => {
    const { client, node } = await serve();
    node.arrive(0);
    expect(await client.closed).toEqual({ code: 1_011, reason: 'bad-envelope' });
  });

  it('gets a message whose deadline is no date that JavaScript has', async () => {
    const { client, node } = await serve();
    node.arrive(1, { deadlineMs: Number.MAX_SAFE_INTEGER });
    expect(await client.next()).toMatchObject({ deadlineMs: Number.MAX_SAFE_INTEGER });
  });
});

describe('a frame', () => {
  const ID = idOf(1);
  it.each([
    '',
    'taken',
    'null',
    '[]',
    '7',
    '{}',
    '{"taken":7}',
    `{"taken":"${ID.toUpperCase().replace('01', 'AB')}"}`,
    `{"taken":"${ID}0"}`,
    `{"taken":"${ID}","answer":"${ID}","payload":""}`,
    `{"taken":"${ID}","more":1}`,
    `{"answer":"${ID}"}`,
    `{"answer":"${ID}","payload":"YQ"}`,
    `{"answer":"${ID}","payload":"Y Q="}`,
    `{"answer":"${ID}","payload":["YQ=="]}`,
    `{"refuse":"${ID}","payload":""}`,
    '{"send":"1","to":"bob","payload":""}',
    '{"send":1.5,"to":"bob","payload":""}',
    '{"send":1,"payload":""}',
    '{"send":1,"to":{"toString":1},"payload":""}',
    '{"send":1,"to":"bob"}',
    '{"send":1,"to":"bob","payload":"","priority":3}',
    '{"send":1,"to":"bob","payload":"","lifetime":{}}',
    '{"call":1,"to":"bob","payload":"","__proto__":{"to":"eve"}}',
  ])('that makes no sense is refused by name, and the node hears nothing: %s', async (text) => {
    const { client, node } = await serve();
    client.say(text);
    const refused = await client.next();
    expect(refused['outcome']).toMatch(/^bad-(frame|parameter)$/);
    expect(refused['error']).toBeTypeOf('string');
    expect(node.kinds).toEqual([]);
  });

  it('of bytes is refused', async () => {
    const { client } = await serve();
    client.socket.send(Buffer.from('{}'));
    expect(await client.next()).toMatchObject({ outcome: 'bad-frame' });
  });

  it('that takes a message which is not handed out takes none', async () => {
    const { client, node } = await serve();
    node.arrive(1);
    await client.next();
    client.say({ taken: idOf(2) });
    expect(await client.next()).toMatchObject({ of: idOf(2), outcome: 'bad-frame' });
    await turns();
    expect(node.waiting).toBe(0);
  });

  it('above the longest payload in base64 ends the connection, not the face', async () => {
    const { client, ask } = await serve();
    client.say('x'.repeat(89_478_488 + 4_097));
    expect((await client.closed).code).toBe(1_009);
    expect((await ask('/send?to=bob')).status).toBe(200);
  });

  it('was busy in a burst of answers, although the node answers each at once', async () => {
    const { client } = await serve();
    for (let number = 0; number < 4_000; number += 1) client.say({ refuse: idOf(number & 255) });
    const outcomes = new Set<unknown>();
    for (let number = 0; number < 4_000; number += 1)
      outcomes.add((await client.next())['outcome']);
    expect([...outcomes]).toEqual(['ok']);
  });

  it('beyond 4,096 answers that wait is busy, and does not take the call that it would have answered', async () => {
    const { client, node } = await serve();
    node.arrive(1, { kind: 'call' });
    await client.next();
    const waiting: ((outcome: FabricOutcome) => void)[] = [];
    node.answer = (): Promise<FabricOutcome> => new Promise((resolve) => waiting.push(resolve));
    for (let number = 0; number < 4_096; number += 1) client.say({ refuse: idOf(2) });
    client.say({ answer: idOf(1), payload: '' });
    expect(await client.next()).toEqual({ of: idOf(1), outcome: 'busy' });
    expect([waiting.length, node.waiting]).toEqual([4_096, 0]);
    node.answer = (): Promise<FabricOutcome> => Promise.resolve({ outcome: 'ok' });
    waiting[0]?.({ outcome: 'ok' });
    expect(await client.next()).toEqual({ of: idOf(2), outcome: 'ok' });
    client.say({ answer: idOf(1), payload: '' });
    expect(await client.next()).toEqual({ of: idOf(1), outcome: 'ok' });
    expect(node.waiting).toBe(1);
  });

  it('beyond 256 messages of its own that wait is busy', async () => {
    const { client, node } = await serve();
    node.answer = (): Promise<FabricOutcome> => new Promise(() => undefined);
    for (let number = 0; number < 257; number += 1) {
      client.say({ send: number, to: 'bob', payload: '' });
    }
    expect(await client.next()).toEqual({ of: 256, outcome: 'busy' });
    expect(node.kinds).toHaveLength(256);
  });
});

/** Lets everything happen that is under way on loopback. */
async function turns(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A new subscriber, once the face knows that the former one is gone. */
async function subscribed(subscribe: Served['subscribe']): Promise<Client> {
  let client = subscribe();
  while ((await client.opened) !== 'open') client = subscribe();
  return client;
}
