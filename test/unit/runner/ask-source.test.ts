import { expect, it } from 'vitest';
import { scheduleAsks } from '../../../runner/asks/ask-source.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';

const ask = (node: string): AskSpec => ({
  ...{ node, kind: 'status', target: '', body: '', withinNs: 1 },
});
const SOURCE = { asks: [ask('a'), ask('b')], rate: 3, startNs: 1e9, stopNs: 3e9 };

/** What was asked when; each instant comes `late` ns late, and the run is over from `overNs` on. */
function asked(late: number, overNs = Number.POSITIVE_INFINITY): readonly string[] {
  const agenda: { readonly at: number; readonly fire: () => void }[] = [];
  const log: string[] = [];
  let now = 0;
  scheduleAsks(SOURCE, {
    world: { now: () => now, at: (at, fire) => void agenda.push({ at, fire }) },
    ask: ({ node }) => log.push(`${node} ${now}`),
    isOver: () => now >= overNs,
  });
  for (let next = agenda.shift(); next !== undefined; next = agenda.shift()) {
    now = Math.max(now, next.at + late);
    next.fire();
  }
  return log;
}

it('asks node after node at the rate, from the start and before the stop', () => {
  expect(asked(0)).toEqual([
    ...['a 1333333333', 'b 1666666667', 'a 2000000000', 'b 2333333333', 'a 2666666667'],
  ]);
});

it('keeps its rate where instants come late, and asks no more when the run is over', () => {
  expect(asked(7)).toHaveLength(5);
  expect(asked(7).at(-1)).toBe('a 2666666674');
  expect(asked(0, 2e9)).toHaveLength(2);
});
