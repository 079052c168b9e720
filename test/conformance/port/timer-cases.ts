/**
 * Port cases for timers and clocks (engine/host/time.ts).
 *
 * @module
 */
import { expect } from 'vitest';
import type { Timer } from '../../../engine/host/time.ts';
import type { PortCase } from './port-world.ts';

const MS = 1_000_000;

export const timerCases: readonly PortCase[] = [
  {
    id: 'timer/order',
    says: 'fires in the order of deadlines, ties in the order of arming',
    run: async (world) => {
      const fired: string[] = [];
      world.act(() => {
        world.a.after(9 * MS, () => fired.push('late'));
        world.a.after(3 * MS, () => fired.push('early'));
        world.a.after(0, () => fired.push('now 1'));
        world.a.after(0, () => fired.push('now 2'));
        expect(fired).toEqual([]);
      });
      await world.until(() => fired.length === 4, 'all timers fire');
      expect(fired).toEqual(['now 1', 'now 2', 'early', 'late']);
    },
  },
  {
    id: 'timer/never-early',
    says: 'never fires before its delay has passed on the own clock',
    run: async (world) => {
      const early: number[] = [];
      let count = 0;
      world.act(() => {
        for (const delay of [0, 1, 999, 50_000, MS, 1_500_001, 4 * MS]) {
          const armedAt = world.a.now();
          world.a.after(delay, () => {
            count += 1;
            if (world.a.now() - armedAt < delay) early.push(delay);
          });
        }
      });
      await world.until(() => count === 7, 'all timers fire');
      expect(early).toEqual([]);
    },
  },
  {
    id: 'timer/rearm-later',
    says: 'fires once, at the later deadline, when it was moved away',
    run: async (world) => {
      const at: number[] = [];
      let from = 0;
      world.act(() => {
        from = world.a.now();
        const timer = world.a.after(2 * MS, () => at.push(world.a.now()));
        timer.rearm(12 * MS);
      });
      await world.until(() => at.length > 0, 'the timer fires');
      await world.pass(5);
      expect(at.length).toBe(1);
      expect(at[0]! - from).toBeGreaterThanOrEqual(12 * MS);
    },
  },
  {
    id: 'timer/rearm-earlier',
    says: 'fires once, at the earlier deadline, when it was moved closer',
    run: async (world) => {
      let count = 0;
      world.act(() => {
        const timer = world.a.after(3_600_000 * MS, () => {
          count += 1;
        });
        timer.rearm(2 * MS);
      });
      await world.until(() => count > 0, 'the timer fires');
      expect(count).toBe(1);
    },
  },
  {
    id: 'timer/rearm-after-firing',
    says: 'can be armed again in its own handler and after it has fired',
    run: async (world) => {
      let count = 0;
      let timer!: Timer;
      world.act(() => {
        timer = world.a.after(MS, () => {
          count += 1;
          expect(timer.isPending).toBe(false);
          if (count < 3) timer.rearm(MS);
        });
        expect(timer.isPending).toBe(true);
      });
      await world.until(() => count === 3, 'the timer fires three times');
      expect(timer.isPending).toBe(false);
      world.act(() => timer.rearm(0));
      await world.until(() => count === 4, 'the timer fires again');
    },
  },
  {
    id: 'timer/cancel',
    says: 'does not fire once cancelled, and cancelling twice is harmless',
    run: async (world) => {
      let count = 0;
      world.act(() => {
        const timer = world.a.after(MS, () => {
          count += 1;
        });
        timer.cancel();
        timer.cancel();
        expect(timer.isPending).toBe(false);
      });
      await world.pass(10);
      expect(count).toBe(0);
    },
  },
  {
    id: 'timer/cancel-in-own-handler',
    says: 'may be cancelled in its own handler',
    run: async (world) => {
      let count = 0;
      world.act(() => {
        const timer: Timer = world.a.after(MS, () => {
          count += 1;
          timer.rearm(MS);
          timer.cancel();
        });
      });
      await world.until(() => count === 1, 'the timer fires');
      await world.pass(10);
      expect(count).toBe(1);
    },
  },
  {
    id: 'timer/cancel-another-that-is-due',
    says: 'does not fire when the handler of an earlier timer of the same instant cancels it',
    run: async (world) => {
      const fired: string[] = [];
      world.act(() => {
        let second!: Timer;
        world.a.after(0, () => {
          fired.push('first');
          second.cancel();
        });
        second = world.a.after(0, () => fired.push('second'));
        world.a.after(0, () => fired.push('third'));
      });
      await world.until(() => fired.includes('third'), 'the third timer fires');
      expect(fired).toEqual(['first', 'third']);
    },
  },
  {
    id: 'timer/bad-delay',
    says: 'refuses delays that are negative, fractional or not a number',
    run: (world) => {
      world.act(() => {
        for (const delay of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
          expect(() => world.a.after(delay, () => undefined)).toThrow(/delay/);
        }
      });
      return Promise.resolve();
    },
  },
  {
    id: 'clock/monotonic',
    says: 'counts whole nanoseconds that never go back',
    run: async (world) => {
      let last = 0;
      for (let i = 0; i < 5; i += 1) {
        await world.pass(1);
        world.act(() => {
          const now = world.a.now();
          expect(Number.isSafeInteger(now)).toBe(true);
          expect(now).toBeGreaterThanOrEqual(last + MS);
          last = now;
        });
      }
    },
  },
  {
    id: 'clock/calendar',
    says: 'lets calendar time advance as monotonic time does',
    run: async (world) => {
      const read = (): { now: number; calendar: number } => {
        const { seconds, nanos } = world.a.clock();
        expect(Number.isInteger(nanos) && nanos >= 0 && nanos < 1_000 * MS).toBe(true);
        return { now: world.a.now(), calendar: seconds * 1_000 * MS + nanos };
      };
      let first!: ReturnType<typeof read>;
      let second!: ReturnType<typeof read>;
      world.act(() => {
        first = read();
      });
      await world.pass(20);
      world.act(() => {
        second = read();
      });
      const drift = second.calendar - first.calendar - (second.now - first.now);
      // A float64 holds calendar nanoseconds only in steps of 256 ns, and in live mode the clocks
      // are read one after the other.
      expect(Math.abs(drift)).toBeLessThan(50 * MS);
    },
  },
];
