/**
 * Records the fingerprint at equal steps of virtual time, so that two runs can be compared by their
 * reports alone: once they diverge, the fingerprints of all later steps differ
 * (docs/spec/browser-view.md).
 *
 * The fingerprint is read between the slices of a run, so that no event is slowed down.
 *
 * @module
 */
import type { Checkpoints } from '../../reports/model.ts';
import type { Scenario } from '../../scenarios/model.ts';

/** Largest number of steps of the duration, and of the drain; they take 2 kB per seed. */
const STEPS_MAX = 256;
/**
 * Hex digits that are kept of the 16 of a fingerprint; two different fingerprints agree in these once
 * in 4 billion.
 */
const DIGITS = 8;

type RunTime = Pick<Scenario, 'durationNs' | 'drainNs'>;

/** Records the fingerprint of one run at equal steps of virtual time. */
export class RunCheckpoints {
  readonly #everyNs: number;
  #digests = '';

  /**
   * @param time Duration and drain of the scenario, which have up to {@link STEPS_MAX} steps each.
   * @param sliceNs Length of a slice: steps are multiples of it.
   */
  constructor({ durationNs, drainNs }: RunTime, sliceNs: number) {
    const longerNs = Math.max(durationNs, drainNs);
    this.#everyNs = sliceNs * Math.max(1, Math.ceil(longerNs / STEPS_MAX / sliceNs));
  }

  /** The first instant after `nowNs` at which {@link pass} is due, ns. */
  nextAfter(nowNs: number): number {
    return (Math.floor(nowNs / this.#everyNs) + 1) * this.#everyNs;
  }

  /**
   * Records the fingerprint if a checkpoint is due at `nowNs`, a multiple of the slice up to which all
   * events have happened.
   */
  pass(nowNs: number, world: { readonly fingerprint: string }): void {
    if (nowNs % this.#everyNs === 0) this.#digests += world.fingerprint.slice(0, DIGITS);
  }

  get checkpoints(): Checkpoints {
    return { everyNs: this.#everyNs, digests: this.#digests };
  }
}
