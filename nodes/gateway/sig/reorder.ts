/**
 * Holds the SIG frames of one stream for a moment, so that frames that overtook each other are read in order. The
 * reference holds none: it loses what a frame continues that came too early (rlist.go, `Insert`).
 *
 * @module
 */
import { leastOf } from '../../../engine/pure/extremes.ts';
import type { SigDropReason } from './drops.ts';
import type { SigHeader } from './frame.ts';
import { SIG_REORDER_BYTES_MAX, SIG_REORDER_FRAMES_MAX } from './geometry.ts';

interface HeldFrame {
  readonly header: SigHeader;
  readonly payload: Uint8Array;
  readonly deadlineNs: number;
}

/** Takes a frame in the order of the stream. */
export type TakeSigFrame = (header: SigHeader, payload: Uint8Array) => void;

/** Puts the frames of a stream in order. */
export class SigReorderBuffer {
  readonly #waitNs: number;
  readonly #take: TakeSigFrame;
  /** Frames behind a gap, by sequence number. */
  readonly #held: HeldFrame[] = [];
  #bytes = 0;
  /** Sequence number of the frame to be read next; -1 before the first one, which begins wherever it likes. */
  #next = -1;

  /** @param waitNs How long a frame waits for earlier ones, ns; with 0, none waits. */
  constructor(waitNs: number, take: TakeSigFrame) {
    this.#waitNs = waitNs;
    this.#take = take;
  }

  /** True while a frame waits for earlier ones. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** When {@link expire} must be called next, ns; Infinity if nothing is held. */
  get deadlineNs(): number {
    return leastOf(this.#held.map(({ deadlineNs }) => deadlineNs));
  }

  /** Reads the frame, or holds a copy of it. @returns why it is dropped; undefined if it is not. */
  add(nowNs: number, header: SigHeader, payload: Uint8Array): SigDropReason | undefined {
    const { sequence } = header;
    if (this.#waitNs === 0 || this.#next < 0 || sequence <= this.#next) {
      // Far behind, the numbers before were not the sender's.
      const isFarBehind = this.#next - sequence > SIG_REORDER_FRAMES_MAX;
      this.#next = isFarBehind ? sequence + 1 : Math.max(this.#next, sequence + 1);
      this.#take(header, payload);
      this.#readOn();
      return undefined;
    }
    const behind = this.#held.findIndex((one) => one.header.sequence >= sequence);
    const at = behind < 0 ? this.#held.length : behind;
    if (this.#held[at]?.header.sequence === sequence) return 'sig-duplicate';
    const deadlineNs = nowNs + this.#waitNs;
    this.#held.splice(at, 0, { header, payload: payload.slice(), deadlineNs });
    this.#bytes += payload.length;
    while (this.#isOver()) this.#skipGap();
    return undefined;
  }

  /** Reads the frames that have waited long enough, and those before them. */
  expire(nowNs: number): void {
    while (this.isHolding && this.deadlineNs <= nowNs) this.#skipGap();
  }

  #isOver(): boolean {
    return this.#held.length > SIG_REORDER_FRAMES_MAX || this.#bytes > SIG_REORDER_BYTES_MAX;
  }

  #skipGap(): void {
    this.#next = this.#held[0]?.header.sequence ?? this.#next;
    this.#readOn();
  }

  /** Reads held frames up to the next gap. */
  #readOn(): void {
    for (let one = this.#held[0]; one?.header.sequence === this.#next; one = this.#held[0]) {
      if (one === undefined) return;
      this.#held.shift();
      this.#bytes -= one.payload.length;
      this.#next += 1;
      this.#take(one.header, one.payload);
    }
  }
}
