/**
 * Mutated requests of HTTP/1.1, and mutated connections of HTTP/2, to the server of a gateway: each is answered or closed, none is
 * a defect of the server, and nothing is left behind. The nightly sends twenty times as many.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { BodyRoom } from '../../../../services/gateway/body-room.ts';
import { createGatewayRequestHandler } from '../../../../services/gateway/handle.ts';
import { PacketQueue } from '../../../../services/gateway/index.ts';
import { TlsServer } from '../../../../services/gateway/tls-server.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { memoryHeld } from '../../../memory.ts';
import { mutate } from '../../../property/mutate.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const INPUTS = Number(process.env['ORRERY_FUZZ_INPUTS'] ?? 5_000);
const AT_ONCE = 16;
/** A client leaves when it has heard nothing for so long. */
const QUIET_MS = 200;
/** Memory that requests may leave behind, at most, bytes: code that was compiled meanwhile. */
const GROWTH_MAX = 16 * 1_048_576;
const PACKET_MAX = 1_000;

/** A frame of HTTP/2 (RFC 9113 section 4.1). */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.set([type, flags], 3);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Header fields as literals without indexing (RFC 7541 section 6.2.2). */
function fields(...pairs: readonly (readonly [string, string])[]): Buffer {
  const word = (text: string): Buffer => Buffer.from(`${String.fromCharCode(text.length)}${text}`);
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.of(0), word(name), word(value)]));
}

function head(method: string, path: string): Buffer {
  return fields(
    ...([[':method', method] as const, [':path', path]] as const),
    ...([[':scheme', 'https'] as const, [':authority', 'localhost']] as const),
  );
}

/** How a frame GOAWAY begins (RFC 9113 section 6.8). */
const GOAWAY = '\0\0\x08\x07\0\0\0\0\0';
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const [SETTINGS, END, END_HEADERS] = [frame(4, 0, 0, Buffer.of()), 1, 4];
const SEND = head('POST', '/scion/send?dst=1-1');
const HTTP2 = [
  [frame(1, END | END_HEADERS, 1, head('GET', '/health')), frame(6, 0, 0, Buffer.alloc(8))],
  [frame(1, END_HEADERS, 1, SEND), frame(0, END, 1, Buffer.from('a packet'))],
  [frame(1, 0, 1, SEND.subarray(0, 9)), frame(9, END_HEADERS, 1, SEND.subarray(9))],
  [
    frame(1, END_HEADERS, 1, SEND),
    frame(8, 0, 1, Buffer.of(0, 0, 1, 0)),
    frame(3, 0, 1, Buffer.of(0, 0, 0, 8)),
    frame(1, END | END_HEADERS, 3, head('GET', '/scion/paths?dst=1-1')),
  ],
  [frame(7, 0, 0, Buffer.alloc(8)), frame(2, 0, 1, Buffer.of(0, 0, 0, 3, 9))],
].map((frames) => Buffer.concat([PREFACE, SETTINGS, ...frames]));
const HOST = 'HTTP/1.1\r\nHost: localhost\r\n';
const HTTP1 = [
  `GET /health ${HOST}\r\n`,
  `GET /scion/receive?timeout=0&max=3 ${HOST}\r\n`,
  `POST /scion/send?dst=1-1 ${HOST}Content-Length: 6\r\n\r\npacket`,
  `POST /scion/send?dst=1-1&path=ab ${HOST}Transfer-Encoding: chunked\r\n\r\n6\r\npacket\r\n0\r\n\r\n`,
  `GET /scion/paths?dst=1-ff00%3A0%3A1 ${HOST}\r\nGET /ready ${HOST}\r\n`,
].map((text) => Buffer.from(text));

/** Each protocol: its inputs, their most sensitive bytes, a last question, and what answers it. */
const PROTOCOLS = {
  'http/1.1': {
    ...{ genuine: HTTP1, header: 40, answer: '404 Not Found' },
    question: Buffer.from(`\r\n\r\nGET /none ${HOST}\r\n`),
  },
  h2: {
    ...{ genuine: HTTP2, header: 90, answer: 'the last' },
    question: frame(6, 0, 0, Buffer.from('the last')),
  },
} as const;

/** How an answer begins: the status, or `closed`. A status of HTTP/2 is a field of HPACK's table (RFC 7541 appendix A). */
const STATUSES: readonly (readonly [RegExp, string])[] = [
  ...['200', '204', '400', '403', '404', '405', '413', '421', '429', '500', '503', '504'].map(
    (status) => [new RegExp(`^HTTP/1.1 ${status}`), status] as const,
  ),
  ...(
    [
      ['\x88', '200'],
      ['\x8c', '400'],
      ['\x8d', '404'],
      ['\x8e', '500'],
    ] as const
  ).map(
    ([index, status]) =>
      [new RegExp(`\\x01[\\x04\\x05]\\0\\0\\0[\\x01\\x03]${index}`), status] as const,
  ),
];

