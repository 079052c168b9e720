/**
 * The defective double by which `npm run speed` is tested: replay windows that check each number sixteen times (`npm run speed --
 * replay --double` has to fail).
 *
 * @module
 */

import { ReplayWindow } from '../nodes/_kit/replay-window.ts';
import { DurableReplayWindow } from '../nodes/_kit/reserved-window.ts';
import { type BenchResult, run as measure } from './replay.ts';

/** Name of this benchmark for `npm run bench -- replay-double`. */
export const name = 'replay-double';

/** Number of additional checks of each number. They are fast, since the number is in the nearest cache already. */
const MORE = 15;

/** Measures windows that check each number sixteen times and return the verdict of the first check. */
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
