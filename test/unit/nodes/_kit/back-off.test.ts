import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import { BackOff } from '../../../../nodes/_kit/back-off.ts';
import { drawingLeast } from '../../../fixtures/drawing-least.ts';

const LIMITS = { firstNs: 50, mostNs: 300 };

describe('waits between attempts', () => {
  it('double up to the limit, and begin anew after a success', () => {
    const backOff = new BackOff(LIMITS);
    expect([1, 2, 3, 4, 5].map(() => backOff.next())).toEqual([50, 100, 200, 300, 300]);
    backOff.reset();
    expect(backOff.next()).toBe(50);
  });

  it('make attempts due from the start of a series to its end', () => {
    const backOff = new BackOff(LIMITS);
    expect([backOff.isRunning, backOff.dueNs]).toEqual([false, Number.POSITIVE_INFINITY]);
    backOff.next();
    backOff.start(7);
    expect([backOff.isRunning, backOff.dueNs]).toEqual([true, 7]);
    backOff.attempted(7);
    expect(backOff.dueNs).toBe(57);
    backOff.attempted(60);
    expect(backOff.dueNs).toBe(160);
    backOff.stop();
    expect([backOff.isRunning, backOff.dueNs]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it('draw their second half, never all of it', () => {
    const asked: number[] = [];
    const drawingMost = {
      ...drawingLeast,
      below: (n: number): number => {
        asked.push(n);
        return n - 1;
      },
    };
    const backOff = new BackOff(LIMITS);
    expect(backOff.nextDrawn(drawingMost)).toBe(49);
    expect(backOff.nextDrawn(drawingLeast)).toBe(50);
    expect(backOff.nextDrawn(drawingMost)).toBe(199);
    expect(asked).toEqual([25, 100]);
  });

  // Regression: a draw of more than 4.3 s was an error of ours that ended the run.
  it('draw from all of a long wait, too', () => {
    const random = openRandomStream(1, 'back-off', 'waits');
    const backOff = new BackOff({ firstNs: 60e9, mostNs: 60e9 });
    const waits = Array.from({ length: 200 }, () => backOff.nextDrawn(random));
    expect(waits.every((wait) => Number.isInteger(wait))).toBe(true);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(30e9);
    expect(Math.min(...waits)).toBeLessThan(32e9);
    expect(Math.max(...waits)).toBeGreaterThan(58e9);
    expect(Math.max(...waits)).toBeLessThan(60e9);
  });
});
