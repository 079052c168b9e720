import { describe, expect, it } from 'vitest';
import { federatedConfig } from '../../../../nodes/federated/config.ts';
import {
  hasNoiseLevels,
  NOISE_LEVEL_KEY_BYTES,
  plannedLevelVariances,
  remainingVarianceRatio,
  revealMessageBytesMax,
  unneededNoiseLevels,
} from '../../../../nodes/federated/noise-levels.ts';
import { encodeFederatedMessage } from '../../../../nodes/federated/wire.ts';

const MINIMUM = 6;
const CLIENTS = 12;
const options = (more: object = {}): ReturnType<typeof federatedConfig.parse> =>
  federatedConfig.parse({
    ...{ aggregator: 'a', minimum: MINIMUM, learn: { scale: 1_000 } },
    privacy: {
      ...{ place: 'distributed', clip: 0.5, noise: 3, dropouts: 'add-then-remove' },
      ...more,
    },
  });
const WANTED = (3 * 0.5 * 1_000) ** 2;

describe('noise in levels', () => {
  it.each([0, 1, 2, 3, 4, 5, 6])('leaves what was promised after %i losses', (lost) => {
    const survivors = CLIENTS - lost;
    const levels = plannedLevelVariances(options(), CLIENTS);
    expect(levels).toHaveLength(1 + CLIENTS - MINIMUM);
    const removed = unneededNoiseLevels(options(), { clients: CLIENTS, survivors });
    const kept = levels.filter((_, level) => !removed.includes(level));
    const each = kept.reduce((sum, variance) => sum + variance, 0);
    expect(survivors * each).toBeCloseTo(WANTED, 3);
    expect(
      remainingVarianceRatio(options(), { clients: CLIENTS, survivors, revealed: survivors }),
    ).toBe(1);
  });

  it('is more, and known to be, where survivors say nothing', () => {
    const round = { clients: CLIENTS, survivors: 10 };
    // All levels of one are v / 6; those of ten would be 10 / 6.
    expect(remainingVarianceRatio(options(), { ...round, revealed: 0 })).toBeCloseTo(10 / 6, 12);
    expect(remainingVarianceRatio(options(), { ...round, revealed: 9 })).toBeCloseTo(
      0.9 + 1 / 6,
      12,
    );
  });

  it('costs no more bytes than were forecast', () => {
    const keys = new Uint8Array(NOISE_LEVEL_KEY_BYTES * (CLIENTS - MINIMUM));
    const bytes = encodeFederatedMessage({
      kind: 'levels',
      session: new Uint8Array(32),
      keys,
    }).length;
    expect(revealMessageBytesMax(options(), CLIENTS)).toBeGreaterThanOrEqual(bytes);
    expect(revealMessageBytesMax(options(), CLIENTS)).toBeLessThan(bytes + 16);
    expect(revealMessageBytesMax(options({ dropouts: 'enough' }), CLIENTS)).toBe(0);
  });

  it('is of clients, for a sum', () => {
    expect(hasNoiseLevels(options())).toBe(true);
    expect(hasNoiseLevels(options({ place: 'local' }))).toBe(false);
    expect(hasNoiseLevels(options({ dropouts: 'enough' }))).toBe(false);
  });
});
