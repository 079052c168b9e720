/**
 * A protocol with differential privacy through the real loader, runner and judge: it stays inside
 * its budget. Defective versions, which continue beyond it or forget in a crash what they spent,
 * fail the verdict.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../reports/report-schema.ts';
import { epsilonOf, rhoOfRound } from '../fixtures/learner/accountant.ts';
import { learnerReport } from '../fixtures/learner/run.ts';

const SEEDS = [1, 2, 3];

function kpiOf({ kpis }: Report, metric: string): string | undefined {
  return kpis.find((one) => one.metric === metric)?.status;
}

function brokenOf({ invariants }: Report): readonly string[] {
  return invariants.flatMap(({ name, pass }) => (pass ? [] : name));
}

describe('the accountant', () => {
  it('agrees with formulas that were evaluated by hand', () => {
    // Bun and Steinke 2016, propositions 1.3 and 1.6: rho = 1/2, and epsilon = 1/2 + 2 sqrt(1/2 ln
    // 1e5).
    expect(rhoOfRound(1)).toBe(0.5);
    expect(epsilonOf(0.5, 1e-5)).toBeCloseTo(5.298526, 6);
    expect(epsilonOf(0, 1e-5)).toBe(0);
  });

  it('lies between the exact cost of 20 rounds and that of the best whole order', () => {
    // For q = 1, z = 5, 20 steps and delta = 1e-5, epsilon is 3.8486 by the privacy loss
    // distribution and 4.7026 by classic RDP.
    const spent = epsilonOf(20 * rhoOfRound(5), 1e-5);
    expect(spent).toBeGreaterThan(3.8486);
    expect(spent).toBeLessThan(4.7026);
  });
});

describe('a learner with a privacy budget', () => {
  it('stops before it passes its budget, and has learnt something', async () => {
    const report = await learnerReport({ seeds: SEEDS });
    expect(report.pass).toBe(true);
    const { delta, rounds = [] } = report.privacyBudget ?? {};
    expect(delta).toBe(1e-5);
    const [first] = rounds;
    const last = rounds.filter(({ seed }) => seed === 1).at(-1);
    expect(last?.round).toBe(36);
    expect(last?.epsilon).toBeCloseTo(epsilonOf(36 * rhoOfRound(20), 1e-5), 12);
    expect(epsilonOf(37 * rhoOfRound(20), 1e-5)).toBeGreaterThan(1.5);
    expect(last?.accuracy).toBeGreaterThan((first?.accuracy ?? 1) + 0.03);
  });

  it('keeps what it spent through a crash', async () => {
    const report = await learnerReport({ seeds: SEEDS, crashes: 'once' });
    expect(report.faults).toHaveLength(SEEDS.length);
    expect(report.pass).toBe(true);
    expect(report.privacyBudget?.rounds.filter(({ seed }) => seed === 1)).toHaveLength(36);
  });

  it('that goes on turns the limit on epsilon red', async () => {
    const report = await learnerReport({ seeds: SEEDS, defect: 'overspends' });
    expect(report.pass).toBe(false);
    expect(kpiOf(report, 'dp.epsilon')).toBe('fail');
    expect(brokenOf(report)).toEqual([]);
  });

  it('that forgets in a crash meets the limit, and breaks an invariant', async () => {
    const report = await learnerReport({ seeds: SEEDS, defect: 'forgets', crashes: 'once' });
    expect(kpiOf(report, 'dp.epsilon')).toBe('pass');
    expect(brokenOf(report)).toEqual(['privacy budget only grows']);
    expect(report.pass).toBe(false);
  });
});
