/** The gRPC server of a daemon, asked by the client of the same package. @module */
import { Client, credentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type DaemonServer,
  DaemonStartError,
  startDaemonServer,
} from '../../../../services/daemon/index.ts';
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
function call(name: string, request: Uint8Array): Promise<Buffer | number> {
  const same = (bytes: Buffer): Buffer => bytes;
  const path = `/proto.daemon.v1.DaemonService/${name}`;
  return new Promise((resolve) => {
    client.makeUnaryRequest(path, same, same, Buffer.from(request), (error, answer) => {
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

  it('listens on loopback only, and says why there is none', async () => {
    const open = (host: string, port: number): Promise<DaemonServer> =>
      startDaemonServer({ host, port, ask: askWell });
    await expect(open('0.0.0.0', 0)).rejects.toThrow(DaemonStartError);
    await expect(open('127.0.0.1', server.port)).rejects.toThrow(DaemonStartError);
  });
});
