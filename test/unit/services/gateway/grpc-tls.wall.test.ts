/** The gRPC server of a gateway over TLS, with certificates of clients. */
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect } from 'node:tls';
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { CONNECTIONS_MAX } from '../../../../services/gateway/grpc-server.ts';
import {
  type GatewayGrpcServer,
  PacketQueue,
  startGrpcServer,
} from '../../../../services/gateway/index.ts';
import { makeCertificateAuthority, makeCertificateOf } from '../../../certificates.ts';
import { GatewayClient } from './grpc-client.ts';
import { PlayedGateway } from './played-gateway.ts';

const authority = makeCertificateAuthority('office');
const gateway = makeCertificateOf('gateway', authority);
const client = makeCertificateOf('client', authority);
const other = makeCertificateAuthority('other');

const open: { close(): unknown }[] = [];
afterEach(() => {
  for (const one of open.splice(0).reverse()) one.close();
});

async function serve(): Promise<GatewayGrpcServer> {
  const node = new PlayedGateway();
  const server = await startGrpcServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0, messageBytesMax: 1_000 },
    tls: { ...gateway, clientCa: authority.certificate },
  });
  open.push(server);
  return server;
}

function identity(who?: { certificate: string; key: string }, ca = authority): ChannelCredentials {
  const pem = (text: string | undefined): Buffer | null =>
    text === undefined ? null : Buffer.from(text);
  return credentials.createSsl(
    ...([pem(ca.certificate), pem(who?.key), pem(who?.certificate)] as const),
    { checkServerIdentity: () => undefined },
  );
}

/** The status of a call with a connection of its own. */
async function codeOf({ port }: GatewayGrpcServer, secured: ChannelCredentials): Promise<number> {
  const caller = new GatewayClient(port, secured);
  open.push(caller);
  return (await caller.call('Health', {}, { deadlineMs: 20_000 })).code;
}

describe('gRPC over TLS', () => {
  it('lets in clients whose certificate the authority has signed, with TLS 1.3 only', async () => {
    const server = await serve();
    expect(await codeOf(server, identity(client))).toBe(status.OK);
    expect(server.failedHandshakes).toBe(0);
    const stranger = makeCertificateOf('client', other);
    expect(await codeOf(server, identity(stranger))).toBe(status.UNAVAILABLE);
    expect(await codeOf(server, identity())).toBe(status.UNAVAILABLE);
    expect(await codeOf(server, credentials.createInsecure())).toBe(status.UNAVAILABLE);
    const failed = server.failedHandshakes;
    expect(failed).toBeGreaterThanOrEqual(3);
    const { key, certificate: cert } = client;
    const at = { host: '127.0.0.1', port: server.port, ca: authority.certificate, key, cert };
    const old = connect({ ...at, maxVersion: 'TLSv1.2', checkServerIdentity: () => undefined });
    await expect(once(old, 'secureConnect')).rejects.toThrow(/protocol version/);
    await expect.poll(() => server.failedHandshakes).toBeGreaterThan(failed);
  });

  it('uses certificates that are read again for new connections', async () => {
    const server = await serve();
    server.reloadTls({ ...makeCertificateOf('gateway', other), clientCa: other.certificate });
    expect(await codeOf(server, identity(client))).toBe(status.UNAVAILABLE);
    const welcome = identity(makeCertificateOf('client', other), other);
    expect(await codeOf(server, welcome)).toBe(status.OK);
  });

  it('keeps an idle client though strangers open more connections than there may be', async () => {
    const server = await serve();
    const { key, certificate: cert } = client;
    const at = { host: '127.0.0.1', port: server.port, ca: authority.certificate, key, cert };
    const idle = connect({ ...at, ALPNProtocols: ['h2'], checkServerIdentity: () => undefined });
    await once(idle.resume(), 'secureConnect');
    open.push({ close: () => idle.destroy() });
    for (let index = 0; index <= CONNECTIONS_MAX; index += 1) {
      const stranger = connectTcp(server.port, '127.0.0.1').resume();
      stranger.on('error', () => undefined);
      open.push({ close: () => stranger.destroy() });
      await once(stranger, 'connect');
      // The head of a record whose body never comes (RFC 8446 section 5.1).
      stranger.write(Buffer.of(22, 3, 1, 1, 0));
      // The server has read all of them when the last one comes.
      if (index === CONNECTIONS_MAX - 2) await new Promise((resolve) => setTimeout(resolve, 300));
    }
    expect(await codeOf(server, identity(client))).toBe(status.OK);
    expect(idle.closed).toBe(false);
  }, 30_000);
});
