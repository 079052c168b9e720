/** Sums are judged by what was put in, in whatever order it becomes known. */
import { describe, expect, it } from 'vitest';
import type { SumClaim } from '../../../engine/host/protocol.ts';
import {
  computeSumChecks,
  readSumChecks,
} from '../../../runner/distributed/messages/reporting-witness.ts';
import { SumGroundTruth } from '../../../runner/traffic/sum-ground-truth.ts';

const A = Uint32Array.of(1, 0xffff_ffff, 5);
const B = Uint32Array.of(2, 3, 0xffff_0005);
const claim = (more: Partial<SumClaim> = {}): SumClaim => ({
  space: 'one',
  parts: [0, 1],
  vector: Uint32Array.of(3, 2, 0xffff_000a),
  bits: 32,
  metric: 'm',
  ...more,
});

function shareOf(book: SumGroundTruth): readonly [number, number] | undefined {
  const metric = book.metrics()['m'];
  return metric?.kind === 'ratio' ? [metric.numerator, metric.denominator] : undefined;
}

function filled(): SumGroundTruth {
  const book = new SumGroundTruth();
  book.addend('one', 0, A);
  book.addend('one', 1, B);
  return book;
}

describe('the sums of a run', () => {
  it('has no metric without a claim', () => {
    expect(filled().metrics()).toEqual({});
  });

  it('counts a claim that holds, before or after its parts are known', () => {
    const book = filled();
    book.sum(claim());
    expect(shareOf(book)).toEqual([1, 1]);
    const early = new SumGroundTruth();
    early.sum(claim());
    early.addend('one', 1, B);
    expect(shareOf(early)).toEqual([0, 1]);
    early.addend('one', 0, A);
    expect(shareOf(early)).toEqual([1, 1]);
  });

  it.each<[string, Partial<SumClaim>]>([
    ['one bit more', { vector: Uint32Array.of(3, 2, 0xffff_000b) }],
    ['too short', { vector: Uint32Array.of(3, 2) }],
    ['a part less', { parts: [0] }],
    ['a part that nobody put in', { parts: [0, 1, 2] }],
    ['a part twice', { parts: [0, 1, 1] }],
    ['no part', { parts: [], vector: new Uint32Array(3) }],
    ['another sum', { space: 'two' }],
  ])('counts a claim with %s as wrong', (_, wrong) => {
    const book = filled();
    book.sum(claim(wrong));
    expect(shareOf(book)).toEqual([0, 1]);
  });

  it('compares the bits of the ring only', () => {
    const vector = Uint32Array.of(3, 2, 10);
    const book = filled();
    book.sum(claim({ vector, bits: 16 }));
    book.sum(claim({ vector, bits: 17 }));
    expect(shareOf(book)).toEqual([1, 2]);
  });

  it('keeps the first value of a part', () => {
    const book = filled();
    book.addend('one', 0, B);
    book.sum(claim());
    expect(shareOf(book)).toEqual([1, 1]);
  });

  it('forgets claims at the end of the warm-up, but not parts', () => {
    const book = filled();
    book.sum(claim({ parts: [0] }));
    book.reset();
    expect(book.metrics()).toEqual({});
    book.sum(claim());
    expect(shareOf(book)).toEqual([1, 1]);
  });

  it('keeps 4,096 sums, and forgets the oldest beyond', () => {
    const book = new SumGroundTruth();
    for (let space = 0; space < 4_097; space += 1) book.addend(`${space}`, 0, A);
    book.sum(claim({ space: '0', parts: [0], vector: A }));
    book.sum(claim({ space: '2', parts: [0], vector: A }));
    expect(shareOf(book)).toEqual([1, 2]);
  });
});

describe('checks of a vector', () => {
  it('add up, modulo the ring, as the vectors do', () => {
    const book = new SumGroundTruth();
    for (const [part, vector] of [A, B].entries())
      book.addend('one', part, readSumChecks(computeSumChecks('one', vector)));
    book.sum(claim({ vector: readSumChecks(computeSumChecks('one', claim().vector)) }));
    const modulo = claim().vector.map((value) => value & 0xffff);
    book.sum(claim({ bits: 16, vector: readSumChecks(computeSumChecks('one', modulo)) }));
    expect(shareOf(book)).toEqual([2, 2]);
  });

  it('find one wrong bit in one element, whichever it is', () => {
    for (let bit = 0; bit < 32; bit += 1) {
      for (let space = 0; space < 100; space += 1) {
        const wrong = A.slice();
        wrong[space % 3] = (wrong[space % 3] as number) ^ (1 << bit);
        expect(computeSumChecks(`${space}`, wrong), `bit ${bit}`).not.toEqual(
          computeSumChecks(`${space}`, A),
        );
      }
    }
  });
});
