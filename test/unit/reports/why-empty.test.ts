/** What a limit says whose metric has no sample. */
import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../engine/host/measure.ts';
import { judgeRun } from '../../../reports/judge.ts';
import type { MetricData, SeedResult } from '../../../reports/model.ts';
import { kpi, runInput } from './fixture.ts';

const counter = (value: number): MetricData => ({ kind: 'counter', value });
const definition = (name: string, isLoss?: true): MetricDefinition => {
  const plain = { name, kind: 'counter', unit: 'count', help: 'For the test.' } as const;
  return isLoss === undefined ? plain : { ...plain, isLoss };
};

/** What is said of `metric` where seeds are changed. */
function reasonOf(metric: string, changed: Partial<SeedResult>): string | undefined {
  const input = runInput({ seeds: 2, slowdown: 1 });
  const report = judgeRun({
    ...input,
    kpis: [kpi(metric, 'count', ['>=', 1, '>= 1'])],
    definitions: [
      ...input.definitions,
      ...[{ ...definition('dp.accuracy'), kind: 'samples' as const }],
      ...[definition('federated.left', true), definition('federated.late', true)],
      ...[definition('federated.rounds'), { ...definition('dtn.hops'), kind: 'samples' as const }],
    ],
    seeds: input.seeds.map((seed) => ({ ...seed, faults: [], ...changed })),
  });
  return report.kpis[0]?.reason;
}

const messages = { submitted: 14, delivered: 0, refused: {}, givenUp: 0, open: 0 };

describe('a metric without samples', () => {
  it('was asked for a fault, or for traffic, in a run that knew that it had none', () => {
    expect(reasonOf('gateway.failover', { metrics: {} })).toBe(
      'gateway.failover has 0 samples, so count cannot be judged: ' +
        'no fault happened after warmup (5s); allowEmpty: true lets it have none',
    );
    expect(reasonOf('gateway.latency', { metrics: { 'gateway.offered': counter(0) } })).toContain(
      ': no packet was sent after warmup (5s);',
    );
  });

  it('was asked for traffic where everything expired', () => {
    const metrics = { 'dtn.offered': counter(14), 'dtn.throughput': counter(0) };
    const lost = { expired: 12, 'no-storage': 2 };
    expect(reasonOf('dtn.hops', { metrics, messages: { ...messages, lost } })).toContain(
      ': none of 28 packets arrived (expired 24, no-storage 4);',
    );
    const nodeDrops = { 'dtn/expired': 5, 'fabric/duplicate': 9 };
    expect(reasonOf('dtn.hops', { metrics, nodeDrops })).toContain(
      ': none of 28 packets arrived (dtn/expired 10);',
    );
  });

  it('was asked for traffic where all clients had left', () => {
    const metrics = {
      ...{ 'federated.left': counter(20), 'federated.late': counter(0) },
      'federated.rounds': counter(3),
    };
    expect(reasonOf('dp.accuracy', { metrics })).toContain(': the run counts federated.left 40;');
  });

  it('is asked for a fault or traffic where nobody knows', () => {
    expect(reasonOf('dp.accuracy', { metrics: {} })).toContain(
      '; is there a fault or traffic after warmup (5s)? allowEmpty: true',
    );
  });
});
