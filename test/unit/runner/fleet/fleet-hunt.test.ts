/** What a fleet says of an attempt may be anything. @module */
import { describe, expect, it } from 'vitest';
import { FleetHunt } from '../../../../runner/fleet/fleet-hunt.ts';
import { EMPTY_ATTEMPT_OUTCOME } from '../../../../runner/hunt/attempt.ts';
import { HuntStoppedError } from '../../../../runner/hunt/hunt.ts';
import { openHuntedScenario } from '../../../../runner/hunt/open-hunted-scenario.ts';
import { AttemptTrier } from '../../../../runner/hunt/try-attempt.ts';
import { Refusal } from '../../../../scenarios/refusal.ts';

const hunted = await openHuntedScenario('hello', {});
const LINK = hunted.targets.links[0];
const cut = { at: '2s', for: '1s', link: LINK, set: { up: false } };
const attempt = { seed: 3, events: [cut, { at: '1s', crash: 'nobody' }] };

/** A fleet that answers so, and what it was asked. */
function fleetOf(answer: unknown, isTaken = true): { fleet: never; asked: unknown[] } {
  const asked: unknown[] = [];
  const fleet = {
    takes: (): boolean => isTaken,
    try: async (...question: readonly unknown[]): Promise<unknown> => {
      asked.push(...question);
      return await Promise.resolve(answer);
    },
  };
  return { fleet: fleet as never, asked };
}

describe('an attempt on a fleet', () => {
  it('is the scenario with values for what could happen', async () => {
    const { events: _, ...here } = new AttemptTrier(hunted).try(attempt);
    const { fleet, asked } = fleetOf({ kind: 'tried', tried: JSON.stringify(here) });
    const there = await new FleetHunt(hunted, fleet).try(attempt);
    expect(there).toEqual({ ...here, events: [cut] });
    const events = JSON.stringify([cut]);
    expect(asked).toMatchObject([
      { parameters: { events }, scenario: { overrides: { events } } },
      { seed: 3, hunted: ['ping.rtt'] },
    ]);
  });

  it('can be tried here if it is too large for a job', async () => {
    expect(
      await new FleetHunt(hunted, fleetOf(undefined, false).fleet).try(attempt),
    ).toBeUndefined();
  });

  it('is given up if the hunt was stopped', async () => {
    const ended = { kind: 'ended', ending: 'interrupted', seed: 3, message: '' };
    const trying = new FleetHunt(hunted, fleetOf(ended).fleet).try(attempt);
    await expect(trying).rejects.toThrow(HuntStoppedError);
  });

  it('is tried here if it is too much for a worker', async () => {
    const { fleet } = fleetOf({ kind: 'tried', tried: 'null' });
    expect(await new FleetHunt(hunted, fleet).try(attempt)).toBeUndefined();
  });

  it.each([
    { kind: 'tried', tried: '{' },
    { kind: 'tried', tried: '{"breaks":[{"kind":"odd","place":"x","text":"x"}]}' },
    {
      kind: 'tried',
      tried: JSON.stringify({
        ...EMPTY_ATTEMPT_OUTCOME,
        breaks: [{ kind: 'crash', place: 'x\ny', text: 'x' }],
      }),
    },
    { kind: 'tried', tried: JSON.stringify({ breaks: [], reached: Array(200_000).fill('x') }) },
    { kind: 'refused', message: 'no' },
    { kind: 'result', result: {} },
  ])('is refused after %o', async (answer) => {
    await expect(new FleetHunt(hunted, fleetOf(answer).fleet).try(attempt)).rejects.toThrow(
      Refusal,
    );
  });
});
