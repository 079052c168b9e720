/**
 * The loads for the benchmark of the pipeline, with small numbers and real threads. Nothing here
 * depends on the speed of the machine.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Load,
  offerAtRate,
  type PipelineLoadResult,
  saturate,
} from '../../../bench/workloads/pipeline-load.ts';
import { TOKENS_PER_RUN_MAX, ValidPackets } from '../../../bench/workloads/valid-packets.ts';
import { createCryptoProvider } from '../../../engine/crypto/index.ts';
import { Pipeline } from '../../../engine/live/pipeline/pipeline.ts';
import { poolHitRatio } from '../../../engine/live/pipeline/stats.ts';

const TOTAL = 1_500;
const valid = new ValidPackets(createCryptoProvider('node'), 'x25519-kem', 64);
const pipeline = new Pipeline({ workers: 2 });
let job = 0;
let runs = 0;

beforeAll(async () => {
  const moduleUrl = new URL('../../../bench/workloads/sphinx-job.ts', import.meta.url).href;
  job = pipeline.open({ moduleUrl, job: 'unwrap', crypto: 'node' }, valid.setup);
  await pipeline.settled();
});
afterAll(() => pipeline.close());

function load(): Load {
  const firstToken = runs * TOKENS_PER_RUN_MAX;
  runs += 1;
  const settle: Load['settle'] = (token, result) => valid.settle(token, result);
  return { pipeline, job, packets: valid.packets, firstToken, settle };
}

function hitRatio({ before, after }: PipelineLoadResult): number {
  const poolHits = after.poolHits - before.poolHits;
  return poolHitRatio({ ...after, poolHits, poolMisses: after.poolMisses - before.poolMisses });
}

describe('a load on the pipeline', () => {
  it('R-174, R-175: finds its buffers in the pool and drops nothing while a window is full', async () => {
    const measured = await saturate(load(), TOTAL, 256);
    expect(valid.wrong).toBe(0);
    expect(measured).toMatchObject({ sent: TOTAL, dropped: 0 });
    expect(measured.times.data().count).toBe(TOTAL);
    expect(hitRatio(measured)).toBeGreaterThan(0.85);
  });

  it('sends as many packets as asked for at a rate, and each comes back once', async () => {
    const measured = await offerAtRate(load(), 400, 1_000);
    expect(measured.times.data().count + measured.dropped).toBe(400);
    expect(measured.seconds).toBeGreaterThan(0.25);
    expect(valid.wrong).toBe(0);
  });

  it.each([
    ['the header', 40],
    ['the payload', 1_500],
    ['the last byte', -1],
  ])('R-192: finds each packet of which one bit changed on its way, in %s', async (_where, at) => {
    const before = valid.wrong;
    const packets = valid.packets.map((bytes, index) => (index === 7 ? flipped(bytes, at) : bytes));
    await saturate({ ...load(), packets }, 640, 64);
    // One of 64 packets is wrong, in ten passes.
    expect(valid.wrong - before).toBe(10);
  });

  it('R-192: does not count a packet that the filter has seen', async () => {
    const before = valid.wrong;
    const twice = load();
    await saturate(twice, 10, 10);
    expect(valid.wrong).toBe(before);
    await saturate(twice, 10, 10);
    expect(valid.wrong - before).toBe(10);
  });
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const changed = bytes.slice();
  const place = at < 0 ? changed.length + at : at;
  changed[place] = (changed[place] as number) ^ 1;
  return changed;
}
