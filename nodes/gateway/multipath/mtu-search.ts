/**
 * Searches the largest datagram that a path carries, by probes that are padded to different sizes
 * (RFC 8899, section 4.1, adapted: docs/spec/multipath.md, "MTU holes"). Several sizes are probed
 * at once, because a search over one size after the other would take ten round trips.
 *
 * The controller decides when to search, and what follows from the result.
 *
 * @module
 */
import type { ControllerEffect } from './types.ts';

/** Sizes of SCION packets that are tried below the size in use, bytes: from the least MTU of IPv6 to what every host of IPv4 takes (RFC 791, section 3.1). */
const SIZES = [1_280, 1_024, 768, 576];
/**
 * Number of probes of each size. If 10 % of the packets are lost, all three probes of a size that
 * passes are lost once in 1,000 times.
 */
const PROBES_PER_SIZE = 3;
/**
 * Number of times that a size is probed if no answer comes: chance would have to lose six probes
 * (RFC 8899, MAX_PROBES).
 */
const ROUNDS = 2;

/** The parameters of a search. */
export interface MtuSearchOrder {
  /** Index of the path. */
  readonly path: number;
  /** The size in use, or the size to return to, bytes. */
  readonly bytes: number;
  /** Time to wait for answers, ns. */
  readonly timeoutNs: number;
}

/** The result of a search. */
export interface MtuSearchResult {
  readonly order: MtuSearchOrder;
  /** Largest size that was answered, bytes; 0 if none was. */
  readonly answered: number;
  /**
   * True if no longer probe was answered, but most of the shorter ones were not answered either:
   * this is random loss, not an MTU hole.
   */
  readonly isChance: boolean;
}

/** Runs the searches, one at a time. */
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

  /**
   * @param takeNumber Returns the number for a new probe.
   */
  constructor(takeNumber: () => number) {
    this.#takeNumber = takeNumber;
  }

  get isRunning(): boolean {
    return this.#order !== undefined;
  }

  /**
   * The instant at which the answers to the present probes are due, ns; Infinity if no search runs.
   */
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

  /** Takes an answer. @returns true if it belongs to a probe of this search. */
  take(path: number, probe: number): boolean {
    const size = this.#open.get(probe);
    if (size === undefined || path !== this.#order?.path) return false;
    this.#open.delete(probe);
    this.#answers += 1;
    this.#answered = Math.max(this.#answered, size);
    return true;
  }

  /** The result; undefined until the largest size was answered or the time is over. */
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

  /** Sends further probes if the time is over without a result. @returns the probes to send. */
  askAgain(now: number): readonly ControllerEffect[] {
    const isDue = now >= this.#dueNs && this.#rounds < ROUNDS;
    return this.#order === undefined || !isDue ? [] : this.#ask(now, this.#order);
  }

  #ask(now: number, { path, bytes, timeoutNs }: MtuSearchOrder): readonly ControllerEffect[] {
    this.#rounds += 1;
    this.#dueNs = now + timeoutNs;
    const sizes = [bytes, ...SIZES].filter((size) => size <= bytes && size > this.#answered);
    return sizes.flatMap((size) =>
      Array.from({ length: PROBES_PER_SIZE }, (): ControllerEffect => {
        const probe = this.#takeNumber();
        this.#open.set(probe, size);
        return { kind: 'probe', path, probe, bytes: size };
      }),
    );
  }
}
