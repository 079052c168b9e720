/**
 * Checks whether the number of waiting timers and packets returns to about its value before the first
 * fault. If each fault left something behind for ever, it would grow.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { PreparedRun } from '../run/assemble-seed.ts';
import type { HuntBreak } from './attempt.ts';

/**
 * After the time without faults, at most {@link TIMES} times as many may wait as before the faults,
 * plus {@link MORE}.
 */
const TIMES = 10;
const MORE = 100;

/** Counts what waits before the first fault of a run, and at the end of its warm-up. */
export class GrowthWatch {
  #before = 0;
  #after = 0;

  /**
   * To be called before the run begins.
   * @param soonestNs The instant of the first count if the scenario has no faults, ns.
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

  /** The break, if far more waits than before the first fault; else empty. */
  get found(): readonly HuntBreak[] {
    const [before, after] = [this.#before, this.#after];
    if (after <= TIMES * before + MORE) return [];
    const text = `${after} timers and packets wait after the quiet time, ${before} did before the first fault`;
    return [{ kind: 'growth', place: 'what waits', text }];
  }
}
