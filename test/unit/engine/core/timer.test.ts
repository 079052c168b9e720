/** The timer that can be re-armed cheaply. @module */
import { describe, expect, it } from 'vitest';
import { Scheduler } from '../../../../engine/core/scheduler.ts';
import { RearmTimer } from '../../../../engine/core/timer.ts';

function make(): { scheduler: Scheduler; timer: RearmTimer; firings: number[] } {
  const scheduler = new Scheduler();
  const firings: number[] = [];
  const timer = new RearmTimer(scheduler, () => firings.push(scheduler.now), 'bfd detect');
  return { scheduler, timer, firings };
}

describe('RearmTimer', () => {
  it('fires once at its deadline and is idle before and after', () => {
    const { scheduler, timer, firings } = make();
    expect(timer.isPending).toBe(false);
    timer.rearm(100);
    expect(timer.isPending).toBe(true);
    scheduler.run();
    expect(firings).toEqual([100]);
    expect(timer.isPending).toBe(false);
  });

  it('moves to a later deadline without a second event', () => {
    const { scheduler, timer, firings } = make();
    timer.rearm(100);
    scheduler.runUntil(60);
    timer.rearm(100);
    timer.rearm(90);
    expect(scheduler.pendingCount).toBe(1);
    scheduler.run();
    expect(firings).toEqual([150]);
    expect(scheduler.eventCount).toBe(2);
  });

  it('moves to an earlier deadline', () => {
    const { scheduler, timer, firings } = make();
    timer.rearm(100);
    timer.rearm(40);
    scheduler.run();
    expect(firings).toEqual([40]);
    expect(scheduler.now).toBe(40);
  });

  it('is cancelled without moving the end of the run, also twice and when idle', () => {
    const { scheduler, timer, firings } = make();
    timer.cancel();
    timer.rearm(100);
    timer.cancel();
    timer.cancel();
    scheduler.run();
    expect([firings, scheduler.now]).toEqual([[], 0]);
  });

  it('can be re-armed in its own handler and after cancellation', () => {
    const scheduler = new Scheduler();
    const firings: number[] = [];
    const timer: RearmTimer = new RearmTimer(scheduler, () => {
      firings.push(scheduler.now);
      if (firings.length < 3) timer.rearm(10);
    });
    timer.rearm(5);
    timer.cancel();
    timer.rearm(10);
    scheduler.run();
    expect(firings).toEqual([10, 20, 30]);
  });

  it('costs no event per re-arm', () => {
    const { scheduler, timer, firings } = make();
    for (let i = 0; i < 1_000; i += 1) {
      timer.rearm(1_000_000);
      scheduler.runUntil(scheduler.now + 1_000);
    }
    scheduler.run();
    expect(firings).toEqual([999_000 + 1_000_000]);
    expect(scheduler.eventCount).toBeLessThan(5);
  });

  it('refuses a bad delay by its own name', () => {
    const { timer } = make();
    expect(() => timer.rearm(-1)).toThrow(/^bfd detect: delay/);
    expect(timer.isPending).toBe(false);
  });
});
