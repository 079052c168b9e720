/**
 * How much two gateways, a process each, carry through their servers for HTTP and gRPC, how long a packet takes, and
 * how much memory they need. `ORRERY_FACES_SECONDS` is the length of the soak; what is offered to find the
 * greatest rate is 120 % of 500,000 packets a minute.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grpcFace, httpFace, offer } from './face-load.ts';
import { type GatewayPair, startGatewayPair } from './gateway-pair.ts';
import { cleanUp } from './support.ts';

const SOAK_S = Number(process.env['ORRERY_FACES_SECONDS'] ?? 20);
const FACES = [
  ['HTTP', httpFace],
  ['gRPC', grpcFace],
] as const;
const FULL = { perSecond: 10_000, seconds: 10 };
/** What a machine carries beside other work: 18,000 a minute. */
const CALM = { perSecond: 300, seconds: 10 };
const SOAK = { perSecond: 150, seconds: SOAK_S };
const MEMORY_MAX = 256 * 2 ** 20;
const PAGE_BYTES = 4_096;
/** A soak this long tells a rise of memory from its first growth. */
const RISE_S_MIN = 300;
const RISE_MAX = 1.1;

describe('two gateways that programs use through', () => {
  let pair: GatewayPair;
  beforeAll(async () => {
    pair = await startGatewayPair(2 * SOAK_S + 200);
  }, 120_000);
  afterAll(() => {
    pair.close();
    cleanUp();
  });

  it(
    'both need at most 256 MiB each, which do not rise',
    async () => {
      const rss: number[][] = [[], []];
      let isOver = false;
      const sampling = (async (): Promise<void> => {
        while (!isOver) {
          for (const [at, { child }] of pair.gateways.entries())
            rss[at]!.push(residentBytes(child.pid!));
          await sleep(1_000);
        }
      })();
      const [http, grpc] = await Promise.all([
        offer(httpFace, pair.gateways, SOAK),
        offer(grpcFace, pair.gateways, SOAK),
      ]);
      isOver = true;
      await sampling;
      expect((http.delivered + grpc.delivered) / (http.taken + grpc.taken)).toBeGreaterThan(0.99);
      for (const [at, own] of rss.entries()) {
        const [early, late] = [median(own, 0.25, 0.5), median(own, 0.75, 1)];
        const [most, from, to] = [Math.max(...own), early, late].map((bytes) =>
          (bytes / 2 ** 20).toFixed(1),
        );
        process.stderr.write(
          `${pair.gateways[at]!.name}: at most ${most} MiB, ${from} in the second quarter, ${to} in the last\n`,
        );
        expect(Math.max(...own)).toBeLessThanOrEqual(MEMORY_MAX);
        if (SOAK_S >= RISE_S_MIN) expect(late / early).toBeLessThanOrEqual(RISE_MAX);
      }
    },
    (SOAK_S + 60) * 1_000,
  );

  it.each(FACES)('%s carry 18,000 packets a minute, p95 within 100 ms', async (_, face) => {
    const { offered, delivered, p95Ms } = await offer(face, pair.gateways, CALM);
    expect(delivered / offered).toBeGreaterThan(0.99);
    expect(p95Ms).toBeLessThanOrEqual(100);
  });

  it.each(FACES)('%s carry what they take of 600,000 packets a minute', async (_, face) => {
    const { taken, delivered } = await offer(face, pair.gateways, FULL);
    expect(delivered / taken).toBeGreaterThan(0.99);
  });
});

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
}

function median(values: readonly number[], from: number, to: number): number {
  const part = values.slice(Math.floor(from * values.length), Math.ceil(to * values.length));
  return part.sort((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
}
