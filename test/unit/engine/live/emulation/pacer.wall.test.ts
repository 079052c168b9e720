/**
 * The pacer with simulated time: timers are faked and the clock advances a little whenever it is
 * read, so nothing here depends on the machine.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Scheduler } from '../../../../../engine/core/scheduler.ts';
import {
  type PacedRunEnd,
  Pacer,
  type PacerOptions,
} from '../../../../../engine/live/emulation/pacer.ts';

const MS = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  // A spy on a faked timer would put that one back.
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** The faked clock. Every reading advances it, and so does the test. */
class SteppingClock {
  addedNs = 0;
  readonly #stepNs: number;
  constructor(stepNs: number) {
    this.#stepNs = stepNs;
  }
  get wall(): number {
    return Math.round(performance.now() * MS) + this.addedNs;
  }
  now(): number {
    this.addedNs += this.#stepNs;
    return this.wall;
  }
}

/** Runs to `untilNs`, which must take at most half a second of faked time. */
async function pace(pacer: Pacer, untilNs: number): Promise<PacedRunEnd> {
  const ended = pacer.run(untilNs);
  await vi.advanceTimersByTimeAsync(500);
  return ended;
}

interface Bench {
  readonly clock: SteppingClock;
  readonly scheduler: Scheduler;
  readonly pacer: Pacer;
}

function bench(more: Partial<PacerOptions> & { readonly stepNs?: number } = {}): Bench {
  const { stepNs = 1_000, ...options } = more;
  const clock = new SteppingClock(stepNs);
  const scheduler = new Scheduler();
  const pacer = new Pacer({
    clock,
    scheduler,
    factor: 1,
    lateLimitNs: 10 * MS,
    onLate: 'warn',
    sliceNs: 20 * MS,
    onSlice: (): void => undefined,
    ...options,
  });
  return { clock, scheduler, pacer };
}

