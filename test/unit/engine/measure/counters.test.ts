import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../../engine/host/measure.ts';
import {
  MeterTable,
  mergeMetrics,
  mergeMetricsByName,
} from '../../../../engine/measure/counters.ts';
import { mergeHistograms } from '../../../../engine/measure/histogram.ts';

const definitions: MetricDefinition[] = [
  { name: 'a.sent', kind: 'counter', unit: 'packets', help: 'Sent.' },
  { name: 'a.level', kind: 'gauge', unit: 'count', help: 'Level.' },
  { name: 'a.delay', kind: 'histogram', unit: 'ns', help: 'Delay.' },
  { name: 'a.failover', kind: 'samples', unit: 'ns', help: 'Fail-over.' },
  { name: 'a.delivery', kind: 'ratio', unit: 'ratio', help: 'Delivery.' },
];

function filled(): MeterTable {
  const meter = new MeterTable(definitions);
  meter.counter('a.sent').add(2);
  meter.counter('a.sent').add(3);
  meter.gauge('a.level').set(7);
  meter.histogram('a.delay').record(100);
  meter.sample('a.failover', 42);
  meter.ratio('a.delivery').add(9, 10);
  return meter;
}

describe('MeterTable', () => {
  it('hands out one handle per metric and returns all metrics, sorted', () => {
    const meter = filled();
    const data = meter.data();
    expect(Object.keys(data)).toEqual(['a.delay', 'a.delivery', 'a.failover', 'a.level', 'a.sent']);
    expect(data['a.sent']).toEqual({ kind: 'counter', value: 5 });
    expect(data['a.level']).toEqual({ kind: 'gauge', value: 7 });
    expect(data['a.failover']).toEqual({ kind: 'samples', values: [42] });
    expect(data['a.delivery']).toEqual({ kind: 'ratio', numerator: 9, denominator: 10 });
    expect(structuredClone(data)).toEqual(data);
    expect(meter.histogram('a.delay')).toBe(meter.histogram('a.delay'));
  });

  it('leaves out what needs use until somebody asks for it; a reset does not take it away again', () => {
    const meter = new MeterTable([
      { name: 'a.acknowledged', kind: 'counter', unit: 'count', help: 'A.', needs: 'use' },
    ]);
    expect(meter.data()).toEqual({});
    meter.counter('a.acknowledged');
    meter.reset();
    expect(meter.data()).toEqual({ 'a.acknowledged': { kind: 'counter', value: 0 } });
  });

  it('metrics that nothing happened to are there, empty', () => {
    expect(new MeterTable(definitions).data()).toEqual({
      'a.delay': { kind: 'histogram', data: mergeHistograms([]) },
      'a.delivery': { kind: 'ratio', numerator: 0, denominator: 0 },
      'a.failover': { kind: 'samples', values: [] },
      'a.level': { kind: 'gauge', value: 0 },
      'a.sent': { kind: 'counter', value: 0 },
    });
  });

  it('refuses unknown names, wrong kinds and double definitions', () => {
    const meter = new MeterTable(definitions);
    expect(() => meter.counter('a.unknown')).toThrow('not declared');
    expect(() => meter.counter('a.level')).toThrow('defined as gauge');
    expect(() => new MeterTable([...definitions, ...definitions])).toThrow('twice');
  });

  it('forgets at the end of the warm-up; handles stay, gauges keep their value', () => {
    const meter = filled();
    const sent = meter.counter('a.sent');
    meter.reset();
    sent.add(1);
    const data = meter.data();
    expect(data['a.sent']).toEqual({ kind: 'counter', value: 1 });
    expect(data['a.level']).toEqual({ kind: 'gauge', value: 7 });
    expect(data['a.failover']).toEqual({ kind: 'samples', values: [] });
    expect(data['a.delivery']).toEqual({ kind: 'ratio', numerator: 0, denominator: 0 });
    expect(data['a.delay']).toEqual({ kind: 'histogram', data: mergeHistograms([]) });
  });
});

describe('samples of a node that no run ends', () => {
  it('grew without bound: their list begins anew at its bound, as after a restart', () => {
    const meter = new MeterTable(definitions);
    meter.samplesMax = 3;
    for (let value = 1; value <= 7; value += 1) meter.sample('a.failover', value);
    expect(meter.data()['a.failover']).toEqual({ kind: 'samples', values: [7] });
  });
});

describe('mergeMetrics', () => {
  it('adds counters, gauges and ratios, joins samples, merges histograms', () => {
    const a = filled().data();
    const b = filled().data();
    const merged = mergeMetricsByName([a, b]);
    expect(merged['a.sent']).toEqual({ kind: 'counter', value: 10 });
    expect(merged['a.level']).toEqual({ kind: 'gauge', value: 14 });
    expect(merged['a.failover']).toEqual({ kind: 'samples', values: [42, 42] });
    expect(merged['a.delivery']).toEqual({ kind: 'ratio', numerator: 18, denominator: 20 });
    expect(merged['a.delay']).toMatchObject({ data: { count: 2, sumLow: 200 } });
  });

  it('merges by name in the order of names, also what only some parts have', () => {
    const counter = (value: number): { kind: 'counter'; value: number } => ({
      kind: 'counter',
      value,
    });
    const merged = mergeMetricsByName([{ b: counter(1) }, { b: counter(2), a: counter(4) }, {}]);
    expect(Object.entries(merged)).toEqual([
      ['a', counter(4)],
      ['b', counter(3)],
    ]);
    expect(mergeMetricsByName([])).toEqual({});
  });

  it('refuses to mix kinds', () => {
    const { 'a.sent': sent, 'a.level': level } = filled().data();
    expect(() => mergeMetrics([sent!, level!])).toThrow('cannot merge');
    expect(() => mergeMetrics([])).toThrow('at least one');
  });
});
