/**
 * Whether what waits in a run, timers and packets under way, becomes as little again as it was before the
 * first fault. What a fault left behind for ever grows with each fault.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { PreparedRun } from '../run/assemble-seed.ts';
import type { HuntBreak } from './attempt.ts';

/** What may wait after the quiet time: this many times as much as before the faults, and some more. */
const TIMES = 10;
const MORE = 100;

/** Looks at a run before its first fault, and at the end of its warm-up. */
export class GrowthWatch {
  #before = 0;
  #after = 0;

  /**
   * Called before the run begins.
   * @param soonestNs When its first fault begins, if it has none.
   */
  watch(
    { world }: Pick<PreparedRun, 'world'>,
    { events, warmupNs }: Scenario,
    soonestNs: number,
  ): void {
    const begins = events.map(({ schedule }) => (schedule.kind === 'at' ? schedule.atNs : 0));
    const fromNs = begins.length === 0 ? soonestNs : leastOf(begins);
    if (fromNs >= warmupNs) return;
    const { scheduler } = world.sim;
    world.atFault(fromNs, () => {
      this.#before = scheduler.pendingCount;
    });
    world.atFault(warmupNs, () => {
      this.#after = scheduler.pendingCount;
    });
  }

  /** The break, if much more waits than before the first fault; empty if not. */
  get found(): readonly HuntBreak[] {
    const [before, after] = [this.#before, this.#after];
    if (after <= TIMES * before + MORE) return [];
    const text = `${after} timers and packets wait after the quiet time, ${before} did before the first fault`;
    return [{ kind: 'growth', place: 'what waits', text }];
  }
}
