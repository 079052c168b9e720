/** Searches of the Lab find what the command line finds. @module */
import { expect, it } from 'vitest';
import type { SweepResult } from '../../reports/sweep.ts';
import { orrery } from './command.ts';
import { foundBy, searched } from './searching.ts';

const SET = ['duration=2s', 'kpis.ping.rtt.p95=<= 10.1ms'];
const FLAGS = SET.flatMap((one) => ['--set', one]);

it('a sweep has the numbers of the command line, and says the command', async () => {
  const values = '100B, 500B..900B step 400B';
  const search = { kind: 'sweep', path: 'traffic.0.size', values } as const;
  const done = await searched(search, { seeds: [1, 2], set: SET });
  const { sweep, places } = foundBy(done, 'swept');
  const set = `sweep={ traffic.0.size: [${values}] }`;
  const { text: _, ...own } = orrery<SweepResult>(
    ...['sweep', 'hello.yaml', '--seeds', '2', ...FLAGS, '--set', set],
  );
  const measured = ({ rows }: SweepResult): object =>
    rows.map(({ reproduce: __, folder: ___, ...row }) => row);
  expect(measured(sweep)).toEqual(measured(own));
  expect(sweep.rows.map(({ pass }) => pass)).toEqual([true, false, false]);
  expect(sweep.reproduce).toBe(own.reproduce);
  expect(places).toEqual([0, 0.5, 1]);
  expect(done.steps.at(-1)).toEqual({ done: 6, of: 6 });
});

interface HuntAnswer {
  readonly attempts: number;
  readonly reached: number;
  readonly lastNewAttempt: number;
  readonly brokenWithoutFaults: readonly string[];
  readonly breaks: readonly object[];
}

it('a hunt makes the attempts of the command line', async () => {
  const set = ['traffic.0.rate=10/s'];
  const search = { kind: 'hunt', attempts: 16, seed: 3 } as const;
  const found = foundBy(await searched(search, { set }), 'hunted');
  const flags = ['--attempts', '16', '--seed', '3', '--fresh', '--set', set[0] ?? ''];
  const own = orrery<HuntAnswer>('hunt', 'hello.yaml', ...flags);
  expect(own).toMatchObject({
    ...{ attempts: found.tried, reached: found.reached, lastNewAttempt: found.lastNew },
    ...{ brokenWithoutFaults: found.known, breaks: found.breaks },
  });
  expect(own.lastNewAttempt).toBeGreaterThan(8);
  expect(found.command).toContain(` hunt hello.yaml -- ${flags.slice(0, 5).join(' ')}`);
});

it('shrinking ends with the file of the command line', async () => {
  const set = [
    ...SET,
    'traffic.0.size=900B',
    'events=[{ at: 1s, for: 10ms, link: alice--bob, set: { loss: 1% } }]',
  ];
  const found = foundBy(await searched({ kind: 'shrink', of: { seed: 2 } }, { set }), 'shrunk');
  const own = orrery(
    'shrink',
    'hello.yaml',
    '--seed',
    '2',
    ...set.flatMap((one) => ['--set', one]),
  );
  const withoutHead = (text: string): string => text.replace(/^#.*\n/gm, '');
  expect(withoutHead(found.text ?? '')).toBe(withoutHead(own.text));
  expect(found.left).toBe('0 faults and 2 nodes left');
});
