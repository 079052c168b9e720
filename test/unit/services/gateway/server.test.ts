/** The HTTP server for applications of a gateway, before a gateway that the test plays. */
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type GatewayServer,
  PacketQueue,
  startGatewayServer,
} from '../../../../services/gateway/index.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

const open: GatewayServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

interface Served {
  readonly node: PlayedGateway;
  readonly at: string;
}

async function serve(packetBytesMax = 65_536): Promise<Served> {
  const node = new PlayedGateway();
  node.answers['send-now'] = { outcome: 'ok', text: JSON.stringify(PATH) };
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0 },
    ...{ packetBytesMax, connectionsMax: 100, idleMs: 5_000 },
  });
  open.push(server);
  return { node, at: `http://127.0.0.1:${server.port}` };
}

/** A session with a peer as the node describes it. */
function tunnelOf(peer: string, state: string, paths: number): object {
  const reasons = state === 'active' ? [] : [`${peer} is ${state}`];
  return { peer, isdAs: '1-1', port: 1, state, paths, reasons };
}

const timers = (): number =>
  process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length;

function put(url: string, body: string): Promise<Response> {
  return fetch(url, { method: 'POST', body });
}

it('R-066 tells the log of each packet by the id that the client got', async () => {
  const node = new PlayedGateway();
  node.answers['send-now'] = { outcome: 'ok', text: JSON.stringify(PATH) };
  const logged: object[] = [];
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0 },
    ...{ packetBytesMax: 65_536, connectionsMax: 100, idleMs: 5_000 },
    onPacket: (fields) => logged.push(fields),
  });
  open.push(server);
  const at = `http://127.0.0.1:${server.port}`;
  const { packet_id, latency_ms } = (await (
    await put(`${at}/scion/send?dst=1-ff00:0:112`, 'p')
  ).json()) as Record<string, unknown>;
  await (await fetch(`${at}/health`)).text();
  expect(logged).toEqual([expect.objectContaining({ packet_id, latency_ms })]);
  expect(logged[0]).toMatchObject({ destination: '1-ff00:0:112', path_id: PATH.fingerprint });
});

describe('POST /scion/send', () => {
  it('hands the body to the gateway as one packet, and says what became of it', async () => {
    const { node, at } = await serve();
    const response = await put(`${at}/scion/send?dst=1-ff00:0:112`, 'some bytes');
    expect(response.status).toBe(200);
    expect(response.headers.get('x-processing-time-us')).toMatch(/^\d+$/);
    const answer = (await response.json()) as { latency_ms: number };
    expect(answer.latency_ms).toBeGreaterThan(0);
    expect(answer).toMatchObject({
      ...{ status: 'success', destination: '1-ff00:0:112', size_bytes: 10 },
      packet_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(node.sent).toEqual([['1-ff00:0:112', 'some bytes']]);
  });

  it('asks for the path that the client names', async () => {
    const { node, at } = await serve();
    await put(`${at}/scion/send?dst=1-1&path=ab`, 'p');
    expect(node.requests[0]?.text.slice(2)).toBe('{"path":"ab"}p');
  });

  it('leaves no timer and no signal behind, which would hold its request for ten seconds', async () => {
    const timeouts = vi.spyOn(AbortSignal, 'timeout');
    const { at } = await serve();
    const before = timers();
    for (let i = 0; i < 20; i += 1) {
      await (await put(`${at}/scion/send?dst=1-ff00:0:112`, 'p')).text();
    }
    // Of the one connection, its time-out while it is idle.
    expect(timers() - before).toBeLessThanOrEqual(2);
    expect(timeouts).not.toHaveBeenCalled();
  });

  it('is given up in the gateway when its client has gone', async () => {
    const { node, at } = await serve();
    node.held.add('send-now');
    const gone = new AbortController();
    const init = { method: 'POST', body: 'p', signal: gone.signal };
    const sending = fetch(`${at}/scion/send?dst=1-1`, init);
    await expect.poll(() => node.sent.length).toBe(1);
    gone.abort();
    await expect(sending).rejects.toThrow();
    await expect.poll(() => node.cancelled).toEqual(['send-now']);
  });

  it.each([
    ['unknown-peer', 400, undefined],
    ['no-path', 404, undefined],
    ['packet-too-large', 413, undefined],
    ['overload', 429, '1'],
    ['no-path-answers', 503, '1'],
    ['path-unfit', 503, '1'],
    ['node-down', 503, '1'],
    ['cancelled', 504, undefined],
  ])('says %s as %i', async (outcome, status, retry) => {
    const { node, at } = await serve();
    node.answers['send-now'] = { outcome, text: '' };
    const response = await put(`${at}/scion/send?dst=x`, 'p');
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('retry-after') ?? undefined).toBe(retry);
  });

  it('ends the request that has been sending for longest when bodies fill the room for all of them', async () => {
    const most = 40_000_000;
    const { at } = await serve(most);
    const slow = request(`${at}/scion/send?dst=x`, { method: 'POST', agent: false });
    slow.on('error', () => undefined).write(Buffer.alloc(most - 1));
    await expect
      .poll(async () => [(await put(`${at}/scion/send?dst=x`, 'pp')).status, slow.destroyed], {
        timeout: 10_000,
      })
      .toEqual([200, true]);
  });

  it('answers 503 while packets that wait for the gateway fill the room for all of them', async () => {
    const most = 40_000_000;
    const { node, at } = await serve(most);
    node.held.add('send-now');
    const held = request(`${at}/scion/send?dst=x`, { method: 'POST', agent: false });
    held.on('error', () => undefined).end(Buffer.alloc(most - 1));
    await expect.poll(() => node.sent.length, { timeout: 10_000 }).toBe(1);
    const other = (): Promise<Response> => put(`${at}/scion/send?dst=x`, 'pp');
    const refused = await other();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
    node.held.clear();
    held.destroy();
    await expect.poll(async () => (await other()).status).toBe(200);
    // Room is given back when a packet has been answered.
    for (let sent = 0; sent < 3; sent += 1) {
      expect((await put(`${at}/scion/send?dst=x`, 'p'.repeat(most))).status).toBe(200);
      node.requests.length = 0;
    }
  });

  it('says that a body of unknown length is too long, and does not just hang up', async () => {
    const { at } = await serve(100);
    const sending = request(`${at}/scion/send?dst=x`, { method: 'POST', agent: false });
    sending.write('p'.repeat(101));
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(413);
    sending.on('error', () => undefined).destroy();
  });

  it('refuses a packet that is empty, too long or for nobody, before the gateway sees it', async () => {
    const { node, at } = await serve(100);
    const statuses = [
      await put(`${at}/scion/send?dst=x`, ''),
      await put(`${at}/scion/send?dst=x`, 'p'.repeat(101)),
      await put(`${at}/scion/send`, 'p'),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 413, 400]);
    expect(node.sent).toEqual([]);
    expect((await put(`${at}/scion/send?dst=x`, 'p'.repeat(100))).status).toBe(200);
  });
});

