/**
 * Send and call over real HTTP on loopback, for a fake node.
 *
 * @module
 */
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { FabricOutcome } from '../../../../services/fabric/index.ts';
import { ask as askPlainly, type FakeNode, type Served, serveFake } from './fake-node.ts';

const MIB = 1_048_576;
/** A busy machine opens 400 connections in more than the second that `waitFor` has by itself. */
const PATIENCE = { timeout: 10_000, interval: 10 };
const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.end();
});

async function serve(node?: FakeNode): Promise<Served> {
  const served = await serveFake(node);
  open.push(served);
  return served;
}

describe('POST /send', () => {
  it('asks the node with the wishes of the query and the payload, and tells its outcome', async () => {
    const { ask, node } = await serve();
    const path = '/send?to=b%C3%B6b&priority=2&lifetime=1500ms&tolerant=true&private=true';
    const got = await ask(path, { body: Buffer.from([0, 255, 10, 13]) });
    expect([got.status, got.json, got.headers['orrery-outcome']]).toEqual([
      200,
      { outcome: 'ok' },
      'ok',
    ]);
    expect(node.questions).toEqual([
      {
        kind: 'send',
        target: 'böb',
        body: Uint8Array.of(0, 255, 10, 13),
        wishes: { lifetime: 1_500_000_000, priority: 2, tolerant: true, private: true },
      },
    ]);
  });

  it('asks for normal priority and a minute where the query says nothing', async () => {
    const { ask, node } = await serve();
    await ask('/send?to=bob');
    const wishes = { lifetime: 60_000_000_000, priority: 1, tolerant: false, private: false };
    expect(node.questions).toMatchObject([{ target: 'bob', wishes }]);
    expect(node.questions[0]?.body).toHaveLength(0);
  });

  it.each([
    ['no-such-peer', 404],
    ['too-large', 413],
    ['queue-full', 429],
    ['refused', 502],
    ['a-word-of-the-carrier', 502],
    ['node-down', 503],
    ['no-handler', 503],
    ['deadline-over', 504],
  ])('tells the reason of the node by its name and a status: %s', async (outcome, status) => {
    const { ask, node } = await serve();
    node.answer = (): Promise<FabricOutcome> => Promise.resolve({ outcome });
    for (const path of ['/send?to=bob', '/call?to=bob']) {
      const got = await ask(path, { body: 'x' });
      expect([got.status, got.json, got.headers['orrery-outcome']]).toEqual([
        status,
        { outcome },
        outcome,
      ]);
    }
  });

  it('survives a node that breaks its promise not to throw', async () => {
    const { ask, node } = await serve();
    node.answer = (): Promise<FabricOutcome> => Promise.reject(new Error('inner detail'));
    const got = await ask('/send?to=bob', { body: 'x' });
    expect([got.status, got.json]).toEqual([503, { outcome: 'node-down' }]);
  });

  it.each([
    '',
    '?to=',
    `?to=${'x'.repeat(256)}`,
    '?to=bob&to=eve',
    '?to=bob&priority=3',
    '?to=bob&priority=1.0',
    '?to=bob&lifetime=30',
    '?to=bob&lifetime=0s',
    '?to=bob&lifetime=-1s',
    '?to=bob&lifetime=8d',
    '?to=bob&lifetime=1e3s',
    '?to=bob&tolerant=yes',
    '?to=bob&private=1',
    '?to=bob&urgent=true',
    '?to=bob&__proto__=x',
  ])('refuses a query that it does not understand, without asking the node: %s', async (query) => {
    const { ask, node } = await serve();
    const got = await ask(`/send${query}`, { body: 'x' });
    expect([got.status, got.json['outcome'], typeof got.json['error']]).toEqual([
      400,
      'bad-parameter',
      'string',
    ]);
    expect(node.questions).toEqual([]);
  });
});

