/** The time of stamps: a clock that steps or is wrong must not decide who wins. */
import { describe, expect, it } from 'vitest';
import { ReplicaTime, type TimeReport } from '../../../../../nodes/vault/sync/replica-time.ts';

const HOUR_MS = 3_600_000;
const NS_PER_MS = 1_000_000;
const START = { seconds: 1_700_000_000, nanos: 5 * NS_PER_MS };
const START_MS = 1_700_000_000_005;

function make(aheadMs = 0, origin = 77, others = 3): ReplicaTime {
  const clock = { ...START, seconds: START.seconds + aheadMs / 1_000 };
  return new ReplicaTime(clock, 0, origin, others);
}

/** What a peer says whose clock is right, and who answers what was sent `roundTripMs` and `heldMs` ago. */
function answer(time: ReplicaTime, atMs: number, roundTripMs: number, heldMs = 0): TimeReport {
  const nowMs = START_MS + atMs - roundTripMs / 2;
  return { nowMs, echo: { mark: time.mark(atMs * NS_PER_MS) - roundTripMs - heldMs, heldMs } };
}

describe('the time of a replica', () => {
  it('goes on by the monotonic clock', () => {
    const time = make();
    expect(time.at(0)).toBe(START_MS);
    expect(time.at(2_500_000)).toBe(START_MS + 2);
  });

  it('follows two of three others if it is an hour ahead of them', () => {
    const time = make(HOUR_MS);
    expect(time.heard('ada', answer(time, 0, 10), 0)).toBe(0);
    expect(time.heard('bert', answer(time, 10, 10), 10 * NS_PER_MS)).toBe(-HOUR_MS);
    expect(time.at(10 * NS_PER_MS)).toBe(START_MS + 10);
  });

  it('follows neither one other, nor half of them, nor less than 60 s', () => {
    for (const others of [2, 8]) {
      const time = make(HOUR_MS, 77, others);
      for (let count = 0; count < 10; count += 1) {
        const peer = `peer ${count % (others / 2)}`;
        expect(time.heard(peer, answer(time, 0, 10), 0)).toBe(0);
      }
    }
    const near = make(-60_000);
    for (const peer of ['ada', 'bert', 'cleo']) {
      expect(near.heard(peer, answer(near, 0, 0), 0)).toBe(0);
    }
    expect(near.at(0)).toBe(START_MS - 60_000);
  });

  it.each([HOUR_MS, -HOUR_MS, -1_700_000_000_000])(
    'is not moved by a minority whose clocks are wrong by %i ms, in whatever order they come',
    (wrongMs) => {
      for (const [liars, honest] of [
        [1, 2],
        [2, 2],
        [2, 3],
        [4, 5],
      ] as const) {
        for (const isFirst of [true, false]) {
          const time = make(0, 77, liars + honest);
          const said = [...Array<number>(liars).fill(wrongMs), ...Array<number>(honest).fill(10)];
          for (const [at, ahead] of (isFirst ? said : said.reverse()).entries()) {
            const { nowMs, echo } = answer(time, 0, 10);
            expect(time.heard(`peer ${at}`, { nowMs: nowMs + ahead, echo }, 0)).toBe(0);
          }
        }
      }
    },
  );

  it('is not moved by messages that were long under way, or that answer nothing of this life', () => {
    const time = make();
    const dayMs = 86_400_000;
    for (const peer of ['ada', 'bert', 'cleo']) {
      expect(time.heard(peer, answer(time, 2 * dayMs, 2 * dayMs), 2 * dayMs * NS_PER_MS)).toBe(0);
      expect(time.heard(peer, { nowMs: START_MS - dayMs, echo: undefined }, 0)).toBe(0);
    }
    const before = make(0, 3_000_000_000);
    for (const peer of ['ada', 'bert', 'cleo']) {
      const { echo } = answer(before, 1_000, 10);
      expect(time.heard(peer, { nowMs: 0, echo }, 1_000 * NS_PER_MS)).toBe(0);
    }
  });

  it('takes the time that a peer held a message out of the round trip', () => {
    const time = make(HOUR_MS);
    const nowMs = 600_000;
    for (const peer of ['ada', 'bert', 'cleo']) {
      time.heard(peer, answer(time, nowMs, 20, 300_000), nowMs * NS_PER_MS);
    }
    expect(time.at(nowMs * NS_PER_MS)).toBe(START_MS + nowMs);
  });
});
