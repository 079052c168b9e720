/**
 * Crash-safe storage. Data that `sync` has confirmed survive a crash. Data written later may be
 * lost, survive in part, or be torn in the last record, but are never silently altered.
 *
 * Deleted data are erased (ADR 0024): once a sync has confirmed the deletion, no file of the store contains
 * the value of a deleted entry or a record of a truncated log, and the former file contents are
 * overwritten.
 *
 * The space of deleted data is used again: a store needs space for what it contains now, not for what it once contained
 * (ADR 0037).
 *
 * A store has one writer: the node that opened it, until its next crash or stop. Later writes of that node have no
 * effect, and another process cannot open the store.
 *
 * @module
 */

/** Selects the keys of a store that {@link Store.keys} lists. */
export interface KeyRange {
  /** Selects only keys that begin with this text. */
  readonly prefix?: string;
  /** Selects only keys after this one; with the last key of a list, the next list begins where that list ended. */
  readonly after?: string;
  /** Largest number of keys to list. */
  readonly limit?: number;
}

/** One named store of a node: an append log and a small table, synced together. */
export interface Store {
  /** Appends one record to the log (copied). */
  append(record: Uint8Array): void;
  /** Calls `visit` for each whole record in order; a torn or damaged tail is cut off first. */
  replay(visit: (record: Uint8Array) => void): void;
  /** Empties the log; takes effect at the next sync, all or nothing. */
  truncate(): void;
  /**
   * Writes an entry (copied).
   * @param key Well-formed text of up to 65,535 bytes in UTF-8; anything else is a RangeError.
   */
  put(key: string, value: Uint8Array): void;
  get(key: string): Uint8Array | undefined;
  /**
   * The keys of the table, also those that are not synced yet, in ascending order of their UTF-16
   * code units (as `<` compares strings). The list is a copy: later changes of the table do not
   * change it.
   */
  keys(range?: KeyRange): readonly string[];
  /**
   * Erases an entry and all values that it ever had; takes effect at the next sync.
   * @param key As for {@link put}; if there is no entry with this key, nothing happens.
   */
  delete(key: string): void;
  /** Makes everything written so far durable, then calls `done` (never in the same turn). */
  sync(done: (error?: string) => void): void;
}
