/** The pace of a run in virtual time. @module */
import { performance } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import type { Injector } from '../../../../runner/injection/injector.ts';
import type { RunPortCommand } from '../../../../runner/injection/messages.ts';
import { SteppedInjection } from '../../../../runner/injection/stepped.ts';
import { MS } from '../fixture.ts';

/** A palette with a record of what it did and how often it waited. */
interface Watched {
  readonly stepped: SteppedInjection;
  readonly log: string[];
  readonly waits: () => number;
}

/** A palette whose orders arrive after the given numbers of polls. */
function palette(
  speed: number | null,
  orders: Readonly<Record<number, RunPortCommand>> = {},
): Watched {
  const log: string[] = [];
  let looks = 0;
  let waits = 0;
  const injector: Pick<Injector, 'take' | 'inject' | 'inspect' | 'paced'> = {
    take: () => {
      looks += 1;
      const order = orders[looks];
      return order === undefined ? [] : [order];
    },
    inject: (_, fromNs) => {
      log.push(`inject ${fromNs}`);
      return fromNs;
    },
    inspect: ({ kind }) => void log.push(`inspect ${kind}`),
    paced: (number, to) => void log.push(`paced ${number} ${to}`),
  };
  const stepped = new SteppedInjection({
    injector: injector as Injector,
    speed,
    runUntil: (atNs): void => void log.push(`run ${atNs}`),
    onWait: (): void => {
      waits += 1;
    },
    isStopped: (): boolean => waits >= 5,
  });
  return { stepped, log, waits: (): number => waits };
}

const inject: RunPortCommand = { kind: 'inject', number: 1, event: {} };

describe('the pace of a run in virtual time', () => {
  it('does not hold up a run that is as fast as possible', () => {
    const { stepped, waits } = palette(null);
    stepped.between(20 * MS);
    expect(waits()).toBe(0);
  });

  it('waits while paused until it is told to go on, and takes faults meanwhile', () => {
    const goOn: RunPortCommand = { kind: 'pace', number: 2, speed: null };
    const { stepped, log, waits } = palette(0, { 2: inject, 3: inject, 4: goOn });
    stepped.between(20 * MS);
    expect(waits()).toBe(3);
    const at = 20 * MS;
    const both = [at + 1, at + 2].flatMap((one) => [`inject ${one}`, `run ${one}`]);
    expect(log).toEqual([...both, 'paced 2 null']);
  });

  it('answers who looks while it is paused', () => {
    const { stepped, log } = palette(0, { 2: { kind: 'statuses', number: 1 } });
    stepped.between(20 * MS);
    expect(log).toEqual(['inspect statuses']);
  });

  it('ends its wait when the run is stopped', () => {
    const { stepped, waits } = palette(0);
    stepped.between(0);
    expect(waits()).toBe(5);
  });

  it('takes as long as the pace says', () => {
    const { stepped } = palette(2);
    const began = performance.now();
    for (let slice = 0; slice <= 4; slice += 1) stepped.between(slice * 20 * MS);
    expect(performance.now() - began).toBeGreaterThanOrEqual(39);
  });
});
