/** The gRPC server of a daemon, asked by the client of the same package. @module */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Client, type ClientUnaryCall, credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DaemonServer,
  DaemonStartError,
  startDaemonServer,
} from '../../../../services/daemon/index.ts';
import { CALLS_MAX, CONNECTIONS_MAX } from '../../../../services/daemon/server.ts';
import { askWell, REQUESTS } from './daemon-answers.ts';

let server: DaemonServer;
let client: Client;

beforeAll(async () => {
  server = await startDaemonServer({ host: '127.0.0.1', port: 0, ask: askWell });
  client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
});

afterAll(() => {
  client.close();
  server.close();
});

/** The bytes of an answer, or the code of its status. */
function call(name: string, request: Uint8Array, by = client): Promise<Buffer | number> {
  const same = (bytes: Buffer): Buffer => bytes;
  const path = `/proto.daemon.v1.DaemonService/${name}`;
  return new Promise((resolve) => {
    by.makeUnaryRequest(path, same, same, Buffer.from(request), (error, answer) => {
      resolve(error?.code ?? answer ?? status.UNKNOWN);
    });
  });
}

describe('the server of a daemon', () => {
  it('answers the calls that it has', async () => {
    for (const [name, request] of Object.entries(REQUESTS)) {
      expect(await call(name, request)).toBeInstanceOf(Buffer);
    }
  });

  it('has a status for calls that it has not, and for requests that are bad or too long', async () => {
    expect(await call('Services', new Uint8Array(0))).toBe(status.UNIMPLEMENTED);
    expect(await call('Paths', Uint8Array.of(0x08))).toBe(status.INVALID_ARGUMENT);
    expect(await call('Paths', new Uint8Array(10_000))).toBe(status.RESOURCE_EXHAUSTED);
  });

  it('let cancelled calls go on, and each connection have as many as it wanted', async () => {
    const signals: AbortSignal[] = [];
    const own = await startDaemonServer({
      ...{ host: '127.0.0.1', port: 0 },
      ask: (_, __, signal) => {
        signals.push(signal!);
        return new Promise((resolve) => {
          signal!.addEventListener('abort', () => resolve({ problem: 'nobody wants it' }));
        });
      },
    });
    const clients = Array.from({ length: 3 }, (_, index) => {
      const options = { 'grpc.use_local_subchannel_pool': 1, index };
      return new Client(`127.0.0.1:${own.port}`, credentials.createInsecure(), options);
    });
    const same = (bytes: Buffer): Buffer => bytes;
    const path = '/proto.daemon.v1.DaemonService/AS';
    const codes: (number | undefined)[] = [];
    const begin = (by: Client | undefined): ClientUnaryCall | undefined =>
      by?.makeUnaryRequest(path, same, same, Buffer.alloc(0), (error) => codes.push(error?.code));
    const [first, second, third] = clients;
    const begun = [first, first, first, first, second, second, second, second].map(begin);
    await expect.poll(() => signals.length).toBe(CALLS_MAX);
    begin(third);
    await expect.poll(() => codes).toEqual([status.RESOURCE_EXHAUSTED]);
    begun[0]?.cancel();
    await expect.poll(() => signals[0]?.aborted).toBe(true);
    begin(third);
    await expect.poll(() => signals.length).toBe(CALLS_MAX + 1);
    for (const one of clients) one.close();
    own.close();
    await expect.poll(() => signals.every(({ aborted }) => aborted)).toBe(true);
  });

  it('kept as many connections as somebody opened, while none of them said anything', async () => {
    const own = await startDaemonServer({ host: '127.0.0.1', port: 0, ask: askWell });
    const ended: number[] = [];
    const sockets: Socket[] = [];
    for (let index = 0; index < CONNECTIONS_MAX + 2; index += 1) {
      const socket = connect({ host: '127.0.0.1', port: own.port }).resume();
      socket.on('error', () => undefined).on('close', () => ended.push(index));
      sockets.push(socket);
      await once(socket, 'connect');
    }
    await expect.poll(() => ended.length).toBe(2);
    expect(ended).toEqual([0, 1]);
    const late = new Client(`127.0.0.1:${own.port}`, credentials.createInsecure());
    expect(await call('AS', REQUESTS.AS, late)).toBeInstanceOf(Buffer);
    expect(ended).toEqual([0, 1, 2]);
    late.close();
    own.close();
    await expect.poll(() => ended.length).toBe(CONNECTIONS_MAX + 2);
  });

  it('has room again when an answer has left', async () => {
    for (let count = 0; count < 3 * CALLS_MAX; count += 1) {
      expect(await call('AS', REQUESTS.AS)).toBeInstanceOf(Buffer);
    }
  });

  it('listens on loopback only, and says why there is none', async () => {
    const open = (host: string, port: number): Promise<DaemonServer> =>
      startDaemonServer({ host, port, ask: askWell });
    await expect(open('0.0.0.0', 0)).rejects.toThrow(DaemonStartError);
    await expect(open('127.0.0.1', server.port)).rejects.toThrow(DaemonStartError);
  });
});
