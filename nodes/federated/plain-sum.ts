/**
 * A sum without secrecy: the aggregator sees each client's vector. The machine resembles that of a
 * secure sum (secagg/), so that nodes handle both alike.
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { StateMachine, TimerDue } from '../_kit/machine.ts';
import { addVectorInto } from './secagg/ring.ts';

/** Events that the aggregator's side of a plain sum handles. */
export type PlainSumServerInput =
  | { readonly kind: 'begin' }
  | { readonly kind: 'vector'; readonly from: number; readonly vector: Uint32Array }
  | { readonly kind: 'gone'; readonly index: number };

/** Actions that the aggregator's side of a plain sum asks of its node. */
export type PlainSumServerEffect =
  | { readonly kind: 'drop'; readonly reason: 'input-length' | 'duplicate' | 'late-input' }
  | {
      readonly kind: 'sum';
      readonly ring: Uint32Array;
      readonly survivors: readonly number[];
      readonly lost: readonly number[];
      /** The input of each survivor, in the order of `survivors`; only with `keepsVectors`. */
      readonly vectors?: readonly Uint32Array[];
    }
  | { readonly kind: 'aborted'; readonly outcome: 'too-few' };

/** What a {@link PlainSumServer} is made from. */
export interface PlainSumServerParts {
  readonly clients: number;
  readonly length: number;
  readonly timeoutNs: Nanoseconds;
  /** Number of vectors at which the machine stops waiting; absent: all. */
  readonly quorum?: number | undefined;
  /** Fewest vectors that give a sum. */
  readonly minimum: number;
  /** True if the sum is to list each input too. */
  readonly keepsVectors?: boolean;
}

/**
 * Adds up the vectors of clients, until all have answered or are gone, the quorum is reached, or
 * the time is over.
 */
export class PlainSumServer implements StateMachine<PlainSumServerInput, PlainSumServerEffect> {
  readonly #parts: PlainSumServerParts;
  readonly #sum: Uint32Array;
  readonly #came = new Set<number>();
  readonly #gone = new Set<number>();
  readonly #vectors = new Map<number, Uint32Array>();
  #endNs: Nanoseconds = Number.POSITIVE_INFINITY;
  #isOver = false;

  constructor(parts: PlainSumServerParts) {
    this.#parts = parts;
    this.#sum = new Uint32Array(parts.length);
  }

  step(now: Nanoseconds, input: PlainSumServerInput | TimerDue): readonly PlainSumServerEffect[] {
    switch (input.kind) {
      case 'begin':
        this.#endNs = now + this.#parts.timeoutNs;
        return [];
      case 'vector':
        return this.#vector(input.from, input.vector);
      case 'gone':
        this.#gone.add(input.index);
        return this.#closed(now);
      case 'timer':
        return this.#closed(now);
    }
  }

  nextAt(): Nanoseconds {
    return this.#isOver ? Number.POSITIVE_INFINITY : this.#endNs;
  }

  #vector(from: number, vector: Uint32Array): readonly PlainSumServerEffect[] {
    if (this.#isOver) return [{ kind: 'drop', reason: 'late-input' }];
    if (this.#came.has(from)) return [{ kind: 'drop', reason: 'duplicate' }];
    if (vector.length !== this.#sum.length) return [{ kind: 'drop', reason: 'input-length' }];
    this.#came.add(from);
    this.#gone.delete(from);
    addVectorInto(this.#sum, vector);
    if (this.#parts.keepsVectors === true) this.#vectors.set(from, vector);
    return this.#closed(Number.NEGATIVE_INFINITY);
  }

  #closed(now: Nanoseconds): readonly PlainSumServerEffect[] {
    const { clients, minimum, quorum = clients } = this.#parts;
    const isMissed = this.#came.size + this.#gone.size < clients && this.#came.size < quorum;
    const isWaiting = isMissed && now < this.#endNs;
    if (this.#isOver || isWaiting) return [];
    this.#isOver = true;
    if (this.#came.size < minimum) return [{ kind: 'aborted', outcome: 'too-few' }];
    const all = Array.from({ length: clients }, (_, index) => index);
    const survivors = all.filter((index) => this.#came.has(index));
    const lost = all.filter((index) => !this.#came.has(index));
    const kept = survivors.flatMap((index) => this.#vectors.get(index) ?? []);
    const vectors = kept.length === 0 ? {} : { vectors: kept };
    return [{ kind: 'sum', ring: this.#sum, survivors, lost, ...vectors }];
  }
}