describe('GET /scion/receive', () => {
  it('waits for a packet, and gives each packet once, the oldest first', async () => {
    const { node, at } = await serve();
    const waiting = fetch(`${at}/scion/receive?timeout=10000`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(node.arrive('1-ff00:0:112', Uint8Array.of(0, 255, 7))).toBe('ok');
    const { packets } = (await (await waiting).json()) as { packets: { data: string }[] };
    expect(packets).toEqual([
      { data: 'AP8H', source: '1-ff00:0:112', received_at: expect.stringMatching(/^20/) as string },
    ]);
    for (const text of ['a', 'b', 'c']) node.arrive('1-ff00:0:112', text);
    const read = async (max: number): Promise<string[]> => {
      const response = await fetch(`${at}/scion/receive?max=${max}&timeout=1`);
      if (response.status === 204) return [];
      const body = (await response.json()) as { packets: { data: string }[] };
      return body.packets.map(({ data }) => Buffer.from(data, 'base64').toString());
    };
    expect([await read(2), await read(2), await read(2)]).toEqual([['a', 'b'], ['c'], []]);
    expect((await fetch(`${at}/scion/receive?timeout=1`)).status).toBe(204);
  });

  it('lets packets wait in the gateway beyond four megabytes, and asks for more once some are taken', async () => {
    const { node, at } = await serve();
    const large = new Uint8Array(1_500_000);
    expect([1, 2, 3].map(() => node.arrive('g', large))).toEqual(['ok', 'ok', 'full']);
    await fetch(`${at}/scion/receive?max=1&timeout=1`);
    expect(node.taken).toBe(1);
    expect(node.arrive('g', large)).toBe('ok');
  });

  it('keeps a packet for the next client if the one that waited has gone', async () => {
    const { node, at } = await serve();
    const gone = new AbortController();
    const waiting = fetch(`${at}/scion/receive?timeout=10000`, { signal: gone.signal });
    await new Promise((resolve) => setTimeout(resolve, 50));
    gone.abort();
    await expect(waiting).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 50));
    node.arrive('g', 'kept');
    const response = await fetch(`${at}/scion/receive?timeout=1`);
    expect(await response.text()).toContain(Buffer.from('kept').toString('base64'));
  });

  it.each(['timeout=-1', 'timeout=60001', 'timeout=1e3', 'max=0', 'max=1001', 'max=x'])(
    'refuses %s',
    async (query) => {
      const { at } = await serve();
      expect((await fetch(`${at}/scion/receive?${query}`)).status).toBe(400);
    },
  );
});

