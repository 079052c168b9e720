/**
 * Sequence numbers of applications: one replay window for each name that an application chooses.
 *
 * They are separate from the windows of frames, because an application that could move a window of
 * frames could lock its peer out. They are kept in memory only: after a crash, an application must
 * continue with a higher number or another name. A window never makes room for another one, because
 * its numbers would be accepted again; it is removed after `cleanup_ttl` without use.
 *
 * @module
 */
import { ReplayWindow } from '../../_kit/replay-window.ts';
import { checkFrameAge, type FrameAgeLimits } from '../replay/age.ts';

/** Largest number of names that have a window. */
export const APPLICATION_WINDOWS_MAX = 1_000;

/** Settings of the windows. */
export interface ApplicationWindowOptions {
  /** Size of a window, bits. */
  readonly size: number;
  /** A window that was not used for this time may be removed, ns. */
  readonly ttlNs: number;
  readonly age: FrameAgeLimits;
}

/** A sequence number to be checked. */
export interface SequenceCheck {
  readonly name: string;
  /** An integer from 0; a number above 2^53 - 1 gets the verdict `future`. */
  readonly sequence: number;
  /** Microseconds since 1970; undefined without a time. */
  readonly timestampUs: number | undefined;
  /** False if the window is to stay as it is. */
  readonly updates: boolean;
}

/** Both clocks: ns of the run, and microseconds since 1970. */
export interface CheckMoment {
  readonly nowNs: number;
  readonly clockUs: number;
}

/**
 * The verdict on a sequence number; `windows-full` if there is no room for the window of another
 * name.
 */
export type SequenceVerdict = 'fresh' | 'replay' | 'expired' | 'future' | 'windows-full';

interface NamedWindow {
  readonly window: ReplayWindow;
  lastNs: number;
  lastUs: number;
  processed: number;
  accepted: number;
  slides: number;
}

/** The state of a window, for applications. */
export interface WindowView {
  readonly base: number;
  readonly size: number;
  /** The bits in hex; the lowest bit of the first byte stands for `base`. */
  readonly bitmap: string;
  readonly highest: number;
  readonly lastUs: number;
  readonly processed: number;
  readonly accepted: number;
  readonly slides: number;
}

/** The windows of one gateway. */
export class ApplicationWindows {
  readonly #options: ApplicationWindowOptions;
  /** Windows by name; the one that was unused for longest comes first. */
  readonly #windows = new Map<string, NamedWindow>();

  constructor(options: ApplicationWindowOptions) {
    this.#options = options;
  }

  /** Checks a number. Records it if it is fresh and the check is to update the window. */
  check({ name, sequence, timestampUs, updates }: SequenceCheck, at: CheckMoment): SequenceVerdict {
    const named = this.#windows.get(name) ?? this.#create(name, at, updates);
    if (named === undefined) return 'windows-full';
    const verdict = this.#judge(named.window, sequence, timestampUs, at);
    if (!updates) return verdict;
    named.processed += 1;
    if (verdict !== 'fresh') return verdict;
    if (sequence > named.window.highest) named.slides += 1;
    named.window.accept(sequence);
    named.accepted += 1;
    named.lastNs = at.nowNs;
    named.lastUs = at.clockUs;
    this.#windows.delete(name);
    this.#windows.set(name, named);
    return 'fresh';
  }

  /** The state of a name's window; a name without a window has an empty one. */
  view(name: string): WindowView {
    const known = this.#windows.get(name);
    const { size } = this.#options;
    const { window, lastUs, processed, accepted, slides } =
      known ?? this.#empty({ nowNs: 0, clockUs: 0 });
    const base = Math.max(0, window.highest - size + 1);
    const bits = new Uint8Array(size / 8);
    for (let bit = 0; bit < size && base + bit <= window.highest; bit += 1) {
      const isSeen = window.check(base + bit) === 'replay';
      if (isSeen) bits[bit >>> 3] = (bits[bit >>> 3] ?? 0) | (1 << (bit & 7));
    }
    const bitmap = [...bits].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const highest = Math.max(0, window.highest);
    return { base, size, bitmap, highest, lastUs, processed, accepted, slides };
  }

  #judge(
    window: ReplayWindow,
    sequence: number,
    timestampUs: number | undefined,
    { clockUs }: CheckMoment,
  ): SequenceVerdict {
    if (!Number.isSafeInteger(sequence)) return 'future';
    const age =
      timestampUs === undefined
        ? undefined
        : checkFrameAge(timestampUs, clockUs, this.#options.age);
    return age ?? window.check(sequence);
  }

  #create(name: string, at: CheckMoment, isKept: boolean): NamedWindow | undefined {
    const named = this.#empty(at);
    if (!isKept) return named;
    for (const [other, { lastNs }] of this.#windows) {
      if (at.nowNs - lastNs <= this.#options.ttlNs) break;
      this.#windows.delete(other);
    }
    if (this.#windows.size >= APPLICATION_WINDOWS_MAX) return undefined;
    this.#windows.set(name, named);
    return named;
  }

  #empty({ nowNs, clockUs }: CheckMoment): NamedWindow {
    const window = new ReplayWindow(this.#options.size);
    return { window, lastNs: nowNs, lastUs: clockUs, processed: 0, accepted: 0, slides: 0 };
  }
}
