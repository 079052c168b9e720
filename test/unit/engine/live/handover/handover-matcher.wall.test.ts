/**
 * Matching the notes of senders and receivers.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { HandoverMatcher } from '../../../../../engine/live/handover/handover-matcher.ts';
import {
  SAMPLE_KIND_DELIVERED,
  SAMPLE_KIND_HANDLED,
  SAMPLE_KIND_SENT,
  SAMPLE_KIND_SOURCED,
  type SampleBatch,
} from '../../../../../engine/live/handover/handover-samples.ts';
import type { LogHistogram } from '../../../../../engine/measure/histogram.ts';

type Row = readonly [kind: number, tag: number, from: number, to: number, ...instants: number[]];

const ALL = { fromNs: 0, untilNs: Number.MAX_SAFE_INTEGER };
const HERE = 0;

function batch(...rows: Row[]): SampleBatch {
  const padded = rows.flatMap((row) => [...row, 0, 0, 0].slice(0, 7));
  return { rows: Float64Array.from(padded), untold: 0 };
}

function valuesOf(histogram: LogHistogram): { readonly count: number; readonly max: number } {
  const { count, max } = histogram.data();
  return { count, max };
}

/**
 * A route over hosts 0, 1 and 2: links of 500 ns, late by 30 and 7 at the hand-overs and by 5 at
 * the source.
 */
const WAY: readonly Row[] = [
  [SAMPLE_KIND_SOURCED, 9, 0, 0, 1_000, 1_005],
  [SAMPLE_KIND_SENT, 9, 0, 1, 1_005, 1_505, 1_510],
  [SAMPLE_KIND_HANDLED, 9, 0, 1, 1_535],
  [SAMPLE_KIND_SENT, 9, 1, 2, 1_535, 2_035, 2_036],
  [SAMPLE_KIND_HANDLED, 9, 1, 2, 2_042],
  [SAMPLE_KIND_DELIVERED, 9, 0, 2, 1_000, 2_050],
];

describe('a book of hand-overs', () => {
  it('measures a hop from the end of its link to the handler, and its wait from the socket', () => {
    const book = new HandoverMatcher(ALL);
    book.note(
      batch([SAMPLE_KIND_SENT, 7, 0, 1, 100, 600, 640], [SAMPLE_KIND_HANDLED, 7, 0, 1, 700]),
      HERE,
    );
    book.finish();
    expect(valuesOf(book.hop)).toEqual({ count: 1, max: 100 });
    expect(valuesOf(book.wait)).toEqual({ count: 1, max: 60 });
    expect(book.counts).toMatchObject({ sampled: 1, unmatched: 0, ambiguous: 0, across: 0 });
  });

  it('adds the lateness of a packet up over its way, whatever the order of the notes', () => {
    for (const rows of [WAY, WAY.toReversed()]) {
      const book = new HandoverMatcher(ALL);
      for (const row of rows) book.note(batch(row), HERE);
      book.finish();
      expect(valuesOf(book.way)).toEqual({ count: 1, max: 5 + 30 + 7 });
      // 1,050 in total; on time it would be 1,008: two links of 500, and 8 in the last node.
      expect(valuesOf(book.onTime)).toEqual({ count: 1, max: 1_008 });
      expect(valuesOf(book.links)).toEqual({ count: 1, max: 1_000 });
    }
  });

  it('counts no interval twice where the next link began before the handler had the processor', () => {
    const book = new HandoverMatcher(ALL);
    const early = WAY.map(
      (row): Row => (row[0] === SAMPLE_KIND_HANDLED && row[3] === 1 ? [1, 9, 0, 1, 1_600] : row),
    );
    book.note(batch(...early), HERE);
    book.finish();
    expect(valuesOf(book.way)).toEqual({ count: 1, max: 42 });
    expect(valuesOf(book.hop)).toEqual({ count: 2, max: 95 });
  });

  it.each([
    ['a hop was not seen', WAY.filter((row) => row[3] !== 1)],
    ['it began elsewhere', [...WAY.slice(0, -1), [SAMPLE_KIND_DELIVERED, 9, 5, 2, 1_000, 2_050]]],
    ['its node held it back', WAY.filter(([kind]) => kind !== SAMPLE_KIND_SOURCED)],
    [
      'it shares a datagram with the one that was sent',
      [...WAY.slice(0, -1), [3, 9, 0, 2, 990, 2_050]],
    ],
    ['it ends elsewhere', [...WAY.slice(0, -1), [SAMPLE_KIND_DELIVERED, 9, 0, 3, 1_000, 2_050]]],
    ['a hop has copies', [...WAY, [SAMPLE_KIND_HANDLED, 9, 1, 2, 2_060]]],
  ] as readonly (readonly [string, readonly Row[]])[])(
    'follows no packet whole where %s',
    (_, rows) => {
      const book = new HandoverMatcher(ALL);
      book.note(batch(...rows), HERE);
      book.finish();
      expect(book.way.data().count).toBe(0);
      expect(book.counts.unfollowed).toBe(1);
    },
  );

  it('counts what was seen at only one end, copies, and other clocks, and measures none of it', () => {
    const book = new HandoverMatcher(ALL);
    book.note(
      batch(
        [SAMPLE_KIND_SENT, 1, 0, 1, 0, 10, 10],
        [SAMPLE_KIND_HANDLED, 2, 0, 1, 20],
        [SAMPLE_KIND_SENT, 3, 0, 1, 0, 10, 10],
        [SAMPLE_KIND_SENT, 3, 0, 1, 0, 10, 10],
        [SAMPLE_KIND_HANDLED, 3, 0, 1, 20],
        [SAMPLE_KIND_SENT, 4, 0, 1, 0, 10, 10],
      ),
      HERE,
    );
    book.note(batch([SAMPLE_KIND_HANDLED, 4, 0, 1, 20]), 5);
    book.note({ rows: new Float64Array(0), untold: 6 }, HERE);
    book.finish();
    expect(book.hop.data().count).toBe(0);
    expect(book.counts).toEqual({
      sampled: 4,
      unmatched: 2,
      ambiguous: 2,
      across: 1,
      untold: 6,
      unfollowed: 0,
    });
  });

  it('measures nothing before or after its time', () => {
    const book = new HandoverMatcher({ fromNs: 1_000, untilNs: 2_000 });
    for (const [tag, dueNs] of [999, 1_000, 1_999, 2_000].entries()) {
      book.note(
        batch(
          [SAMPLE_KIND_SENT, tag, 0, 1, 0, dueNs, dueNs],
          [SAMPLE_KIND_HANDLED, tag, 0, 1, dueNs + 1],
        ),
        HERE,
      );
    }
    book.finish();
    expect(book.hop.data().count).toBe(2);
  });

  it('closes what is five seconds old, so that equal bytes later are another datagram', () => {
    const book = new HandoverMatcher(ALL);
    for (const second of [0, 6, 12]) {
      const ns = second * 1e9;
      book.note(
        batch(
          [SAMPLE_KIND_SENT, 8, 0, 1, ns, ns + 5, ns + 6],
          [SAMPLE_KIND_HANDLED, 8, 0, 1, ns + 9],
        ),
        HERE,
      );
    }
    expect(book.hop.data().count).toBe(2);
    book.finish();
    expect(valuesOf(book.hop)).toEqual({ count: 3, max: 4 });
  });
});
