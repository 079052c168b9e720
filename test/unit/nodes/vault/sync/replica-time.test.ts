/** The time of stamps: a clock that steps or is wrong must not decide who wins. */
import { describe, expect, it } from 'vitest';
import { ReplicaTime, type TimeReport } from '../../../../../nodes/vault/sync/replica-time.ts';

const HOUR_MS = 3_600_000;
const NS_PER_MS = 1_000_000;
const START = { seconds: 1_700_000_000, nanos: 5 * NS_PER_MS };
const START_MS = 1_700_000_000_005;

function make(aheadMs = 0, origin = 77): ReplicaTime {
  return new ReplicaTime({ ...START, seconds: START.seconds + aheadMs / 1_000 }, 0, origin);
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

  it('follows two others if it is an hour ahead of them', () => {
    const time = make(HOUR_MS);
    expect(time.heard('ada', answer(time, 0, 10), 0)).toBe(0);
    expect(time.heard('bert', answer(time, 10, 10), 10 * NS_PER_MS)).toBe(-HOUR_MS);
    expect(time.at(10 * NS_PER_MS)).toBe(START_MS + 10);
  });

  it('follows neither one other nor less than 60 s', () => {
    const time = make(HOUR_MS);
    for (let count = 0; count < 5; count += 1) {
      expect(time.heard('ada', answer(time, 0, 10), 0)).toBe(0);
    }
    const near = make(-60_000);
    for (const peer of ['ada', 'bert', 'cleo']) {
      expect(near.heard(peer, answer(near, 0, 0), 0)).toBe(0);
    }
    expect(near.at(0)).toBe(START_MS - 60_000);
  });

  it('is not moved by a minority with wrong clocks', () => {
    const time = make();
    for (const [peer, ahead] of [
      ['ada', 0],
      ['mallory', HOUR_MS],
      ['bert', 20],
      ['eve', HOUR_MS],
      ['cleo', 0],
    ] as const) {
      const { nowMs, echo } = answer(time, 0, 10);
      expect(time.heard(peer, { nowMs: nowMs + ahead, echo }, 0)).toBe(0);
    }
  });

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
    for (const peer of ['ada', 'bert']) {
      time.heard(peer, answer(time, nowMs, 20, 300_000), nowMs * NS_PER_MS);
    }
    expect(time.at(nowMs * NS_PER_MS)).toBe(START_MS + nowMs);
  });
});
