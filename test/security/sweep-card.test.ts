/** The server makes a card for the list of runs from an untrusted sweep.json. @module */
import { describe, expect, it } from 'vitest';
import { sweepCard } from '../../viz/server/sweep-card.ts';

const kpi = {
  ...{ metric: 'm', aggregation: 'p95', unit: 'ns', comparison: '<=', limit: 1 },
  ...{ value: 1, status: 'pass', pass: true },
};
const facts = { id: 'x/sweep', writtenMs: 0, kept: [] };

/** A sweep whose rows have these parameters, each with some KPIs. */
function sweepOf(rows: readonly Readonly<Record<string, string>>[], kpis = 1): string {
  const names = Array.from({ length: kpis }, (_, at) => ({ ...kpi, metric: `m${at}` }));
  const all = rows.map((parameters) => ({ parameters, pass: true, kpis: names }));
  return JSON.stringify({ name: 'x', question: 'q', seeds: [1], rows: all });
}

describe('the card of a foreign sweep', () => {
  it('of 1,000 rows that are no grid has no million cells for each of twelve KPIs', () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => ({ a: `${at}`, b: `${at}`, c: 'x' }));
    const grids = sweepCard(sweepOf(rows, 12), facts)?.grids ?? [];
    expect(grids).toHaveLength(12);
    for (const { cells, x, y } of grids) {
      expect(cells.flat()).toHaveLength(x.values.length * y.values.length);
      expect(cells.flat().length).toBeLessThanOrEqual(10_000);
      expect(cells[7]?.[7]).toMatchObject({ value: 1 });
      expect(cells[7]?.[8]).toBeNull();
    }
  });

  it('of 100 by 10 values has every cell', () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => ({
      a: `${at % 100}`,
      b: `${Math.floor(at / 100)}`,
    }));
    const [grid] = sweepCard(sweepOf(rows), facts)?.grids ?? [];
    expect(grid?.cells.map((row) => row.length)).toEqual(Array.from({ length: 10 }, () => 100));
    expect(grid?.cells.flat().every((cell) => cell !== null)).toBe(true);
  });

  it('reads parameters that every object has as texts', () => {
    const [grid] =
      sweepCard(sweepOf([{ constructor: '1' }, { toString: '2' }]), facts)?.grids ?? [];
    const values = [...(grid?.x.values ?? []), ...(grid?.y.values ?? [])];
    expect(values.sort()).toEqual(['-', '-', '1', '2']);
  });

  it.each(['{}', '[]', 'null', '{"rows": 5}', 'x', `${'['.repeat(100_000)}`])(
    'is none of %s',
    (text) => {
      expect(sweepCard(text, facts)).toBeUndefined();
    },
  );
});
