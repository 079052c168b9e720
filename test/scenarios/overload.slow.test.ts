/**
 * overload.yaml: a network that is offered more traffic than it can carry still carries what it
 * can.
 *
 * @module
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { histogramQuantile } from '../../engine/measure/histogram.ts';
import { carriedRateTexts } from '../../reports/carried.ts';
import { renderHtml } from '../../reports/html/html.ts';
import type { SeedResult } from '../../reports/model.ts';
import { counter, load, report, run } from '../unit/runner/fixture.ts';

const MS = 1_000_000;
/** The rate that the profile of overload.yaml can carry. */
const KNEE = 9_000;
const SHORT = { duration: '7s', warmup: '3s' };
const DOUBLE = { cpuQueues: 'endless', 'options.gateway.overload.shed': 'false' };

const at = (rate: number, more: Readonly<Record<string, string>> = {}): SeedResult =>
  run(load('overload.yaml', { ...SHORT, 'traffic.0.rate': `${rate}/s`, ...more }));

function goodput(result: SeedResult): number {
  return (1e9 * counter(result, 'gateway.throughput')) / result.measuredNs;
}

function p95(result: SeedResult): number {
  const latency = result.metrics['gateway.latency'];
  if (latency?.kind !== 'histogram' || latency.data.count === 0) return Number.POSITIVE_INFINITY;
  return histogramQuantile(latency.data, 0.95);
}

describe('the knee of the profile of overload.yaml', () => {
  it('is 9,000/s within 7 %: nearly all is carried below it and not above', () => {
    const below = at(0.93 * KNEE);
    expect(counter(below, 'gateway.throughput')).toBeGreaterThan(
      0.999 * counter(below, 'gateway.offered'),
    );
    const above = at(1.07 * KNEE);
    expect(counter(above, 'gateway.throughput')).toBeLessThan(
      0.99 * counter(above, 'gateway.offered'),
    );
  });
});

describe.each([1.5, 3])('at %f times the knee', (times) => {
  let result: SeedResult;
  beforeAll(() => {
    result = at(times * KNEE);
  });

  it('at least 85 % of the knee is carried, with a p95 of at most 250 ms', () => {
    expect(goodput(result)).toBeGreaterThanOrEqual(0.85 * KNEE);
    // No node carries more than its processor allows.
    expect(goodput(result)).toBeLessThanOrEqual(1.05 * KNEE);
    expect(p95(result)).toBeLessThanOrEqual(250 * MS);
  });

  it('no path dies, none is changed, and the window refuses nothing genuine', () => {
    for (const name of ['gateway.path_deaths', 'gateway.fault_switches', 'antireplay.false_reject'])
      expect(counter(result, name)).toBe(0);
    expect(result.nodeDrops['expired'] ?? 0).toBe(0);
  });

  it('what is too much is turned away by name at the source: little is lost on the way', () => {
    const offered = counter(result, 'gateway.offered');
    const accepted = counter(result, 'gateway.accepted');
    expect(offered - accepted).toBe(counter(result, 'gateway.refused'));
    expect(offered - accepted).toBeGreaterThan(0.9 * (1 - 1 / times) * offered);
    expect(counter(result, 'gateway.throughput')).toBeGreaterThan(0.98 * accepted);
    expect(result.nodeDrops['overload']).toBeGreaterThan(offered - accepted - 1);
  });

  it('is said in the first line, with what was measured, in every form of the report', () => {
    const scenario = load('overload.yaml', { ...SHORT, 'traffic.0.rate': `${times * KNEE}/s` });
    const judged = report(scenario, [result]);
    expect(judged.carried?.carriedPerSecond).toBeCloseTo(goodput(result), 6);
    const [words = ''] = carriedRateTexts(judged);
    expect(words).toMatch(
      /^the modelled machine carries about [89]\D\d00\/s of the \d\d\D\d00\/s asked$/,
    );
    expect(renderHtml(judged)).toContain(words);
  });
});

describe('its double, which queues without end', () => {
  it.each([1.5, 3])('is red in every limit at %f times the knee', (times) => {
    const scenario = load('overload.yaml', {
      ...SHORT,
      ...DOUBLE,
      'traffic.0.rate': `${times * KNEE}/s`,
    });
    const { kpis } = report(scenario, [run(scenario)]);
    expect(kpis.filter(({ pass }) => pass).map(({ metric }) => metric)).toEqual([]);
    expect(kpis).toHaveLength(6);
  });
});

describe('a machine for each node, of an eighth of the pace, whose queues have no end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-slow-'));
  const cpuProfile = join(folder, 'slow.json');
  beforeAll(() => {
    const file = 'scenarios/profiles/two-shared-cores.json';
    const profile = JSON.parse(readFileSync(file, 'utf8')) as {
      operations: Record<string, { inPlace: { ns: number; nsPerByte: number } }>;
    };
    for (const { inPlace } of Object.values(profile.operations)) {
      inPlace.ns *= 8;
      inPlace.nsPerByte *= 8;
    }
    writeFileSync(cpuProfile, JSON.stringify(profile));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const asked = (rate: number, shed: boolean): SeedResult =>
    at(rate, {
      cpuProfile,
      cpuMachines: 'topology',
      cpuQueues: 'endless',
      // The published window: what queues delay by more, it takes for an attack (ADR 0025).
      'options.gateway.antiReplay.windowSize': '1024',
      'options.gateway.overload.shed': String(shed),
    });

  it('carries 85 % of its knee at 1.5 times the knee, because the gateway hears of it by reports', () => {
    const knee = goodput(asked(7_500, true));
    expect(knee).toBeGreaterThan(7_300);
    const result = asked(11_250, true);
    expect(goodput(result)).toBeGreaterThanOrEqual(0.85 * knee);
    expect(p95(result)).toBeLessThanOrEqual(250 * MS);
    expect(counter(result, 'gateway.path_deaths')).toBe(0);
    expect(counter(result, 'antireplay.false_reject')).toBe(0);
    expect(counter(result, 'gateway.refused')).toBeGreaterThan(10_000);
  });

  it('collapses when the gateway turns nothing away', () => {
    const result = asked(11_250, false);
    expect(goodput(result)).toBeLessThan(1_000);
    expect(counter(result, 'antireplay.false_reject')).toBeGreaterThan(1_000);
  });
});
