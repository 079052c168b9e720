/**
 * Records the fingerprint at equal steps of virtual time, so that two runs can be compared by their
 * reports alone: once they diverge, all later steps differ (docs/spec/browser-view.md).
 *
 * Read between the slices of a run, when nothing happens, so it costs the run nothing.
 *
 * @module
 */
import type { Checkpoints } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';

/** Largest number of steps; 2 kB per seed. */
const STEPS_MAX = 256;
/** Digits kept of the 16 of a fingerprint; two match by chance once in 4 billion. */
const DIGITS = 8;

type RunTime = Pick<Scenario, 'durationNs' | 'drainNs'>;

/** The checkpoints of one run. */
export class RunCheckpoints {
  readonly #everyNs: number;
  #digests = '';

  /**
   * @param scenario Its duration and its drain have up to {@link STEPS_MAX} steps each.
   * @param sliceNs The run can stop at every multiple of this.
   */
  constructor({ durationNs, drainNs }: RunTime, sliceNs: number) {
    const longerNs = Math.max(durationNs, drainNs);
    this.#everyNs = sliceNs * Math.max(1, Math.ceil(longerNs / STEPS_MAX / sliceNs));
  }

  /** The first instant after `nowNs` at which {@link pass} is due, ns. */
  nextAfter(nowNs: number): number {
    return (Math.floor(nowNs / this.#everyNs) + 1) * this.#everyNs;
  }

  /** Records that everything up to `nowNs`, a multiple of the slice, has happened. */
  pass(nowNs: number, world: { readonly fingerprint: string }): void {
    if (nowNs % this.#everyNs === 0) this.#digests += world.fingerprint.slice(0, DIGITS);
  }

  get checkpoints(): Checkpoints {
    return { everyNs: this.#everyNs, digests: this.#digests };
  }
}
