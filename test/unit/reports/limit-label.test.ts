/** Where the label of a limit goes in a chart over time. @module */
import { describe, expect, it } from 'vitest';
import { type CurveCorner, limitLabelPosition } from '../../../reports/html/limit-label.ts';

const ROOM = { left: 50, right: 650, top: 20, bottom: 180 };
const TEXT = 'limit 500 000 /min';
const WIDTH = TEXT.length * 6.9;

/** How many corners of a finely drawn curve are under the letters. */
function covered({ x, y }: CurveCorner, curve: readonly CurveCorner[]): number {
  const isUnder = (one: CurveCorner): boolean =>
    one.x >= x && one.x <= x + WIDTH && one.y >= y - 11 && one.y <= y + 4;
  return curve.filter(isUnder).length;
}

function curveOf(heightAt: (x: number) => number): readonly CurveCorner[] {
  return Array.from({ length: 1_201 }, (_, i) => ({ x: 50 + i / 2, y: heightAt(50 + i / 2) }));
}

describe('the label of a limit', () => {
  it('is at the left below its line if no curve is there', () => {
    const place = limitLabelPosition({ text: TEXT, lineY: 60 }, ROOM, [curveOf(() => 30)]);
    expect(place).toEqual({ x: 56, y: 76 });
  });

  it('was crossed by a curve that rises through the limit: it moves to where none is', () => {
    const rises = curveOf((x) => (x < 120 ? 180 - (x - 50) * 2 : 30));
    expect(covered({ x: 56, y: 76 }, rises)).toBeGreaterThan(0);
    const place = limitLabelPosition({ text: TEXT, lineY: 60 }, ROOM, [rises]);
    expect(covered(place, rises)).toBe(0);
    expect(place.x + WIDTH).toBeLessThanOrEqual(ROOM.right);
  });

  it('goes above its line if a curve runs along below it', () => {
    const along = curveOf(() => 70);
    const place = limitLabelPosition({ text: TEXT, lineY: 60 }, ROOM, [along]);
    expect(place).toEqual({ x: 56, y: 54 });
    expect(covered(place, along)).toBe(0);
  });

  it('stays inside the chart, whatever crosses it', () => {
    const wild = curveOf((x) => (x % 2 === 0 ? 20 : 180));
    for (const lineY of [20, 21, 100, 179, 180]) {
      const { x, y } = limitLabelPosition({ text: TEXT, lineY }, ROOM, [wild]);
      expect([x >= ROOM.left, x + WIDTH <= ROOM.right]).toEqual([true, true]);
      expect([y - 11 >= ROOM.top, y + 4 <= ROOM.bottom]).toEqual([true, true]);
    }
  });
});
