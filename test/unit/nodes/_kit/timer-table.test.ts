import { describe, expect, it } from 'vitest';
import { TimerTable } from '../../../../nodes/_kit/timer-table.ts';

/** Takes everything that is due. */
function due(timers: TimerTable<string>, now: number): string[] {
  const names: string[] = [];
  for (let name = timers.takeDue(now); name !== undefined; name = timers.takeDue(now)) {
    names.push(name);
  }
  return names;
}

describe('a table of timers', () => {
  it('is due at its earliest timer, and never when none runs', () => {
    const timers = new TimerTable<string>();
    expect(timers.nextAt()).toBe(Number.POSITIVE_INFINITY);
    timers.set('repeat', 30);
    timers.set('give-up', 20);
    expect(timers.nextAt()).toBe(20);
    expect(due(timers, 19)).toEqual([]);
    expect(timers.isSet('give-up')).toBe(true);
    expect(due(timers, 20)).toEqual(['give-up']);
    expect(timers.isSet('give-up')).toBe(false);
    expect(timers.nextAt()).toBe(30);
    expect(due(timers, 1000)).toEqual(['repeat']);
    expect(timers.nextAt()).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes timers by their instants, and equal ones in the order of setting', () => {
    const timers = new TimerTable<string>();
    timers.set('a', 10);
    timers.set('b', 10);
    timers.set('c', 5);
    timers.set('a', 10);
    expect(due(timers, 10)).toEqual(['c', 'b', 'a']);
  });

  it('moves a timer that runs, earlier or later', () => {
    const timers = new TimerTable<string>();
    timers.set('a', 10);
    timers.set('a', 40);
    expect(due(timers, 39)).toEqual([]);
    timers.set('a', 39);
    expect(due(timers, 39)).toEqual(['a']);
  });

  it('does not take what was stopped, nor what was set anew while others were taken', () => {
    const timers = new TimerTable<string>();
    timers.set('a', 10);
    timers.set('b', 10);
    timers.clear('b');
    expect(timers.takeDue(10)).toBe('a');
    timers.set('a', 11);
    expect(due(timers, 10)).toEqual([]);
  });

  it('holds sixteen timers and refuses a seventeenth, which a scan would be too slow for', () => {
    const timers = new TimerTable<string>();
    for (let index = 0; index < 16; index += 1) timers.set(`timer ${index}`, index);
    timers.set('timer 0', 99);
    expect(() => timers.set('timer 16', 16)).toThrow('more than 16 timers run at once');
  });
});
