/** What bounds searches of the Lab, and what becomes of what they find. @module */
import { describe, expect, it } from 'vitest';
import { foundBy, searched } from './searching.ts';

describe('a sweep', () => {
  it('refuses more runs than a tab makes, and says the command that makes them', async () => {
    const search = { kind: 'sweep', path: 'traffic.0.size', values: '1B..513B step 1B' } as const;
    expect((await searched(search, { seeds: [1, 2] })).answer).toMatchObject({
      kind: 'refused',
      text: expect.stringMatching(/513 values with 2 seeds are 1026 runs.* sweep hello\.yaml /),
    });
  });

  it('shows a value that the files refuse before anything runs', async () => {
    const search = { kind: 'sweep', path: 'duration', values: '2s, 3' } as const;
    const { answer, steps } = await searched(search);
    expect(answer).toMatchObject({ kind: 'problems', problems: [{ file: '--set' }] });
    expect(steps).toEqual([{ done: 0, of: 2 }]);
  });

  it('goes on where a value breaks', async () => {
    const search = { kind: 'sweep', path: 'duration', values: '2s, 3s' } as const;
    const done = await searched(search, {}, (answer, order) => {
      const isFirst = order.kind === 'run' && order.planned.overrides['duration'] === '2s';
      return isFirst ? { kind: 'lost', how: 'held', text: 'no progress' } : answer;
    });
    const { rows } = foundBy(done, 'swept').sweep;
    expect(rows.map(({ broke }) => broke)).toEqual(['no progress', undefined]);
  });
});

describe('a hunt', () => {
  it('says which attempt did not end, with its faults, and stops there', async () => {
    let tried = 0;
    const search = { kind: 'hunt', attempts: 100, seed: 1 } as const;
    const done = await searched(search, { set: ['traffic.0.rate=5/s'] }, (answer) => {
      tried += 1;
      return tried === 4 ? { kind: 'lost', how: 'held', text: 'no progress' } : answer;
    });
    const found = foundBy(done, 'hunted');
    expect(found).toMatchObject({
      tried: 8,
      breaks: [{ found: { kind: 'held', place: 'the run', text: 'no progress' } }],
    });
    expect(found.breaks[0]?.attempt.events.length).toBeGreaterThan(0);
    expect(done.steps).toEqual([{ done: 8, of: 100 }]);
  });

  it.each([0, 10_001, Number.NaN])('refuses %d attempts', async (attempts) => {
    const { answer } = await searched({ kind: 'hunt', attempts, seed: 1 });
    expect(answer).toMatchObject({ kind: 'refused', text: /1 to 10000 attempts/ });
  });
});

it('shrinking a run in which nothing broke says so', async () => {
  const done = await searched({ kind: 'shrink', of: { seed: 1 } }, { set: ['duration=2s'] });
  expect(foundBy(done, 'shrunk').text).toBeNull();
});