describe('GET /ready', () => {
  it('is 200 as soon as one peer answers, and says else why not', async () => {
    const { node, at } = await serve();
    const ask = async (outcome: string, ...states: readonly string[]): Promise<unknown> => {
      const tunnels = states.map((state, paths) => tunnelOf(`peer-${paths}`, state, paths));
      node.answers['tunnels'] = { outcome, text: JSON.stringify(tunnels) };
      const response = await fetch(`${at}/ready`);
      expect(response.headers.get('content-type')).toBe('application/json');
      return [response.status, ((await response.json()) as { reasons: unknown }).reasons];
    };
    expect(await ask('node-down')).toEqual([503, ['the gateway does not run: node-down']]);
    expect(await ask('ok')).toEqual([503, ['there is no peer']]);
    expect(await ask('ok', 'creating', 'inactive')).toEqual([
      ...[503, ['peer-0 is creating', 'peer-1 is inactive']],
    ]);
    expect(await ask('ok', 'creating', 'active')).toEqual([200, []]);
  });
});

describe('GET /health', () => {
  it('says why the gateway is not healthy', async () => {
    const { node, at } = await serve();
    const tell = (...tunnels: object[]): void => {
      node.answers['tunnels'] = { outcome: 'ok', text: JSON.stringify(tunnels) };
    };
    tell(
      ...[tunnelOf('a', 'active', 1), tunnelOf('b', 'creating', 0), tunnelOf('c', 'inactive', 4)],
    );
    const response = await fetch(`${at}/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ...{ status: 'degraded', scion_connected: true, active_connections: 2 },
      ...{ reasons: ['b is creating', 'c is inactive'], uptime_seconds: 0, warnings: [] },
    });
    tell(tunnelOf('a', 'active', 1));
    expect((await fetch(`${at}/health`)).status).toBe(200);
    node.answers['tunnels'] = { outcome: 'node-down', text: '' };
    expect(await (await fetch(`${at}/health`)).json()).toMatchObject({
      ...{ status: 'degraded', reasons: ['the gateway does not run: node-down'] },
    });
  });
});

it('GET /health says what is wrong beside the node', async () => {
  const node = new PlayedGateway();
  node.answers['tunnels'] = { outcome: 'ok', text: JSON.stringify([tunnelOf('a', 'active', 1)]) };
  const problems = ['the device was removed'];
  const server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0 },
    ...{ packetBytesMax: 1_000, connectionsMax: 100, idleMs: 5_000, problems: () => problems },
  });
  open.push(server);
  const response = await fetch(`http://127.0.0.1:${server.port}/health`);
  expect([response.status, await response.json()]).toMatchObject([503, { reasons: problems }]);
});

describe('GET /scion/paths', () => {
  it('lists the paths that the gateway says', async () => {
    const { node, at } = await serve();
    const ask = (query: string, outcome: string, text = ''): Promise<Response> => {
      node.answers['query-paths'] = { outcome, text };
      return fetch(`${at}/scion/paths${query}`);
    };
    const found = await ask('?dst=1-1', 'ok', JSON.stringify([PATH]));
    expect(await found.json()).toEqual({
      ...{ destination: '1-1', paths: [PATH], available: 1 },
    });
    expect(node.requests.map(({ text }) => text)).toEqual(['{"destination":"1-1"}']);
    expect((await ask('?dst=1-2', 'no-path')).status).toBe(404);
    expect((await ask('?dst=x', 'bad-question', '"x" is no ISD-AS')).status).toBe(400);
    expect((await ask('', 'ok')).status).toBe(400);
  });
});

describe('a client with a pool', () => {
  it('uses a connection again for more than 90 % of its requests', async () => {
    const { at } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const ask = (path: string, body?: string): Promise<boolean> =>
      new Promise((resolve, reject) => {
        const asked = request(`${at}${path}`, {
          agent,
          method: body === undefined ? 'GET' : 'POST',
        });
        asked.on('response', (response) => {
          response.resume().on('end', () => resolve(asked.reusedSocket));
        });
        asked.on('error', reject).end(body);
      });
    const reused: boolean[] = [];
    for (let round = 0; round < 25; round += 1) {
      const sends = [1, 2, 3].map((count) => ask('/scion/send?dst=1-1', `packet ${count}`));
      reused.push(...(await Promise.all([...sends, ask('/scion/receive?timeout=1')])));
    }
    agent.destroy();
    expect(reused.filter((isReused) => isReused).length / reused.length).toBeGreaterThan(0.9);
  });
});

describe('a caller', () => {
  it.each([
    [{ origin: 'https://example.org' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
  ])('with headers %o is answered %i', async (headers, status) => {
    const { node, at } = await serve();
    const init = { method: 'POST', body: 'p', headers: headers as Record<string, string> };
    expect((await fetch(`${at}/scion/send?dst=x`, init)).status).toBe(status);
    expect(node.sent).toEqual([]);
  });

  it('is told which paths and methods there are', async () => {
    const { at } = await serve();
    expect((await fetch(`${at}/scion`)).status).toBe(404);
    const wrong = await fetch(`${at}/scion/send`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
