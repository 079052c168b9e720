/** The drawing of control services, from the states that they trace. */
import { expect, it } from 'vitest';
import { KNOWLEDGE_TRACE } from '../../../../nodes/control-service/trace-states.ts';
import { viz } from '../../../../nodes/control-service/viz.ts';
import type { DrawingInput } from '../../../../viz/format/drawing.ts';
import { DOUBLE_INPUT } from '../../viz/double-viz.ts';

const known = { beacons: 6, segments: 4, registered: 9, found: 15, watched: 15 };
const input = (width: number, ...found: readonly number[]): DrawingInput => ({
  ...DOUBLE_INPUT,
  width,
  nodes: found.map((one, number) => ({
    number,
    name: `control-${number}`,
    protocol: 'control-service',
    states: new Map([
      [KNOWLEDGE_TRACE.machine, KNOWLEDGE_TRACE.state.write({ ...known, found: one })],
    ]),
  })),
});

it('says how many control services have found all that they watch, and draws a bar for each', () => {
  const [view] = viz.views;
  const of = input(900, 15, 5, 0);
  expect(view?.applies(of)).toBe(true);
  const drawing = view?.draw(of);
  expect(drawing?.title).toBe('1 of 3 control services have paths to all ASes that they watch');
  expect(drawing?.summary).toContain('control-1 has 6 beacons, and paths to 5 of 15');
  expect(drawing?.table.rows).toEqual([
    ['control-0', 6, 4, 9, 15, 15],
    ['control-1', 6, 4, 9, 5, 15],
    ['control-2', 6, 4, 9, 0, 15],
  ]);
  const bars = drawing?.shapes.flatMap((one) =>
    one.kind === 'rect' && one.fill !== 'shade' ? [[one.fill, Math.round(one.w)]] : [],
  );
  const [[, whole] = []] = bars ?? [];
  expect(bars).toEqual([
    ['pass', whole],
    ['open', Math.round(Number(whole) / 3)],
    ['open', 1],
  ]);
});

it('leaves the numbers out on a phone, and has nothing to draw without states', () => {
  const [view] = viz.views;
  const texts = (width: number): number =>
    view?.draw(input(width, 3)).shapes.filter(({ kind }) => kind === 'text').length ?? 0;
  expect([texts(900), texts(360)]).toEqual([5, 3]);
  expect(view?.applies({ ...DOUBLE_INPUT, nodes: [] })).toBe(false);
});
