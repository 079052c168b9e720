/** Frames that several threads open: judged once, in order, as if one thread had opened them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { ByteJobInput, ComputeResult } from '../../engine/host/compute.ts';
import { openJob } from '../../nodes/gateway/opening/open-job.ts';
import { OpenThreads } from '../../nodes/gateway/opening/open-threads.ts';
import {
  OPENING_BYTES_MAX,
  OPENING_FRAMES_MAX,
  OpeningQueue,
} from '../../nodes/gateway/opening/opening-queue.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });

/** Threads that answer when the test says so. */
class Threads {
  readonly calls: (ByteJobInput & { done(result: ComputeResult): void })[] = [];
  readonly warnings: string[] = [];
  readonly threads = new OpenThreads({
    compute: (_job: string, input: unknown, done: (result: ComputeResult) => void) => {
      this.calls.push({ ...(input as ByteJobInput), done });
      return { cancel: (): void => undefined };
    },
    log: { warn: (text: string): void => void this.warnings.push(text) },
  } as unknown as ConstructorParameters<typeof OpenThreads>[0]);
}

describe('frames that threads open', () => {
  it('are at most 4 MiB, whatever their number, since nobody has authenticated them', () => {
    const queue = new OpeningQueue(() => undefined);
    const done = queue.add(new Uint8Array(OPENING_BYTES_MAX));
    expect(queue.isFull).toBe(true);
    done(undefined);
    expect(queue.isFull).toBe(false);
  });

  it('are taken once each and in the order in which they came, whatever finishes first', () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 40 }, (_, at) => at),
      { minLength: 40, maxLength: 40 },
    );
    fc.assert(
      fc.property(order, (finished) => {
        const taken: number[] = [];
        const queue = new OpeningQueue((bytes, length) => {
          expect(length).toBe(bytes[0]);
          taken.push(bytes[0] as number);
        });
        const answers = finished.map((_, at) => queue.add(Uint8Array.of(at)));
        for (const at of finished) answers[at]?.(at);
        expect(taken).toEqual(finished.map((_, at) => at));
        expect(queue.size).toBe(0);
      }),
    );
  });

  it('are bounded, and forgotten with their peer', () => {
    const taken: number[] = [];
    const queue = new OpeningQueue(([byte]) => void taken.push(byte as number));
    const answers = Array.from({ length: OPENING_FRAMES_MAX }, () => queue.add(Uint8Array.of(1)));
    expect(queue.isFull).toBe(true);
    expect(queue.clear()).toHaveLength(OPENING_FRAMES_MAX);
    for (const answer of answers) answer(0);
    expect(taken).toEqual([]);
  });

  it('are with threads that wipe a key as soon as it is retired', () => {
    const { calls, threads } = new Threads();
    const [one, two] = [7, 9].map((byte) => threads.add(new Uint8Array(32).fill(byte)));
    expect([one, two]).toEqual([0, 1]);
    const before = calls.at(-1)?.setup ?? expect.fail('no call');
    expect([...before].filter((byte) => byte === 7)).toHaveLength(32);
    threads.remove(0);
    const after = calls.at(-1)?.setup ?? expect.fail('no call');
    expect(after).not.toBe(before);
    expect(after.includes(7)).toBe(false);
    expect(after.includes(9)).toBe(true);
    // What the node keeps of it is overwritten, too.
    expect(before.every((byte) => byte === 0)).toBe(true);
  });

  it('are opened by the main thread if a thread dies, which is said once', () => {
    const { calls, threads, warnings } = new Threads();
    const answers: (number | undefined)[] = [];
    for (let at = 0; at < 2; at += 1)
      threads.open(new Uint8Array(20), (length) => answers.push(length));
    for (const { done } of calls) done({ kind: 'failed', message: 'worker 1 died' });
    expect(answers).toEqual([undefined, undefined]);
    expect(warnings).toEqual([expect.stringContaining('worker 1 died')]);
  });

  it('are no frames, or name no key: the job opens none of them and does not throw', () => {
    const job = openJob.open(new Uint8Array(36).fill(3), crypto);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 100 }), (bytes) => {
        const record = new Uint8Array(4);
        job.run(bytes.slice(), record);
        expect([...record]).toEqual([0, 0, 0, 0]);
      }),
    );
    job.close();
  });
});
