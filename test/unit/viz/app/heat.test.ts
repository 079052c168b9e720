/** The heat map of a sweep: steps and texts from sweep.json. @module */
import { describe, expect, it } from 'vitest';
import { cellText, describeHeatGrid, tintSteps } from '../../../../viz/app/pages/gallery/heat.ts';
import type { HeatGrid } from '../../../../viz/format/run-card.ts';
import { sweepCard } from '../../../../viz/server/sweep-card.ts';

const FACTS = { id: 'x/sweep', writtenMs: 1, kept: ['1', '7'] };

function sweepText(values: readonly (readonly [string, string, number | null])[]): string {
  const rows = values.map(([loss, interval, value]) => {
    const isMet = value !== null && value <= 100e6;
    const kpi = {
      ...{ metric: 'm', aggregation: 'p95', unit: 'ns', comparison: '<=', limit: 100e6, value },
      status: isMet ? 'pass' : 'fail',
    };
    const at = { reproduce: `run ${loss} ${interval}`, folder: loss === '0' ? '1' : '2' };
    return {
      ...at,
      parameters: { 'a.loss': loss, 'b.interval': interval },
      pass: isMet,
      kpis: [kpi],
    };
  });
  return JSON.stringify({ name: 'n', question: 'q?', seeds: [1, 2], rows, reproduce: '' });
}

describe('the card of a sweep', () => {
  const card = sweepCard(
    sweepText([
      ['0', '1ms', 10e6],
      ['0', '2ms', 60e6],
      ['1', '1ms', 110e6],
    ]),
    FACTS,
  );
  const grid = card?.grids[0] as HeatGrid;

  it('counts what met its limits and has a grid over both parameters', () => {
    expect(card).toMatchObject({ kind: 'sweep', met: 2, total: 3, seeds: 2 });
    expect([grid.x.values, grid.y.values]).toEqual([
      ['0', '1'],
      ['1ms', '2ms'],
    ]);
    const command = 'run 0 2ms';
    expect(grid.cells[1]).toEqual([
      { value: 60e6, status: 'pass', run: 'x/sweep/1', command },
      null,
    ]);
    // The folder of this run is gone, so only the command remains.
    expect(grid.cells[0]?.[1]).toEqual({ value: 110e6, status: 'fail', command: 'run 1 1ms' });
  });

  it('tints by value in five steps, the least weakest, and says number and limit', () => {
    expect(tintSteps(grid)).toEqual([
      [1, 5],
      [3, undefined],
    ]);
    expect(cellText(grid, 60e6)).toBe('60 ms');
    expect(describeHeatGrid(grid)).toBe(
      'm p95 over loss and interval. Limit <= 100 ms; a stronger colour is a larger value.',
    );
  });

  it('has one step where all values are equal, and none where nothing was measured', () => {
    const flat = sweepCard(
      sweepText([
        ['0', '1ms', 5],
        ['1', '1ms', 5],
      ]),
      FACTS,
    );
    expect(tintSteps(flat?.grids[0] as HeatGrid)).toEqual([[1, 1]]);
    const empty = sweepCard(
      sweepText([
        ['0', '1ms', null],
        ['1', '1ms', null],
      ]),
      FACTS,
    );
    expect(tintSteps(empty?.grids[0] as HeatGrid)).toEqual([[undefined, undefined]]);
  });

  it('is none of another file', () => {
    expect(sweepCard('{', FACTS)).toBeUndefined();
    expect(sweepCard('{"name":1}', FACTS)).toBeUndefined();
    expect(sweepCard(sweepText([]).replace('"rows":[]', '"rows":[{}]'), FACTS)).toBeUndefined();
  });
});
