/**
 * A store, which is a log and a table, kept as frames in any world. The world decides where the frames go and when they
 * become durable (engine/host/store.ts).
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { KeyRange, Store } from '../host/store.ts';
import {
  DELETE_FRAME,
  entryKey,
  entryValue,
  makeEntryFrame,
  makeFrame,
  PUT_FRAME,
  RECORD_FRAME,
  type StoreFrame,
  TRUNCATE_FRAME,
} from './store-frames.ts';

const NOTHING = new Uint8Array(0);

/** The place where a store keeps its frames; it survives crashes of the node. */
export interface Disk {
  /** Appends one frame to those that wait for a sync. */
  append(frame: Uint8Array): void;
  /**
   * The frames that make up the store, in the order of writing: all frames of the log, and the last frame of each
   * entry.
   */
  read(): StoreFrame[];
}

/**
 * A store that keeps a log and a table as records on a disk; simulated and live disks differ in how they sync.
 */
export abstract class DiskStore implements Store {
  private readonly disk: Disk;
  private readonly table = new Map<string, Uint8Array>();
  /** The keys of the table in ascending order; undefined after one was added or removed. */
  private sorted: readonly string[] | undefined;
  private isEnded = false;

  constructor(disk: Disk) {
    this.disk = disk;
    for (const frame of disk.read()) this.applyToTable(frame);
  }

  sync(done: (error?: string) => void): void {
    if (!this.isEnded) this.syncDisk(done);
  }

  append(record: Uint8Array): void {
    this.write(makeFrame(RECORD_FRAME, record));
  }

  replay(visit: (record: Uint8Array) => void): void {
    const frames = this.disk.read();
    const start = frames.findLastIndex((frame) => frame.kind === TRUNCATE_FRAME) + 1;
    for (const frame of frames.slice(start)) {
      if (frame.kind === RECORD_FRAME) visit(frame.payload.slice());
    }
  }

  truncate(): void {
    this.write(makeFrame(TRUNCATE_FRAME, NOTHING));
  }

  put(key: string, value: Uint8Array): void {
    this.write(makeEntryFrame(PUT_FRAME, key, value));
    const former = this.table.get(key);
    if (former === undefined) this.sorted = undefined;
    wipe(former);
    this.table.set(key, value.slice());
  }

  get(key: string): Uint8Array | undefined {
    return this.table.get(key)?.slice();
  }

  keys({ prefix = '', after, limit = Number.POSITIVE_INFINITY }: KeyRange = {}): readonly string[] {
    this.sorted ??= [...this.table.keys()].sort();
    // The listing begins at the prefix or at `after`: no key with the prefix comes before the prefix itself.
    const least = after === undefined || after < prefix ? prefix : after;
    const first = firstFrom(this.sorted, least, after === least);
    const listed: string[] = [];
    for (let at = first; at < this.sorted.length && listed.length < limit; at += 1) {
      const key = this.sorted[at] as string;
      if (!key.startsWith(prefix)) break;
      listed.push(key);
    }
    return listed;
  }

  delete(key: string): void {
    this.write(makeEntryFrame(DELETE_FRAME, key, NOTHING));
    wipe(this.table.get(key));
    if (this.table.delete(key)) this.sorted = undefined;
  }

  /** Writes nothing more; called when the node that opened this store has crashed or stopped. */
  end(): void {
    this.isEnded = true;
  }

  /** Makes everything written so far durable. */
  protected abstract syncDisk(done: (error?: string) => void): void;

  private write(frame: Uint8Array): void {
    if (!this.isEnded) this.disk.append(frame);
  }

  private applyToTable(frame: StoreFrame): void {
    const key = entryKey(frame);
    if (key === undefined) return;
    if (frame.kind === PUT_FRAME) this.table.set(key, entryValue(frame));
    else this.table.delete(key);
  }
}

/** Index of the first string that is not below `least` or, with `isAbove`, that is above it. */
function firstFrom(sorted: readonly string[], least: string, isAbove: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const one = sorted[middle] as string;
    if (one < least || (isAbove && one === least)) low = middle + 1;
    else high = middle;
  }
  return low;
}
