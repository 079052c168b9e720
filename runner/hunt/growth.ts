/**
 * Checks whether the numbers of pending timers and packets, and of messages held by nodes, return to about what they
 * were before the first fault. If each fault left something behind for ever, a long run would collect more and more.
 *
 * @module
 */
import { leastOf } from '../../engine/pure/extremes.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { PreparedRun } from '../run/assemble-seed.ts';
import type { HuntBreak } from './attempt.ts';

/** What is counted: the place that its break names, the words for its text, and the growth that is allowed. */
interface Counted {
  readonly place: string;
  readonly words: string;
  /**
   * After the time without faults, there may be {@link TIMES} times as many as before the faults, plus this many.
   */
  readonly more: number;
}

const TIMES = 10;
const COUNTED: readonly Counted[] = [
  { place: 'what waits', words: 'timers and packets wait', more: 100 },
  // Messages that were sent by a slow way, and copies of them, come later than the others.
  { place: 'what nodes hold', words: 'messages are held by nodes', more: 400 },
];

/**
 * Counts pending timers and packets, and messages held by nodes: once before the first fault, and again
 * at the end of the warm-up, by which time all faults are over.
 */
export class GrowthWatch {
  #before: readonly number[] = [];
  #after: readonly number[] = [];

  /**
   * To be called before the run begins.
   * @param soonestNs The instant of the first count if the scenario has no faults, ns.
   */
  watch(
    { world, experiment }: Pick<PreparedRun, 'world' | 'experiment'>,
    { events, warmupNs }: Scenario,
    soonestNs: number,
  ): void {
    const begins = events.map(({ schedule }) => (schedule.kind === 'at' ? schedule.atNs : 0));
    const fromNs = begins.length === 0 ? soonestNs : leastOf(begins);
    if (fromNs >= warmupNs) return;
    const count = (): readonly number[] => {
      const nodes = [...experiment.nodes.values()];
      const held = nodes.reduce((sum, node) => sum + (node.holding?.() ?? 0), 0);
      return [world.sim.scheduler.pendingCount, held];
    };
    world.atFault(fromNs, () => {
      this.#before = count();
    });
    world.atFault(warmupNs, () => {
      this.#after = count();
    });
  }

  /** The breaks, where there is far more than before the first fault; else empty. */
  get found(): readonly HuntBreak[] {
    return COUNTED.flatMap(({ place, words, more }, index): readonly HuntBreak[] => {
      const [before = 0, after = 0] = [this.#before[index], this.#after[index]];
      if (after <= TIMES * before + more) return [];
      const text = `after the quiet time ${after} ${words}, before the first fault ${before}`;
      return [{ kind: 'growth', place, text }];
    });
  }
}
