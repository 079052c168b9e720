/** The server for applications of a gateway over TLS, before a gateway that the test plays. */
import { once } from 'node:events';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { request as requestHttps } from 'node:https';
import { type AddressInfo, connect as connectTcp, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type GatewayServer,
  PacketQueue,
  startGatewayServer,
} from '../../../../services/gateway/index.ts';
import { HANDSHAKES_MIN } from '../../../../services/gateway/open-connections.ts';
import { TlsServer } from '../../../../services/gateway/tls-server.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

const authority = makeCertificateAuthority('office');
const server = makeCertificateOf('gateway', authority);
const client = makeCertificateOf('client', authority);
const stranger = makeCertificateOf('client', makeCertificateAuthority('office'));

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

interface Served {
  readonly node: PlayedGateway;
  readonly port: number;
  readonly started: GatewayServer;
}

async function serve(clientCa?: string, bounds = {}): Promise<Served> {
  const node = new PlayedGateway();
  node.answers['send-now'] = { outcome: 'ok', text: JSON.stringify(PATH) };
  const { certificate, key } = server;
  const started = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0 },
    ...{ packetBytesMax: 65_536, connectionsMax: 100, idleMs: 5_000, ...bounds },
    tls: { certificate, key, clientCa },
  });
  open.push(started);
  return { node, port: started.port, started };
}

/** What a client trusts, and who it says that it is. */
function clientOptions(who?: { certificate: string; key: string }): ConnectionOptions {
  return {
    ...{ ca: authority.certificate, checkServerIdentity: (): undefined => undefined },
    ...(who === undefined ? {} : { cert: who.certificate, key: who.key }),
  };
}

function ask(port: number, options: ConnectionOptions, path = '/scion'): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = requestHttps({ ...options, host: '127.0.0.1', port, path, agent: false });
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', reject);
    request.end();
  });
}

async function openSession(port: number, options = clientOptions()): Promise<ClientHttp2Session> {
  const session = connectHttp2(`https://127.0.0.1:${port}`, options);
  open.push({ close: () => session.destroy() });
  session.on('error', () => undefined);
  await once(session, 'connect');
  return session;
}

async function askHttp2(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [answer] = (await once(stream, 'response')) as [{ ':status': number }];
  let text = '';
  for await (const part of stream as AsyncIterable<Buffer>) text += part.toString();
  return { status: answer[':status'], text };
}

describe('TLS', () => {
  it('is of version 1.3, and a client of 1.2 is refused', async () => {
    const { port } = await serve();
    const socket = connectTls({ ...clientOptions(), host: '127.0.0.1', port });
    await once(socket, 'secureConnect');
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
    const old: ConnectionOptions = { ...clientOptions(), maxVersion: 'TLSv1.2' };
    await expect(ask(port, old)).rejects.toThrow(/protocol version/);
  });

  it('carries HTTP/1.1 and HTTP/2 to the same routes', async () => {
    const { node, port } = await serve();
    expect(await ask(port, clientOptions())).toBe(404);
    const session = await openSession(port);
    const send = { ':method': 'POST', ':path': '/scion/send?dst=x' };
    expect(await askHttp2(session, send, 'a packet')).toMatchObject({ status: 200 });
    expect(node.sent).toEqual([['x', 'a packet']]);
    expect(await askHttp2(session, send, 'p'.repeat(65_537))).toMatchObject({ status: 413 });
    expect(session.remoteSettings).toMatchObject({
      ...{ maxConcurrentStreams: 100, maxHeaderListSize: 8_192 },
    });
  });

  it('does not answer a client of HTTP/2 whose authority is another name than loopback', async () => {
    const { port } = await serve();
    const session = await openSession(port);
    const rebound = { ':path': '/health', ':authority': 'example.org' };
    expect(await askHttp2(session, rebound)).toMatchObject({ status: 421 });
  });

  it('keeps a packet if the stream of HTTP/2 that waited is gone, though its connection is not', async () => {
    const { node, port } = await serve();
    const session = await openSession(port);
    const waiting = session.request({ ':path': '/scion/receive?timeout=10000' });
    waiting.on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    waiting.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    node.arrive('g', 'kept');
    const { text } = await askHttp2(session, { ':path': '/scion/receive?timeout=1' });
    expect(text).toContain(Buffer.from('kept').toString('base64'));
  });
});

