/**
 * The phases of `npm run bench -- overload` in virtual time with the profile of overload.yaml,
 * where the highest load that can be carried is known.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { overloadResults } from '../../../bench/overload.ts';
import {
  figuresOf,
  kneeOf,
  type Phase,
  type PhaseFigures,
  staircase,
  withPhases,
} from '../../../bench/workloads/overload-phases.ts';
import { load, run } from '../runner/fixture.ts';

const SECOND = 1_000_000_000;

function measured(phases: readonly Phase[]): readonly PhaseFigures[] {
  return figuresOf(phases, run(withPhases(load('overload.yaml'), phases)).series);
}

const phase = (goodput: number, p95Ms = 20): PhaseFigures => ({
  rate: 1_000,
  goodput,
  p95NsMedian: p95Ms * 1e6,
  p95NsMost: p95Ms * 1e6,
});

describe('bench overload', () => {
  it('finds the knee of 9,000/s between the steps around it', () => {
    const steps = measured(staircase([6_000, 8_000, 12_000], SECOND));
    expect(steps[0]?.goodput).toBeGreaterThan(5_700);
    expect(steps[0]?.goodput).toBeLessThan(6_300);
    expect(kneeOf(steps)).toBe(8_000);
  });

  it('takes no step for the knee that is carried late, or in part', () => {
    const step = (rate: number, goodput: number, p95Ms: number): PhaseFigures => ({
      ...phase(goodput, p95Ms),
      rate,
    });
    expect(kneeOf([step(100, 96, 250), step(200, 200, 251), step(300, 284, 20)])).toBe(100);
    expect(kneeOf([step(100, 10, 900), step(200, 20, 900)])).toBe(100);
  });

  it('judges the median of three ratios, and names what died and what was refused', () => {
    const all = [
      [phase(1_000), phase(800), phase(100)],
      [phase(2_000), phase(1_800), phase(200)],
      [phase(500), phase(490), phase(50)],
    ];
    const counters = {
      'gateway.path_deaths': { kind: 'counter', value: 3 },
      'antireplay.false_reject': { kind: 'counter', value: 7 },
    } as const;
    const result = { metrics: counters, nodeDrops: { overload: 12 } };
    const lines = overloadResults('one loop', { knee: 1_000, rounds: all, result });
    expect(lines.map(({ value, target }) => [value, target])).toEqual([
      [1_000, undefined],
      [900, 850],
      [100, undefined],
      [3, 0],
      [7, 0],
    ]);
    expect(lines[1]?.note).toBe(
      '1500/s asked; 80 %, 90 %, 98 % of the knee of their rounds; p95 at most 20 ms, 20 ms, 20 ms',
    );
  });
});
