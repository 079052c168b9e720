/**
 * The order and the safety of the scheduler: one test for each sentence of
 * docs/spec/event-order.md. @module
 */
import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../../engine/core/assert.ts';
import { type EventHandler, Scheduler } from '../../../../engine/core/scheduler.ts';
import { NS_PER_S, VIRTUAL_TIME_MAX_NS } from '../../../../engine/core/time.ts';

/** Records the events that fire. */
class Log implements EventHandler {
  readonly fired: string[] = [];
  scheduler: Scheduler | undefined;
  fire(kind: number, target: number, argument: number): void {
    this.fired.push(`${this.scheduler?.now}:${kind}/${target}/${argument}`);
  }
  describe(kind: number, target: number): string {
    return kind === 1 ? `transmitter ${target}` : `kind ${kind}`;
  }
}

function withLog(): { log: Log; scheduler: Scheduler } {
  const log = new Log();
  const scheduler = new Scheduler(log, 16);
  log.scheduler = scheduler;
  return { log, scheduler };
}

describe('Scheduler', () => {
  it('fires in the order of time, and of scheduling where times are equal', () => {
    const { log, scheduler } = withLog();
    scheduler.schedule(20, 1, 0, 0);
    scheduler.post(10, 2, 1);
    scheduler.schedule(10, 1, 2, -7);
    scheduler.post(20, 15, 134_217_727);
    scheduler.run();
    expect(log.fired).toEqual(['10:2/1/0', '10:1/2/-7', '20:1/0/0', '20:15/134217727/0']);
    expect(scheduler.now).toBe(20);
    expect(scheduler.eventCount).toBe(4);
  });

  it('runs an event of delay 0 after every older event of the same instant', () => {
    const { log, scheduler } = withLog();
    scheduler.after(5, () => {
      scheduler.schedule(0, 1, 100, 0);
      scheduler.post(0, 2, 101);
      scheduler.post(1, 3, 102);
    });
    scheduler.post(5, 4, 1);
    scheduler.run();
    expect(log.fired).toEqual(['5:4/1/0', '5:1/100/0', '5:2/101/0', '6:3/102/0']);
  });

  it('lets faults act before packets of the same nanosecond, in the order they were given', () => {
    const order: string[] = [];
    const scheduler = new Scheduler();
    scheduler.after(7, () => order.push('packet 1'));
    scheduler.after(7, () => order.push('packet 2'));
    scheduler.scheduleFault(7, () => order.push('fault 1'));
    scheduler.scheduleFault(7, () => order.push('fault 2'));
    scheduler.run();
    expect(order).toEqual(['fault 1', 'fault 2', 'packet 1', 'packet 2']);
  });

  it('lets a fault injected for now act before what already waits for now', () => {
    const order: string[] = [];
    const scheduler = new Scheduler();
    scheduler.after(7, () => {
      scheduler.after(0, () => order.push('packet'));
      scheduler.scheduleFault(7, () => order.push('fault'));
    });
    scheduler.run();
    expect(order).toEqual(['fault', 'packet']);
  });

  it('keeps the class of a fault that waits far in the future', () => {
    const order: string[] = [];
    const scheduler = new Scheduler();
    scheduler.after(500 * NS_PER_S, () => order.push('packet'));
    scheduler.scheduleFault(500 * NS_PER_S, () => order.push('fault'));
    scheduler.run();
    expect(order).toEqual(['fault', 'packet']);
  });

  it('cancels once; twice, after firing and inside the own handler it is harmless', () => {
    const scheduler = new Scheduler();
    const first = scheduler.after(1, () => expect.unreachable());
    expect(scheduler.cancel(first)).toBe(true);
    expect(scheduler.cancel(first)).toBe(false);
    let inside: boolean | undefined;
    const second = scheduler.after(2, () => {
      inside = scheduler.cancel(second);
    });
    scheduler.run();
    expect(inside).toBe(false);
    expect(scheduler.cancel(second)).toBe(false);
    expect(scheduler.cancel(0)).toBe(false);
  });

  it('does not let an old handle cancel the event that took its slot', () => {
    const scheduler = new Scheduler();
    const old = scheduler.after(1, () => undefined);
    scheduler.cancel(old);
    scheduler.run();
    let fired = 0;
    for (let i = 0; i < 2_000; i += 1) scheduler.after(1, () => (fired += 1));
    expect(scheduler.cancel(old)).toBe(false);
    expect(scheduler.isPending(old)).toBe(false);
    scheduler.run();
    expect(fired).toBe(2_000);
  });

  it('cancels an event of the present instant', () => {
    const scheduler = new Scheduler();
    let fired = 0;
    scheduler.after(3, () => {
      const handle = scheduler.after(0, () => (fired += 1));
      expect(scheduler.isPending(handle)).toBe(true);
      expect(scheduler.cancel(handle)).toBe(true);
    });
    scheduler.run();
    expect(fired).toBe(0);
    expect(scheduler.pendingCount).toBe(0);
  });

  it('does not move the clock to the time of a cancelled event', () => {
    const scheduler = new Scheduler();
    scheduler.after(10, () => undefined);
    scheduler.cancel(scheduler.after(1_000, () => undefined));
    scheduler.cancel(scheduler.after(400 * NS_PER_S, () => undefined));
    scheduler.run();
    expect(scheduler.now).toBe(10);
    expect(scheduler.peekTime()).toBe(Number.POSITIVE_INFINITY);
  });

  it('looks at a far event without letting a nearer one that comes later be late', () => {
    const order: number[] = [];
    const scheduler = new Scheduler();
    const far = scheduler.after(900 * NS_PER_S, () => order.push(scheduler.now));
    expect(scheduler.peekTime()).toBe(900 * NS_PER_S);
    scheduler.after(5 * NS_PER_S, () => order.push(scheduler.now));
    scheduler.after(3, () => order.push(scheduler.now));
    scheduler.runUntil(2 * NS_PER_S);
    scheduler.after(1, () => order.push(scheduler.now));
    expect(scheduler.peekTime()).toBe(2 * NS_PER_S + 1);
    scheduler.cancel(far);
    scheduler.run();
    expect(order).toEqual([3, 2 * NS_PER_S + 1, 5 * NS_PER_S]);
    scheduler.after(2, () => order.push(scheduler.now));
    scheduler.after(1, () => order.push(scheduler.now));
    scheduler.run();
    expect(order.slice(3)).toEqual([5 * NS_PER_S + 1, 5 * NS_PER_S + 2]);
  });

  it('does not overtake the ring when a cancelled event of this instant lies in the heap', () => {
    const order: string[] = [];
    const scheduler = new Scheduler();
    scheduler.after(5, () => {
      scheduler.after(0, () => order.push(`ring ${scheduler.now}`));
      scheduler.cancel(doomed);
    });
    const doomed = scheduler.after(5, () => expect.unreachable());
    scheduler.after(9, () => order.push(`later ${scheduler.now}`));
    scheduler.run();
    expect(order).toEqual(['ring 5', 'later 9']);
  });

  it.each([Number.NaN, -1, 0.5, 2 ** 53, Number.POSITIVE_INFINITY])(
    'refuses a delay of %d and names the caller',
    (delay) => {
      const { scheduler } = withLog();
      expect(() => scheduler.schedule(delay, 1, 9, 0)).toThrow(/^transmitter 9: delay/);
      expect(() => scheduler.post(delay, 1, 9)).toThrow(/^transmitter 9: delay/);
      expect(() => scheduler.after(delay, () => undefined, 'probe')).toThrow(/^probe: delay/);
      expect(() => scheduler.scheduleFault(delay, () => undefined, 'cut')).toThrow(/^cut: delay/);
      expect(() => scheduler.runUntil(delay)).toThrow(InvariantError);
      expect(scheduler.pendingCount).toBe(0);
    },
  );

  it('refuses a kind or a target that an event cannot carry', () => {
    const { scheduler } = withLog();
    for (const kind of [0, -1, 255, 1.5]) {
      expect(() => scheduler.schedule(1, kind, 0, 0)).toThrow(/kind/);
    }
    expect(() => scheduler.post(1, 0, 0)).toThrow(/kind/);
    expect(() => scheduler.post(1, 16, 0)).toThrow(/kind/);
    expect(() => scheduler.post(1, 1, 134_217_728)).toThrow(/target/);
    expect(() => scheduler.post(1, 1, -1)).toThrow(/target/);
    expect(scheduler.pendingCount).toBe(0);
  });

  it('runs for 104 days of virtual time and refuses one nanosecond more', () => {
    const scheduler = new Scheduler();
    let firedAt = 0;
    scheduler.after(1, () => {
      expect(() => scheduler.after(VIRTUAL_TIME_MAX_NS, () => undefined)).toThrow(/104 days/);
      scheduler.after(VIRTUAL_TIME_MAX_NS - 1, () => {
        firedAt = scheduler.now;
      });
    });
    scheduler.run();
    expect(firedAt).toBe(9_007_199_254_740_991);
    expect(() => scheduler.after(1, () => undefined)).toThrow(/104 days/);
    expect(() => scheduler.after(0, () => undefined)).not.toThrow();
  });

  it('refuses to fire a kind that nobody handles', () => {
    const scheduler = new Scheduler();
    scheduler.post(1, 3, 0);
    expect(() => scheduler.run()).toThrow(/kind 3/);
  });

  it('runs up to an instant inclusively and leaves the clock there', () => {
    const { log, scheduler } = withLog();
    for (const delay of [10, 20, 21, 500_000_000]) scheduler.schedule(delay, 1, delay, 0);
    scheduler.runUntil(20);
    expect(log.fired).toHaveLength(2);
    expect(scheduler.now).toBe(20);
    expect(scheduler.peekTime()).toBe(21);
    scheduler.runUntil(400_000_000);
    expect(scheduler.now).toBe(400_000_000);
    scheduler.post(0, 2, 0);
    scheduler.post(1, 2, 1);
    scheduler.runUntil(500_000_000);
    expect(log.fired.slice(3)).toEqual([
      '400000000:2/0/0',
      '400000001:2/1/0',
      '500000000:1/500000000/0',
    ]);
  });

  it('stops after the current event and goes on behind it', () => {
    const order: number[] = [];
    const scheduler = new Scheduler();
    for (const delay of [1, 1, 2]) {
      scheduler.after(delay, () => {
        order.push(scheduler.now);
        scheduler.stop();
      });
    }
    scheduler.runUntil(100);
    expect([order, scheduler.now]).toEqual([[1], 1]);
    scheduler.runUntil(100);
    expect([order, scheduler.now]).toEqual([[1, 1], 1]);
    expect(scheduler.step()).toBe(true);
    expect(scheduler.step()).toBe(false);
    expect(order).toEqual([1, 1, 2]);
  });

  it('refuses to be run by its own handler, and survives a handler that throws', () => {
    const scheduler = new Scheduler();
    scheduler.after(1, () => scheduler.run());
    scheduler.after(2, () => undefined);
    expect(() => scheduler.run()).toThrow(/must not run/);
    expect(scheduler.pendingCount).toBe(1);
    scheduler.run();
    expect(scheduler.now).toBe(2);
  });

  it('counts what waits: posted, cancellable, present and far, without the cancelled', () => {
    const { scheduler } = withLog();
    scheduler.post(1, 1, 0);
    scheduler.schedule(0, 1, 0, 0);
    scheduler.post(0, 1, 0);
    scheduler.schedule(300 * NS_PER_S, 1, 0, 0);
    const far = scheduler.schedule(NS_PER_S, 1, 0, 0);
    expect(scheduler.pendingCount).toBe(5);
    scheduler.cancel(far);
    expect(scheduler.pendingCount).toBe(4);
  });
});
