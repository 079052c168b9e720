/**
 * What a report stores for the privacy charts: the believed path, the linkability, and the corners of
 * ROC curves. @module
 */
import { describe, expect, it } from 'vitest';
import { rocCorners, rocCurve } from '../../../../reports/privacy/attacks/roc.ts';
import { findBelievedPath } from '../../../../reports/privacy/believed-path.ts';
import { chooseNodeMixingModels } from '../../../../reports/privacy/laws.ts';
import { computeLinkabilityMatrix } from '../../../../reports/privacy/linkability.ts';
import { measurePrivacy } from '../../../../reports/privacy/measure.ts';
import type { PrivacySetting } from '../../../../reports/privacy/setting.ts';
import { type Stratified, stratifiedNodes, stratifiedTruth } from './hand-made.ts';

const SPEC: Stratified = {
  ...{ rate: 100, layers: 3, width: 2, meanSeconds: 0.1, seconds: 12, clients: 6 },
};
const SETTING: PrivacySetting = {
  mixes: stratifiedNodes(SPEC)
    .filter((name) => name.startsWith('mix'))
    .map((name) => ({ name, law: { kind: 'exponential' }, meanDelayNs: 1e8 })),
  corrupt: [],
  ...{ warmupNs: 2e9, everyNs: 5e8, endNs: 12e9, seed: 1, asked: new Set<string>() },
  sizes: new Map([
    [1_000, 3],
    [2_000, 1],
  ]),
};
const TRUTH = stratifiedTruth(SPEC);
const { summary } = measurePrivacy(TRUTH, SETTING);

describe('the believed path of one target', () => {
  const { journey } = summary;

  it('is of the target of median entropy', () => {
    const sorted = summary.targets.map(({ entropy }) => entropy).sort((a, b) => a - b);
    expect(journey?.entropy).toBe(sorted[Math.floor(sorted.length / 2)]);
  });

  it('begins at the sender and passes one mix of each layer', () => {
    const route = journey?.route ?? [];
    expect(route[0]).toBe(journey?.sender);
    expect(route.filter((name) => name.startsWith('mix'))).toHaveLength(SPEC.layers);
  });

  it('carries the probability 1 into every layer', () => {
    const { flows = [], mixes = [], rest } = journey ?? {};
    expect(rest).toBe(0);
    for (let layer = 0; layer < SPEC.layers; layer += 1) {
      // Mixes are numbered layer by layer; the target visited one mix of the first layer.
      const isHere = (name: string): boolean =>
        Math.floor(Number(name.slice(4)) / SPEC.width) === layer;
      const inLayer = new Set(mixes.filter(isHere));
      const mass = flows.reduce((sum, flow) => sum + (inLayer.has(flow.to) ? flow.mass : 0), 0);
      expect(mass).toBeCloseTo(1, 6);
    }
  });

  it('is missing where no target was followed', () => {
    const question = {
      truth: TRUTH,
      laws: chooseNodeMixingModels(TRUTH, SETTING),
      beliefs: [],
      targets: [],
    };
    expect(findBelievedPath(question)).toBeUndefined();
  });
});

describe('who seems to write to whom', () => {
  it('gives each sender probabilities of sum 1, and counts its targets', () => {
    const { targets = [], mass = [], partners = [] } = summary.linkability ?? {};
    expect(targets.reduce((sum, one) => sum + one, 0)).toBe(summary.targets.length);
    for (const row of [...mass, ...partners]) {
      expect(row.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 9);
    }
  });

  it('shows the true partner alone to an adversary that knows all', () => {
    const target = TRUTH.messages.recipient.findIndex((to) => to !== 65_535);
    const belief = { target, messages: Uint32Array.of(target), p: Float64Array.of(1), left: 0 };
    const { mass, partners } = computeLinkabilityMatrix(TRUTH, [belief]) ?? {};
    expect(mass).toEqual([[1]]);
    expect(partners).toEqual([[1]]);
  });
});

describe('the price and the times of targets', () => {
  it('counts bytes as packets of mean size', () => {
    expect(summary.bytesPerPayload).toBeCloseTo(1_250 * (summary.packetsPerPayload ?? 0), 6);
  });

  it('tells when each target was made, after the warm-up and in order', () => {
    const times = summary.targets.map(({ atNs }) => atNs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(SETTING.warmupNs);
  });
});

describe('corners of a ROC curve', () => {
  const scored = { matched: [9, 8, 7, 3], unmatched: [6, 5, 4, 2] };

  it('are the ends and every turn', () => {
    expect(rocCorners(scored)).toEqual([
      { falsePositive: 0, truePositive: 0 },
      { falsePositive: 0, truePositive: 0.75 },
      { falsePositive: 0.75, truePositive: 0.75 },
      { falsePositive: 0.75, truePositive: 1 },
      { falsePositive: 1, truePositive: 1 },
    ]);
  });

  it('are all points where scores tie and the curve is slanted', () => {
    const ties = { matched: [2, 1], unmatched: [2, 1] };
    expect(rocCorners(ties)).toEqual(rocCurve(ties));
  });
});
