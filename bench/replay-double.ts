/**
 * The defective double of the gate on speeds: replay windows that check each number sixteen times (`npm run speed -- replay
 * --double` has to fail).
 *
 * @module
 */

import { ReplayWindow } from '../nodes/_kit/replay-window.ts';
import { DurableReplayWindow } from '../nodes/_kit/reserved-window.ts';
import { type BenchResult, run as measure } from './replay.ts';

/** Name of this benchmark. */
export const name = 'replay-double';

/** A number that has just been checked is in the nearest cache: three checks more took 30 % of the time. */
const MORE = 15;

/** Measures windows that answer what the first of sixteen checks says. */
export function run(): BenchResult[] {
  for (const { prototype } of [ReplayWindow, DurableReplayWindow]) {
    const accept = prototype.accept;
    prototype.accept = function often(sequence): ReturnType<typeof accept> {
      const answer = accept.call(this, sequence);
      for (let more = 0; more < MORE; more += 1) accept.call(this, sequence);
      return answer;
    };
  }
  return measure().filter((line) => line.name.startsWith('window'));
}
