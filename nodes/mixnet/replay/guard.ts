/**
 * Replay protection of one mix key: the filter decides whether a tag is new, and the packet may be
 * sent when the log has its tag on disk (docs/spec/mixnet.md, "Replay protection").
 *
 * There are two safe designs: with a store, key and tags are both on disk; without a store, both
 * are in memory, and a restart must discard the key. A key on disk with tags in memory is not
 * supported.
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import type { ReplayDropReason } from './drops.ts';
import type { ReplayFilter } from './filter.ts';
import { TagLog, type TagSyncCallback } from './tag-log.ts';

/**
 * Decides whether packets under one mix key are replays; the methods are documented at {@link
 * DurableTagGuard}.
 */
export interface TagGuard {
  enter(tag: Uint8Array, onSynced: TagSyncCallback): ReplayDropReason | undefined;
  retire(): void;
}

/** The filter, store and limit of a {@link DurableTagGuard}. */
export interface DurableTagGuardOptions {
  /** A filter for this key alone, empty. */
  readonly filter: ReplayFilter;
  /** A store that is used for this key only; when absent, the key itself must be in memory only. */
  readonly store?: Store;
  /** Largest number of tags that wait for the disk, at least 1. */
  readonly pendingMax: number;
}

/** Rejects packets whose tag has arrived before, even before a crash of the node. */
export class DurableTagGuard implements TagGuard {
  readonly #filter: ReplayFilter;
  readonly #log: TagLog | undefined;
  readonly #pendingMax: number;
  /** Number of tags that were on disk when the guard was created. */
  readonly reloaded: number;

  constructor(options: DurableTagGuardOptions) {
    const { filter, store } = options;
    this.#filter = filter;
    this.#pendingMax = options.pendingMax;
    this.reloaded = store === undefined ? 0 : TagLog.reload(store, (tag) => filter.enter(tag));
    this.#log = store === undefined ? undefined : new TagLog(store);
  }

  /**
   * Judges a packet with a valid MAC.
   * @returns the reason to drop the packet. If undefined, the caller must wait for `onSynced`:
   *   without an error the packet may then be sent; with an error it must be dropped
   *   (`replay-log-failed`).
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

  /** Erases the tags on disk; the key must be destroyed first. */
  retire(): void {
    this.#log?.clear();
  }
}