describe('POST /call', () => {
  it('answers with the bytes of the reply', async () => {
    const { ask, node } = await serve();
    const reply = Uint8Array.from({ length: 256 }, (_, index) => index);
    node.answer = (): Promise<FabricOutcome> => Promise.resolve({ outcome: 'ok', body: reply });
    const got = await ask('/call?to=bob', { body: 'question' });
    expect([got.status, got.headers['content-type']]).toEqual([200, 'application/octet-stream']);
    expect(new Uint8Array(got.bytes)).toEqual(reply);
    expect(node.questions[0]?.kind).toBe('call');
  });

  it('answers two at once, each when its reply is there', async () => {
    const { ask, node } = await serve();
    const replies = new Map<string, (outcome: FabricOutcome) => void>();
    node.answer = ({ target }): Promise<FabricOutcome> =>
      new Promise((resolve) => replies.set(target, resolve));
    const slow = ask('/call?to=slow');
    const fast = ask('/call?to=fast');
    await vi.waitFor(() => expect(replies.size).toBe(2));
    replies.get('fast')?.({ outcome: 'ok', body: Buffer.from('f') });
    expect((await fast).bytes.toString()).toBe('f');
    replies.get('slow')?.({ outcome: 'ok', body: Buffer.from('s') });
    expect((await slow).bytes.toString()).toBe('s');
  });
});

describe('a body', () => {
  it('may have 64 MiB, and the node gets all of it', async () => {
    const { ask, node } = await serve();
    const body = Buffer.alloc(64 * MIB, 7);
    expect((await ask('/send?to=bob', { body })).status).toBe(200);
    expect(node.questions[0]?.body).toHaveLength(64 * MIB);
  });

  it('may not have a byte more, announced or not', async () => {
    const { ask, node, server, token } = await serve();
    const headers = { 'content-length': String(64 * MIB + 1) };
    const announced = await ask('/send?to=bob', { headers });
    expect([announced.status, announced.json['outcome']]).toEqual([413, 'too-large']);
    const head = `POST /send?to=bob HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
    const length = 64 * MIB + 1;
    const chunked = await raw(server.port, [
      Buffer.from(`${head}Transfer-Encoding: chunked\r\n\r\n${length.toString(16)}\r\n`),
      Buffer.alloc(length),
    ]);
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
    expect(node.questions).toEqual([]);
  });

  it('that ends early is no message', async () => {
    const { node, server, token, ask } = await serve();
    const head = `POST /send?to=bob HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
    const socket = connect(server.port, '127.0.0.1', () =>
      socket.write(`${head}Content-Length: 9\r\n\r\nhalf`, () => socket.destroy()),
    );
    await new Promise((resolve) => socket.on('close', resolve));
    expect((await ask('/send?to=eve')).status).toBe(200);
    expect(node.questions.map(({ target }) => target)).toEqual(['eve']);
  });
});

