/**
 * The pump: links use due times, nodes use wall-clock time.
 *
 * @module
 */
import { afterEach, describe, expect, it } from 'vitest';
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { LiveTimer } from '../../../../engine/live/live-timer.ts';
import { WallClockPump } from '../../../../engine/live/pump.ts';

const MS = 1_000_000;
/** A clock that the test sets. */
class HandClock {
  at = 0;
  now(): number {
    return this.at;
  }
}

const pumps: WallClockPump[] = [];
afterEach(() => {
  for (const pump of pumps.splice(0)) pump.stop();
});

function setUp(
  precision: 'low' | 'high' = 'high',
  takeBacklog = (): boolean => false,
): {
  clock: HandClock;
  scheduler: Scheduler;
  pump: WallClockPump;
  failures: unknown[];
} {
  const clock = new HandClock();
  const scheduler = new Scheduler();
  const failures: unknown[] = [];
  const onFailure = (error: unknown): void => void failures.push(error);
  const pump = new WallClockPump({ clock, scheduler, precision, onFailure, takeBacklog });
  pumps.push(pump);
  return { clock, scheduler, pump, failures };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Pump', () => {
  it('runs events of links on their due time, however late the wall is', () => {
    const { clock, scheduler, pump } = setUp();
    const seen: number[] = [];
    const chain = (): void => {
      seen.push(scheduler.now);
      if (seen.length < 5) scheduler.after(2 * MS, chain);
    };
    scheduler.after(2 * MS, chain);
    // The clock is 30 ms late; a chain of events based on the wall clock would remain 30 ms behind.
    clock.at = 32 * MS;
    pump.enter(() => undefined);
    expect(seen).toEqual([2 * MS, 4 * MS, 6 * MS, 8 * MS, 10 * MS]);
  });

  it('lets node code begin with the links at the wall clock', () => {
    const { clock, scheduler, pump } = setUp();
    clock.at = 5 * MS;
    pump.enter(() => {
      expect(scheduler.now).toBe(5 * MS);
      clock.at = 9 * MS;
      expect(pump.lead).toBe(4 * MS);
    });
    expect(scheduler.now).toBe(9 * MS);
  });

  it('hands over what waits in the sockets after a stall before timers that are due', async () => {
    const { clock, scheduler, pump } = setUp('low');
    const log: string[] = [];
    const arrive = (): void => pump.enter(() => void log.push('datagram'));
    pump.enter(() => {
      const detection = new LiveTimer(pump, scheduler, () => void log.push('timer'), 'detection');
      detection.rearm(10 * MS);
    });
    // Another program used the processor; one turn of the loop reads only a limited number of
    // datagrams.
    clock.at = 200 * MS;
    for (let i = 0; i < 4; i += 1) {
      arrive();
      await turn();
    }
    expect(log).toEqual(['datagram', 'datagram', 'datagram', 'datagram']);
    await turn();
    await turn();
    expect(log.at(-1)).toBe('timer');
    expect(pump.longestStallNs).toBe(190 * MS);
  });

  it('lets no flood of datagrams keep timers waiting for ever after a stall', async () => {
    const { clock, scheduler, pump } = setUp('low');
    const fired: number[] = [];
    pump.enter(() =>
      new LiveTimer(pump, scheduler, () => void fired.push(clock.at), 'timer').rearm(MS),
    );
    clock.at = 200 * MS;
    for (let i = 0; i < 12; i += 1) {
      pump.enter(() => undefined);
      await turn();
      clock.at += 5 * MS;
    }
    expect(fired).toHaveLength(1);
  });

  it('lets no row of stalls keep timers waiting for ever, as on a machine that is always busy', async () => {
    const { clock, scheduler, pump } = setUp('low');
    const fired: number[] = [];
    const chain = (): void => void scheduler.after(MS, chain);
    chain();
    const again = (): void => {
      fired.push(clock.at);
      timer.rearm(10 * MS);
    };
    const timer = new LiveTimer(pump, scheduler, again, 'timer');
    pump.enter(() => timer.rearm(10 * MS));
    for (let i = 0; i < 20; i += 1) {
      clock.at += 30 * MS;
      pump.enter(() => undefined);
      await turn();
    }
    // 600 ms in turns of 30 ms: after each firing, sockets have priority for at most 50 ms.
    expect(fired.length).toBeGreaterThanOrEqual(6);
  });

  it('takes a long sleep for no stall', async () => {
    const { clock, scheduler, pump } = setUp('low');
    const fired: number[] = [];
    pump.enter(() => {
      new LiveTimer(pump, scheduler, () => void fired.push(clock.at), 'timer').rearm(900 * MS);
    });
    clock.at = 901 * MS;
    pump.enter(() => undefined);
    await turn();
    expect([fired, pump.longestStallNs]).toEqual([[901 * MS], 0]);
  });

  it('counts the delay of a timer from the wall clock of its arming, not from the turn', async () => {
    const { clock, scheduler, pump } = setUp();
    let firedAt = -1;
    pump.enter(() => {
      // The handler computes for 7 ms before it arms the timer.
      clock.at = 7 * MS;
      const timer = new LiveTimer(
        pump,
        scheduler,
        () => {
          firedAt = clock.at;
        },
        'timer',
      );
      timer.rearm(2 * MS);
    });
    clock.at = 8.9 * MS;
    pump.wake();
    await turn();
    expect(firedAt).toBe(-1);
    clock.at = 9 * MS;
    await turn();
    await turn();
    expect(firedAt).toBe(9 * MS);
  });

  it('continues by setImmediate when a turn has taken too long', async () => {
    const { clock, scheduler, pump } = setUp();
    let ran = 0;
    for (let i = 0; i < 10; i += 1) {
      scheduler.after(0, () =>
        pump.push({
          run: () => {
            ran += 1;
            clock.at += MS;
          },
        }),
      );
    }
    clock.at = 1;
    pump.wake();
    await turn();
    expect(ran).toBeGreaterThan(0);
    expect(ran).toBeLessThan(10);
    expect(pump.overruns).toBe(1);
    for (let i = 0; i < 10; i += 1) await turn();
    expect(ran).toBe(10);
  });

  it('gives sources their turn after node code, and when no socket holds more', async () => {
    let isBacklogged = true;
    const { clock, pump } = setUp('high', () => isBacklogged);
    const log: string[] = [];
    clock.at = 1_000 * MS;
    // Without sources nobody waits, so the waiting time begins here.
    pump.enter(() => undefined);
    pump.push({ run: () => void log.push('nothing new') });
    pump.wake();
    await turn();
    pump.pushSource({ run: () => void log.push('source') });
    pump.push({ run: () => void log.push('node') });
    pump.wake();
    await turn();
    await turn();
    expect(log).toEqual(['nothing new', 'node']);
    isBacklogged = false;
    await turn();
    expect(log).toEqual(['nothing new', 'node', 'source']);
  });

  it('lets no full socket keep sources waiting for more than 10 ms', async () => {
    const { clock, pump } = setUp('high', () => true);
    const sentAt: number[] = [];
    const source = { run: (): void => void sentAt.push(clock.at) };
    pump.push({ run: () => undefined });
    clock.at = 1_000 * MS;
    pump.wake();
    await turn();
    pump.pushSource(source);
    pump.wake();
    for (let i = 0; i < 12; i += 1) {
      await turn();
      clock.at += MS;
    }
    expect(sentAt).toEqual([1_010 * MS]);
  });

  it('stops and tells when node code throws', async () => {
    const { pump, scheduler, clock, failures } = setUp();
    let ran = 0;
    scheduler.after(MS, () => {
      ran += 1;
    });
    pump.enter(() => {
      throw new RangeError('a mistake');
    });
    expect(failures).toEqual([new RangeError('a mistake')]);
    expect(pump.isRunning).toBe(false);
    clock.at = 5 * MS;
    pump.enter(() => {
      ran += 1;
    });
    pump.wake();
    await turn();
    expect(ran).toBe(0);
  });

  it('never fires before the wall clock is there, in either precision', async () => {
    for (const precision of ['high', 'low'] as const) {
      const { clock, scheduler, pump } = setUp(precision);
      let fired = false;
      scheduler.after(2 * MS, () => {
        fired = true;
      });
      clock.at = 2 * MS - 1;
      pump.wake();
      for (let i = 0; i < 5; i += 1) await turn();
      expect(fired).toBe(false);
      clock.at = 2 * MS;
      for (let i = 0; i < 50 && !fired; i += 1) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      expect(fired).toBe(true);
    }
  });
});
