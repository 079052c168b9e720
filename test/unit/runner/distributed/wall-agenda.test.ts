import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WallClockAgenda } from '../../../../runner/distributed/coordinator/wall-agenda.ts';

const MS = 1_000_000;

describe('WallClockAgenda', () => {
  // Fakes the clock and the timers; `hrtime` advances with the timers.
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'hrtime'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  const failing = (error: unknown): never => {
    throw error;
  };

  it('shows 0 until time begins, and also before an instant of the future', () => {
    const agenda = new WallClockAgenda(failing);
    vi.advanceTimersByTime(50);
    expect(agenda.now()).toBe(0);
    agenda.begin(process.hrtime.bigint() + BigInt(200 * MS));
    expect(agenda.now()).toBe(0);
    vi.advanceTimersByTime(230);
    expect(agenda.now()).toBe(30 * MS);
  });

  it('calls what was booked before the beginning, by the instants and never early', () => {
    const agenda = new WallClockAgenda(failing);
    const at: [string, number][] = [];
    agenda.at(20 * MS, () => at.push(['second', agenda.now()]));
    agenda.at(10 * MS, () => at.push(['first', agenda.now()]));
    vi.advanceTimersByTime(100);
    expect(at).toEqual([]);
    agenda.begin(process.hrtime.bigint() + BigInt(5 * MS));
    vi.advanceTimersByTime(40);
    expect(at.map(([name]) => name)).toEqual(['first', 'second']);
    expect(at[0]?.[1]).toBeGreaterThanOrEqual(10 * MS);
    expect(at[1]?.[1]).toBeGreaterThanOrEqual(20 * MS);
  });

  it('waits again when a timer fires before its instant', () => {
    const agenda = new WallClockAgenda(failing);
    const done = vi.fn();
    agenda.begin(process.hrtime.bigint());
    agenda.at(10 * MS, done);
    // From here on, timers fire 5 ms before the clock shows their time; in Node the difference is
    // up to 0.9 ms.
    const clock = process.hrtime.bigint;
    const spy = vi
      .spyOn(process.hrtime, 'bigint')
      .mockImplementation(() => clock() - BigInt(5 * MS));
    vi.advanceTimersByTime(10);
    expect(done).not.toHaveBeenCalled();
    vi.advanceTimersByTime(5);
    expect(done).toHaveBeenCalledTimes(1);
    spy.mockRestore();
  });

  it('calls what is booked for the past soon, and never inside the booking', () => {
    const agenda = new WallClockAgenda(failing);
    agenda.begin(process.hrtime.bigint() - BigInt(10 * MS));
    const done = vi.fn();
    agenda.at(1 * MS, done);
    expect(done).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(done).toHaveBeenCalledTimes(1);
  });

  it('forgets everything when it is stopped', () => {
    const agenda = new WallClockAgenda(failing);
    const done = vi.fn();
    agenda.at(1 * MS, done);
    agenda.stop();
    agenda.begin(process.hrtime.bigint());
    agenda.at(2 * MS, done);
    agenda.stop();
    vi.advanceTimersByTime(100);
    expect(done).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells the owner what a call threw, and goes on', () => {
    const onFailure = vi.fn();
    const agenda = new WallClockAgenda(onFailure);
    const done = vi.fn();
    const broken = new Error('broken');
    agenda.begin(process.hrtime.bigint());
    agenda.at(1 * MS, () => {
      throw broken;
    });
    agenda.at(2 * MS, done);
    vi.advanceTimersByTime(10);
    expect(onFailure.mock.calls).toEqual([[broken]]);
    expect(done).toHaveBeenCalledTimes(1);
  });
});