describe('the bounds of what waits', () => {
  it('lets 256 requests wait, and refuses the next one as busy until one is answered', async () => {
    const { ask, node } = await serve();
    const waiting: ((outcome: FabricOutcome) => void)[] = [];
    node.answer = (): Promise<FabricOutcome> => new Promise((resolve) => waiting.push(resolve));
    const asked = Array.from({ length: 256 }, () => ask('/send?to=bob'));
    await vi.waitFor(() => expect(waiting).toHaveLength(256), { timeout: 10_000 });
    const more = await ask('/send?to=bob');
    expect([more.status, more.json['outcome']]).toEqual([429, 'busy']);
    waiting.pop()?.({ outcome: 'ok' });
    await vi.waitFor(async () => {
      const again = ask('/send?to=bob');
      await vi.waitFor(() => expect(waiting).toHaveLength(256));
      asked.push(again);
    });
    for (const answer of waiting) answer({ outcome: 'ok' });
    const statuses = new Set((await Promise.all(asked)).map(({ status }) => status));
    expect([...statuses]).toEqual([200]);
  });

  it('lets bodies of 128 MiB wait, and no more', async () => {
    const { ask, node } = await serve();
    const waiting: ((outcome: FabricOutcome) => void)[] = [];
    node.answer = (): Promise<FabricOutcome> => new Promise((resolve) => waiting.push(resolve));
    const body = Buffer.alloc(64 * MIB);
    const asked = [1, 2].map(() => ask('/send?to=bob', { body }));
    await vi.waitFor(() => expect(waiting).toHaveLength(2), { timeout: 20_000 });
    expect(await ask('/send?to=bob', { body: 'x' })).toMatchObject({
      status: 429,
      json: { outcome: 'busy' },
    });
    for (const answer of waiting.splice(0)) answer({ outcome: 'ok' });
    await Promise.all(asked);
    node.answer = (): Promise<FabricOutcome> => Promise.resolve({ outcome: 'ok' });
    expect((await ask('/send?to=bob', { body: 'x' })).status).toBe(200);
  });

  it('ends the wait for a node that never answers, ten seconds after the lifetime', async () => {
    const { ask, node } = await serve();
    node.answer = (): Promise<FabricOutcome> => new Promise(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const asked = ask('/call?to=bob&lifetime=30s');
      while (node.questions.length === 0) await new Promise((resolve) => setImmediate(resolve));
      vi.advanceTimersByTime(39_999);
      expect(await Promise.race([asked, turns(50)])).toBe('nothing');
      vi.advanceTimersByTime(2);
      expect(await asked).toMatchObject({ status: 504, json: { outcome: 'no-answer' } });
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the face', () => {
  it('answers what waits with closing, and is gone within two seconds', async () => {
    const { ask, node, server, subscribe } = await serve();
    node.answer = (): Promise<FabricOutcome> => new Promise(() => undefined);
    const asked = ask('/call?to=bob');
    const deaf = subscribe({ autoPong: false });
    expect(await deaf.opened).toBe('open');
    // Reads nothing any more, so that it does not take part in closing.
    deaf.socket.pause();
    await vi.waitFor(() => expect(node.kinds).toEqual(['call']));
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await asked).toMatchObject({ status: 503, json: { outcome: 'closing' } });
    await expect(ask('/send?to=bob')).rejects.toThrow('ECONNREFUSED');
  });

  it('keeps an upload of a known caller when strangers open all connections', async () => {
    const { node, server, token } = await serve();
    const head = `POST /send?to=bob HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n`;
    let text = '';
    const upload = connect(server.port, '127.0.0.1', () =>
      upload.write(
        `${head}Content-Length: 2\r\nConnection: close\r\nExpect: 100-continue\r\n\r\na`,
      ),
    );
    upload.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    // RFC 9110 section 10.1.1: the server has read the head, so it knows the caller.
    await vi.waitFor(() => expect(text).toBe('HTTP/1.1 100 Continue\r\n\r\n'), PATIENCE);
    const strangers = Array.from({ length: 400 }, () => connect(server.port, '127.0.0.1'));
    for (const stranger of strangers) stranger.on('error', () => undefined);
    const closed = (): unknown[] => strangers.filter(({ destroyed }) => destroyed);
    await vi.waitFor(() => expect(closed()).not.toEqual([]), PATIENCE);
    upload.write('b');
    await vi.waitFor(() => expect(text).toMatch(/\r\n\r\nHTTP\/1\.1 200 /), PATIENCE);
    expect(node.questions[0]?.body).toEqual(Uint8Array.of(97, 98));
    for (const stranger of strangers) stranger.destroy();
  });

  it('answers after any bytes on its port', async () => {
    const { server, ask } = await serve();
    const starts = [
      '',
      'POST /send?to=b HTTP/1.1\r\n',
      'GET /subscribe HTTP/1.1\r\nUpgrade: websocket\r\n',
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        async (start, bytes) => {
          await raw(server.port, [Buffer.from(start), Buffer.from(bytes)]);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
    expect((await ask('/send?to=bob')).status).toBe(200);
  });

  it('answers other paths and methods by name, to callers it knows', async () => {
    const { ask, server } = await serve();
    expect(await ask('/')).toMatchObject({ status: 404, json: { outcome: 'no-such-path' } });
    const got = await ask('/send?to=bob', { method: 'GET' });
    expect([got.status, got.headers.allow]).toEqual([405, 'POST']);
    expect((await ask('/subscribe', { method: 'GET' })).json['outcome']).toBe('upgrade-required');
    expect((await askPlainly(server.port, '/')).status).toBe(401);
  });
});

/** Resolves after some turns of the event loop. */
async function turns(count: number): Promise<'nothing'> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return 'nothing';
}

/** Sends bytes and half-closes; resolves with what came until the connection was closed. */
function raw(port: number, parts: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.concat(parts)));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