describe('with certificates of clients', () => {
  it('answers a client whose certificate the authority has signed', async () => {
    const { port } = await serve(authority.certificate);
    expect(await ask(port, clientOptions(client))).toBe(404);
  });

  it.each([
    ['none', undefined],
    ['one of another authority of the same name', stranger],
  ])('refuses a client that has %s, on HTTP/1.1 and HTTP/2', async (_, who) => {
    const { node, port } = await serve(authority.certificate);
    await expect(ask(port, clientOptions(who), '/scion/paths?dst=1-1')).rejects.toThrow();
    const session = connectHttp2(`https://127.0.0.1:${port}`, clientOptions(who));
    session.on('error', () => undefined);
    let isAnswered = false;
    const send = session.request({ ':method': 'POST', ':path': '/scion/send?dst=x' });
    send
      .on('error', () => undefined)
      .on('response', () => {
        isAnswered = true;
      });
    send.end('a packet');
    await new Promise((resolve) => send.once('close', resolve));
    expect(session.destroyed).toBe(true);
    expect(isAnswered).toBe(false);
    expect(node.sent).toEqual([]);
  });
});

describe('certificates that are read again', () => {
  it('are those of new connections, while open ones go on', async () => {
    const { port, started } = await serve(authority.certificate);
    const session = await openSession(port, clientOptions(client));
    const office = makeCertificateAuthority('other office');
    const other = makeCertificateOf('gateway', office);
    started.reloadTls({ ...other, clientCa: office.certificate });
    await expect(ask(port, clientOptions(client))).rejects.toThrow();
    const trusting = {
      ...clientOptions(makeCertificateOf('client', office)),
      ca: office.certificate,
    };
    expect(await ask(port, trusting)).toBe(404);
    await expect(ask(port, { ...clientOptions(client), ca: office.certificate })).rejects.toThrow();
    await expect(ask(port, { ...trusting, maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(await askHttp2(session, { ':path': '/scion' })).toMatchObject({ status: 404 });
  });

  it('leave the server as it was if they are wrong', async () => {
    const { port, started } = await serve();
    expect(() => started.reloadTls({ ...server, key: client.key, clientCa: undefined })).toThrow();
    // An emptied file would let in whoever has a certificate of a public CA.
    expect(() => started.reloadTls({ ...server, clientCa: '' })).toThrow('is empty');
    expect(await ask(port, clientOptions())).toBe(404);
  });
});

describe('GET /health', () => {
  it('says when a certificate ends soon or has ended, of the files in use', async () => {
    const { node, port, started } = await serve();
    node.answers['tunnels'] = { outcome: 'ok', text: '[]' };
    const session = await openSession(port);
    const renew = async (
      endsInS: number,
      clientCa?: string,
      issuer = authority.certificate,
    ): Promise<unknown> => {
      const { certificate, key } = makeCertificateOf('gateway', authority, { endsInS });
      started.reloadTls({ certificate: certificate + issuer, key, clientCa });
      const { status, text } = await askHttp2(session, { ':path': '/health' });
      const { reasons, warnings } = JSON.parse(text) as Record<string, readonly string[]>;
      return [
        status,
        ...[...reasons!, ...warnings!].map((one) => one.replace(/[\d-]{10}$/, 'DAY')),
      ];
    };
    const hour = 3_600;
    const day = 24 * hour;
    expect(await renew(30 * day + hour)).toEqual([200]);
    expect(await renew(6 * day + hour)).toEqual([200, 'certificate ends in 6 days, on DAY']);
    expect(await renew(-day)).toEqual([503, 'certificate ended on DAY']);
    const old = makeCertificateOf('ca', authority, { endsInS: -day }).certificate;
    expect(await renew(60 * day, old)).toEqual([503, 'client CA ended on DAY']);
    // Clients may have another certificate of the same issuer.
    const ended = [200, 'issuer of the certificate ended on DAY'];
    expect(await renew(60 * day, undefined, old)).toEqual(ended);
    // One of several CAs is still good.
    expect(await renew(60 * day, old + authority.certificate)).toEqual([200]);
  });
});

describe('a handshake that fails', () => {
  it('is counted', async () => {
    const { port, started } = await serve(authority.certificate);
    const old: ConnectionOptions = { ...clientOptions(client), maxVersion: 'TLSv1.2' };
    for (const options of [old, clientOptions(), clientOptions(stranger)]) {
      await expect(ask(port, options)).rejects.toThrow();
    }
    expect(await ask(port, clientOptions(client))).toBe(404);
    expect(started.failedHandshakes).toBe(3);
  });
});

describe('what clients leave open', () => {
  it('ends for a client that has shown who it is if there are too many, the longest idle first', async () => {
    const { port } = await serve(undefined, { connectionsMax: 2 });
    const [oldest, newest] = [await openSession(port), await openSession(port)];
    expect((await askHttp2(oldest, { ':path': '/scion' })).status).toBe(404);
    const ended = once(newest, 'close');
    expect(await ask(port, clientOptions())).toBe(404);
    await ended;
    expect(oldest.destroyed).toBe(false);
  });

  it('stays for silent connections, however many: strangers only end each other', async () => {
    const { port } = await serve(authority.certificate, { connectionsMax: 3 });
    const session = await openSession(port, clientOptions(client));
    const idle = await openSession(port, clientOptions(client));
    const strangers: Socket[] = [];
    for (let index = 0; index < HANDSHAKES_MIN + 20; index += 1) {
      const stranger = connectTcp(port, '127.0.0.1').resume();
      stranger.on('error', () => undefined);
      await once(stranger, 'connect');
      strangers.push(stranger);
    }
    await expect.poll(() => strangers.filter(({ closed }) => !closed).length).toBe(HANDSHAKES_MIN);
    // A client of ours is let in all the same.
    expect(await ask(port, clientOptions(client))).toBe(404);
    for (const one of [session, idle]) {
      expect(await askHttp2(one, { ':path': '/scion' })).toMatchObject({ status: 404 });
    }
    for (const one of strangers) one.destroy();
  });

  it('leaves a client time for its handshake though strangers come while the server is full', async () => {
    const { port } = await serve(authority.certificate, { connectionsMax: 1 });
    await openSession(port, clientOptions(client));
    const begun = connectTcp(port, '127.0.0.1');
    await once(begun, 'connect');
    for (let count = 1; count < HANDSHAKES_MIN; count += 1) {
      const stranger = connectTcp(port, '127.0.0.1').on('error', () => undefined);
      open.push({ close: () => stranger.destroy() });
      await once(stranger, 'connect');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    const late = connectTls({ ...clientOptions(client), socket: begun });
    await once(late, 'secureConnect');
    late.destroy();
  });

  it.each([['HTTP/2'], ['HTTP/1.1']])(
    'of %s does not end while a request is answered',
    async (version) => {
      const { node, port } = await serve(undefined, { connectionsMax: 1 });
      const path = '/scion/receive?timeout=10000';
      const answer =
        version === 'HTTP/2'
          ? askHttp2(await openSession(port), { ':path': path }).then(({ status }) => status)
          : ask(port, clientOptions(), path);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await expect(ask(port, clientOptions())).rejects.toThrow();
      node.arrive('1-1', 'packet');
      expect(await answer).toBe(200);
    },
  );

  it('ends when a session of HTTP/2 is idle, but not while it waits for a packet', async () => {
    const { port } = await serve(undefined, { idleMs: 100 });
    const session = await openSession(port);
    const began = performance.now();
    const waited = await askHttp2(session, { ':path': '/scion/receive?timeout=400' });
    expect(waited.status).toBe(204);
    expect(session.destroyed).toBe(false);
    await once(session, 'close');
    expect(performance.now() - began).toBeGreaterThan(450);
  });

  it('of HTTP/2 is not busy for longer than it may be with an answer that nobody reads, whatever PINGs come', async () => {
    const { certificate, key } = server;
    const bounds = {
      headerBytesMax: 8_192,
      headersMsMax: 5_000,
      requestMsMax: 5_000,
      checkMs: 1_000,
    };
    let gaveUp = (): void => undefined;
    const givenUp = new Promise<void>((resolve) => {
      gaveUp = resolve;
    });
    const own = new TlsServer(
      { certificate, key, clientCa: undefined },
      { ...bounds, connectionsMax: 1, idleMs: 60_000, answerMsMax: 500 },
      (_, response) => response.once('close', () => gaveUp()).end(Buffer.alloc(1_000_000)),
    );
    open.push(own);
    own.server.listen(0, '127.0.0.1');
    await once(own.server, 'listening');
    const session = await openSession((own.server.address() as AddressInfo).port);
    const pings = setInterval(() => session.destroyed || session.ping(() => undefined), 20);
    open.push({ close: () => clearInterval(pings) });
    const began = performance.now();
    session.request({ ':path': '/' }).on('error', () => undefined);
    await givenUp;
    expect(performance.now() - began).toBeGreaterThan(400);
    // The connection is idle, so that another one takes its place.
    // Its reset is no failure.
    const ended = new Promise<void>((resolve) => session.once('close', () => resolve()));
    await openSession((own.server.address() as AddressInfo).port);
    await ended;
  }, 20_000);

  it('ends when the server closes, with a handshake and a request under way', async () => {
    const { port, started } = await serve();
    const silent = connectTcp(port, '127.0.0.1');
    await once(silent, 'connect');
    const session = await openSession(port);
    session.request({ ':path': '/scion/receive?timeout=10000' }).on('error', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const began = performance.now();
    await started.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    silent.destroy();
    open.splice(0, 1);
  });
});
