/**
 * Remembers the bundles that a node held and no longer holds, each until it expires, so that further
 * copies are recognised as duplicates. Their number is limited; the oldest is forgotten first.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { PruningDeadlineHeap } from '../../_kit/live-deadlines.ts';

const NOTHING: readonly string[] = [];

/** A bundle that the node held and no longer holds. */
export interface EndedBundle {
  readonly key: string;
  /** When the bundle expires: until then copies may come. */
  readonly deadlineNs: Nanoseconds;
  /**
   * Hop count with which the bundle came to this node (`hops-to-tell-copies-apart.ts`); Infinity if no further
   * copy is of use.
   */
  readonly hops: number;
}

/** Identities of ended bundles, each until copies of it have expired. */
export class EndedBundleMemory {
  readonly #limit: number;
  readonly #until = new Map<string, EndedBundle>();
  readonly #ends = new PruningDeadlineHeap<EndedBundle>((one) => this.#until.get(one.key) === one);

  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Remembers a bundle. @returns the identities that were forgotten, since they have expired or to
   * make room.
   */
  add(now: Nanoseconds, ended: EndedBundle): readonly string[] {
    const forgotten = this.#forgetEnded(now);
    this.#until.delete(ended.key);
    this.#until.set(ended.key, ended);
    if (Number.isFinite(ended.deadlineNs)) this.#ends.add(ended.deadlineNs + 1, ended);
    if (this.#until.size <= this.#limit) return forgotten;
    const [oldest] = this.#until.keys();
    if (oldest === undefined) return forgotten;
    this.#until.delete(oldest);
    return [...forgotten, oldest];
  }

  /** Identities of all remembered bundles that have not expired, the newest first. */
  *newest(now: Nanoseconds): Generator<string> {
    for (const { key, deadlineNs } of [...this.#until.values()].reverse()) {
      if (deadlineNs >= now) yield key;
    }
  }

  /** Hop count of a remembered bundle; undefined if it is not remembered. */
  hopsOf(key: string, now: Nanoseconds): number | undefined {
    const ended = this.#until.get(key);
    return ended !== undefined && ended.deadlineNs >= now ? ended.hops : undefined;
  }

  #forgetEnded(now: Nanoseconds): readonly string[] {
    if (this.#ends.nextAt() > now) return NOTHING;
    const forgotten: string[] = [];
    for (let ended = this.#ends.takeDue(now); ended; ended = this.#ends.takeDue(now)) {
      this.#until.delete(ended.key);
      forgotten.push(ended.key);
    }
    return forgotten;
  }
}
