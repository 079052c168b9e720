/** Updates that are seen one by one, combined by each rule. */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  chooseAggregationRule,
  combineUpdatesJob,
  makeCombineUpdatesInput,
} from '../../../../nodes/federated/combine-job.ts';
import { federatedConfig } from '../../../../nodes/federated/config.ts';

const crypto = createCryptoProvider('node', { timing: 'simulation' });
/** Steps of a hundredth; the last one lies. */
const UPDATES = [
  [10, -20],
  [11, -21],
  [12, -22],
  [13, -23],
  [-900, 900],
];
const vectors = UPDATES.map((update) => new Uint32Array(Int32Array.from(update).buffer));

const combine = (
  aggregate: Parameters<typeof chooseAggregationRule>[0]['aggregate'],
  liars: number,
): unknown => {
  const rule = chooseAggregationRule({ aggregate, liars }, vectors.length);
  const output = combineUpdatesJob.run(
    { vectors, bits: 32, members: vectors.map(() => 1), scale: 100, rule },
    crypto,
  ) as Float64Array | undefined;
  return output === undefined
    ? undefined
    : Array.from(output, (value) => Math.round(1e4 * value) / 1e4);
};

describe('combining', () => {
  it('by the mean: one liar moves it anywhere', () => {
    expect(combine('mean', 0)).toEqual([-1.708, 1.628]);
  });

  it('by the median and the trimmed mean: coordinate by coordinate', () => {
    expect(combine('median', 1)).toEqual([0.11, -0.21]);
    expect(combine('trimmed-mean', 1)).toEqual([0.11, -0.21]);
  });

  it('by Krum: the update nearest to most of the others, the first of equal ones', () => {
    expect(combine('krum', 1)).toEqual([0.11, -0.21]);
  });

  it('by Multi-Krum: the mean of all but as many as lie', () => {
    expect(combine('multi-krum', 1)).toEqual([0.115, -0.215]);
  });

  it('by the median of the means of groups, each as large as it came out', () => {
    // Elements of 12 bits; -900 is 3196.
    const sums = [
      { ring: Uint32Array.of(20, 4096 - 40), survivors: [0, 1], bits: 12 },
      { ring: Uint32Array.of(36, 4096 - 66), survivors: [0, 1, 2], bits: 12 },
      { ring: Uint32Array.of(3196, 900), survivors: [1], bits: 12 },
    ];
    const options = federatedConfig.parse({
      aggregator: 'a',
      aggregate: 'median',
      groups: 3,
      learn: { scale: 100 },
    });
    const input = makeCombineUpdatesInput(options, sums);
    expect(combineUpdatesJob.run(input, crypto)).toEqual(Float64Array.of(0.1, -0.2));
  });

  it('by nothing, if there are too few for the rule', () => {
    expect(combine('krum', 2)).toBeUndefined();
    expect(combine('trimmed-mean', 3)).toBeUndefined();
  });
});
