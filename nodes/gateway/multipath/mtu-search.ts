/**
 * Searches the largest datagram that a path carries, by probes that are padded to different sizes (RFC 8899,
 * section 4.1, adapted: docs/spec/multipath.md, "MTU holes"). Several sizes are asked at once, because a search
 * over one size after the other would take ten round trips.
 *
 * It decides neither when to search nor what follows; the controller does.
 *
 * @module
 */
import type { ControllerEffect } from './types.ts';

/** Sizes of SCION packets that are tried below the size in use, bytes: from the least MTU of IPv6 to what every host of IPv4 takes (RFC 791, section 3.1). */
const SIZES = [1_280, 1_024, 768, 576];
/** Number of probes of each size: of those that pass, all three are lost by chance once in 1,000 times at 10 % loss. */
const COPIES = 3;
/** What was not answered is asked a second time, so that chance must strike six times (RFC 8899, MAX_PROBES). */
const ROUNDS = 2;

/** What is asked of a path. */
export interface MtuSearchOrder {
  /** Index of the path. */
  readonly path: number;
  /** The size in use, or the one to return to, bytes. */
  readonly bytes: number;
  /** Time to wait for answers, ns. */
  readonly timeoutNs: number;
}

/** What a search found. */
export interface MtuSearchResult {
  readonly order: MtuSearchOrder;
  /** Largest size that was answered, bytes; 0 if none was. */
  readonly answered: number;
  /** True if no longer probe was answered, but most of the others were not, either: this is loss and no hole. */
  readonly isChance: boolean;
}

/** One search at a time. */
export class PathMtuSearch {
  readonly #takeNumber: () => number;
  #order: MtuSearchOrder | undefined;
  #rounds = 0;
  #answered = 0;
  /** Number of probes that were answered. */
  #answers = 0;
  #dueNs = Number.POSITIVE_INFINITY;
  /** Sizes of the probes that wait for answers, by their numbers. */
  readonly #open = new Map<number, number>();

  /** @param takeNumber Takes the number of a probe. */
  constructor(takeNumber: () => number) {
    this.#takeNumber = takeNumber;
  }

  get isRunning(): boolean {
    return this.#order !== undefined;
  }

  /** When {@link expire} is due, ns; Infinity while nothing is asked. */
  get deadlineNs(): number {
    return this.#dueNs;
  }

  /** Begins a search. @returns the probes to send. */
  begin(now: number, order: MtuSearchOrder): readonly ControllerEffect[] {
    this.#order = order;
    this.#rounds = 0;
    this.#answered = 0;
    this.#answers = 0;
    return this.#ask(now, order);
  }

  /** Takes an answer. @returns true if the search had asked for it. */
  take(path: number, probe: number): boolean {
    const size = this.#open.get(probe);
    if (size === undefined || path !== this.#order?.path) return false;
    this.#open.delete(probe);
    this.#answers += 1;
    this.#answered = Math.max(this.#answered, size);
    return true;
  }

  /** The result, if the largest size has been answered or the time is over. */
  result(now: number): MtuSearchResult | undefined {
    const order = this.#order;
    if (order === undefined) return undefined;
    const isOver = now >= this.#dueNs && this.#rounds === ROUNDS;
    if (this.#answered < order.bytes && !isOver) return undefined;
    const lost = [...this.#open.values()].filter((size) => size <= this.#answered);
    const isChance = this.#answered < order.bytes && lost.length > this.#answers;
    this.#order = undefined;
    this.#dueNs = Number.POSITIVE_INFINITY;
    this.#open.clear();
    return { order, answered: this.#answered, isChance };
  }

  /** Asks again when the time is over. @returns the probes to send. */
  askAgain(now: number): readonly ControllerEffect[] {
    const isDue = now >= this.#dueNs && this.#rounds < ROUNDS;
    return this.#order === undefined || !isDue ? [] : this.#ask(now, this.#order);
  }

  #ask(now: number, { path, bytes, timeoutNs }: MtuSearchOrder): readonly ControllerEffect[] {
    this.#rounds += 1;
    this.#dueNs = now + timeoutNs;
    const sizes = [bytes, ...SIZES].filter((size) => size <= bytes && size > this.#answered);
    return sizes.flatMap((size) =>
      Array.from({ length: COPIES }, (): ControllerEffect => {
        const probe = this.#takeNumber();
        this.#open.set(probe, size);
        return { kind: 'probe', path, probe, bytes: size };
      }),
    );
  }
}
