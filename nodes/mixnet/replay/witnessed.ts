/**
 * Compares the verdicts of replay protection with ground truth, without influencing them: a tag
 * refused that never came before is a false positive (`mix.replay.false_positive`), one accepted
 * twice is a false negative.
 *
 * The witness lives outside the node and survives its crashes. It uses 53 bits of a tag: among a
 * million tags two agree in them with probability 6e-5.
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

/** The counters for each kind of verdict. */
export interface ReplayVerdictCounters {
  /** Number of tags that arrived for the first time, the denominator of the share. */
  readonly fresh: Counter;
  /** Number of tags that arrived for the first time but were rejected as replays. */
  readonly falsePositives: Counter;
  /** Number of tags accepted a second time. */
  readonly falseNegatives: Counter;
}

/** A replay guard whose verdicts are compared with the truth. */
export class WitnessedGuard implements TagGuard {
  readonly #inner: TagGuard;
  readonly #witness: GroundTruthWitness;
  readonly #counters: ReplayVerdictCounters;
  readonly #came: string;
  readonly #went: string;

  /** @param truth The witness, and the space of it that belongs to this node and key. */
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
