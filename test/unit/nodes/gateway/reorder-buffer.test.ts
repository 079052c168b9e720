/** Items of a stream that overtook each other, and the bounds of what waits for them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReorderBuffer } from '../../../../nodes/gateway/reorder-buffer.ts';

const WAIT_NS = 100;

interface Taken {
  readonly buffer: ReorderBuffer<number>;
  readonly taken: number[];
  gaps: number;
  add(nowNs: number, number: number, bytes?: number): string;
}

function makeBuffer({ itemsMax = 10, bytesMax = 1_000, before = -1 } = {}): Taken {
  const taken: number[] = [];
  const made: Taken = {
    taken,
    gaps: 0,
    buffer: new ReorderBuffer<number>(WAIT_NS, {
      ...{ itemsMax, bytesMax, before, behindMax: 50 },
      take: (item): void => void taken.push(item),
      keep: (item): number => item,
      gaveUp: (): void => {
        made.gaps += 1;
      },
    }),
    add: (nowNs, number, bytes = 10): string =>
      made.buffer.add(nowNs, number, { item: number, bytes }),
  };
  return made;
}

describe('items of a stream', () => {
  it('wait for earlier ones, and are taken in order when these come', () => {
    const { add, taken, buffer } = makeBuffer();
    expect([5, 8, 7, 6].map((number, at) => add(at, number))).toEqual([
      ...['taken', 'held', 'held', 'taken'],
    ]);
    expect(taken).toEqual([5, 6, 7, 8]);
    expect(buffer.deadlineNs).toBe(Number.POSITIVE_INFINITY);
  });

  it('are taken when the one that came first has waited long enough, though its number is not the lowest', () => {
    const made = makeBuffer();
    for (const [at, number] of [1, 9, 4, 5].entries()) made.add(at, number);
    expect(made.buffer.deadlineNs).toBe(1 + WAIT_NS);
    made.buffer.expire(WAIT_NS);
    expect(made.taken).toEqual([1]);
    made.buffer.expire(1 + WAIT_NS);
    expect(made.taken).toEqual([1, 4, 5, 9]);
    expect(made.gaps).toBe(2);
  });

  it('are taken late, and not dropped, if they come after the wait for them', () => {
    const { add, taken, buffer } = makeBuffer();
    add(0, 1);
    add(0, 3);
    buffer.expire(WAIT_NS);
    expect(add(WAIT_NS, 2)).toBe('late');
    expect(taken).toEqual([1, 3, 2]);
    expect(add(WAIT_NS, 4)).toBe('taken');
  });

  it('are taken when too many or too many bytes wait, and none is lost', () => {
    const many = makeBuffer({ itemsMax: 3 });
    for (const number of [1, 9, 7, 5, 3]) many.add(0, number);
    expect(many.taken).toEqual([1, 3]);
    expect(many.buffer.size).toBe(3);
    const long = makeBuffer({ bytesMax: 100 });
    for (const number of [1, 9, 7]) long.add(0, number, 60);
    expect(long.taken).toEqual([1, 7]);
    long.add(0, 11, 101);
    expect(long.taken).toEqual([1, 7, 9, 11]);
    expect(long.buffer.size).toBe(0);
  });

  it('begin anew with one that is far behind', () => {
    const { add, taken } = makeBuffer();
    expect([100, 49, 50].map((number) => add(0, number))).toEqual(['taken', 'taken', 'taken']);
    expect(taken).toEqual([100, 49, 50]);
  });

  it('wait for those before the first one too, if they have a lowest number, which is no gap', () => {
    const made = makeBuffer({ before: 0 });
    expect([7, 6].map((number) => made.add(0, number))).toEqual(['held', 'held']);
    made.buffer.expire(WAIT_NS);
    expect(made.taken).toEqual([6, 7]);
    expect(made.gaps).toBe(0);
  });

  it('are all taken once, in order if the bounds suffice, in whatever order they come', () => {
    const order = fc.shuffledSubarray(
      Array.from({ length: 30 }, (_, at) => at),
      { minLength: 30, maxLength: 30 },
    );
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 40 }), (numbers, itemsMax) => {
        const made = makeBuffer({ itemsMax, bytesMax: 10_000, before: 0 });
        for (const number of numbers) {
          made.add(0, number + 1);
          expect(made.buffer.size).toBeLessThanOrEqual(itemsMax);
        }
        made.buffer.expire(WAIT_NS);
        const sorted = [...made.taken].sort((a, b) => a - b);
        expect(sorted).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
        if (itemsMax >= 30) expect(made.taken).toEqual(sorted);
        expect(made.buffer.size).toBe(0);
      }),
    );
  });
});
