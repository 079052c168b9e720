/**
 * Whatever bytes reach the operator's port, the node keeps running and its state does not change.
 *
 * @module
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatorServer, startOperatorServer } from '../../../../services/operator/index.ts';
import { sendAndHalfClose } from '../../../property/half-closed.ts';
import { fakeFace, keptLog } from './fake-face.ts';

const SEED = Number(process.env['ORRERY_FUZZ_SEED'] ?? 1);
const RUNS = 1_500;

const REQUESTS = [
  'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /status HTTP/1.0\r\n\r\n',
  'HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
  'POST /probe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc',
  'PUT /log-level HTTP/1.1\r\nHost: localhost\r\nContent-Length: 16\r\n\r\n{"level":"loud"}',
  'PUT /log-level HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"lev\r\n0\r\n\r\n',
  'CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n',
  'GET /status HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n',
  `GET /${'a'.repeat(10_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
];

const garbage = fc.uint8Array({ minLength: 1, maxLength: 400 });
/** A request with some bytes overwritten, truncated somewhere, and followed by other bytes. */
const damaged = fc
  .record({
    request: fc.constantFrom(...REQUESTS),
    hits: fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
      maxLength: 4,
    }),
    keep: fc.double({ min: 0.1, max: 1, noNaN: true }),
    after: fc.uint8Array({ maxLength: 60 }),
  })
  .map(({ request, hits, keep, after }) => {
    const bytes = Buffer.from(request, 'latin1');
    for (const [at, value] of hits) bytes[Math.floor(at * bytes.length)] = value;
    return Uint8Array.from([...bytes.subarray(0, Math.ceil(keep * bytes.length)), ...after]);
  });

describe('the operator port', () => {
  const { log } = keptLog();
  let server: OperatorServer;

  beforeAll(async () => {
    server = await startOperatorServer({ face: fakeFace(), log, port: 0 });
  });
  afterAll(() => server.close());

  it('answers after any bytes, and keeps no connection that sent them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(garbage, damaged), async (bytes) => {
        await exchange(server.port, bytes).catch((error: unknown) => {
          const where = `ORRERY_FUZZ_SEED=${SEED} ${Buffer.from(bytes).toString('hex')}`;
          throw new Error(where, { cause: error });
        });
      }),
      { seed: SEED, numRuns: RUNS },
    );
    const health = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
    const answer = await exchange(server.port, Buffer.from(health));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"state":"running"/);
    expect(log.levels()).toEqual({ level: 'info', components: {} });
  });
});

async function exchange(port: number, bytes: Uint8Array): Promise<string> {
  const answer = await sendAndHalfClose({ host: '127.0.0.1', port }, bytes);
  return Buffer.from(answer).toString('latin1');
}