describe('pacer', () => {
  it.each([0.5, 1, 10])('fires nothing early, and all in order, at speed %d', async (factor) => {
    const { clock, scheduler, pacer } = bench({ factor });
    const fired: { readonly at: number; readonly wall: number }[] = [];
    for (const at of [0, 1, 4 * MS, 4 * MS, 15 * MS, 30 * MS]) {
      scheduler.after(at, () => fired.push({ at: scheduler.now, wall: clock.wall }));
    }
    const began = clock.wall;
    expect(await pace(pacer, 40 * MS)).toEqual({ kind: 'reached' });
    expect(fired.map(({ at }) => at)).toEqual([0, 1, 4 * MS, 4 * MS, 15 * MS, 30 * MS]);
    for (const { at, wall } of fired) {
      expect(wall).toBeGreaterThanOrEqual(began + at / factor);
      // One turn of the faked event loop takes a millisecond.
      expect(wall).toBeLessThan(began + at / factor + 2.5 * MS);
    }
    expect(pacer.lateness.data().max).toBeLessThan(2.5 * MS);
    expect(scheduler.now).toBe(40 * MS);
    // One value per instant, so two events at 4 ms count once.
    expect(pacer.lateness.data().count).toBe(5);
  });

  it('keeps going without a sleep when it is behind, and counts each slip', async () => {
    // Each reading of the clock takes 3 ms, so real time runs ahead of events that are 1 ms apart.
    const { scheduler, pacer } = bench({ stepNs: 3 * MS });
    let fired = 0;
    for (let at = 0; at < 200; at += 1)
      scheduler.after(at * MS, () => {
        fired += 1;
      });
    const sleep = vi.spyOn(globalThis, 'setTimeout');
    expect(await pace(pacer, 200 * MS)).toEqual({ kind: 'reached' });
    expect(sleep).not.toHaveBeenCalled();
    expect(fired).toBe(200);
    expect(pacer.slips).toBeGreaterThan(150);
    expect(pacer.worst!.byNs).toBeGreaterThan(100 * MS);
    expect(pacer.driftNs).toBeGreaterThan(100 * MS);
  });

  it('the end of the warm-up discards the lateness, the slips and the worst event that were measured before it', async () => {
    const { clock, scheduler, pacer } = bench();
    scheduler.after(MS, () => {
      clock.addedNs += 50 * MS;
    });
    scheduler.after(2 * MS, () => undefined);
    await pace(pacer, 3 * MS);
    expect(pacer.slips).toBe(1);
    pacer.forget();
    expect(pacer).toMatchObject({ slips: 0, worst: undefined });
    expect(pacer.lateness.data().count).toBe(0);
  });

  it('stops at the event that is later than the limit, and says which and by how much', async () => {
    const { clock, scheduler, pacer } = bench({ onLate: 'fail' });
    const fired: number[] = [];
    scheduler.after(MS, () => {
      fired.push(1);
      clock.addedNs += 50 * MS;
    });
    scheduler.after(2 * MS, () => fired.push(2));
    const end = await pace(pacer, 100 * MS);
    expect(end.kind).toBe('late');
    if (end.kind !== 'late') return;
    expect(end.late.atNs).toBe(2 * MS);
    expect(end.late.byNs).toBeGreaterThanOrEqual(49 * MS);
    expect(end.late.byNs).toBeLessThan(60 * MS);
    expect(fired).toEqual([1]);
  });

  it('stamps what comes from outside with the wall, behind all events that were due', async () => {
    const { clock, scheduler, pacer } = bench();
    const seen: string[] = [];
    scheduler.after(3 * MS, () => seen.push('event at 3 ms'));
    const ended = pacer.run(50 * MS);
    clock.addedNs += 10 * MS;
    pacer.enter(() => {
      seen.push('datagram');
      expect(scheduler.now).toBeGreaterThanOrEqual(10 * MS);
      expect(scheduler.now).toBeLessThan(11 * MS);
      scheduler.after(0, () => seen.push('what it caused'));
    });
    await vi.advanceTimersByTimeAsync(500);
    await ended;
    expect(seen).toEqual(['event at 3 ms', 'datagram', 'what it caused']);
    expect(pacer.lateness.data().count).toBe(2);
    expect(pacer.lateness.data().max).toBeGreaterThan(6 * MS);
  });

  it('does not let a datagram in behind an event that was too late', async () => {
    const { clock, scheduler, pacer } = bench({ onLate: 'fail' });
    scheduler.after(3 * MS, () => undefined);
    const ended = pacer.run(50 * MS);
    clock.addedNs += 30 * MS;
    let isIn = false;
    pacer.enter(() => {
      isIn = true;
    });
    expect(await ended).toMatchObject({ kind: 'late', late: { atNs: 3 * MS } });
    expect(isIn).toBe(false);
  });

  it('calls at the end of each slice, when its events have fired, and once at the end', async () => {
    const slices: number[] = [];
    const { pacer } = bench({ onSlice: (at): void => void slices.push(at) });
    await pace(pacer, 50 * MS);
    expect(slices).toEqual([20 * MS, 40 * MS, 50 * MS]);
  });

  it('ends early when told to, and lets nobody in afterwards', async () => {
    const { pacer } = bench({ onSlice: (): void => pacer.stop() });
    expect(await pace(pacer, 50 * MS)).toEqual({ kind: 'stopped' });
    let isIn = false;
    pacer.enter(() => {
      isIn = true;
    });
    expect(isIn).toBe(false);
    expect(pacer.isRunning).toBe(false);
  });

  it('hands on what an event throws', async () => {
    const { scheduler, pacer } = bench();
    scheduler.after(MS, () => {
      throw new Error('broken');
    });
    const failed = expect(pacer.run(50 * MS)).rejects.toThrow('broken');
    await vi.advanceTimersByTimeAsync(500);
    await failed;
  });
});