/** The server's ends of connections, by the ports of the clients. */
const SOCKETS = new Map<number | undefined, Socket>();

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A server whose connections begin where their TLS handshakes are over, since these would take most of the time. */
async function serve(alpnProtocol: 'h2' | 'http/1.1'): Promise<[Server, PlayedGateway]> {
  const node = new PlayedGateway();
  node.answers['send-now'] = { outcome: 'ok', text: JSON.stringify(PATH) };
  node.answers['query-paths'] = { outcome: 'ok', text: '[]' };
  node.answers['tunnels'] = { outcome: 'ok', text: '[]' };
  const material = makeCertificateOf('gateway', makeCertificateAuthority('office'));
  const bounds = {
    ...{ headerBytesMax: 8_192, headersMsMax: 1_000, requestMsMax: 1_000, checkMs: 100 },
    ...{ connectionsMax: 2 * AT_ONCE, idleMs: 1_000, answerMsMax: 5_000 },
  };
  const queue = new PacketQueue(node);
  const handle = createGatewayRequestHandler({
    ...{ node, queue, packetBytesMax: PACKET_MAX, bodies: new BodyRoom(PACKET_MAX) },
    ...{ isPrivate: true, certificates: () => [], problems: () => [], profiler: undefined },
  });
  const { server } = new TlsServer({ ...material, clientCa: undefined }, bounds, handle);
  const listener = createServer((socket) => {
    SOCKETS.set(socket.remotePort, socket);
    server.emit('secureConnection', Object.assign(socket, { alpnProtocol, server }));
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  open.push(listener);
  return [listener, node];
}

/** Sends bytes; resolves to what was answered until `last` was, the server closed, or it fell silent. */
function exchange(port: number, bytes: Uint8Array, last: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let own: number | undefined;
    const socket: Socket = connect({ port, host: '127.0.0.1' }, () => {
      own = socket.localPort;
      socket.write(bytes);
    });
    // The ports of connections that are closed in order cannot be used again for a minute.
    const leave = (): void => void socket.resetAndDestroy();
    socket.setTimeout(QUIET_MS, leave);
    socket.on('data', (chunk: Buffer) => {
      if (text.length < 1_000) text += chunk.toString('latin1', 0, 1_000);
      if (text.includes(last) || text.includes(GOAWAY)) setImmediate(leave);
    });
    socket
      .on('error', () => undefined)
      .on('close', () => {
        // Without TLS, node:http2 does not see a reset after its GOAWAY.
        SOCKETS.get(own)?.destroy();
        SOCKETS.delete(own);
        resolve(text);
      });
  });
}

describe('the HTTP server of a gateway', () => {
  it.each(['http/1.1', 'h2'] as const)(
    `R-084: over %s answers ${INPUTS} mutated inputs or closes, and keeps nothing, seed ${SEED}`,
    async (protocol) => {
      const { genuine, header, question, answer } = PROTOCOLS[protocol];
      const [server, node] = await serve(protocol);
      const { port } = server.address() as AddressInfo;
      const draws = openRandomStream(SEED, 'test', `gateway-${protocol}`);
      const counts = new Map<string, number>();
      let [sent, before] = [0, memoryHeld()];
      const until = async (last: number): Promise<void> => {
        while (sent < last) {
          sent += 1;
          const original = new Uint8Array(genuine[draws.below(genuine.length)]!);
          const input = Buffer.concat([mutate(original, draws, { header }), question]);
          const said = await exchange(port, input, answer);
          const status = STATUSES.find(([form]) => form.test(said))?.[1] ?? 'closed';
          counts.set(status, (counts.get(status) ?? 0) + 1);
          node.requests.length = 0;
        }
      };
      const storm = (last: number): Promise<unknown> =>
        Promise.all(Array.from({ length: AT_ONCE }, () => until(last)));
      await storm(INPUTS / 10);
      before = memoryHeld();
      await storm(INPUTS);
      const closed = new Promise((resolve) => server.close(resolve));
      await closed;
      open.length = 0;
      const after = memoryHeld();
      const heap = after.heapUsed + after.external - before.heapUsed - before.external;
      const said = JSON.stringify(Object.fromEntries([...counts].sort()));
      const rss = after.rss - before.rss;
      process.stderr.write(`${protocol}: ${said}, heap +${heap} bytes, rss +${rss} bytes\n`);
      expect(counts.get('500')).toBeUndefined();
      for (const status of ['200', '400', '404', 'closed']) {
        expect(counts.get(status) ?? 0, status).toBeGreaterThan(INPUTS / 1_000);
      }
      expect(heap).toBeLessThan(GROWTH_MAX);
    },
    60_000 + 20 * INPUTS,
  );
});
