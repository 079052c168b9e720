/** Interfaces that routers say are down. */
import { describe, expect, it } from 'vitest';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import { REVOCATION_NS, REVOCATIONS_MAX } from '../../../../nodes/control-service/geometry.ts';
import { Revocations } from '../../../../nodes/control-service/lookup/revocations.ts';
import { NO_SEGMENTS } from '../../../../nodes/control-service/lookup/segment-sets.ts';
import { formatInterface, type SignedSegment } from '../../../../nodes/scion/index.ts';
import { formatIsdAs } from '../../../../nodes/scion/wire/isd-as.ts';
import { beaconOver, CORE_A, FAR, LEAF, MIDDLE, NOW_S } from './small-network.ts';

const isdAs = formatIsdAs(1, 7);
const BY = 'SCMP from 1-7';
const SECOND_NS = 1_000_000_000;

/** Revocations of a control service whose clock begins at NOW_S, and the time of the run. */
class Watched {
  nowNs = 0;
  /** After how long interfaces were believed to be up again, ns. */
  readonly restored: number[] = [];
  readonly revocations = new Revocations({
    now: (): number => this.nowNs,
    clock: (): CalendarTime => ({
      seconds: NOW_S + Math.floor(this.nowNs / SECOND_NS),
      nanos: 0,
    }),
    lifetimeNs: REVOCATION_NS,
    restored: (afterNs): void => void this.restored.push(afterNs),
  });

  among(...ups: readonly SignedSegment[]): string[] {
    return this.revocations.among({ ...NO_SEGMENTS, ups }).map(formatInterface);
  }
}

describe('an interface that is said to be down', () => {
  it('is believed to be for ten seconds, and no other is', () => {
    const watched = new Watched();
    const { revocations } = watched;
    const is = (ifId: number): boolean =>
      revocations.has([
        { isdAs, ifId: 9 },
        { isdAs, ifId },
      ]);
    revocations.note({ isdAs, ifId: 4, by: BY });
    expect([is(4), is(5)]).toEqual([true, false]);
    expect(revocations.has([{ isdAs: formatIsdAs(1, 8), ifId: 4 }])).toBe(false);
    watched.nowNs += REVOCATION_NS - 1;
    expect(is(4)).toBe(true);
    expect(revocations.list()).toEqual([{ of: '1-7#4', by: BY, ageNs: REVOCATION_NS - 1 }]);
    watched.nowNs += 1;
    expect([is(4), revocations.list()]).toEqual([false, []]);
    expect(REVOCATION_NS).toBe(10 * SECOND_NS);
  });

  it('is news until it is believed, and again when it is believed no more', () => {
    const watched = new Watched();
    const { revocations } = watched;
    expect(revocations.note({ isdAs, ifId: 4, by: BY })).toBe(true);
    watched.nowNs += REVOCATION_NS - 1;
    expect(revocations.note({ isdAs, ifId: 4, by: BY })).toBe(false);
    watched.nowNs += REVOCATION_NS;
    expect(revocations.note({ isdAs, ifId: 4, by: BY })).toBe(true);
  });

  it('is believed to be up so long after it was said last, by a beacon or by time', () => {
    const watched = new Watched();
    const { revocations, restored } = watched;
    revocations.note({ isdAs, ifId: 4, by: BY });
    watched.nowNs += SECOND_NS;
    revocations.note({ isdAs, ifId: 4, by: BY });
    revocations.note({ isdAs, ifId: 5, by: BY });
    watched.nowNs += 2 * SECOND_NS;
    revocations.lift([
      { isdAs, ifId: 4 },
      { isdAs, ifId: 6 },
    ]);
    expect(restored).toEqual([2 * SECOND_NS]);
    // It is noticed late, at a round.
    watched.nowNs += REVOCATION_NS;
    revocations.removeExpired();
    revocations.removeExpired();
    expect(restored).toEqual([2 * SECOND_NS, REVOCATION_NS]);
  });

  it('is remembered of so many interfaces at the most', () => {
    const { revocations } = new Watched();
    for (let ifId = 1; ifId <= REVOCATIONS_MAX + 1; ifId += 1) {
      revocations.note({ isdAs, ifId, by: BY });
    }
    expect(revocations.list()).toHaveLength(REVOCATIONS_MAX);
    expect(revocations.has([{ isdAs, ifId: 1 }])).toBe(false);
  });
});

describe('hosts are told', () => {
  /** CORE_A 3 > 1 MIDDLE 3 > 1 LEAF, signed in the second in which the run begins; MIDDLE 4 peers with FAR 4. */
  const segment = beaconOver(CORE_A, [3, 3, 0]);
  const ends = [
    { isdAs: CORE_A, ifId: 3, by: BY },
    { isdAs: MIDDLE, ifId: 1, by: BY },
    { isdAs: MIDDLE, ifId: 3, by: BY },
    { isdAs: LEAF, ifId: 1, by: BY },
  ];
  const peering = [
    { isdAs: MIDDLE, ifId: 4, by: BY },
    { isdAs: FAR, ifId: 4, by: BY },
  ];

  it.each([...ends, ...peering])('of an interface that a segment has ($isdAs $ifId)', (item) => {
    const watched = new Watched();
    watched.nowNs = SECOND_NS;
    watched.revocations.note({ isdAs: CORE_A, ifId: 9, by: BY });
    watched.revocations.note(item);
    expect(watched.among(segment)).toEqual([formatInterface(item)]);
    expect(watched.among()).toEqual([]);
    watched.nowNs += REVOCATION_NS;
    expect(watched.among(segment)).toEqual([]);
  });

  it.each(ends)('of none that a beacon has passed since ($isdAs $ifId)', (item) => {
    const watched = new Watched();
    const { revocations } = watched;
    revocations.note(item);
    // What was signed in the same second may have passed before.
    revocations.liftPassedBy(segment);
    expect(watched.among(segment)).toEqual([formatInterface(item)]);
    // The links of a network that starts come up after the first packets were lost.
    watched.nowNs = -SECOND_NS;
    revocations.note(item);
    revocations.liftPassedBy(segment);
    expect([watched.among(segment), revocations.list()]).toEqual([[], []]);
    revocations.note(item);
    revocations.lift([item]);
    expect(watched.among(segment)).toEqual([]);
  });

  it.each(peering)('of a peering link, over which no beacon passes ($isdAs $ifId)', (item) => {
    const watched = new Watched();
    watched.nowNs = -SECOND_NS;
    watched.revocations.note(item);
    watched.revocations.liftPassedBy(segment);
    expect(watched.among(segment)).toEqual([formatInterface(item)]);
  });
});
