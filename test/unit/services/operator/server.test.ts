/**
 * The operator's endpoint over real HTTP on loopback.
 *
 * @module
 */
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { MetricDefinition } from '../../../../engine/host/measure.ts';
import { MeterTable } from '../../../../engine/measure/counters.ts';
import {
  type NodeStatus,
  OperatorAddressError,
  type OperatorServer,
  type ProbeResult,
  startOperatorServer,
} from '../../../../services/operator/index.ts';
import { type HttpAnswer, OperatorRoutes } from '../../../../services/operator/routes.ts';
import { parsePrometheus } from '../../reports/prometheus-parser.ts';
import { type FakeFace, fakeFace, keptLog } from './fake-face.ts';

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
}

interface Asked {
  readonly method?: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const open: OperatorServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(face: FakeFace = fakeFace()): Promise<{
  readonly server: OperatorServer;
  readonly log: ReturnType<typeof keptLog>;
  readonly ask: (path: string, asked?: Asked) => Promise<Got>;
}> {
  const log = keptLog();
  const server = await startOperatorServer({ face, log: log.log, port: 0 });
  open.push(server);
  return { server, log, ask: (path, asked) => ask(server.port, path, asked) };
}

function ask(port: number, path: string, asked: Asked = {}): Promise<Got> {
  const { method = 'GET', body, headers = {} } = asked;
  return new Promise((resolve, reject) => {
    const sent = request({ port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        const isJson = response.headers['content-type'] === 'application/json' && text !== '';
        const json = isJson ? (JSON.parse(text) as Readonly<Record<string, unknown>>) : {};
        resolve({ status: response.statusCode!, headers: response.headers, text, json });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('/healthz and /readyz', () => {
  it('R-247: answer 200 for a node that runs', async () => {
    const { ask } = await serve();
    const health = await ask('/healthz');
    expect([health.status, health.json]).toEqual([
      200,
      { ok: true, node: 'gateway-111', state: 'running' },
    ]);
    expect(await ask('/readyz?verbose=1')).toMatchObject({ status: 200, json: { ready: true } });
  });

  it('tell a node that is alive but not ready from one that has ended', async () => {
    const reasons = ['no path to 2-ff00:0:211'];
    const starting = await serve(fakeFace({ state: 'starting', ready: false, reasons }));
    expect((await starting.ask('/healthz')).status).toBe(200);
    expect(await starting.ask('/readyz')).toMatchObject({ status: 503, json: { reasons } });
    const stopped = await serve(fakeFace({ state: 'stopped', ready: false }));
    expect((await stopped.ask('/healthz')).status).toBe(503);
  });
});

describe('/status', () => {
  it('has the declared fields, no others, and no secrets in its words', async () => {
    const face = fakeFace({ ready: false, reasons: [`key ${'ab'.repeat(32)} refused`] });
    const told = face.status();
    face.status = (): NodeStatus => ({ ...told, deploymentKey: 'hush' }) as NodeStatus;
    const { ask } = await serve(face);
    const { json, text } = await ask('/status');
    expect(Object.keys(json).sort()).toEqual(
      'cpuSeconds node nodes protocol ready reasons rssBytes state uptimeSeconds'.split(' '),
    );
    expect(text).not.toMatch(/hush|abab/);
  });
});

describe('several that ask at a time', () => {
  it.each(['/status', '/metrics'])('for %s get the answer of one look', async (path) => {
    let looks = 0;
    const face = fakeFace();
    const whenHeard = async <Value>(value: Value): Promise<Value> => {
      looks += 1;
      await new Promise(setImmediate);
      return value;
    };
    face.nodes = (): Promise<Record<string, never>> => whenHeard({});
    face.drops = (): Promise<Record<string, never>> => whenHeard({});
    const routes = new OperatorRoutes(face, keptLog().log);
    const ask = (): Promise<HttpAnswer> =>
      routes.answer('GET', path, '', new AbortController().signal);
    const got = await Promise.all(Array.from({ length: 8 }, ask));
    expect(new Set(got).size).toBe(1);
    expect(looks).toBe(1);
    await ask();
    expect(looks).toBe(2);
  });
});

describe('/metrics', () => {
  it('is Prometheus text with the values of the node, in base units', async () => {
    const face = fakeFace();
    face.meter.counter('gateway.sent').add(41);
    face.meter.gauge('gateway.windows').set(3);
    for (let n = 1; n <= 100; n += 1) face.meter.histogram('gateway.latency').record(n * 1e6);
    for (const gap of [3e8, 1e8, 2e8]) face.meter.sample('gateway.failover', gap);
    face.meter.ratio('gateway.delivery').add(99, 100);
    face.metrics = (): ReturnType<FakeFace['metrics']> => ({
      ...face.meter.data(),
      'process.rss': { kind: 'gauge', value: 7 },
    });
    face.dropped = { replay: 2, 'bad "auth"\n': 1 };
    const { ask } = await serve(face);
    const got = await ask('/metrics');
    expect(got.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const { samples, types } = parsePrometheus(got.text);
    const value = (name: string, more: object = {}): number | undefined =>
      samples.find(
        (one) =>
          one.name === name &&
          Object.entries(more).every(([key, text]) => one.labels[key] === text),
      )?.value;
    expect(samples.every(({ labels }) => labels['node'] === 'gateway-111')).toBe(true);
    expect(value('orrery_gateway_sent_total')).toBe(41);
    expect(types.get('orrery_gateway_sent_total')).toBe('counter');
    expect(value('orrery_gateway_windows')).toBe(3);
    expect(types.get('orrery_gateway_latency_seconds')).toBe('histogram');
    const upTo = (le: string): number | undefined =>
      value('orrery_gateway_latency_seconds_bucket', { le });
    // Our bucket around a bound is counted beyond it.
    expect(['0.00001', '0.1', '0.2', '500', '+Inf'].map(upTo)).toEqual([0, 99, 100, 100, 100]);
    expect(value('orrery_gateway_latency_seconds_count')).toBe(100);
    expect(value('orrery_gateway_latency_seconds_sum')).toBeCloseTo(5.05, 9);
    expect(value('orrery_gateway_failover_seconds', { quantile: '0.5' })).toBe(0.2);
    expect(value('orrery_gateway_delivery_ratio')).toBe(0.99);
    expect(value('orrery_process_rss_bytes')).toBe(7);
    expect(value('orrery_node_dropped_total', { reason: 'replay' })).toBe(2);
    expect(value('orrery_node_dropped_total', { reason: 'bad "auth"\n' })).toBe(1);
    expect(value('orrery_node_state', { state: 'running' })).toBe(1);
    expect(value('orrery_node_state', { state: 'draining' })).toBe(0);
    expect(value('orrery_node_cpu_seconds_total')).toBe(2.5);
  });

  it('shows the series of a labelled metric, and not their whole', async () => {
    const face = fakeFace();
    const definitions: readonly MetricDefinition[] = [
      { name: 'a.sent', kind: 'counter', unit: 'packets', help: 'S.', labels: ['path'] },
      { name: 'a.delay', kind: 'histogram', unit: 'ns', help: 'D.', labels: ['path'] },
    ];
    const meter = new MeterTable(definitions);
    for (const [path, count] of [
      ['1', 2],
      ['say "2"\n', 3],
    ] as const) {
      meter.counter('a.sent', path).add(count);
      meter.histogram('a.delay', path).record(count * 1e9);
    }
    Object.assign(face, { definitions, metrics: () => meter.data() });
    const { ask } = await serve(face);
    const { samples } = parsePrometheus((await ask('/metrics')).text);
    const sent = samples.filter(({ name }) => name === 'orrery_a_sent_total');
    expect(sent.map(({ labels, value }) => [labels['path'], value])).toEqual([
      ['1', 2],
      ['say "2"\n', 3],
    ]);
    const sums = samples.filter(({ name }) => name === 'orrery_a_delay_seconds_sum');
    expect(sums.map(({ value }) => value)).toEqual([2, 3]);
  });

  it('shows negative samples and metrics that nobody has touched', async () => {
    const face = fakeFace();
    const { ask } = await serve(face);
    expect((await ask('/metrics')).status).toBe(200);
    for (const offset of [-5e9, 1e9]) face.meter.sample('gateway.failover', offset);
    const { samples } = parsePrometheus((await ask('/metrics')).text);
    const sum = samples.find(({ name }) => name === 'orrery_gateway_failover_seconds_sum');
    expect(sum?.value).toBe(-4);
    // What another node of the network adds, this one takes away.
    face.meter.counter('gateway.sent').add(-1);
    const below = parsePrometheus((await ask('/metrics')).text);
    expect(below.samples.find(({ name }) => name === 'orrery_gateway_sent')?.value).toBe(-1);
    expect(below.types.get('orrery_gateway_sent')).toBe('gauge');
  });

  it('folds drop reasons beyond 1,000 into one label, and loses none', async () => {
    const face = fakeFace();
    face.dropped = Object.fromEntries(Array.from({ length: 1_500 }, (_, n) => [`r${n}`, 2]));
    const { ask } = await serve(face);
    const { samples } = parsePrometheus((await ask('/metrics')).text);
    const drops = samples.filter(({ name }) => name === 'orrery_node_dropped_total');
    expect(drops).toHaveLength(1_001);
    expect(drops.find(({ labels }) => labels['reason'] === 'other')?.value).toBe(1_000);
  });

  it('answers 500 without details when the node throws, and goes on', async () => {
    const face = fakeFace();
    const { ask, log } = await serve(face);
    const drops = face.drops;
    face.drops = (): never => {
      throw new Error('inner detail');
    };
    const got = await ask('/metrics');
    expect([got.status, got.text.includes('inner')]).toEqual([500, false]);
    expect(log.lines.at(-1)).toMatchObject({
      level: 'error',
      message: expect.stringContaining('inner'),
    });
    face.drops = drops;
    expect((await ask('/metrics')).status).toBe(200);
  });
});

describe('/probe', () => {
  it('R-247: sends one packet and says how long it took', async () => {
    const { ask } = await serve();
    const got = await ask('/probe', { method: 'POST' });
    expect([got.status, got.json]).toEqual([200, { ok: true, ms: 20.4 }]);
  });

  it('says why none came back: refused, thrown, or without an answer', async () => {
    const face = fakeFace();
    const { ask } = await serve(face);
    face.probe = (): Promise<ProbeResult> => Promise.resolve({ ok: false, reason: 'no path' });
    expect(await ask('/probe', { method: 'POST' })).toMatchObject({
      status: 503,
      json: { ok: false, reason: 'no path' },
    });
    face.probe = (): Promise<ProbeResult> => Promise.reject(new Error('socket closed'));
    expect((await ask('/probe', { method: 'POST' })).json).toEqual({
      ok: false,
      reason: 'socket closed',
    });
    face.probe = (): Promise<undefined> => Promise.resolve(undefined);
    expect((await ask('/probe', { method: 'POST' })).status).toBe(501);
    delete face.probe;
    expect((await ask('/probe', { method: 'POST' })).status).toBe(501);
  });

  it('gives up after 3 s, and sends one packet for all who ask meanwhile', async () => {
    const face = fakeFace();
    const probe = vi.fn(() => new Promise<never>(() => undefined));
    face.probe = probe;
    const { ask } = await serve(face);
    const asked = [1, 2, 3].map(() => ask('/probe', { method: 'POST' }));
    for (const got of await Promise.all(asked)) {
      expect(got.json).toEqual({ ok: false, reason: 'no answer within 3000 ms' });
    }
    expect(probe).toHaveBeenCalledTimes(1);
  });
});

describe('/log-level', () => {
  it('R-248: changes the level of a component while the node runs', async () => {
    const { ask, log } = await serve();
    const put = (body: object): Promise<Got> =>
      ask('/log-level', { method: 'PUT', body: JSON.stringify(body) });
    expect((await ask('/log-level')).json).toEqual({ level: 'info', components: {} });
    const got = await put({ component: 'gateway', level: 'debug' });
    expect([got.status, got.json]).toEqual([
      200,
      { level: 'info', components: { gateway: 'debug' } },
    ]);
    log.log.component('gateway').debug('seen');
    log.log.component('router').debug('unseen');
    expect(log.lines.at(-1)).toMatchObject({ message: 'seen' });
    expect((await put({ level: 'error' })).json).toMatchObject({ level: 'error' });
  });

  it.each([
    'no json',
    '[]',
    'null',
    '{}',
    '{"level":"loud"}',
    '{"level":"debug","component":"A B"}',
    '{"level":"debug","component":7}',
    '{"level":{"toString":1}}',
    '{"__proto__":{"level":"debug"}}',
  ])('refuses %s in words and changes nothing', async (body) => {
    const { ask, log } = await serve();
    const got = await ask('/log-level', { method: 'PUT', body });
    expect([got.status, typeof got.json['error']]).toEqual([400, 'string']);
    expect(log.log.levels()).toEqual({ level: 'info', components: {} });
  });

  it('refuses a body above 32 KiB, announced or not', async () => {
    const { ask, server } = await serve();
    const body = JSON.stringify({ level: 'debug', more: 'x'.repeat(40_000) });
    expect((await ask('/log-level', { method: 'PUT', body })).status).toBe(413);
    const chunked = await raw(
      server.port,
      `PUT /log-level HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `9c40\r\n${'x'.repeat(40_000)}\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe('a request that is not for this endpoint', () => {
  it.each([
    '/',
    '/metrics/',
    '/../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/__proto__',
    '//metrics',
  ])('gets 404 and the list of paths: %s', async (path) => {
    const { ask } = await serve();
    const got = await ask(path);
    expect(got.status).toBe(404);
    expect(got.json['paths']).toContain('/metrics');
    expect(got.text).not.toContain('root:');
  });

  it('gets 405 and the methods allowed', async () => {
    const { ask } = await serve();
    const got = await ask('/metrics', { method: 'DELETE' });
    expect([got.status, got.headers.allow]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/probe')).headers.allow).toBe('POST');
    const head = await ask('/metrics', { method: 'HEAD' });
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it('is refused when a web page sends it', async () => {
    const face = fakeFace();
    const probe = vi.fn(face.probe!);
    face.probe = probe;
    const { ask } = await serve(face);
    const origin = { origin: 'https://example.org' };
    expect((await ask('/probe', { method: 'POST', headers: origin })).status).toBe(403);
    // Its page cannot read the answer, which runs code of the node.
    expect((await ask('/status', { headers: origin })).status).toBe(403);
    const typed = { 'sec-fetch-site': 'none' };
    expect((await ask('/status', { headers: typed })).status).toBe(200);
    const rebound = { host: 'example.org:9100' };
    expect((await ask('/status', { headers: rebound })).status).toBe(421);
    expect((await ask('/status', { headers: { host: '[::1]:9100' } })).status).toBe(200);
    expect(probe).not.toHaveBeenCalled();
  });

  it('is refused from another machine when it changes something', async () => {
    const address = otherAddress();
    if (address === undefined) {
      process.stdout.write('this machine has no address but loopback: not asked from outside\n');
      return;
    }
    const { log, lines } = keptLog();
    const server = await startOperatorServer({ face: fakeFace(), log, host: address, port: 0 });
    open.push(server);
    expect(lines[0]).toMatchObject({ level: 'warn', message: expect.stringContaining(address) });
    const status = (method: string, path: string): Promise<number> =>
      new Promise((resolve, reject) => {
        request({ host: address, port: server.port, method, path, agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode!);
        })
          .on('error', reject)
          .end();
      });
    expect(await status('GET', '/status')).toBe(200);
    expect(await status('POST', '/probe')).toBe(403);
    expect(await status('PUT', '/log-level')).toBe(403);
  });
});

describe('the endpoint', () => {
  it('says in words that its port is taken', async () => {
    const { server } = await serve();
    const second = startOperatorServer({ face: fakeFace(), log: keptLog().log, port: server.port });
    await expect(second).rejects.toThrow(OperatorAddressError);
    await expect(second).rejects.toThrow(`127.0.0.1:${server.port}: the port is taken`);
  });

  it('closes with idle, half-sent and silent connections open, and within two seconds', async () => {
    const { server } = await serve();
    const texts = ['', 'GET /met', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n'];
    const sockets = texts.map((text) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write(text));
      return socket.on('error', () => undefined).resume();
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    await server.close();
    expect(performance.now() - began).toBeLessThan(2_000);
    for (const socket of sockets) socket.destroy();
    await expect(ask(server.port, '/healthz')).rejects.toThrow('ECONNREFUSED');
  });

  it('takes 64 connections and no more: the one that was silent longest makes room', async () => {
    const { server, ask } = await serve();
    const sockets = await Promise.all(
      Array.from(
        { length: 64 },
        () =>
          new Promise<ReturnType<typeof connect>>((resolve) => {
            const socket = connect(server.port, '127.0.0.1', () => resolve(socket));
            socket.on('error', () => undefined);
          }),
      ),
    );
    let closed = 0;
    for (const socket of sockets) socket.resume().once('close', () => (closed += 1));
    expect((await ask('/healthz')).status).toBe(200);
    await vi.waitFor(() => expect(closed).toBe(1), { timeout: 5_000 });
    expect(sockets[0]!.destroyed).toBe(true);
    for (const socket of sockets) socket.destroy();
  });

  it('cuts a request that does not come to its end within 5 s', async () => {
    const { server } = await serve();
    const began = performance.now();
    const text = await raw(server.port, 'GET /metrics HTTP/1.1\r\nHost: loc');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});

/** An IPv4 address of this machine other than loopback. */
function otherAddress(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}

/** Sends raw bytes; resolves with everything received until the connection is closed. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}
