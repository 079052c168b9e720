/**
 * Epochs: their numbers, deadlines and keys, and the ages of VRF keys.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  computeArrivalEpoch,
  computeDocumentStepDeadlines,
  EPOCH_LENGTH_MS_DEFAULT,
  EPOCH_ZERO_UNIX_SECONDS,
  epochPositionAt,
  isPathDelayWithinEpoch,
  isVrfKeyOldEnough,
  listMixKeyEpochs,
} from '../../../../../nodes/mixnet/directory/index.ts';
import { descriptor } from './network.ts';

const schedule = { zeroSeconds: EPOCH_ZERO_UNIX_SECONDS, lengthMs: EPOCH_LENGTH_MS_DEFAULT };
const MINUTE_NS = 60_000_000_000;

describe('epochs', () => {
  it('counts 20 minutes each from 2017-06-01T00:00:00Z', () => {
    expect(Date.UTC(2017, 5, 1) / 1_000).toBe(EPOCH_ZERO_UNIX_SECONDS);
    expect(epochPositionAt(schedule, { seconds: EPOCH_ZERO_UNIX_SECONDS, nanos: 0 })).toEqual({
      epoch: 0,
      elapsedNs: 0,
      remainingNs: 20 * MINUTE_NS,
    });
    const last = { seconds: EPOCH_ZERO_UNIX_SECONDS + 1_199, nanos: 999_999_999 };
    expect(epochPositionAt(schedule, last)).toMatchObject({ epoch: 0, remainingNs: 1 });
    const later = { seconds: EPOCH_ZERO_UNIX_SECONDS + 1_200, nanos: 1 };
    expect(epochPositionAt(schedule, later)).toMatchObject({ epoch: 1, elapsedNs: 1 });
    expect(
      epochPositionAt(schedule, { seconds: EPOCH_ZERO_UNIX_SECONDS - 1, nanos: 5 }),
    ).toMatchObject({
      epoch: -1,
      elapsedNs: 1_199_000_000_005,
    });
  });

  it('is exact to the nanosecond decades later, for any length', () => {
    const clock = { seconds: 4_102_444_800, nanos: 123_456_789 };
    for (const lengthMs of [7, 120_000, 1_200_000]) {
      const { epoch, elapsedNs, remainingNs } = epochPositionAt({ ...schedule, lengthMs }, clock);
      const whole = BigInt(epoch) * BigInt(lengthMs) * 1_000_000n + BigInt(elapsedNs);
      const since = BigInt(clock.seconds - EPOCH_ZERO_UNIX_SECONDS) * 1_000_000_000n + 123_456_789n;
      expect(whole).toBe(since);
      expect(elapsedNs + remainingNs).toBe(lengthMs * 1_000_000);
    }
  });

  it('keeps the ratios of the deadlines when the epoch is short', () => {
    expect(computeDocumentStepDeadlines(schedule)).toEqual({
      descriptors: 2.5 * MINUTE_NS,
      vote: 5 * MINUTE_NS,
      reveal: 7.5 * MINUTE_NS,
      certificates: 10 * MINUTE_NS,
      consensus: 12.5 * MINUTE_NS,
    });
    const short = computeDocumentStepDeadlines({ ...schedule, lengthMs: 120_000 });
    expect(short.consensus).toBe(1.25 * MINUTE_NS);
  });

  it('lists keys for the current epoch and the two after it', () => {
    expect(listMixKeyEpochs(40)).toEqual([40, 41, 42]);
  });

  it('seals for the epoch in which a packet arrives', () => {
    const now = { seconds: EPOCH_ZERO_UNIX_SECONDS + 1_140, nanos: 0 };
    expect(computeArrivalEpoch(schedule, now, MINUTE_NS - 1)).toBe(0);
    expect(computeArrivalEpoch(schedule, now, MINUTE_NS)).toBe(1);
    expect(computeArrivalEpoch(schedule, now, 21 * MINUTE_NS)).toBe(2);
  });

  it('counts a new VRF key from the second epoch after its first listing', () => {
    const node = { ...descriptor('mix', 0), vrfKeySince: 20 };
    const settled = [20, 21, 22].map((epoch) =>
      isVrfKeyOldEnough(node, { epoch, genesisEpoch: 7 }),
    );
    expect(settled).toEqual([false, false, true]);
    expect(isVrfKeyOldEnough(node, { epoch: 20, genesisEpoch: 20 })).toBe(true);
  });

  it('finds delays that outlive an epoch before they are asked for', () => {
    // 27.63 * 200 ms * 3 hops = 16.6 s.
    expect(isPathDelayWithinEpoch({ mu: 0.005 }, 3, { lengthMs: 16_579 })).toBe(true);
    expect(isPathDelayWithinEpoch({ mu: 0.005 }, 3, { lengthMs: 16_577 })).toBe(false);
    expect(isPathDelayWithinEpoch({ mu: 0 }, 3, { lengthMs: 16_577 })).toBe(false);
  });
});
