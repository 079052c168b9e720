/**
 * Compares the verdicts of a replay window with ground truth, without influencing them: a number that
 * is refused but was never accepted is a false reject, a number accepted twice is a false accept.
 *
 * The witness lives outside the node and survives its crashes, so that a window that forgets is
 * detected (metrics `antireplay.*`).
 *
 * @module
 */
import type { Counter } from '../../../engine/host/measure.ts';
import type { GroundTruthWitness } from '../../../engine/host/protocol.ts';
import type { ReplayGuard, ReplayVerdict } from '../../_kit/replay-window.ts';
import type { ReplayWindowFactory } from './window-set.ts';

/** The counters for each kind of verdict. */
export interface WitnessCounters {
  readonly checks: Counter;
  readonly falseReject: Counter;
  readonly falseAccept: Counter;
}

/** Wraps each window that `inner` makes, so that the witness sees its verdicts. */
export class WitnessedWindowFactory implements ReplayWindowFactory {
  readonly #inner: ReplayWindowFactory;
  readonly #witness: GroundTruthWitness;
  readonly #counters: WitnessCounters;
  readonly #owner: string;

  /** @param owner Name of the receiving node. */
  constructor(
    inner: ReplayWindowFactory,
    witness: GroundTruthWitness,
    counters: WitnessCounters,
    owner: string,
  ) {
    this.#inner = inner;
    this.#witness = witness;
    this.#counters = counters;
    this.#owner = owner;
  }

  create(peer: string, epoch: number): ReplayGuard {
    const space = `${this.#owner}<${peer}/${epoch}`;
    const guard = this.#inner.create(peer, epoch);
    return new WitnessedWindow(guard, this.#witness, this.#counters, space);
  }

  retire(peer: string, epoch: number): void {
    this.#inner.retire?.(peer, epoch);
  }
}

class WitnessedWindow implements ReplayGuard {
  readonly #inner: ReplayGuard;
  readonly #witness: GroundTruthWitness;
  readonly #counters: WitnessCounters;
  readonly #accepted: string;
  readonly #refused: string;

  constructor(
    inner: ReplayGuard,
    witness: GroundTruthWitness,
    counters: WitnessCounters,
    space: string,
  ) {
    this.#inner = inner;
    this.#witness = witness;
    this.#counters = counters;
    this.#accepted = `accepted ${space}`;
    this.#refused = `refused ${space}`;
  }

  check(sequence: number): ReplayVerdict {
    return this.#inner.check(sequence);
  }

  accept(sequence: number): ReplayVerdict {
    const verdict = this.#inner.accept(sequence);
    this.#counters.checks.add(1);
    if (verdict === 'fresh') {
      if (this.#witness.note(this.#accepted, sequence)) this.#counters.falseAccept.add(1);
    } else if (verdict !== 'held' && !this.#witness.has(this.#accepted, sequence)) {
      // Only the first rejection of a number loses a genuine packet; later copies are replays of
      // it.
      if (!this.#witness.note(this.#refused, sequence)) this.#counters.falseReject.add(1);
    }
    return verdict;
  }
}
