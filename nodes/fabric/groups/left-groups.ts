/**
 * Groups: those that a node was in and is not any more, so that a list which was under way meanwhile
 * does not bring it back.
 *
 * @module
 */
import { LEFT_MAX } from './geometry.ts';
import { encodeLeft, keyIn, type LeftRecord } from './records.ts';
import type { GroupName } from './requests.ts';

/** What the table needs of its node. */
export interface LeftParts {
  readonly nowMs: () => number;
  readonly put: (key: string, value: Uint8Array) => void;
  readonly erase: (key: string) => void;
}

/** See the module. */
export class LeftGroups {
  readonly #parts: LeftParts;
  /** By the key of the record, oldest first. */
  readonly #epochs = new Map<string, number>();

  /** @param records What the disk has. */
  constructor(parts: LeftParts, records: readonly (readonly [string, LeftRecord])[]) {
    this.#parts = parts;
    const oldestFirst = records.toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs);
    for (const [key, { epoch }] of oldestFirst) this.#epochs.set(key, epoch);
  }

  get size(): number {
    return this.#epochs.size;
  }

  /** The last epoch in which this node was known to be no member; 0 if it never was one. */
  epochOf(group: GroupName): number {
    return this.#epochs.get(keyIn('left', group)) ?? 0;
  }

  /** Notes that this node is no member in an epoch. */
  add(group: GroupName, epoch: number): void {
    const key = keyIn('left', group);
    if (epoch <= (this.#epochs.get(key) ?? 0)) return;
    this.#epochs.delete(key);
    this.#epochs.set(key, epoch);
    this.#parts.put(key, encodeLeft({ epoch, sinceMs: this.#parts.nowMs() }));
    const [oldest] = this.#epochs.keys();
    if (this.#epochs.size > LEFT_MAX && oldest !== undefined) this.#forget(oldest);
  }

  /** This node is a member again. */
  remove(group: GroupName): void {
    const key = keyIn('left', group);
    if (this.#epochs.has(key)) this.#forget(key);
  }

  #forget(key: string): void {
    this.#epochs.delete(key);
    this.#parts.erase(key);
  }
}
