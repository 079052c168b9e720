/** The exports of the report page, and how it draws a KPI against its limit. @module */
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../../../reports/judge.ts';
import { barDomain } from '../../../../reports/kpi-bar.ts';
import type { KpiResult } from '../../../../reports/report-schema.ts';
import type { RunLibraryState } from '../../../../viz/app/data/library.ts';
import { fileNamesOfRun } from '../../../../viz/app/data/run-files.ts';
import { kpiRows } from '../../../../viz/app/pages/report/downloads.ts';
import { balanceText, dropReasonCounts } from '../../../../viz/app/pages/report/drops.ts';
import { makeRunCard } from '../../../../viz/format/run-card.ts';
import { runInput } from '../../reports/fixture.ts';

const REPORT = judgeRun(runInput({ seeds: 3, slowdown: 1 }));

describe('the report page', () => {
  it('offers the files that a run of the server left, and no others', () => {
    const served = { id: 'a/1', traceBytes: 9, files: ['junit.xml'], writtenMs: 1 };
    const cards = [
      makeRunCard(REPORT, served),
      makeRunCard(REPORT, { id: 'demo', traceBytes: 1, files: [] }),
    ];
    const ready: RunLibraryState = { kind: 'ready', cards, leftOut: 0 };
    expect(fileNamesOfRun('a/1', ready)).toEqual(['junit.xml', 'report.json', 'trace.orr']);
    expect(fileNamesOfRun('demo', ready)).toBeUndefined();
    expect(fileNamesOfRun('a/1', { kind: 'loading' })).toBeUndefined();
  });

  it('writes each KPI with a row for every seed, as wide as its headings', () => {
    const { columns, rows } = kpiRows(REPORT);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
    expect(rows).toHaveLength(REPORT.kpis.length + REPORT.kpis.flatMap((k) => k.perSeed).length);
  });

  it('accounts for every packet in one sentence, and lists drops by their number', () => {
    const { sent, delivered } = REPORT.packets;
    const plain = balanceText(REPORT).replaceAll(' ', '');
    expect(plain).toContain(`${sent}sent=${delivered}delivered+`);
    const counts = dropReasonCounts(REPORT).map(({ count }) => count);
    expect(counts).toEqual([...counts].sort((a, b) => b - a));
  });

  it('has room in a bar for value, limit, interval and every seed', () => {
    for (const kpi of REPORT.kpis) {
      const [from, to] = barDomain(kpi);
      const known: readonly (number | null)[] = [
        ...[kpi.value, kpi.limit, kpi.ci95.low, kpi.ci95.high],
        ...kpi.perSeed.map(({ value }) => value),
      ];
      for (const value of known) {
        if (value === null) continue;
        expect(value).toBeGreaterThanOrEqual(from);
        expect(value).toBeLessThanOrEqual(to);
      }
    }
    const above = { ...REPORT.kpis[0], unit: 'ratio', value: 1.4, limit: 1.2, perSeed: [] };
    expect(barDomain(above as unknown as KpiResult)[1]).toBeGreaterThanOrEqual(1.4);
  });
});
