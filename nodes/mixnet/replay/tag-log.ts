/**
 * Keeps the tags of one mix key on disk: an append-only log to which groups of tags of 16 bytes
 * each are written (docs/spec/mixnet.md, Replay protection).
 *
 * A packet may be forwarded only after its tag is synced, so that a crash loses no tag of a
 * forwarded packet. While one group is being synced, tags are gathered for the next group: the
 * slower the disk, the larger the groups. A key must be destroyed before its log is erased: without
 * the log, replays would be accepted.
 *
 * ```text
 *   record of the store's log = tag (16) | tag (16) | ...          one record for each group
 * ```
 *
 * @module
 */
import type { Store } from '../../../engine/host/store.ts';
import { REPLAY_TAG_PREFIX_BYTES } from './geometry.ts';

const FIRST_ROOM = 64;

/** Called when the tag is on disk, or with the error if it is not. */
export type TagSyncCallback = (error?: string) => void;

/** Writes tags to the store in groups. */
export class TagLog {
  readonly #store: Store;
  /** Tags gathered for the next group. */
  #gathered = new Uint8Array(FIRST_ROOM * REPLAY_TAG_PREFIX_BYTES);
  #waiting: TagSyncCallback[] = [];
  #isSyncing = false;
  #syncing = 0;

  /** @param store A store that is used for this key only. */
  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Passes every tag in the store to `visit`, in the order written. Call it before the first `add`.
   * @param visit Must not keep the bytes: the store may reuse them after the call.
   * @returns the number of tags.
   */
  static reload(store: Store, visit: (tag: Uint8Array) => void): number {
    let count = 0;
    store.replay((record) => {
      // A store reports damaged records as errors, so a record of another length is a bug of this
      // program.
      if (record.length % REPLAY_TAG_PREFIX_BYTES !== 0) {
        throw new Error(`a record of replay tags has ${record.length} bytes`);
      }
      for (let at = 0; at < record.length; at += REPLAY_TAG_PREFIX_BYTES) {
        visit(record.subarray(at, at + REPLAY_TAG_PREFIX_BYTES));
        count += 1;
      }
    });
    return count;
  }

  /** Number of tags that are not on disk yet. */
  get pending(): number {
    return this.#waiting.length + this.#syncing;
  }

  /**
   * Writes a tag.
   * @param tag At least 16 bytes, of which the first 16 are written.
   * @param onSynced Called once, never during this call.
   */
  add(tag: Uint8Array, onSynced: TagSyncCallback): void {
    const at = this.#waiting.length * REPLAY_TAG_PREFIX_BYTES;
    if (at === this.#gathered.length) this.#makeRoom();
    for (let index = 0; index < REPLAY_TAG_PREFIX_BYTES; index++) {
      this.#gathered[at + index] = tag[index] as number;
    }
    this.#waiting.push(onSynced);
    if (!this.#isSyncing) this.#sync();
  }

  /** Erases all tags; their key must be destroyed first. */
  clear(): void {
    this.#store.truncate();
    this.#store.sync(() => undefined);
  }

  #sync(): void {
    const group = this.#waiting;
    this.#waiting = [];
    this.#store.append(this.#gathered.subarray(0, group.length * REPLAY_TAG_PREFIX_BYTES));
    this.#isSyncing = true;
    this.#syncing = group.length;
    this.#store.sync((error) => this.#onSync(group, error));
  }

  #onSync(group: readonly TagSyncCallback[], error: string | undefined): void {
    this.#isSyncing = false;
    this.#syncing = 0;
    // The sync of the next group starts first, because the callbacks may take long.
    if (this.#waiting.length > 0) this.#sync();
    for (const onSynced of group) onSynced(error);
  }

  #makeRoom(): void {
    const room = new Uint8Array(2 * this.#gathered.length);
    room.set(this.#gathered);
    this.#gathered = room;
  }
}
