import { describe, expect, it } from 'vitest';
import { Xoshiro128 } from '../../../../../engine/core/random.ts';
import { openRandomStream, RandomStream } from '../../../../../engine/core/stream.ts';
import { createLossModel } from '../../../../../engine/net/impairment/loss.ts';
import type { LossSpec } from '../../../../../engine/net/link-spec.ts';
import { vectorSets } from '../../../../vectors-root.ts';

interface GilbertVector {
  readonly gilbert: {
    readonly loss: number;
    readonly burst: number;
    readonly packets: number;
    readonly lost: readonly number[];
  };
}

/** Computed independently from docs/spec/random-streams.md. */
const LOSSES: GilbertVector = { gilbert: { loss: 0.02, burst: 5, packets: 400, lost: [0, 98] } };

/** The fates of `count` packets, one sent every `gapNs`. */
function fates(spec: LossSpec, count: number, purpose = 'loss', gapNs = 1): boolean[] {
  const stream = openRandomStream(1, 'link/test/a->b', purpose);
  const model = createLossModel(spec, () => stream);
  return Array.from({ length: count }, (_, i) => model.isLost(i * gapNs));
}

const share = (lost: readonly boolean[]): number => lost.filter(Boolean).length / lost.length;

/** The lengths of the runs of losses. */
function bursts(lost: readonly boolean[]): number[] {
  const lengths: number[] = [];
  let length = 0;
  for (const isLost of [...lost, false]) {
    if (isLost) length += 1;
    else if (length > 0) lengths.push(length);
    if (!isLost) length = 0;
  }
  return lengths;
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('loss models (docs/spec/link-model.md#impairments)', () => {
  it('Bernoulli: 1 % of 1e6 packets lies in the exact binomial quantiles (check 10)', () => {
    const lost = fates({ kind: 'bernoulli', probability: 0.01 }, 1_000_000);
    expect(share(lost) * 1e6).toBeGreaterThanOrEqual(9_604);
    expect(share(lost) * 1e6).toBeLessThanOrEqual(10_400);
  });

  it('Bernoulli: 0 and 1 are exact', () => {
    expect(share(fates({ kind: 'bernoulli', probability: 0 }, 1_000))).toBe(0);
    expect(share(fates({ kind: 'bernoulli', probability: 1 }, 1_000))).toBe(1);
  });

  it('burst: loss 2 % with mean burst 5 has its ratio, bursts and tail (check 11)', () => {
    const lost = fates({ kind: 'burst', probability: 0.02, meanBurst: 5 }, 1_000_000);
    const lengths = bursts(lost);
    expect(Math.abs(share(lost) - 0.02)).toBeLessThan(0.001_66);
    expect(Math.abs(mean(lengths) - 5)).toBeLessThan(0.33);
    const long = lengths.filter((length) => length >= 10).length / lengths.length;
    expect(Math.abs(long - 0.134_218)).toBeLessThan(0.024);
  });

  it('burst: short runs are not biased, because the first state is stationary', () => {
    let lost = 0;
    for (let run = 0; run < 4_000; run += 1) {
      const spec = { kind: 'burst', probability: 0.1, meanBurst: 20 } as const;
      lost += fates(spec, 20, `run ${run}`).filter(Boolean).length;
    }
    // If the model started in the good state and stepped before the first packet, the share would
    // be 0.06.
    expect(Math.abs(lost / 80_000 - 0.1)).toBeLessThan(0.012);
  });

  it('burst: a probability of 1 loses everything', () => {
    expect(share(fates({ kind: 'burst', probability: 1, meanBurst: 3 }, 100))).toBe(1);
  });

  it('Gilbert-Elliott: loses in both states with their own probability', () => {
    const spec = {
      kind: 'gilbert-elliott',
      p: 0.01,
      r: 0.1,
      lossGood: 0.001,
      lossBad: 0.5,
    } as const;
    const expected = (0.1 / 0.11) * 0.001 + (0.01 / 0.11) * 0.5;
    expect(Math.abs(share(fates(spec, 400_000)) - expected)).toBeLessThan(0.005);
  });

  it('Gilbert-Elliott in time: an idle link does not stay bad', () => {
    const spec = {
      kind: 'gilbert-elliott-time',
      meanGoodNs: 900_000,
      meanBadNs: 100_000,
      lossGood: 0,
      lossBad: 1,
    } as const;
    const dense = fates(spec, 200_000, 'dense', 10_000);
    const sparse = fates(spec, 50_000, 'sparse', 10_000_000);
    expect(Math.abs(share(dense) - 0.1)).toBeLessThan(0.01);
    expect(Math.abs(share(sparse) - 0.1)).toBeLessThan(0.006);
    // Packets close together show runs of 10 packets, while distant packets show no memory at all.
    expect(mean(bursts(dense))).toBeGreaterThan(8);
    expect(mean(bursts(sparse))).toBeLessThan(1.2);
  });

  it('trace: repeats or ends, as it says', () => {
    const lostOf = (atEnd: 'repeat' | 'end'): number[] =>
      fates({ kind: 'trace', lost: [0, 2], length: 4, atEnd }, 9).flatMap((isLost, i) =>
        isLost ? [i] : [],
      );
    expect(lostOf('repeat')).toEqual([0, 2, 4, 6, 8]);
    expect(lostOf('end')).toEqual([0, 2]);
  });

  it('each model draws the same number of words for every packet', () => {
    class Counted extends Xoshiro128 {
      words = 0;
      override nextU32(): number {
        this.words += 1;
        return super.nextU32();
      }
    }
    const specs: readonly (readonly [LossSpec, number, number])[] = [
      [{ kind: 'bernoulli', probability: 0.5 }, 0, 2],
      [{ kind: 'burst', probability: 0.3, meanBurst: 4 }, 2, 2],
      [{ kind: 'gilbert-elliott', p: 0.2, r: 0.3, lossGood: 0.1, lossBad: 0.9 }, 2, 4],
    ];
    for (const [spec, first, each] of specs) {
      const counted = new Counted([1, 2, 3, 4]);
      const stream = new RandomStream([1, 2, 3, 4]);
      stream.nextU32 = (): number => counted.nextU32();
      const model = createLossModel(spec, () => stream);
      for (let i = 0; i < 50; i += 1) model.isLost(i);
      expect(counted.words).toBe(first + 50 * each);
    }
  });

  const losses = vectorSets('simulation/sampling.json', LOSSES);
  it.each(losses)('reproduces the published Gilbert losses, $set', ({ file: { gilbert } }) => {
    const spec = { kind: 'burst', probability: gilbert.loss, meanBurst: gilbert.burst } as const;
    const model = createLossModel(spec, () => new RandomStream([1, 2, 3, 4]));
    const lost: number[] = [];
    for (let i = 0; i < gilbert.packets; i += 1) if (model.isLost(i)) lost.push(i);
    expect(lost).toEqual(gilbert.lost);
  });
});
