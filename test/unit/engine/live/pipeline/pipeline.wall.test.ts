/**
 * The pipeline with real threads: no packet is lost, duplicated or out of order, and every drop has
 * a reason and is counted. No result depends on timing; the test waits for events only.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Pipeline, type PipelineOptions } from '../../../../../engine/live/pipeline/pipeline.ts';
import { poolHitRatio } from '../../../../../engine/live/pipeline/stats.ts';
import type { ResultSink, Submission } from '../../../../../engine/live/pipeline/submission.ts';
import { POISON } from '../../../../fixtures/jobs/byte-jobs.ts';

const moduleUrl = new URL('../../../../fixtures/jobs/byte-jobs.ts', import.meta.url).href;

const pipelines: Pipeline[] = [];
afterEach(async () => {
  await Promise.all(pipelines.splice(0).map((pipeline) => pipeline.close()));
});

function start(options: PipelineOptions): Pipeline {
  const pipeline = new Pipeline({ slotBytes: 64, ...options });
  pipelines.push(pipeline);
  return pipeline;
}

function open(pipeline: Pipeline, job = 'add', summand = 1): number {
  return pipeline.open({ moduleUrl, job, crypto: 'noble' }, Uint8Array.of(summand));
}

interface Seen {
  readonly token: number;
  readonly status: string;
  readonly bytes: readonly number[];
  readonly record: readonly number[];
  readonly worker: number;
}

/** Collects the results. */
function collector(): ResultSink & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    done(token, { status, bytes, record, worker }): void {
      seen.push({ token, status, bytes: [...bytes], record: [...record], worker });
    },
  };
}

function packet(job: number, sink: ResultSink, more: Partial<Submission> = {}): Submission {
  return { job, sink, bytes: Uint8Array.of(1, 2, 3), token: 0, affinity: -1, ...more };
}

