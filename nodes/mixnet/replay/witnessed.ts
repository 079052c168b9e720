/**
 * Compares the verdicts of replay protection with ground truth, without influencing them: a new tag
 * that is refused is a false positive (`mix.replay.false_positive`), a tag that is accepted for the
 * second time is a false negative.
 *
 * The witness is outside the node and survives its crashes. It uses 53 bits of a tag: the
 * probability that any two of a million tags agree in them is 6e-5.
 *
 * @module
 */
import type { Counter } from '../../../engine/host/measure.ts';
import type { GroundTruthWitness } from '../../../engine/host/protocol.ts';
import { readUint32 } from '../../_kit/bytes.ts';
import type { ReplayDropReason } from './drops.ts';
import type { TagGuard } from './guard.ts';
import type { TagSyncCallback } from './tag-log.ts';

const TWO_21 = 0x20_0000;

/** The counters of tags that arrived, and of wrong verdicts. */
export interface ReplayVerdictCounters {
  /**
   * Number of tags that arrived for the first time: the denominator of the share of false
   * positives.
   */
  readonly fresh: Counter;
  /** Number of tags that arrived for the first time but were rejected as replays. */
  readonly falsePositives: Counter;
  /** Number of tags that were accepted although they had been accepted before. */
  readonly falseNegatives: Counter;
}

/** A replay guard whose verdicts are compared with ground truth. */
export class WitnessedGuard implements TagGuard {
  readonly #inner: TagGuard;
  readonly #witness: GroundTruthWitness;
  readonly #counters: ReplayVerdictCounters;
  readonly #came: string;
  readonly #went: string;

  /**
   * @param truth The witness, and the name that it gives to the set of tags of this node and key.
   */
  constructor(
    inner: TagGuard,
    truth: { readonly witness: GroundTruthWitness; readonly space: string },
    counters: ReplayVerdictCounters,
  ) {
    this.#inner = inner;
    this.#witness = truth.witness;
    this.#counters = counters;
    this.#came = `tag came ${truth.space}`;
    this.#went = `tag went ${truth.space}`;
  }

  enter(tag: Uint8Array, onSynced: TagSyncCallback): ReplayDropReason | undefined {
    const number = readUint32(tag, 0) * TWO_21 + (readUint32(tag, 4) >>> 11);
    const cameBefore = this.#witness.note(this.#came, number);
    if (!cameBefore) this.#counters.fresh.add(1);
    const drop = this.#inner.enter(tag, (error) => {
      const wentBefore = error === undefined && this.#witness.note(this.#went, number);
      if (wentBefore) this.#counters.falseNegatives.add(1);
      onSynced(error);
    });
    if (drop === 'replay' && !cameBefore) this.#counters.falsePositives.add(1);
    return drop;
  }

  retire(): void {
    this.#inner.retire();
  }
}
