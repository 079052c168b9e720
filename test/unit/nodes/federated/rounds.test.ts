/** When rounds begin, with whom, and when they are over. */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import {
  type RoundEffect,
  type RoundInput,
  RoundMachine,
  type RoundMachineParts,
} from '../../../../nodes/federated/aggregator/rounds.ts';

const SECOND = 1e9;
const CLIENTS = ['a', 'b', 'c', 'd', 'e'];
const OPTIONS: RoundMachineParts['options'] = {
  rounds: 3,
  pause: SECOND,
  select: 'all',
  minimum: 3,
  phaseTimeout: 30 * SECOND,
};

/** Of a federation whose clients have been asked at its start. */
function machine(
  more: Partial<RoundMachineParts['options']> = {},
  parts: Partial<RoundMachineParts> = {},
): RoundMachine {
  const rounds = unasked(more, parts);
  rounds.step(0, TIMER_DUE);
  return rounds;
}

function unasked(
  more: Partial<RoundMachineParts['options']> = {},
  parts: Partial<RoundMachineParts> = {},
): RoundMachine {
  return new RoundMachine(
    {
      options: { ...OPTIONS, ...more },
      clients: CLIENTS,
      over: 0,
      mayBegin: () => true,
      random: openRandomStream(1, 'aggregator', 'federated.sample'),
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

function declined(client: string): RoundInput {
  return { kind: 'declined', client, reason: 'battery' };
}

function away(client: string): RoundInput {
  return { kind: 'away', client, outcome: 'lifetime-over' };
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

  it('says once that too few can take part and who is missing, and begins when there are enough', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'b']);
    expect(rounds.step(1, declined('c'))).toEqual([]);
    expect(rounds.step(30 * SECOND - 1, TIMER_DUE)).toEqual([]);
    expect(rounds.step(30 * SECOND, TIMER_DUE)).toEqual([
      {
        kind: 'short',
        ready: 2,
        needed: 3,
        missing: [
          { client: 'c', reason: 'declined (battery)' },
          { client: 'd', reason: 'not heard of' },
          { client: 'e', reason: 'not heard of' },
        ],
      },
    ]);
    expect(rounds.step(40 * SECOND, declined('d'))).toEqual([]);
    expect(ready(rounds, 50 * SECOND, ['e'])).toMatchObject([{ kind: 'begin' }]);
  });

  it('does not wait for those who said that they will not come, until they do', () => {
    const rounds = machine();
    ready(rounds, 0, ['a', 'c', 'd']);
    expect(rounds.step(1, declined('b'))).toEqual([]);
    expect(rounds.step(2, declined('e'))).toEqual([
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
    rounds.step(1, away('b'));
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
    const over = unasked({}, { over: 3 });
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
    rounds.step(1, away('a'));
    rounds.step(1, away('b'));
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

describe('questions to clients that are not known to be ready', () => {
  const isQuestion = ({ kind }: RoundEffect): boolean => kind === 'ask';
  const asked = (rounds: RoundMachine, now: number, client: string, outcome = 'ok'): void => {
    expect(rounds.step(now, { kind: 'asked', client, outcome }).filter(isQuestion)).toEqual([]);
  };

  it('are asked at the start, and repeated at longer and longer intervals up to the timer of a phase', () => {
    const rounds = unasked();
    expect(rounds.step(0, TIMER_DUE)).toEqual(CLIENTS.map((client) => ({ kind: 'ask', client })));
    ready(rounds, 1, ['a', 'b', 'c', 'd']);
    let now = 0;
    for (const wait of [1, 2, 4, 8, 16, 30, 30, 30]) {
      // Not while the carrier still has the question before.
      expect(rounds.step(now + 60 * SECOND, TIMER_DUE).filter(isQuestion)).toEqual([]);
      now += 60 * SECOND;
      asked(rounds, now, 'e', 'lifetime-over');
      expect(rounds.nextAt()).toBe(now + wait * SECOND);
      now += wait * SECOND;
      expect(rounds.step(now, TIMER_DUE)).toEqual([{ kind: 'ask', client: 'e' }]);
    }
  });

  it('end with the answer, and begin anew for a client that did not get its invitation', () => {
    const rounds = unasked();
    rounds.step(0, TIMER_DUE);
    for (const client of CLIENTS) asked(rounds, 1, client);
    ready(rounds, 2, CLIENTS);
    expect(rounds.step(2 * SECOND, TIMER_DUE)).toEqual([]);
    expect(rounds.nextAt()).toBe(Number.POSITIVE_INFINITY);
    rounds.step(3 * SECOND, away('b'));
    expect(rounds.nextAt()).toBe(4 * SECOND);
    expect(rounds.step(4 * SECOND, TIMER_DUE)).toEqual([{ kind: 'ask', client: 'b' }]);
  });

  it('also go to a client that declined: what it said since may be lost, or have come before', () => {
    const rounds = unasked();
    rounds.step(0, TIMER_DUE);
    ready(rounds, 1, CLIENTS);
    for (const client of CLIENTS) asked(rounds, 2, client);
    rounds.step(3, declined('c'));
    expect(rounds.nextAt()).toBe(3 + 30 * SECOND);
    expect(rounds.step(3 + 30 * SECOND, TIMER_DUE)).toEqual([{ kind: 'ask', client: 'c' }]);
  });

  it('leave a second after a round that failed for the carrier to say who was not there', () => {
    const rounds = machine({ pause: 0 });
    ready(rounds, 0, CLIENTS);
    expect(rounds.step(5, { kind: 'failed' })).toEqual([]);
    for (const client of ['c', 'd', 'e']) rounds.step(6, away(client));
    expect(rounds.step(5 + SECOND, TIMER_DUE).filter(({ kind }) => kind === 'begin')).toEqual([]);
  });

  it('end with the last round', () => {
    const rounds = machine({ rounds: 1, pause: 0 });
    ready(rounds, 0, ['a', 'b', 'c', 'd']);
    rounds.step(30 * SECOND, TIMER_DUE);
    expect(rounds.step(31 * SECOND, { kind: 'ended' })).toEqual([{ kind: 'over' }]);
    asked(rounds, 32 * SECOND, 'e');
    expect(rounds.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(rounds.step(99 * SECOND, TIMER_DUE)).toEqual([]);
  });

  it('warn about ten rounds of a life, and no more', () => {
    const rounds = machine({ rounds: 100, pause: 0, minimum: 5 });
    const warned = Array.from({ length: 20 }, (_, round) => {
      const from = round * 100 * SECOND;
      ready(rounds, from, CLIENTS);
      rounds.step(from, away('a'));
      rounds.step(from, { kind: 'ended' });
      return rounds.step(from + 30 * SECOND, TIMER_DUE).filter(({ kind }) => kind === 'short');
    });
    expect(warned.flat()).toHaveLength(10);
  });
});

/** The clients of 5,000 rounds. */
function draw(more: Partial<RoundMachineParts['options']>): readonly (readonly string[])[] {
  const rounds = machine({ ...more, rounds: 5_000, pause: 0 });
  const first = ready(rounds, 0, CLIENTS);
  const later = Array.from({ length: 4_999 }, (_, at) => rounds.step(at + 1, { kind: 'ended' }));
  return [first, ...later]
    .flat()
    .flatMap((effect) => (effect.kind === 'begin' ? [effect.clients] : []));
}
