/**
 * Replay protection of one mix key: the filter decides, and the log releases a packet when its tag
 * is on disk (docs/spec/mixnet.md, "Replay protection").
 *
 * There are two sound designs: with a store, key and tags are both on disk; without one, both are
 * in memory, and a restart must discard the key. A key on disk with tags in memory is not offered.
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import type { ReplayDropReason } from './drops.ts';
import type { ReplayFilter } from './filter.ts';
import { TagLog, type TagSyncCallback } from './tag-log.ts';

/** Judges packets of one mix key, see {@link DurableTagGuard}. */
export interface TagGuard {
  enter(tag: Uint8Array, onSynced: TagSyncCallback): ReplayDropReason | undefined;
  retire(): void;
}

/** What a guard needs. */
export interface DurableTagGuardOptions {
  /** A filter for this key alone, empty. */
  readonly filter: ReplayFilter;
  /** A store for this key alone; when absent, the key is in memory only. */
  readonly store?: Store;
  /** Largest number of tags that wait for the disk, at least 1. */
  readonly pendingMax: number;
}

/** Rejects packets that arrived before, even before a crash. */
export class DurableTagGuard implements TagGuard {
  readonly #filter: ReplayFilter;
  readonly #log: TagLog | undefined;
  readonly #pendingMax: number;
  /** Tags that were on disk at the start. */
  readonly reloaded: number;

  constructor(options: DurableTagGuardOptions) {
    const { filter, store } = options;
    this.#filter = filter;
    this.#pendingMax = options.pendingMax;
    this.reloaded = store === undefined ? 0 : TagLog.reload(store, (tag) => filter.enter(tag));
    this.#log = store === undefined ? undefined : new TagLog(store);
  }

  /**
   * Judges a packet whose MAC was valid. When nothing is returned, the packet may be sent once
   * `onSynced` is called without an error, and not before; with an error it must be dropped
   * (`replay-log-failed`).
   * @param tag At least 16 bytes.
   * @param onSynced Without a store it is called before this method returns.
   */
  enter(tag: Uint8Array, onSynced: TagSyncCallback): ReplayDropReason | undefined {
    const log = this.#log;
    if (log !== undefined && log.pending >= this.#pendingMax) return 'replay-log-busy';
    const verdict = this.#filter.enter(tag);
    if (verdict === 'replay') return 'replay';
    if (verdict === 'full') return 'replay-filter-full';
    if (log === undefined) onSynced();
    else log.add(tag, onSynced);
    return undefined;
  }

  /** Ends with the key, which must be destroyed first: erases the tags on disk. */
  retire(): void {
    this.#log?.clear();
  }
}
