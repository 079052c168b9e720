/** When rounds begin, with whom, and when they are over. */
import { describe, expect, it } from 'vitest';
import { openStream } from '../../../../engine/core/stream.ts';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import {
  type RoundEffect,
  RoundMachine,
  type RoundParts,
} from '../../../../nodes/federated/aggregator/rounds.ts';

const SECOND = 1e9;
const CLIENTS = ['a', 'b', 'c', 'd', 'e'];
const OPTIONS: RoundParts['options'] = {
  rounds: 3,
  pause: SECOND,
  select: 'all',
  minimum: 3,
  phaseTimeout: 30 * SECOND,
};

function machine(
  more: Partial<RoundParts['options']> = {},
  parts: Partial<RoundParts> = {},
): RoundMachine {
  return new RoundMachine(
    {
      options: { ...OPTIONS, ...more },
      clients: CLIENTS,
      over: 0,
      mayBegin: () => true,
      random: openStream(1, 'aggregator', 'federated.sample'),
      ...parts,
    },
    0,
  );
}

function ready(
  rounds: RoundMachine,
  now: number,
  clients: readonly string[],
): readonly RoundEffect[] {
  return clients.flatMap((client) => rounds.step(now, { kind: 'ready', client }));
}

describe('rounds', () => {
  it('begins at once when all clients are ready, in the order of the files', () => {
    const rounds = machine();
    expect(ready(rounds, 5, ['e', 'd', 'c', 'b'])).toEqual([]);
    expect(ready(rounds, 7, ['a'])).toEqual([{ kind: 'begin', round: 1, clients: CLIENTS }]);
  });

  it('waits a phase for the last ones, and not longer', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'b', 'c']);
    expect(rounds.nextAt()).toBe(30 * SECOND);
    expect(rounds.step(30 * SECOND - 1, TIMER_DUE)).toEqual([]);
    expect(rounds.step(30 * SECOND, TIMER_DUE)).toEqual([
      { kind: 'begin', round: 1, clients: ['a', 'b', 'c'] },
    ]);
  });

  it('says once that too few can take part, and begins when there are enough', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'b']);
    expect(rounds.step(1, { kind: 'declined', client: 'c' })).toEqual([]);
    expect(rounds.step(30 * SECOND - 1, TIMER_DUE)).toEqual([]);
    expect(rounds.step(30 * SECOND, TIMER_DUE)).toEqual([{ kind: 'short', ready: 2, needed: 3 }]);
    expect(rounds.step(40 * SECOND, { kind: 'declined', client: 'd' })).toEqual([]);
    expect(ready(rounds, 50 * SECOND, ['e'])).toMatchObject([{ kind: 'begin' }]);
  });

  it('does not wait for those who said that they will not come, until they do', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'c', 'd']);
    expect(rounds.step(1, { kind: 'declined', client: 'b' })).toEqual([]);
    expect(rounds.step(2, { kind: 'declined', client: 'e' })).toEqual([
      { kind: 'begin', round: 1, clients: ['a', 'c', 'd'] },
    ]);
    ready(rounds, 3, ['e']);
    rounds.step(4, { kind: 'ended' });
    expect(rounds.step(4 + SECOND, TIMER_DUE)).toEqual([
      { kind: 'begin', round: 2, clients: ['a', 'c', 'd', 'e'] },
    ]);
  });

  it('waits for ever for those without whom no round may begin', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'b']);
    expect(rounds.step(30 * SECOND, TIMER_DUE)).toMatchObject([{ kind: 'short' }]);
    expect(rounds.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(ready(rounds, 99 * SECOND, ['d'])).toEqual([
      { kind: 'begin', round: 1, clients: ['a', 'b', 'd'] },
    ]);
  });

  it('pauses between rounds, leaves out who is away, and ends', () => {
    const rounds = machine();
    ready(rounds, 0, CLIENTS);
    rounds.step(1, { kind: 'away', client: 'b' });
    rounds.step(2, { kind: 'ended' });
    expect(rounds.nextAt()).toBe(2 + SECOND);
    expect(rounds.step(2 + SECOND, TIMER_DUE)).toEqual([
      { kind: 'begin', round: 2, clients: ['a', 'c', 'd', 'e'] },
    ]);
    rounds.step(2 * SECOND, { kind: 'ended' });
    expect(rounds.step(3 * SECOND, TIMER_DUE)).toHaveLength(1);
    rounds.step(3 * SECOND, { kind: 'ended' });
    expect(rounds.step(4 * SECOND, TIMER_DUE)).toEqual([{ kind: 'over' }]);
    expect(rounds.step(5 * SECOND, TIMER_DUE)).toEqual([]);
    expect(rounds.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes on after a restart where the disk says', () => {
    const rounds = machine({}, { over: 2 });
    expect(ready(rounds, 0, CLIENTS)).toEqual([{ kind: 'begin', round: 3, clients: CLIENTS }]);
    const over = machine({}, { over: 3 });
    expect(over.step(0, { kind: 'ready', client: 'a' })).toEqual([{ kind: 'over' }]);
  });

  it('ends when no further round may be paid for', () => {
    const rounds = machine({ pause: 0 }, { mayBegin: (round) => round < 1 });
    ready(rounds, 0, CLIENTS);
    expect(rounds.step(1, { kind: 'ended' })).toEqual([{ kind: 'over' }]);
  });

  it('invites more clients than it wants, and after the wait as many as it wants', () => {
    const rounds = machine({ select: { fixed: 3, over: 1.3 } });
    expect(ready(rounds, 0, ['a', 'b', 'c', 'd', 'e'])[0]).toMatchObject({
      clients: { length: 4 },
    });
    rounds.step(1, { kind: 'away', client: 'a' });
    rounds.step(1, { kind: 'away', client: 'b' });
    rounds.step(2, { kind: 'ended' });
    expect(rounds.step(2 + SECOND, TIMER_DUE)).toEqual([]);
    expect(rounds.step(2 + 31 * SECOND - 1, TIMER_DUE)).toEqual([]);
    expect(rounds.step(2 + 31 * SECOND, TIMER_DUE)).toEqual([
      { kind: 'begin', round: 2, clients: ['c', 'd', 'e'] },
    ]);
  });

  it('draws a fixed number of clients, each as often', () => {
    const chosen = draw({ select: { fixed: 2 }, minimum: 1 });
    for (const clients of chosen) expect(clients).toHaveLength(2);
    // 5,000 draws of 2 among 5: 2,000 each, with a standard deviation of 35.
    for (const client of CLIENTS) {
      const count = chosen.filter((clients) => clients.includes(client)).length;
      expect(Math.abs(count - 2_000)).toBeLessThan(175);
    }
  });

  it('draws each client independently, as Poisson sampling does', () => {
    const chosen = draw({ select: { probability: 0.3 } });
    const count = chosen.reduce((sum, { length }) => sum + length, 0);
    const pairs = chosen.filter((clients) => clients.includes('a') && clients.includes('b')).length;
    // 25,000 draws: 7,500 with a deviation of 72; pairs: 450 with one of 20.
    expect(Math.abs(count - 7_500)).toBeLessThan(360);
    expect(Math.abs(pairs - 450)).toBeLessThan(100);
  });
});

/** The clients of 5,000 rounds. */
function draw(more: Partial<RoundParts['options']>): readonly (readonly string[])[] {
  const rounds = machine({ ...more, rounds: 5_000, pause: 0 });
  const first = ready(rounds, 0, CLIENTS);
  const later = Array.from({ length: 4_999 }, (_, at) => rounds.step(at + 1, { kind: 'ended' }));
  return [first, ...later]
    .flat()
    .flatMap((effect) => (effect.kind === 'begin' ? [effect.clients] : []));
}
