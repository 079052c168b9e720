/** Who may connect to the servers of a gateway: real connections from several addresses of this machine. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import {
  CallerFilter,
  PacketQueue,
  startGatewayServer,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { PlayedGateway } from './played-gateway.ts';

const authority = makeCertificateAuthority('office');
const tls = { ...makeCertificateOf('gateway', authority), clientCa: undefined };

type Ranges = ConstructorParameters<typeof CallerFilter>[0];
const range = (address: string, prefixLength: number): Ranges['allowed'][number] => ({
  ...{ address, prefixLength, family: address.includes(':') ? 'ipv6' : 'ipv4' },
});
/** Everybody of 127.0.0.0/29 but one. */
const RANGES: Ranges = { allowed: [range('127.0.0.0', 29)], blocked: [range('127.0.0.3', 32)] };

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

interface Served {
  readonly port: number;
  readonly callers: CallerFilter;
}

async function serve(
  kind: 'HTTP' | 'TLS' | 'gRPC',
  ranges = RANGES,
  host = '127.0.0.1',
): Promise<Served> {
  const callers = new CallerFilter(ranges);
  const node = new PlayedGateway();
  const parts = { node, queue: new PacketQueue(node), host, port: 0, callers };
  const bounds = { packetBytesMax: 1_000, connectionsMax: 10, idleMs: 5_000 };
  const server =
    kind === 'gRPC'
      ? await startGrpcServer({ ...parts, messageBytesMax: 1_000 })
      : await startGatewayServer({ ...parts, ...bounds, ...(kind === 'TLS' ? { tls } : {}) });
  open.push(server);
  return { port: server.port, callers };
}

/** The first bytes that a server says to a caller from an address; empty if it says nothing. */
async function hear(port: number, localAddress: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.on('error', () => undefined);
  socket.write('GET /scion HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let said = '';
  socket.on('data', (bytes: Buffer) => {
    said += bytes.toString('latin1');
    socket.destroy();
  });
  await once(socket, 'close');
  return said;
}

describe('a caller', () => {
  it('is answered from an allowed address, and from a blocked or other one not heard', async () => {
    const { port, callers } = await serve('HTTP');
    expect(await hear(port, '127.0.0.2')).toMatch(/^HTTP\/1.1 404/);
    expect(await hear(port, '127.0.0.3')).toBe('');
    expect(await hear(port, '127.0.0.8')).toBe('');
    expect(await hear(port, '127.0.0.7')).toMatch(/^HTTP\/1.1 404/);
    expect(callers.refused).toBe(2);
  });

  it('is refused before its TLS handshake', async () => {
    const { port, callers } = await serve('TLS');
    const shake = (localAddress: string): Promise<unknown> => {
      // `localAddress` is passed on to net.connect.
      const more: object = { localAddress, checkServerIdentity: (): undefined => undefined };
      const at = { ca: authority.certificate, host: '127.0.0.1', port };
      const socket = connectTls({ ...more, ...at });
      open.push({ close: () => socket.destroy() });
      return once(socket, 'secureConnect').then(
        () => 'open',
        () => 'refused',
      );
    };
    expect([await shake('127.0.0.2'), await shake('127.0.0.3')]).toEqual(['open', 'refused']);
    expect(callers.refused).toBe(1);
  });

  it('of gRPC is refused as one of HTTP', async () => {
    const { port, callers } = await serve('gRPC');
    expect(await hear(port, '127.0.0.2')).not.toBe('');
    expect(await hear(port, '127.0.0.3')).toBe('');
    expect(callers.refused).toBe(1);
  });

  it.each([
    ['an IPv4 range', RANGES],
    [
      'a range of IPv4-mapped addresses',
      { allowed: [range('::ffff:127.0.0.0', 125)], blocked: [range('::ffff:7f00:3', 128)] },
    ],
  ])('of IPv4 at a server of IPv6 is in %s', async (_, ranges) => {
    const { port } = await serve('HTTP', ranges, '::');
    expect(await hear(port, '127.0.0.2')).toMatch(/^HTTP/);
    expect(await hear(port, '127.0.0.3')).toBe('');
    expect(await hear(port, '127.0.0.8')).toBe('');
  });

  it('is let in from everywhere without ranges', async () => {
    const { port } = await serve('HTTP', { allowed: [], blocked: [] });
    expect(await hear(port, '127.0.0.3')).toMatch(/^HTTP/);
  });
});
