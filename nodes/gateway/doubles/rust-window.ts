/**
 * TEST DOUBLE, never for traffic: the replay window of the published Rust gateway, release build,
 * with its defects (docs/spec/gateway-frame.md, "Defects of the published windows"). It exists so
 * that `replay-attack.yaml` and the tests can prove that they would detect such defects.
 *
 * One 64-bit word serves a window of 1,024 numbers: positions wrap at 64. A slide shifts the word in the
 * wrong direction. The base is the first sequence, so that any earlier number arriving late is
 * expired.
 *
 * @module
 */
import type { ReplayGuard, ReplayVerdict } from '../../_kit/replay-window.ts';

const WORD_BITS = 64n;
const ONE = 1n;

/** The defective window of the Rust gateway. */
export class DefectiveRustWindow implements ReplayGuard {
  readonly #size: number;
  #bitmap = 0n;
  #base = 0;

  /**
   * @param size Size of the window, bits.
   */
  constructor(size: number) {
    this.#size = size;
  }

  /** Gives the verdict without changing anything. */
  check(sequence: number): ReplayVerdict {
    // Defect: 0 means "uninitialised", so a sequence of 0 is always accepted.
    if (this.#base === 0) return 'fresh';
    const offset = sequence - this.#base;
    if (offset < 0) return 'expired';
    if (offset > 2 * this.#size) return 'future';
    if (offset >= this.#size) return 'fresh';
    return (this.#bitmap & bit(offset)) === 0n ? 'fresh' : 'replay';
  }

  /** Gives the verdict and, if it is `fresh`, records the number in the defective way. */
  accept(sequence: number): ReplayVerdict {
    const verdict = this.check(sequence);
    if (verdict !== 'fresh') return verdict;
    if (this.#base === 0) {
      this.#base = sequence;
      this.#bitmap = ONE;
      return 'fresh';
    }
    const beyond = sequence - this.#base - (this.#size - 1);
    if (beyond > 0) {
      this.#base += beyond;
      // Defect: wrong direction, and the amount wraps at 64 as in a release build.
      this.#bitmap = BigInt.asUintN(64, this.#bitmap << (BigInt(beyond) % WORD_BITS));
    }
    this.#bitmap |= bit(sequence - this.#base);
    return 'fresh';
  }
}

/** Defect: one word for all positions of the window. */
function bit(offset: number): bigint {
  return ONE << (BigInt(offset) % WORD_BITS);
}
