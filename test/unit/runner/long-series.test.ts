/**
 * Series of runs that are longer than 1,000 s: wider bins, exact counters, and a metric that such
 * bins cannot give.
 */
import { describe, expect, it } from 'vitest';
import { chooseExitCode } from '../../../reports/judge.ts';
import { renderJunit } from '../../../reports/junit.ts';
import { kpiMark } from '../../../reports/kpi-text.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { counter, loadText, ratio, report, run, SECOND } from './fixture.ts';

const text = (duration: string, kpis = ''): string => `
name: long
topology:
  name: long
  defaults: { node: { run: datagram }, link: { rate: 1Mbit/s, delay: 40ms } }
  nodes: [{ name: earth }, { name: probe }]
  links: [{ ends: earth <-> probe, loss: 20% }]
duration: ${duration}
warmup: 30s
traffic: [{ from: earth, to: probe, kind: poisson, rate: 2/s }]
kpis: { datagram.delivery: { value: ">= 10%" } ${kpis} }
`;
const long = (kpis = ''): Scenario => loadText(text('3000s', kpis));
const AVAILABILITY = ', datagram.availability: { value: ">= 1%", allowEmpty: true }';
const REASON = 'availability needs bins of 100ms, a run of 50min has bins of 500ms';

describe('a run of 3,000 s', () => {
  const scenario = long(AVAILABILITY);
  const result = run(scenario);
  const series = (name: string): readonly number[] => {
    const found = result.series.find((one) => one.name === name);
    expect(found?.binNs).toBe(0.5 * SECOND);
    return (found?.values ?? []).map((value) => value ?? 0);
  };
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

  it('counts each packet in exactly one of its wider bins', () => {
    const { numerator, denominator } = ratio(result, 'datagram.delivery');
    expect(denominator).toBeGreaterThan(5_000);
    // 60 bins of the warm-up; a packet sent in it may arrive in the next one.
    expect(sum(series('sent').slice(60))).toBe(denominator);
    expect(Math.abs(sum(series('delivered').slice(60)) - numerator)).toBeLessThanOrEqual(2);
    expect(series('sent').length).toBeLessThanOrEqual(6_000);
    // 8 ms to serialise and 40 ms to travel; the queue is short.
    const p95 = series('latency.p95').filter((value) => value > 0);
    expect(Math.min(...p95)).toBeGreaterThanOrEqual(48e6);
    expect(Math.max(...p95)).toBeLessThan(100e6);
  });

  it('has no availability, and says why in the metric and in the limit that allows it', () => {
    const made = report(scenario, [result]);
    expect(result.metrics['datagram.availability']).toBeUndefined();
    expect(made.metrics['datagram.availability']).toMatchObject({
      ...{ count: 0, value: null, notApplicable: REASON },
    });
    const kpi = made.kpis.find(({ metric }) => metric === 'datagram.availability');
    expect(kpi).toMatchObject({ status: 'not-applicable', reason: `not applicable: ${REASON}` });
    expect(kpi && kpiMark(kpi)).toBe('–');
    expect(chooseExitCode(made)).toBe(0);
    expect(renderJunit(made)).toMatch(/skipped[^>]*availability needs bins of 100ms/);
  });

  it('refuses a limit on availability at its line, before it runs', () => {
    const refused = ((): unknown => {
      try {
        return long(', datagram.availability: { value: ">= 1%" }');
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(ConfigError);
    expect((refused as ConfigError).issues).toEqual([
      expect.objectContaining({
        code: 'E128',
        path: 'kpis.datagram.availability',
        line: 11,
        message: `not applicable: ${REASON}`,
        hint: 'shorten duration, remove the limit, or write allowEmpty: true',
      }),
    ]);
    const shorter = run(loadText(text('1000s', ', datagram.availability: { value: ">= 1%" }')));
    const { denominator } = ratio(shorter, 'datagram.availability');
    // Windows begin every 100 ms from 30 s on and end at 1,000 s; some have no traffic.
    expect(denominator).toBeLessThanOrEqual(9_691);
    expect(denominator).toBeGreaterThan(5_000);
  });

  it('never passes a limit on availability that reached the judge nevertheless', () => {
    const strict = scenario.kpis.map((kpi) => ({ ...kpi, allowEmpty: false }));
    const made = report({ ...scenario, kpis: strict }, [result]);
    const kpi = made.kpis.find(({ metric }) => metric === 'datagram.availability');
    expect(kpi).toMatchObject({ status: 'fail', pass: false, code: 'E128', value: null });
    expect(chooseExitCode(made)).toBe(1);
    expect(counter(result, 'datagram.throughput')).toBeGreaterThan(4_000);
  });
});
