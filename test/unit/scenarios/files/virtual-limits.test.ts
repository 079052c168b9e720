/** Limits of virtual time stand beside those that a machine can meet. */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import type { RunMode } from '../../../../reports/model.ts';
import { makeLimitWatch } from '../../../../runner/experiment/limit-watch.ts';
import { makeJudgeInput } from '../../../../runner/run/run-order.ts';
import { scenarioMetrics } from '../../../../scenarios/open/nodes.ts';
import { load, prepare, registry, run } from '../../runner/fixture.ts';

const LIMITS = '{ ping.rtt: { p95: "<= 1s", virtual: { p50: "<= 1ms" } } }';
const scenario = load('hello.yaml', { duration: '2s', kpis: LIMITS });

/** Which limits a run of the mode is judged by, and which it meets. */
function judgedIn(mode: RunMode): readonly string[] {
  const facts = {
    scenario,
    definitions: scenarioMetrics(scenario, registry),
    commit: '',
    reproduce: '',
  };
  const { kpis } = judgeRun({ ...makeJudgeInput(facts, [run(scenario)], 1), mode });
  return kpis.map(({ aggregation, pass }) => `${aggregation} ${pass ? 'met' : 'missed'}`);
}

describe('limits under virtual', () => {
  it('are judged in virtual time, beside the others', () => {
    expect(judgedIn('sim')).toEqual(['p95 met', 'p50 missed']);
  });

  it.each(['live', 'emulate'] as const)('are not judged in a run of mode %s', (mode) => {
    expect(judgedIn(mode)).toEqual(['p95 met']);
  });

  it('do not end a run by the wall clock that is to end at a missed limit', () => {
    const kpis = '{ ping.rtt: { p95: "<= 1s", virtual: { min: ">= 1s" } } }';
    const strict = load('hello.yaml', { duration: '2s', kpis });
    const { world, experiment } = prepare(strict);
    world.sim.runUntil(2e9);
    const watch = makeLimitWatch({ endsOnMiss: true, scenario: strict, registry }, world, 1);
    expect(watch?.isMissed(2e9, experiment)).toBe(false);
  });

  it('may stand alone, and are checked like others', () => {
    const only = load('hello.yaml', { kpis: '{ ping.rtt: { virtual: { max: "<= 12ms" } } }' });
    expect(only.kpis.map(({ metric, onlyVirtual }) => [metric, onlyVirtual])).toEqual([
      ['ping.rtt', true],
    ]);
    const wrong = { kpis: '{ ping.rtt: { virtual: { value: "<= 12ms" } } }' };
    expect(() => load('hello.yaml', wrong)).toThrow('value of a histogram');
    expect(() => load('hello.yaml', { kpis: '{ ping.rtt: { virtual: {} } }' })).toThrow('no limit');
  });
});
