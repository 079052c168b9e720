/**
 * Frames of 1,000 bytes a second that a gateway opens: by its main thread, and by one and by two worker threads, with the
 * queue that keeps them in order. A worker costs the main thread a copy there and back; no gain is promised.
 *
 * `npm run bench -- opening`, on an otherwise idle machine.
 *
 * @module
 */
import { createCryptoProvider } from '../engine/crypto/index.ts';
import type { ComputeResult } from '../engine/host/compute.ts';
import { ComputePool } from '../engine/live/compute-pool.ts';
import { FrameCipher } from '../nodes/gateway/crypto.ts';
import { FRAME_OVERHEAD_BYTES_MAX, FRAME_TYPE } from '../nodes/gateway/geometry.ts';
import { protocol } from '../nodes/gateway/index.ts';
import { OPEN_PREFIX_BYTES, writeOpenPrefix } from '../nodes/gateway/opening/open-job.ts';
import { OpenThreads } from '../nodes/gateway/opening/open-threads.ts';
import { OPENING_FRAMES_MAX, OpeningQueue } from '../nodes/gateway/opening/opening-queue.ts';
import { decodeFrame, FrameHeader } from '../nodes/gateway/wire.ts';
import { type BenchResult, requireEqual, spreadOf } from './bench-result.ts';

/** Name of this benchmark for `npm run bench -- opening`. */
export const name = 'opening';

const PACKET_BYTES = 1_000;
const FRAMES = 40_000;
const ROUNDS = 5;
const MS_PER_SECOND = 1_000;

const crypto = createCryptoProvider('node', { timing: 'constant' });
const sealer = (): FrameCipher => {
  const key = new Uint8Array(32).fill(7);
  const keys = { sendKey: key, receiveKey: key, wipe: (): void => undefined };
  return new FrameCipher(crypto, keys as never);
};

/** A datagram with nothing but a frame, in the bytes of a call. */
function makeFrame(cipher: FrameCipher): Uint8Array {
  const header = new FrameHeader();
  header.type = FRAME_TYPE.data;
  header.epoch = 1;
  header.fragments = 1;
  const bytes = new Uint8Array(OPEN_PREFIX_BYTES + PACKET_BYTES + FRAME_OVERHEAD_BYTES_MAX);
  const length = cipher.seal(header, new Uint8Array(PACKET_BYTES), bytes, OPEN_PREFIX_BYTES);
  return bytes.slice(0, OPEN_PREFIX_BYTES + length);
}

function onMainThread(): number {
  const cipher = sealer();
  const frame = makeFrame(cipher);
  const header = new FrameHeader();
  const target = new Uint8Array(PACKET_BYTES);
  const began = performance.now();
  for (let count = 0; count < FRAMES; count += 1) {
    const bytes = frame.slice();
    decodeFrame(bytes, OPEN_PREFIX_BYTES, bytes.length - OPEN_PREFIX_BYTES, header);
    requireEqual('length', cipher.open(header, bytes, target), PACKET_BYTES);
  }
  return (FRAMES * MS_PER_SECOND) / (performance.now() - began);
}

async function onThreads(pool: ComputePool): Promise<number> {
  const frame = makeFrame(sealer());
  const compute = (job: string, input: unknown, done: (result: ComputeResult) => void): void =>
    pool.bytes.submit({
      owner: name,
      address: { moduleUrl: protocol.moduleUrl, job, crypto: 'node' },
      ...{ input: input as never, affinity: -1, isWanted: () => true, done },
    });
  const threads = new OpenThreads({ compute, log: console } as never);
  const key = threads.add(new Uint8Array(32).fill(7));
  const began = performance.now();
  let [sent, taken] = [0, 0];
  await new Promise<void>((resolve) => {
    const queue = new OpeningQueue((_, length) => {
      requireEqual('length', length ?? -1, PACKET_BYTES);
      taken += 1;
      if (taken === FRAMES) resolve();
      else fill();
    });
    const fill = (): void => {
      for (; sent < FRAMES && queue.size < OPENING_FRAMES_MAX / 2; sent += 1) {
        const bytes = frame.slice();
        writeOpenPrefix(bytes, key, 0);
        threads.open(bytes, queue.add(bytes));
      }
    };
    fill();
  });
  return (FRAMES * MS_PER_SECOND) / (performance.now() - began);
}

/** Measures the rates, the first round of each not counted. */
export async function run(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  const add = async (label: string, rate: () => number | Promise<number>): Promise<void> => {
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) rates.push(await rate());
    results.push({ name: label, unit: 'frames/s', ...spreadOf(rates.slice(1)) });
  };
  await add('opened by the main thread', onMainThread);
  for (const workers of [1, 2]) {
    const pool = new ComputePool(workers);
    await pool.bytes.warm([protocol.moduleUrl]);
    await add(`opened by ${workers} worker${workers === 1 ? '' : 's'}`, () => onThreads(pool));
    await pool.close();
  }
  return results;
}
