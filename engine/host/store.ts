/**
 * Crash-safe storage. What `sync` has confirmed survives a crash; what was written later may be
 * lost, survive in part, or be torn in its last record, but is never silently altered.
 *
 * Deleting is erasing (docs/adr/0024): once a sync has confirmed it, no file of the store contains
 * the value of a deleted entry or a record of a truncated log, and the former file contents are
 * overwritten.
 *
 * @module
 */

/** One named store of a node: an append log and a small table, synced together. */
export interface Store {
  /** Appends one record to the log (copied). */
  append(record: Uint8Array): void;
  /** Calls `visit` for each whole record in order; a torn or damaged tail is cut off first. */
  replay(visit: (record: Uint8Array) => void): void;
  /** Empties the log; takes effect at the next sync, all or nothing. */
  truncate(): void;
  put(key: string, value: Uint8Array): void;
  get(key: string): Uint8Array | undefined;
  /** Erases an entry and all values that it ever had; takes effect at the next sync. */
  delete(key: string): void;
  /** Makes everything written so far durable, then calls `done` (never in the same turn). */
  sync(done: (error?: string) => void): void;
}
