/**
 * Groups: remembers the groups that a node has left, so that a list of members that arrives late
 * does not make it a member again.
 *
 * @module
 */
import { LEFT_GROUPS_MAX } from './geometry.ts';
import { encodeLeftGroup, type LeftGroupRecord, memberRecordKey } from './records.ts';
import type { GroupId } from './requests.ts';

/** What a {@link LeftGroups} is made from. */
export interface LeftGroupsParts {
  readonly nowMs: () => number;
  readonly put: (key: string, value: Uint8Array) => void;
  readonly erase: (key: string) => void;
}

/** The groups that a node has left, each with the last epoch in which it was no member. */
export class LeftGroups {
  readonly #parts: LeftGroupsParts;
  /**
   * By record key: the last epoch of the group in which the node was known to be no member; oldest
   * record first.
   */
  readonly #epochs = new Map<string, number>();

  /** @param records Records on the disk, with their keys. */
  constructor(parts: LeftGroupsParts, records: readonly (readonly [string, LeftGroupRecord])[]) {
    this.#parts = parts;
    const oldestFirst = records.toSorted(([, a], [, b]) => a.sinceMs - b.sinceMs);
    for (const [key, { epoch }] of oldestFirst) this.#epochs.set(key, epoch);
  }

  get size(): number {
    return this.#epochs.size;
  }

  /** The last epoch in which this node was known to be no member; 0 if none is known. */
  epochOf(group: GroupId): number {
    return this.#epochs.get(memberRecordKey('left', group)) ?? 0;
  }

  /** Records on disk that this node is no member of the group in this epoch. */
  add(group: GroupId, epoch: number): void {
    const key = memberRecordKey('left', group);
    if (epoch <= (this.#epochs.get(key) ?? 0)) return;
    this.#epochs.delete(key);
    this.#epochs.set(key, epoch);
    this.#parts.put(key, encodeLeftGroup({ epoch, sinceMs: this.#parts.nowMs() }));
    const [oldest] = this.#epochs.keys();
    if (this.#epochs.size > LEFT_GROUPS_MAX && oldest !== undefined) this.#forget(oldest);
  }

  /** Called when this node is a member again. */
  remove(group: GroupId): void {
    const key = memberRecordKey('left', group);
    if (this.#epochs.has(key)) this.#forget(key);
  }

  #forget(key: string): void {
    this.#epochs.delete(key);
    this.#parts.erase(key);
  }
}
