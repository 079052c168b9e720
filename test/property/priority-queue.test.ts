/** What classes take from each other in a priority queue, whatever arrives (engine/net/queue/priority.ts). @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BufferPool } from '../../engine/net/buffer-pool.ts';
import { NIL_PACKET, PacketTable } from '../../engine/net/packet-table.ts';
import { PriorityQueue } from '../../engine/net/queue/priority.ts';

const BYTES_MAX = 1_500;
/** The sums of the tests are of doubles; those of the queue are exact. */
const ROUNDING = 1e-6;

/** A packet that arrives, or the next one that leaves. */
const steps = (classes: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.oneof(
      fc.record({ rank: fc.nat(classes - 1), bytes: fc.integer({ min: 1, max: BYTES_MAX }) }),
      fc.constant('pop' as const),
    ),
    { minLength: 50, maxLength: 400 },
  );
type Step = { readonly rank: number; readonly bytes: number } | 'pop';

const shares = fc.integer({ min: 1, max: 100 }).map((percent) => percent / 100);

interface Departure {
  /** Whether the class in question waited, and any below it. */
  readonly isWaiting: boolean;
  readonly isBelow: boolean;
  readonly sent: { readonly rank: number; readonly bytes: number };
  /** Bytes of the class. */
  readonly own: number;
}

/** A queue and what is known of its packets; the DSCP is the class. */
class Bench {
  readonly queue: PriorityQueue;
  readonly waiting: number[];
  readonly #table = new PacketTable(new BufferPool('plain'));

  constructor(classes: number, shareMax: number) {
    const classOfDscp = Array.from({ length: 64 }, (_, dscp) => Math.min(dscp, classes - 1));
    const limits = Array.from({ length: classes }, () => ({}));
    this.queue = new PriorityQueue(this.#table, limits, { classOfDscp, shareMax });
    this.waiting = limits.map(() => 0);
  }

  push(rank: number, bytes: number): void {
    const packet = this.#table.acquire(new Uint8Array(bytes), 0, bytes, 0, 0);
    this.#table.dscp[packet] = rank;
    expect(this.queue.push(packet)).toBe(true);
    this.waiting[rank]! += 1;
  }

  /** The class and length of the packet that leaves; undefined if none waits. */
  pop(): Departure['sent'] | undefined {
    const expected = this.queue.peek();
    const packet = this.queue.pop();
    expect(packet).toBe(expected);
    if (packet === NIL_PACKET) return undefined;
    const [rank, bytes] = [this.#table.dscp[packet]!, this.#table.length[packet]!];
    this.#table.free(packet);
    this.waiting[rank]! -= 1;
    return { rank, bytes };
  }

  /** Does a step, and tells what left while others waited. */
  take(step: Step, rank: number, note: (departure: Departure) => void): void {
    if (step !== 'pop') {
      this.push(step.rank, step.bytes);
      return;
    }
    const before = { isWaiting: this.waiting[rank]! > 0, isBelow: this.waitsBelow(rank) };
    const sent = this.pop();
    if (sent !== undefined) note({ ...before, sent, own: sent.rank === rank ? sent.bytes : 0 });
  }

  waitsBelow(rank: number): boolean {
    return this.waiting.slice(rank + 1).some((count) => count > 0);
  }
}

describe('a priority queue', () => {
  it('sends while anything waits, each packet once', () => {
    fc.assert(
      fc.property(steps(3), shares, (given, shareMax) => {
        const bench = new Bench(3, shareMax);
        for (const step of given) {
          if (step !== 'pop') bench.push(step.rank, step.bytes);
          else expect(bench.waiting.some((count) => count > 0)).toBe(bench.pop() !== undefined);
          const count = bench.waiting.reduce((sum, one) => sum + one, 0);
          expect(bench.queue.packets).toBe(count);
        }
        while (bench.pop() !== undefined);
        expect(bench.waiting).toEqual([0, 0, 0]);
        expect(bench.queue.bytes).toBe(0);
      }),
    );
  });

  it('lets no class take more than its share while lower ones wait, but for one packet', () => {
    fc.assert(
      fc.property(steps(3), shares, fc.nat(1), (given, shareMax, rank) => {
        const bench = new Bench(3, shareMax);
        let excess = 0;
        const note = ({ isBelow, sent, own }: Departure): void => {
          if (sent.rank < rank) return;
          const more = own - shareMax * sent.bytes;
          // For each beginning within the time in which lower ones wait: the largest excess since then.
          excess = isBelow ? Math.max(0, excess + more) : 0;
          expect(excess).toBeLessThanOrEqual(BYTES_MAX + ROUNDING);
          if (!bench.waitsBelow(rank)) excess = 0;
        };
        for (const step of given) bench.take(step, rank, note);
      }),
    );
  });

  it('keeps to priority: class 0 gets its share while it waits, but for one packet', () => {
    fc.assert(
      fc.property(steps(2), shares, (given, shareMax) => {
        const bench = new Bench(2, shareMax);
        let lack = 0;
        const note = ({ isWaiting, sent, own }: Departure): void => {
          const less = shareMax * sent.bytes - own;
          lack = isWaiting ? Math.max(0, lack + less) : 0;
          expect(lack).toBeLessThanOrEqual(BYTES_MAX + ROUNDING);
        };
        for (const step of given) bench.take(step, 0, note);
      }),
    );
  });

  it('serves strictly by class where a class may take all', () => {
    fc.assert(
      fc.property(steps(4), (given) => {
        const bench = new Bench(4, 1);
        for (const step of given) {
          if (step !== 'pop') {
            bench.push(step.rank, step.bytes);
            continue;
          }
          const highest = bench.waiting.findIndex((count) => count > 0);
          expect(bench.pop()?.rank ?? -1).toBe(highest);
        }
      }),
    );
  });
});
