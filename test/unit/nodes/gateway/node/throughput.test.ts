/**
 * R-001 and the limits of the soak test: the rate is counted at the receiver, and if it is missed,
 * no other result counts.
 */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../../reports/judge.ts';
import type { SeedResult } from '../../../../../reports/model.ts';
import type { Report } from '../../../../../reports/report-schema.ts';
import type { RecordingPaths } from '../../../../../runner/recording/recordings.ts';
import { makeJudgeInput } from '../../../../../runner/run/run-order.ts';
import { LIVE_METRICS, PROCESS_METRICS } from '../../../../../scenarios/metrics/live-metrics.ts';
import { scenarioMetrics } from '../../../../../scenarios/open/nodes.ts';
import { counter, load, prepare, registry, report, run, SECOND } from '../../../runner/fixture.ts';

const CUT =
  '[{ at: 4300ms, for: 1s, link: { activePath: "gateway-111 -> gateway-211", hop: random }, set: { up: false } }]';
const FULL_LOAD = {
  duration: '6s',
  warmup: '4s',
  'traffic.0.start': '3900ms',
  'traffic.0.rate': '10000/s',
  crypto: 'modelled',
  events: CUT,
};
const MINUTE = 60 * SECOND;
const ignore = (): void => undefined;

const kpi = ({ kpis }: Report, name: string): Report['kpis'][number] | undefined =>
  kpis.find(({ metric }) => metric === name);

describe('the rate of failover.yaml at full load, over a cut of the path in use', () => {
  const scenario = load('failover.yaml', FULL_LOAD);
  const result = run(scenario);

  it('R-001: is what the application received after the warm-up: above 500,000 a minute', () => {
    const { world, experiment } = prepare(scenario);
    const received: number[] = [];
    const nowNs = (): number => world.now();
    world.listen({
      delivered: (_node, _from, bytes) => {
        expect(bytes).toHaveLength(1_000);
        received.push(nowNs());
      },
      state: ignore,
      spanned: ignore,
      marked: ignore,
      logged: ignore,
    });
    world.sim.runUntil(7 * SECOND);
    expect(experiment.faults.records).toHaveLength(1);
    const offered = experiment.flows[0]?.nextSequence ?? 0;
    // A few hundred packets were lost with the path, so the application counts fewer than the
    // source sent.
    expect(received.length).toBeGreaterThan(0.95 * offered);
    expect(received.length).toBeLessThan(offered - 100);
    expect(experiment.flows[0]?.meter.deliveredTotal).toBe(received.length);
    const late = received.filter((atNs) => atNs >= 4 * SECOND && atNs < 6 * SECOND).length;
    // The meter assigns packets by send time, so those under way at the start or the end differ.
    expect(Math.abs(counter(result, 'gateway.throughput') - late)).toBeLessThan(400);
    const judged = kpi(report(scenario, [result]), 'gateway.throughput');
    expect(judged).toMatchObject({ pass: true, unit: '1/min' });
    expect(judged?.value).toBe(30 * counter(result, 'gateway.throughput'));
  });

  it.each([
    [499_999, false],
    [500_000, true],
  ])('R-001: is judged by that limit: %i packets in a minute', (packets, pass) => {
    const minute: SeedResult = {
      ...result,
      measuredNs: MINUTE,
      metrics: { ...result.metrics, 'gateway.throughput': { kind: 'counter', value: packets } },
    };
    const judged = kpi(report(scenario, [minute]), 'gateway.throughput');
    expect(judged).toMatchObject({ value: packets, pass });
  });
});

describe('soak-live.yaml', () => {
  const scenario = load('soak-live.yaml');
  const MIB = 1024 * 1024;
  const base = run(
    load('failover.yaml', { duration: '2s', warmup: '1s', 'traffic.0.rate': '50/s', events: '[]' }),
  );
  const TARGET = 5_000_000;

  /** A run of ten minutes with these results. */
  function soak(packets: number, memoryBytes: number, coreShare: number): Report {
    const result: SeedResult = {
      ...base,
      measuredNs: 10 * MINUTE,
      metrics: {
        ...base.metrics,
        'gateway.throughput': { kind: 'counter', value: packets },
        'live.memory': { kind: 'gauge', value: memoryBytes },
        'live.process_cpu': { kind: 'ratio', numerator: 1_000 * coreShare, denominator: 1_000 },
      },
    };
    const definitions = [
      ...scenarioMetrics(scenario, registry),
      ...LIVE_METRICS,
      ...PROCESS_METRICS,
    ];
    const recordingsOf = (): RecordingPaths => ({});
    const facts = { scenario, definitions, recordingsOf, reproduce: '', commit: 'test' };
    return judgeRun(makeJudgeInput(facts, [result], 1));
  }

  it('is red when it idles, however little memory and processor that takes', () => {
    const idle = soak(0, 50 * MIB, 0.01);
    expect(kpi(idle, 'live.memory')?.pass).toBe(true);
    expect(kpi(idle, 'gateway.throughput')?.pass).toBe(false);
    expect(idle.pass).toBe(false);
    expect(kpi(soak(TARGET - 1, 50 * MIB, 0.01), 'gateway.throughput')?.pass).toBe(false);
    expect(kpi(soak(TARGET, 50 * MIB, 0.01), 'gateway.throughput')?.pass).toBe(true);
  });

  it.each([
    [256 * MIB, 0.5, true, true],
    [256 * MIB + 1, 0.49, false, true],
    [255 * MIB, 0.501, true, false],
  ])(
    'R-010, R-011: bounds %i bytes and %f of a core from both sides',
    (bytes, share, isSmall, isQuick) => {
      const judged = soak(TARGET, bytes, share);
      expect(kpi(judged, 'live.memory')?.pass).toBe(isSmall);
      expect(kpi(judged, 'live.process_cpu')?.pass).toBe(isQuick);
    },
  );
});
