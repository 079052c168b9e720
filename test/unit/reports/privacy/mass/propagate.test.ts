/**
 * Mass propagation, compared with values computed by hand, with Loopix's one-step form, with closed
 * forms and with published figures (docs/spec/privacy-metrics.md, "Mass propagation").
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformHazard } from '../../../../../reports/privacy/mass/aging-pool.ts';
import {
  computePosteriors,
  type Posterior,
  senderPosteriors,
} from '../../../../../reports/privacy/mass/posterior.ts';
import {
  type NodeMixingModel,
  propagateMass,
} from '../../../../../reports/privacy/mass/propagate.ts';
import {
  stratifiedPoissonEntropyBits,
  uniformMixEntropyBits,
} from '../../../../../reports/privacy/metrics/closed-forms.ts';
import { shannonBits } from '../../../../../reports/privacy/metrics/uncertainty.ts';
import {
  handMade,
  plainLaws,
  type Step,
  stratifiedNodes,
  stratifiedTruth,
  targetsAt,
} from '../hand-made.ts';

const ignore = (): void => undefined;
const NODES = ['end', 'mix', 'other'];

function beliefs(steps: readonly Step[], laws = plainLaws(NODES)): Posterior | undefined {
  return computePosteriors({ truth: handMade(NODES, steps), laws, targets: [0] })[0];
}

const arrival = (message: number): Step => ['arrive', message, 'mix'];
const departure = (message: number): Step => ['depart', message, 'mix'];
const end = (message: number): readonly Step[] => [
  ['arrive', message, 'end'],
  ['deliver', message, 'end'],
];

describe('mass propagation', () => {
  it('gives half to each of two messages that were inside together', () => {
    const belief = beliefs([
      arrival(0),
      arrival(1),
      departure(1),
      ...end(1),
      departure(0),
      ...end(0),
    ]);
    expect([...(belief?.p ?? [])]).toEqual([0.5, 0.5]);
    expect([...(belief?.messages ?? [])]).toEqual([1, 0]);
    expect(belief?.left).toBe(0);
  });

  it("follows Loopix's one-step form: k/(n(l+k)) for the n, 1/(l+k) for the l", () => {
    // n = 4 messages are inside, n - k = 1 leaves, l = 2 arrive, then one leaves; hence k = 3.
    const n = 4;
    const k = 3;
    const l = 2;
    for (const [target, expected] of [
      [0, k / (n * (l + k))],
      [4, 1 / (l + k)],
    ] as const) {
      const others: Step[] = [0, 1, 2, 3].map(arrival);
      const steps: Step[] = [
        ...others,
        departure(3),
        arrival(4),
        arrival(5),
        departure(1),
        ...end(1),
      ];
      const truth = handMade(NODES, steps);
      const [belief] = computePosteriors({ truth, laws: plainLaws(NODES), targets: [target] });
      expect((belief?.p[0] ?? 0) * (1 - (belief?.left ?? 0))).toBeCloseTo(expected, 14);
    }
  });

  it('keeps the mass on the message at a corrupt mix', () => {
    const laws: NodeMixingModel[] = [{ kind: 'end' }, { kind: 'open' }, { kind: 'memoryless' }];
    const belief = beliefs(
      [arrival(0), arrival(1), departure(1), ...end(1), departure(0), ...end(0)],
      laws,
    );
    expect([...(belief?.messages ?? [])]).toEqual([0]);
    expect([...(belief?.p ?? [])]).toEqual([1]);
  });

  it('returns the mass of cover to the mix at which it ends', () => {
    const steps: Step[] = [
      arrival(0),
      arrival(1),
      departure(1),
      ['arrive', 1, 'other'],
      ['absorb', 1, 'other'],
      departure(0),
      ...end(0),
      ['arrive', 2, 'other'],
      ['depart', 2, 'other'],
      ...end(2),
    ];
    const belief = beliefs(steps);
    expect([...(belief?.messages ?? [])]).toEqual([0, 2]);
    expect([...(belief?.p ?? [])]).toEqual([0.5, 0.5]);
  });

  it('sinks the mass of cover that ends at a corrupt mix, and says what is left', () => {
    const laws: NodeMixingModel[] = [{ kind: 'end' }, { kind: 'memoryless' }, { kind: 'open' }];
    const steps: Step[] = [arrival(0), arrival(1), departure(1), ['arrive', 1, 'other']];
    const rest: Step[] = [['absorb', 1, 'other'], departure(0), ...end(0)];
    const belief = beliefs([...steps, ...rest], laws);
    expect(belief?.left).toBe(0.5);
    expect([...(belief?.p ?? [])]).toEqual([1]);
  });

  it("lets a mix's own loop leave as one of n + 1", () => {
    const steps: Step[] = [arrival(0), arrival(1), ['create', 2, 'mix'], ...end(2)];
    const belief = beliefs(steps);
    expect(1 - (belief?.left ?? 0)).toBeCloseTo(1 / 3, 14);
  });

  it('states the mass that is still inside when the record ends', () => {
    const belief = beliefs([arrival(0), arrival(1), departure(1), ...end(1)]);
    expect(belief?.left).toBe(0.5);
  });

  it('conserves every mass, whatever happens in whatever order', () => {
    const step = fc.tuple(
      fc.constantFrom('create', 'arrive', 'depart', 'deliver', 'absorb', 'drop'),
      fc.nat(11),
      fc.constantFrom(...NODES),
    );
    const kinds = ['memoryless', 'open', 'end', 'aging'] as const;
    const law = fc.constantFrom(...kinds);
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), law, (steps, kind) => {
        const truth = handMade(NODES, [...steps, ['arrive', 11, 'mix']]);
        const aging = kind === 'aging' ? { kind, hazard: uniformHazard(40) } : { kind };
        const laws: NodeMixingModel[] = [{ kind: 'end' }, aging, { kind: 'memoryless' }];
        const labels = Int32Array.from({ length: truth.messages.count }, (_, i) => i % 3);
        const balance = propagateMass({ truth, labels, labelCount: 3, laws, onCandidate: ignore });
        expect(balance.errorMax).toBeLessThan(1e-12 * steps.length);
      }),
    );
  });
});

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a stratified network', () => {
  const spec = { rate: 500, layers: 3, width: 3, meanSeconds: 0.8 / 3, seconds: 20 };
  const truth = stratifiedTruth(spec);
  const targets = targetsAt(truth, [4, 5, 6, 7, 8, 9, 10, 11]);

  it('has the entropy of the closed form for Poisson mixes', () => {
    const laws = plainLaws(stratifiedNodes(spec));
    const found = computePosteriors({ truth, laws, targets });
    for (const { left } of found) expect(Math.abs(left)).toBeLessThan(1e-6);
    const bits = mean(found.map(({ p }) => shannonBits(p)));
    // With finite pools, the entropy is a few hundredths of a bit lower.
    expect(bits).toBeGreaterThan(stratifiedPoissonEntropyBits(spec) - 0.06);
    expect(bits).toBeLessThan(stratifiedPoissonEntropyBits(spec) + 0.06);
  });

  it('has 0 bits when every mix is corrupt', () => {
    const laws = stratifiedNodes(spec).map(
      (name): NodeMixingModel => ({ kind: name.startsWith('end') ? 'end' : 'open' }),
    );
    const found = computePosteriors({ truth, laws, targets });
    for (const { p, target, messages } of found) {
      expect([...p]).toEqual([1]);
      expect([...messages]).toEqual([target]);
    }
  });

  it('has fewer bits the more mixes are corrupt', () => {
    const bits = [0, 1, 3].map((corrupt) => {
      const laws = stratifiedNodes(spec).map((name): NodeMixingModel => {
        if (name.startsWith('end')) return { kind: 'end' };
        return Number(name.slice(4)) < corrupt ? { kind: 'open' } : { kind: 'memoryless' };
      });
      return mean(computePosteriors({ truth, laws, targets }).map(({ p }) => shannonBits(p)));
    });
    expect(bits).toEqual(bits.toSorted((a, b) => b - a));
    expect((bits[0] ?? 0) - (bits[2] ?? 0)).toBeGreaterThan(0.2);
  });

  it('gives every delivered message senders whose chances sum to 1', () => {
    const many = { ...spec, seconds: 8, clients: 10 };
    const record = stratifiedTruth(many);
    const laws = plainLaws(stratifiedNodes(many));
    const found = senderPosteriors({ truth: record, laws, isAsked: (one) => one % 100 === 0 });
    expect(found.size).toBeGreaterThan(20);
    for (const p of found.values()) {
      expect(p).toHaveLength(10);
      expect(p.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
      expect(shannonBits(p)).toBeLessThanOrEqual(Math.log2(10));
    }
  });
});

describe('a mix with uniform delays', () => {
  const spec = { rate: 100, layers: 1, width: 1, meanSeconds: 1, seconds: 30 };
  const uniform = { ...spec, law: 'uniform' as const };
  const truth = stratifiedTruth(uniform);
  const targets = targetsAt(truth, [5, 7, 9, 11, 13, 15, 17, 19]);
  const lawsOf = (law: NodeMixingModel): NodeMixingModel[] => [
    { kind: 'end' },
    law,
    { kind: 'end' },
  ];
  const bitsBy = (law: NodeMixingModel): number =>
    mean(computePosteriors({ truth, laws: lawsOf(law), targets }).map(({ p }) => shannonBits(p)));

  it('R-183: has the bits of log2(2 rho) when weighted by hazard', () => {
    const bits = bitsBy({ kind: 'aging', hazard: uniformHazard(2e9) });
    expect(Math.abs(bits - uniformMixEntropyBits(100))).toBeLessThan(0.1);
  });

  it('looks better than it is when old messages are not likelier to leave', () => {
    const wrong = bitsBy({ kind: 'memoryless' });
    expect(wrong - uniformMixEntropyBits(100)).toBeGreaterThan(0.3);
  });
});
