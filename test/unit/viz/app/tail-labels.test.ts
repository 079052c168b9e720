/**
 * Labels of a distribution overlap neither each other nor the curve, and a staircase has no slopes.
 * @module
 */
import { describe, expect, it } from 'vitest';
import { LabelPlacer, type LabelSpot } from '../../../../viz/app/chart/label-room.ts';
import { tickTexts } from '../../../../viz/app/chart/plot.ts';
import { staircaseCorners, svgPathThrough } from '../../../../viz/app/chart/stairs.ts';

const MS = { divisor: 1e6, suffix: 'ms' };
const at = (x: number, y: number): LabelSpot => ({ x, y, anchor: 'start' });

describe('labels', () => {
  const bounds = { left: 0, right: 300, top: 0, bottom: 100 };

  it('the limit was written over p50: the second label takes another place', () => {
    const room = new LabelPlacer(bounds, []);
    expect(room.take('p50 10.1 ms', [at(50, 40), at(50, 60)])).toEqual(at(50, 40));
    expect(room.take('limit 12 ms', [at(60, 45), at(60, 70)])).toEqual(at(60, 70));
  });

  it('the curve went through a label: one beside it is taken, and one inside the drawing', () => {
    const room = new LabelPlacer(bounds, [
      [
        { x: 0, y: 40 },
        { x: 300, y: 40 },
      ],
    ]);
    expect(room.take('p50', [at(50, 42), at(50, 80)])).toEqual(at(50, 80));
    expect(room.take('a long label', [at(290, 70), at(100, 75)])).toEqual(at(100, 75));
  });

  it('four limits were written across each other: a label keeps off the line of another limit', () => {
    const lines = [50, 100, 250].map((x) => [
      { x, y: 0 },
      { x, y: 100 },
    ]);
    const room = new LabelPlacer(bounds, lines);
    const sides = (x: number): readonly LabelSpot[] => [
      at(x + 6, 12),
      { x: x - 6, y: 12, anchor: 'end' },
    ];
    expect(room.take('p50 <= 1', sides(100))).toEqual(at(106, 12));
    expect(room.take('p95', sides(250))).toEqual(at(256, 12));
    // To the right stands the line at 100.
    expect(room.take('p50 >= 1', [at(56, 12), at(106, 12), at(160, 40)])).toEqual(at(160, 40));
  });

  it('where nothing is free, what covers least is taken', () => {
    const room = new LabelPlacer(bounds, [
      [
        { x: 0, y: 40 },
        { x: 300, y: 40 },
      ],
    ]);
    room.take('first', [at(50, 80)]);
    expect(room.take('next', [at(50, 80), at(50, 42)])).toEqual(at(50, 42));
  });
});

describe('a distribution of two values', () => {
  it('was drawn as two spikes joined by a slope: lines go along or up, never across', () => {
    const corners = staircaseCorners([
      { x: 0, y: 90 },
      { x: 0, y: 60 },
      { x: 200, y: 50 },
      { x: 200, y: 5 },
    ]);
    const moves = corners.slice(1).map((to, i) => [to.x - corners[i]!.x, to.y - corners[i]!.y]);
    expect(moves.filter(([dx, dy]) => dx !== 0 && dy !== 0)).toEqual([]);
    expect(corners).toContainEqual({ x: 200, y: 60 });
    expect(svgPathThrough(corners.slice(0, 2))).toBe('M0.0 90.0L0.0 90.0');
  });
});

describe('an axis', () => {
  it('of a narrow distribution had five equal ticks: it has the digits that tell them apart', () => {
    const texts = tickTexts([12_106_000, 12_106_000.5, 12_106_001], MS);
    expect(new Set(texts).size).toBe(3);
    expect(texts[1]).toBe('12.1060005');
    expect(tickTexts([0, 5e6, 10e6], MS)).toEqual(['0', '5', '10']);
  });
});
