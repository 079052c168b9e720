/**
 * Takes down the fingerprint at equal steps of virtual time, so that two runs can be compared by
 * their reports alone: once they part, all later steps differ (docs/spec/browser-view.md).
 *
 * Taken between the slices of a run, where nothing happens: it costs the run nothing.
 *
 * @module
 */
import type { Checkpoints } from '../../reports/model.ts';

/** Steps at most; 2 kB a seed. */
const STEPS_MAX = 256;
/** Of the 16 hex digits of a fingerprint; by chance two are the same once in 4 billion. */
const DIGITS = 8;

/** The checkpoints of one run. */
export class CheckpointBook {
  readonly #everyNs: number;
  #digests = '';

  /** @param sliceNs The run stops at each multiple of it. */
  constructor(durationNs: number, sliceNs: number) {
    this.#everyNs = sliceNs * Math.max(1, Math.ceil(durationNs / STEPS_MAX / sliceNs));
  }

  /** Everything up to `nowNs`, a multiple of the slice, has happened. */
  pass(nowNs: number, world: { readonly fingerprint: string }): void {
    if (nowNs % this.#everyNs === 0) this.#digests += world.fingerprint.slice(0, DIGITS);
  }

  get checkpoints(): Checkpoints {
    return { everyNs: this.#everyNs, digests: this.#digests };
  }
}
