/** Labelled metrics of a node, and of many. */
import { describe, expect, it } from 'vitest';
import type { MetricDefinition } from '../../../../engine/host/measure.ts';
import { MeterTable, mergeMetricsByName } from '../../../../engine/measure/counters.ts';
import { SERIES_PER_METRIC_MAX } from '../../../../engine/pure/series-name.ts';

const DEFINITIONS: readonly MetricDefinition[] = [
  { name: 'a.sent', kind: 'counter', unit: 'packets', help: 'Sent.', labels: ['path'] },
  { name: 'a.delay', kind: 'histogram', unit: 'ns', help: 'D.', labels: ['path', 'to'] },
  { name: 'a.plain', kind: 'counter', unit: 'count', help: 'P.' },
];

const count = (value: number): object => ({ kind: 'counter', value });

/** A meter with so many series of `a.sent`, each counted once, from `first` on. */
function withSeries(series: number, first = 0): MeterTable {
  const meter = new MeterTable(DEFINITIONS);
  for (let n = first; n < first + series; n += 1) meter.counter('a.sent', `p${n}`).add(1);
  return meter;
}

describe('labelled metrics', () => {
  it('are kept for each value and as a whole', () => {
    const meter = withSeries(2);
    meter.counter('a.sent', 'p1').add(4);
    expect(meter.counter('a.sent', 'p1')).toBe(meter.counter('a.sent', 'p1'));
    meter.histogram('a.delay', '1', 'b').record(7);
    const data = meter.data();
    expect(Object.keys(data)).toEqual([
      ...['a.delay', 'a.delay{path="1",to="b"}', 'a.plain'],
      ...['a.sent', 'a.sent{path="p0"}', 'a.sent{path="p1"}'],
    ]);
    expect(data['a.sent']).toEqual(count(6));
    expect(data['a.sent{path="p1"}']).toEqual(count(5));
    expect(data['a.delay']).toEqual(data['a.delay{path="1",to="b"}']);
  });

  it('need as many values as they have labels', () => {
    const meter = new MeterTable(DEFINITIONS);
    expect(() => meter.counter('a.sent')).toThrow('has path, not 0 values');
    expect(() => meter.counter('a.plain', 'x')).toThrow('has no labels, not 1 values');
    const ratio = { name: 'a.r', kind: 'ratio', unit: 'ratio', help: 'R.', labels: ['x'] } as const;
    expect(() => new MeterTable([ratio])).toThrow('a ratio');
  });

  it('count what is beyond the bound in `other`, and how often that was', () => {
    const meter = withSeries(SERIES_PER_METRIC_MAX + 3);
    meter.counter('a.sent', 'x'.repeat(1_000)).add(1);
    const data = meter.data();
    expect(Object.keys(data).filter((name) => name.startsWith('a.sent{'))).toHaveLength(
      SERIES_PER_METRIC_MAX + 1,
    );
    expect(data['a.sent{path="other"}']).toEqual(count(4));
    expect(data['a.sent']).toEqual(count(SERIES_PER_METRIC_MAX + 4));
    expect(data['labels.folded{metric="a.sent"}']).toEqual(count(4));
    meter.reset();
    expect(meter.data()['labels.folded']).toEqual(count(4));
  });

  it('keep the bound where nodes meet', () => {
    const parts = [
      withSeries(SERIES_PER_METRIC_MAX),
      withSeries(SERIES_PER_METRIC_MAX, SERIES_PER_METRIC_MAX),
    ];
    const merged = mergeMetricsByName(parts.map((meter) => meter.data()));
    expect(merged['a.sent']).toEqual(count(2 * SERIES_PER_METRIC_MAX));
    expect(merged['a.sent{path="other"}']).toEqual(count(SERIES_PER_METRIC_MAX));
    expect(merged['labels.folded{metric="a.sent"}']).toEqual(count(SERIES_PER_METRIC_MAX));
    expect(
      mergeMetricsByName([withSeries(2).data(), withSeries(2).data()])['a.sent{path="p1"}'],
    ).toEqual(count(2));
  });

  it('of an honest node stood in `other`, for another that made up earlier names', () => {
    const [honest, liar] = [new MeterTable(DEFINITIONS), withSeries(SERIES_PER_METRIC_MAX)];
    for (const path of ['report', 'scmp', 'timer']) honest.counter('a.sent', path).add(7);
    for (const parts of [
      [honest, liar],
      [liar, honest],
    ]) {
      const merged = mergeMetricsByName(parts.map((meter) => meter.data()));
      for (const path of ['report', 'scmp', 'timer'])
        expect(merged[`a.sent{path="${path}"}`]).toEqual(count(7));
      expect(merged['a.sent{path="other"}']).toEqual(count(3));
      expect(merged['labels.folded{metric="a.sent"}']).toEqual(count(3));
    }
  });

  it('of a node with many have an equal share of the room, and what others leave', () => {
    const parts = [withSeries(50), withSeries(50, 100), withSeries(4, 200)];
    const merged = mergeMetricsByName(parts.map((meter) => meter.data()));
    const kept = Object.keys(merged).flatMap((name) => /"p(\d+)"/.exec(name)?.[1] ?? []);
    const from = (low: number): number =>
      kept.filter((one) => Number(one) >= low && Number(one) < low + 100).length;
    expect([from(0), from(100), from(200)]).toEqual([30, 30, 4]);
  });
});