describe('the pipeline', () => {
  it('R-190: changes bytes in place, fills the record, and leaves the bytes of the caller alone', async () => {
    const pipeline = start({ workers: 1 });
    const sink = collector();
    const bytes = Uint8Array.of(1, 2, 3, 4, 5);
    pipeline.submit(packet(open(pipeline, 'add', 10), sink, { bytes, token: 7 }));
    await pipeline.drained();
    const record = [1, 2, 3, 4];
    const result = { token: 7, status: 'done', bytes: [11, 12, 13, 14, 15], record, worker: 0 };
    expect(sink.seen).toEqual([result]);
    expect([...bytes]).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps what its threads collect at once small, so that no packet waits for it long', async () => {
    const pipeline = start({ workers: 1 });
    const sink = collector();
    pipeline.submit(packet(open(pipeline, 'young'), sink));
    await pipeline.drained();
    expect(sink.seen[0]?.record[0]).toBeLessThanOrEqual(4);
  });

  for (const [wakeUp, total] of [
    ['port', 99_999],
    ['wait-async', 9_999],
  ] as const) {
    it(`R-177: loses, doubles and reorders none of ${total} packets on three workers (${wakeUp})`, async () => {
      const pipeline = start({ workers: 3, slots: 64, queue: 1_000, wakeUp, onCredit: feed });
      const job = open(pipeline);
      const last = [-1, -1, -1];
      const perWorker = [0, 0, 0];
      let wrong = 0;
      let sent = 0;
      const bytes = new Uint8Array(4);
      const words = new DataView(bytes.buffer);
      const sink: ResultSink = {
        done(token, { status, record, worker }): void {
          const found = new DataView(record.buffer, record.byteOffset).getUint32(0);
          if (status !== 'done' || found !== token % 2 ** 24) wrong += 1;
          // Three producers with one token sequence each: each gets its packets back in order.
          const producer = token % 3;
          if (token <= (last[producer] as number)) wrong += 1;
          last[producer] = token;
          (perWorker[worker] as number) += 1;
        },
      };
      function feed(): void {
        while (sent < total && pipeline.credits > 0) {
          words.setUint32(0, sent);
          pipeline.submit(packet(job, sink, { bytes, token: sent, affinity: sent % 3 }));
          sent += 1;
        }
      }
      feed();
      while (sent < total) await pipeline.drained();
      await pipeline.drained();
      expect(wrong).toBe(0);
      expect(perWorker).toEqual([total / 3, total / 3, total / 3]);
      const { stats } = pipeline;
      const { submitted, processed, drops, peak } = stats;
      expect({ submitted, processed, peak }).toEqual({
        submitted: total,
        processed: total,
        peak: 1_000,
      });
      // A producer that checks its credits loses nothing.
      expect(drops).toEqual({ 'queue-full': 0, 'too-long': 0, 'no-worker': 0 });
      expect(stats.poolHits + stats.poolMisses).toBe(total);
    });
  }

  it.each([
    // The third number counts batches; one more batch carries the message that opens the job.
    [{}, 256, 1 + 2],
    [{}, 257, 1 + 3],
    [{ batch: 1 }, 20, 1 + 20],
    [{ batch: 7 }, 21, 1 + 3],
    [{ batch: 7 }, 22, 1 + 4],
    [{ batch: 400 }, 257, 1 + 1],
  ])(
    'R-172: takes 128 packets at a time, or as many as its option says: %o, %i packets',
    async (options, count, batches) => {
      const pipeline = start({ workers: 1, ...options });
      const job = open(pipeline);
      const sink = collector();
      // All packets are submitted before the thread is ready.
      for (let token = 0; token < count; token += 1) pipeline.submit(packet(job, sink, { token }));
      await pipeline.drained();
      expect(sink.seen).toHaveLength(count);
      expect(pipeline.stats.batches).toBe(batches);
    },
  );

  it('R-172, R-176: has 1,024 buffers and room for 10,000 packets unless it is told otherwise', async () => {
    const pipeline = start({ workers: 1 });
    const job = open(pipeline);
    const sink = collector();
    const bytes = Uint8Array.of(1);
    const outcomes = Array.from({ length: 10_003 }, () =>
      pipeline.submit(packet(job, sink, { bytes })),
    );
    expect(outcomes.indexOf('queue-full')).toBe(10_000);
    expect(outcomes.filter((outcome) => outcome === 'queue-full')).toHaveLength(3);
    await pipeline.drained();
    expect(sink.seen).toHaveLength(10_000);
    // Packets that found a free buffer are copied once, those that waited for one twice.
    expect(pipeline.stats.copiedBytes).toBe(1_024 + 2 * (10_000 - 1_024));
  });

  it('R-172, R-176: drops what its queue does not hold, counts it, and does all the rest', async () => {
    const pipeline = start({ workers: 1, slots: 4, queue: 10 });
    const job = open(pipeline);
    const sink = collector();
    const outcomes = Array.from({ length: 25 }, (_, token) =>
      pipeline.submit(packet(job, sink, { token })),
    );
    expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(10);
    expect(outcomes.slice(10)).toEqual(new Array(15).fill('queue-full'));
    expect(pipeline.credits).toBe(0);
    expect(pipeline.submit(packet(job, sink, { bytes: new Uint8Array(65) }))).toBe('too-long');
    await pipeline.drained();
    expect(sink.seen.map(({ token }) => token)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const { drops, poolHits, poolMisses } = pipeline.stats;
    expect(drops).toEqual({ 'queue-full': 15, 'too-long': 1, 'no-worker': 0 });
    expect([poolHits, poolMisses]).toEqual([9, 1]);
  });

  it('R-174: at saturation, its queue full all the time, more than 85 % of buffers are there already', async () => {
    const total = 4_000;
    const pipeline = start({ workers: 1, slots: 16, queue: 1_000, onCredit: feed });
    const job = open(pipeline);
    let back = 0;
    let sent = 0;
    const sink: ResultSink = {
      done(): void {
        back += 1;
      },
    };
    function feed(): void {
      for (; sent < total && pipeline.credits > 0; sent += 1) pipeline.submit(packet(job, sink));
    }
    feed();
    while (back < total) await pipeline.drained();
    const { stats } = pipeline;
    expect(stats).toMatchObject({ peak: 1_000, processed: total });
    expect(poolHitRatio(stats)).toBeGreaterThan(0.85);
    // At most 984 packets wait, and buffers are added 64 at a time.
    expect(stats.poolMisses).toBe(16);
  });

  it('R-178: counts the bytes that it copies: once, and twice for a packet that waits for a slot', async () => {
    const pipeline = start({ workers: 1, slots: 4, queue: 10 });
    const job = open(pipeline);
    const sink = collector();
    pipeline.submit(packet(job, sink, { bytes: new Uint8Array(50) }));
    await pipeline.drained();
    expect(pipeline.stats.copiedBytes).toBe(50);
    for (let token = 0; token < 10; token += 1) pipeline.submit(packet(job, sink));
    await pipeline.drained();
    // Four of the ten packets found a slot.
    expect(pipeline.stats.copiedBytes).toBe(50 + 3 * (4 + 2 * 6));
  });

  it('keeps apart what waits in buffers that others have used', async () => {
    const pipeline = start({ workers: 1, slots: 2, queue: 200 });
    const job = open(pipeline);
    const sink = collector();
    for (const round of [0, 1, 2]) {
      for (let token = 0; token < 150; token += 1) {
        const bytes = new Uint8Array(1 + (token % 60)).fill(token + round);
        pipeline.submit(packet(job, sink, { token, bytes }));
      }
      await pipeline.drained();
    }
    expect(sink.seen).toHaveLength(450);
    for (const [index, { token, bytes }] of sink.seen.entries()) {
      expect(token).toBe(index % 150);
      const expected = (token + Math.floor(index / 150) + 1) % 256;
      expect(bytes).toEqual(new Array(1 + (token % 60)).fill(expected));
    }
  });

  it('publishes each result when it is done, not when its batch is', async () => {
    const pipeline = start({ workers: 1 });
    const job = open(pipeline, 'spin');
    await pipeline.settled();
    const sink = collector();
    for (let i = 0; i < 100; i += 1) {
      pipeline.submit(packet(job, sink, { bytes: Uint8Array.of(200) }));
    }
    // The main thread keeps checking, so it sees packets arrive while others of the batch wait.
    const seenAt = new Set<number>();
    while (pipeline.inside > 0) {
      pipeline.poll();
      seenAt.add(sink.seen.length);
    }
    expect(seenAt.size).toBeGreaterThan(10);
    expect(pipeline.stats.batches).toBeLessThan(10);
  });

  it('wakes a worker that is about to sleep: one packet at a time, each when the one before is back', async () => {
    const pipeline = start({ workers: 1 });
    const job = open(pipeline);
    await pipeline.settled();
    const total = 20_000;
    let back = 0;
    const sink: ResultSink = {
      done(): void {
        back += 1;
        if (back < total) pipeline.submit(again);
      },
    };
    const again = packet(job, sink);
    pipeline.submit(again);
    // Without a turn of the event loop in between, the answer comes while the worker is about to
    // sleep.
    const giveUpAt = performance.now() + 30_000;
    while (back < total && performance.now() < giveUpAt) pipeline.poll();
    expect(back).toBe(total);
  });

  it('takes new keys between packets, and wipes the old ones behind the last packet of theirs', async () => {
    const pipeline = start({ workers: 1, slots: 2 });
    const sink = collector();
    const first = open(pipeline, 'add', 1);
    for (let token = 0; token < 5; token += 1) {
      pipeline.submit(packet(first, sink, { token, bytes: Uint8Array.of(0) }));
    }
    const second = open(pipeline, 'add', 100);
    pipeline.closeJob(first);
    expect(() => pipeline.submit(packet(first, sink))).toThrow(/no job/);
    for (let token = 5; token < 8; token += 1) {
      pipeline.submit(packet(second, sink, { token, bytes: Uint8Array.of(0) }));
    }
    await pipeline.drained();
    expect(sink.seen.map(({ bytes }) => bytes[0])).toEqual([1, 1, 1, 1, 1, 100, 100, 100]);
    const counting = open(pipeline, 'spin');
    const census = collector();
    pipeline.submit(packet(counting, census));
    await pipeline.drained();
    // Both the counting job and the one opened before it are open.
    expect(census.seen[0]?.record).toEqual([2]);
  });

  it('tells why a job did not open, and that there is none of that name', async () => {
    const pipeline = start({ workers: 1 });
    const sink = collector();
    pipeline.submit(packet(open(pipeline, 'picky'), sink));
    pipeline.submit(packet(open(pipeline, 'missing'), sink));
    await pipeline.drained();
    const texts = sink.seen.map(
      ({ status, bytes }) => `${status}: ${String.fromCharCode(...bytes)}`,
    );
    expect(texts[0]).toBe('failed: this setup is none');
    expect(texts[1]).toMatch(/^failed: no job missing on bytes in /);
    expect(pipeline.stats.failed).toBe(2);
  });

  it('names a worker that dies, counts its packets, and goes on with the others', async () => {
    const deaths: unknown[] = [];
    const pipeline = start({ workers: 2, onDeath: (...death) => deaths.push(death) });
    const job = open(pipeline);
    await pipeline.settled();
    const sink = collector();
    const submit = (token: number, first: number, affinity: number): void => {
      pipeline.submit(packet(job, sink, { token, bytes: Uint8Array.of(first), affinity }));
    };
    submit(0, 1, 1);
    await pipeline.drained();
    submit(1, POISON, 1);
    submit(2, 1, 1);
    submit(3, 1, 1);
    submit(4, 1, 0);
    await pipeline.drained();
    expect(deaths).toEqual([['pipeline-1', 'ended with code 7', 3]]);
    const lost = sink.seen.filter(({ status }) => status === 'lost').map(({ token }) => token);
    expect(lost).toEqual([1, 2, 3]);
    // The other worker receives the packets that would have gone to the dead one.
    submit(5, 1, 1);
    await pipeline.drained();
    expect(sink.seen.at(-1)).toMatchObject({ token: 5, status: 'done', worker: 0 });
    submit(6, POISON, 0);
    await pipeline.drained();
    expect(pipeline.submit(packet(job, sink))).toBe('no-worker');
    const { submitted, processed, lost: count, drops } = pipeline.stats;
    expect({ submitted, processed, count, dropped: drops['no-worker'] }).toEqual({
      submitted: 8,
      processed: 3,
      count: 4,
      dropped: 1,
    });
  });

  it('ends with packets inside: nobody hears of them, and they are counted', async () => {
    const pipeline = start({ workers: 2, slots: 8 });
    const job = open(pipeline, 'spin');
    await pipeline.settled();
    const sink = collector();
    for (let i = 0; i < 50; i += 1) {
      pipeline.submit(packet(job, sink, { bytes: Uint8Array.of(250) }));
    }
    const abandoned = await pipeline.close();
    expect(abandoned).toBe(50);
    expect(sink.seen).toEqual([]);
    expect(pipeline.submit(packet(job, sink))).toBe('no-worker');
  });
});
