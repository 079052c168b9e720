/**
 * Reassembles messages from fragments, and completes each message at most once. Incomplete messages
 * have a time limit, and their number is bounded.
 *
 * A delivered message is remembered for as long as its sender may repeat it. When there is no room
 * to remember another message, a new message is not completed: its sender repeats it, and late
 * delivery is better than a duplicate.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';
import type { Fragment } from './wire.ts';

/** Limits of reassembly. */
export interface ReassemblyLimits {
  /** A message is given up if no new fragment arrives for this time, ns. */
  readonly timeout: Nanoseconds;
  /** Largest number of incomplete messages. */
  readonly messages: number;
  /** Largest number of fragments of one message. */
  readonly fragments: number;
  /** How long a delivered message is remembered, ns. */
  readonly remember: Nanoseconds;
  /** Largest number of delivered messages that are remembered. */
  readonly remembered: number;
}

/** Why a fragment is not kept. */
export type FragmentDropReason =
  | 'fragment-format'
  | 'fragment-conflict'
  | 'reassembly-full'
  | 'duplicates-full';

/** The result of adding a fragment. */
export type AddFragmentResult =
  | { readonly kind: 'kept' }
  | { readonly kind: 'duplicate' }
  | {
      readonly kind: 'whole';
      readonly name: string;
      readonly body: Uint8Array;
      /** The numbers by which observers identify the fragments. */
      readonly copies: readonly number[];
    }
  | { readonly kind: 'drop'; readonly drop: FragmentDropReason };

interface PartialMessage {
  readonly count: number;
  readonly parts: (Uint8Array | undefined)[];
  readonly copies: number[];
  missing: number;
  bytes: number;
  touchedAt: Nanoseconds;
}

/** Collects fragments into messages. */
export class Reassembly {
  readonly #limits: ReassemblyLimits;
  readonly #partials = new Map<string, PartialMessage>();
  readonly #partialDeadlines = new DeadlineHeap<string>();
  readonly #done = new Set<string>();
  readonly #doneDeadlines = new DeadlineHeap<string>();

  constructor(limits: ReassemblyLimits) {
    this.#limits = limits;
  }

  /** Number of messages that wait for fragments. */
  get size(): number {
    return this.#partials.size;
  }

  /** Number of fragments that are kept, of all incomplete messages together. */
  get parts(): number {
    let sum = 0;
    for (const { count, missing } of this.#partials.values()) sum += count - missing;
    return sum;
  }

  /** The instant at which `expire` must be called next; undefined if there is none. */
  get nextAt(): Nanoseconds | undefined {
    const first = this.#partialDeadlines.nextAt;
    const second = this.#doneDeadlines.nextAt;
    if (first === undefined || second === undefined) return first ?? second;
    return Math.min(first, second);
  }

  /**
   * Adds a fragment; copies its data if it is kept.
   * @param copy The number by which observers identify the fragment.
   */
  add(now: Nanoseconds, fragment: Fragment, copy?: number): AddFragmentResult {
    if (fragment.count > this.#limits.fragments) return { kind: 'drop', drop: 'fragment-format' };
    const key = fragmentMessageKey(fragment);
    if (this.#done.has(key)) return { kind: 'duplicate' };
    const partial = this.#partials.get(key) ?? this.#begin(now, key, fragment.count);
    if (partial === undefined) return { kind: 'drop', drop: 'reassembly-full' };
    if (partial.count !== fragment.count) return { kind: 'drop', drop: 'fragment-conflict' };
    const known = partial.parts[fragment.index];
    if (known !== undefined) {
      const isSame = equalBytes(known, fragment.data);
      return isSame ? { kind: 'duplicate' } : { kind: 'drop', drop: 'fragment-conflict' };
    }
    // The check comes before the last fragment is kept: the sender repeats that fragment, and by
    // then there may be room.
    if (partial.missing === 1 && this.#done.size >= this.#limits.remembered) {
      return { kind: 'drop', drop: 'duplicates-full' };
    }
    keep(now, partial, fragment);
    if (copy !== undefined) partial.copies.push(copy);
    return partial.missing > 0 ? { kind: 'kept' } : this.#finish(now, key, partial);
  }

  /** Remembers, up to the instant `until`, a message that was delivered before a restart. */
  remember(name: string, until: Nanoseconds): void {
    this.#done.add(name);
    this.#doneDeadlines.add(until, name);
  }

  /** Forgets a message that could not be delivered, so that its sender may repeat it. */
  forget(name: string): void {
    this.#done.delete(name);
  }

  /**
   * Removes expired entries.
   * @returns for each message that was given up, the numbers by which observers identify its
   *   fragments.
   */
  expire(now: Nanoseconds): readonly (readonly number[])[] {
    const givenUp: (readonly number[])[] = [];
    for (;;) {
      const key = this.#partialDeadlines.takeDue(now);
      if (key === undefined) break;
      const partial = this.#partials.get(key);
      if (partial === undefined) continue;
      const deadline = partial.touchedAt + this.#limits.timeout;
      if (deadline > now) {
        this.#partialDeadlines.add(deadline, key);
        continue;
      }
      this.#partials.delete(key);
      givenUp.push(partial.copies);
    }
    for (;;) {
      const key = this.#doneDeadlines.takeDue(now);
      if (key === undefined) return givenUp;
      this.#done.delete(key);
    }
  }

  #begin(now: Nanoseconds, key: string, count: number): PartialMessage | undefined {
    if (this.#partials.size >= this.#limits.messages) return undefined;
    const parts = new Array<Uint8Array | undefined>(count).fill(undefined);
    const partial: PartialMessage = {
      count,
      parts,
      copies: [],
      missing: count,
      bytes: 0,
      touchedAt: now,
    };
    this.#partials.set(key, partial);
    this.#partialDeadlines.add(now + this.#limits.timeout, key);
    return partial;
  }

  #finish(now: Nanoseconds, key: string, partial: PartialMessage): AddFragmentResult {
    this.#partials.delete(key);
    this.remember(key, now + this.#limits.remember);
    const body = new Uint8Array(partial.bytes);
    let at = 0;
    for (const part of partial.parts) {
      body.set(part as Uint8Array, at);
      at += (part as Uint8Array).length;
    }
    return { kind: 'whole', name: key, body, copies: partial.copies };
  }
}

/**
 * Returns the key of a fragment's message: sender and identifier combined, so that nobody can
 * complete another sender's message by using its identifier.
 */
export function fragmentMessageKey({
  sender,
  messageId,
}: Pick<Fragment, 'sender' | 'messageId'>): string {
  return toHex(sender) + toHex(messageId);
}

function keep(now: Nanoseconds, partial: PartialMessage, fragment: Fragment): void {
  partial.parts[fragment.index] = fragment.data.slice();
  partial.missing--;
  partial.bytes += fragment.data.length;
  partial.touchedAt = now;
}

/**
 * Splits a message into parts of `room` bytes; only the last part may be shorter. An empty message
 * has one empty part.
 * @returns views of `body`.
 */
export function splitMessage(body: Uint8Array, room: number): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < body.length; at += room) {
    parts.push(body.subarray(at, at + room));
  }
  return parts;
}
