/** Runs of a scenario with a twin and several networks: which they are, and that each is an ordinary run. */
import { describe, expect, it } from 'vitest';
import { seedsToRun } from '../../../cli/seeds.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { Report } from '../../../reports/report-schema.ts';
import {
  nameNetworkInAnswer,
  plannedRuns,
  refuseTwinsAndNetworks,
} from '../../../runner/run/planned-runs.ts';
import { makeJudgeInput } from '../../../runner/run/run-order.ts';
import { runScenario } from '../../../runner/threads/run-scenario.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { scenarioMetrics } from '../../../scenarios/open/nodes.ts';
import { load, registry, run } from './fixture.ts';

const FILE = 'dtn-bus.yaml';
const DRAWN = { duration: '40min', 'topology.generate.nodes': '8', 'traffic.0.pairs': '4' };
const TWIN = { twin: '{ set: { options.dtn.router: direct } }' };

async function reportOf(scenario: Scenario, threads: number): Promise<Report> {
  const end = await runScenario({
    scenario,
    definitions: scenarioMetrics(scenario, registry),
    seeds: scenario.seeds,
    recordingsOf: () => ({}),
    reproduce: 'npm run scenario dtn-bus.yaml',
    commit: 'test',
    threads,
  });
  if (end.kind !== 'judged') throw new Error(JSON.stringify(end));
  return judgeRun(end.input);
}

describe('runs of a scenario with a twin on several networks', () => {
  const both = load(FILE, { ...DRAWN, ...TWIN, networks: '3', seeds: '2' });

  it('are the same with one thread and with two, and each is that of its values and seed', async () => {
    const one = await reportOf(both, 1);
    const two = await reportOf(both, 2);
    expect(two.fingerprint).toBe(one.fingerprint);
    expect(two.twin).toEqual(one.twin);
    expect(one.perSeed.map(({ seed, network }) => [seed, network])).toEqual([
      ...[
        [1, 1],
        [2, 1],
        [10_001, 2],
        [10_002, 2],
        [20_001, 3],
        [20_002, 3],
      ],
    ]);
    const ofTwo = load(FILE, { ...DRAWN, networks: '[2]' });
    expect(one.perSeed[2]?.fingerprint).toBe(run(ofTwo, 10_001).fingerprint);
    const changed = load(FILE, { ...DRAWN, networks: '[2]', 'options.dtn.router': 'direct' });
    expect(one.twin?.perSeed[2]?.fingerprint).toBe(run(changed, 10_001).fingerprint);
    expect(one.perSeed[2]?.fingerprint).not.toBe(run(load(FILE, DRAWN), 10_001).fingerprint);
    expect(one.kpis[0]?.ci95).toMatchObject({ n: 3, over: 'networks' });
    expect(one.twin?.differences[0]).toMatchObject({ pairs: 6, ci95: { n: 3 } });
  });

  it('are SCION networks with other delays, on which gateways leave dead paths', async () => {
    const traffic = '{ from: client-1, to: client-2, kind: constant, rate: 200/s, size: 100B }';
    const onDrawn = load('failover.yaml', {
      ...{ networks: '3', topology: 'scion-drawn.yaml', 'traffic.0': traffic, duration: '21s' },
      'events.0.link.activePath': 'client-1 -> client-2',
      kpis: '{ gateway.failover: { max: "<= 130ms" }, gateway.latency: { max: "<= 30ms" } }',
    });
    const { kpis, perSeed, pass } = await reportOf(onDrawn, 1);
    expect([pass, perSeed.map(({ network }) => network)]).toEqual([true, [1, 2, 3]]);
    const [failovers, latencies] = kpis.map((kpi) => kpi.perSeed);
    expect(failovers?.map(({ n }) => n)).toEqual([1, 1, 1]);
    expect(new Set(latencies?.map(({ value }) => value)).size).toBe(3);
  });

  it('say which values repeat each of them', () => {
    const runs = plannedRuns(both, [20_002]);
    expect(runs.map(({ overrides }) => [overrides['networks'], overrides['twin.run']])).toEqual([
      ['[3]', 'written'],
      ['[3]', 'twin'],
    ]);
  });

  it('are reported on the networks that ran', () => {
    const alone = run(load(FILE, { ...DRAWN, networks: '[2]' }), 10_002);
    const facts = { scenario: both, definitions: [], commit: 'test', reproduce: '' };
    expect(makeJudgeInput(facts, [alone], 1).networks).toEqual([2]);
  });

  it('name the network that could not be run', () => {
    const refused = { kind: 'refused', message: 'no such node' } as const;
    expect(nameNetworkInAnswer(refused, both, 20_001)).toMatchObject({
      message: 'network 3: no such node',
    });
    expect(nameNetworkInAnswer(refused, {}, 20_001)).toBe(refused);
  });

  it('have the seeds that flags ask for, of each network', () => {
    expect(seedsToRun(both, { seeds: 1 })).toEqual([1, 10_001, 20_001]);
    expect(seedsToRun(both, { seeds: 3 })).toHaveLength(9);
    expect(seedsToRun(both, { seed: 10_002 })).toEqual([10_002]);
    expect(() => seedsToRun(both, { seed: 30_001 })).toThrow('network 4, which does not run');
  });

  it('are refused by name where only seeds can run', () => {
    expect(() => refuseTwinsAndNetworks(both, 'a sweep')).toThrow('twin: a sweep runs no twin');
    const networks = load(FILE, { ...DRAWN, networks: '3' });
    expect(() => refuseTwinsAndNetworks(networks, 'a sweep')).toThrow("--set 'networks=[1]'");
    const one = load(FILE, { ...DRAWN, networks: '[2]' });
    expect(() => refuseTwinsAndNetworks(one, 'a sweep')).not.toThrow();
  });
});
