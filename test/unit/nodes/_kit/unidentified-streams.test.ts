import { describe, expect, it } from 'vitest';
import { UnidentifiedStreams } from '../../../../nodes/_kit/unidentified-streams.ts';

describe('streams of which nobody knows whose they are', () => {
  it('are 64 by default: another one ends the oldest', () => {
    const ended: number[] = [];
    const newcomers = new UnidentifiedStreams<number>((one) => ended.push(one));
    for (let one = 0; one < 66; one += 1) newcomers.add(one);
    expect(ended).toEqual([0, 1]);
    expect([1, 2, 65].map((one) => newcomers.has(one))).toEqual([false, true, true]);
  });

  it('do not end for others once they are known, nor twice', () => {
    const ended: number[] = [];
    const newcomers = new UnidentifiedStreams<number>((one) => ended.push(one), 2);
    for (const one of [1, 2]) newcomers.add(one);
    newcomers.delete(1);
    for (const one of [3, 4]) newcomers.add(one);
    newcomers.delete(2);
    expect(ended).toEqual([2]);
  });
});
