/**
 * TEST DOUBLE, never for traffic: the replay window of the published Go sidecar with its defects
 * (docs/spec/gateway-frame.md, "Defects of the published windows"). It exists so that
 * `replay-attack.yaml` and the tests can prove that they would detect such defects.
 *
 * The bitmap is an array of bytes; its bit 0 is the base. A slide moves whole bytes correctly and then shifts the
 * remaining 1 to 7 bits up instead of down, with the carry of the byte above, so that marks move to wrong
 * positions inside their byte: genuine packets are refused and replays accepted. The base starts at
 * 0 and never follows a peer that is two windows ahead.
 *
 * @module
 */
import type { ReplayGuard, ReplayVerdict } from '../../_kit/replay-window.ts';

const BYTE_BITS = 8;
const BYTE_MASK = 0xff;

/** The defective window of the Go sidecar. */
export class DefectiveGoWindow implements ReplayGuard {
  readonly #size: number;
  readonly #bitmap: Uint8Array;
  #base = 0;

  /** @param size Bits, a multiple of 8. */
  constructor(size: number) {
    this.#size = size;
    this.#bitmap = new Uint8Array(size / BYTE_BITS);
  }

  /** Gives the verdict without changing anything. */
  check(sequence: number): ReplayVerdict {
    const offset = sequence - this.#base;
    if (offset < 0) return 'expired';
    // Defect: after an outage of two windows the peer is locked out permanently.
    if (offset >= 2 * this.#size) return 'future';
    if (offset >= this.#size) return 'fresh';
    const byte = this.#bitmap[offset >>> 3] as number;
    return ((byte >>> (offset & 7)) & 1) === 1 ? 'replay' : 'fresh';
  }

  /** Gives the verdict and, if it is `fresh`, records the number in the defective way. */
  accept(sequence: number): ReplayVerdict {
    const verdict = this.check(sequence);
    if (verdict !== 'fresh') return verdict;
    const beyond = sequence - this.#base - (this.#size - 1);
    if (beyond > 0) this.#slide(beyond);
    const offset = sequence - this.#base;
    this.#bitmap[offset >>> 3] = (this.#bitmap[offset >>> 3] as number) | (1 << (offset & 7));
    return 'fresh';
  }

  #slide(distance: number): void {
    this.#base += distance;
    if (distance >= this.#size) {
      // biome-ignore lint/plugin: no secret, sequence numbers
      this.#bitmap.fill(0);
      return;
    }
    const bytes = distance >>> 3;
    this.#bitmap.copyWithin(0, bytes);
    this.#bitmap.fill(0, this.#bitmap.length - bytes);
    const bits = distance & 7;
    if (bits > 0) this.#shiftUp(bits);
  }

  /** Defect: with the least significant bit as base, a slide must shift down, not up. */
  #shiftUp(bits: number): void {
    for (let index = 0; index < this.#bitmap.length; index++) {
      const byte = this.#bitmap[index] as number;
      const next = this.#bitmap[index + 1] ?? 0;
      this.#bitmap[index] = ((byte << bits) | (next >>> (BYTE_BITS - bits))) & BYTE_MASK;
    }
  }
}
