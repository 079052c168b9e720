/**
 * Storage of a simulated host, as a disk would keep it: what was synced, and the frames written
 * since (engine/host/store.ts, docs/spec/link-model.md#clocks-and-disks-of-hosts).
 *
 * A crash keeps what `sync` confirmed. Of the bytes written since, {@link StoreFault} says whether a random prefix
 * survives, and whether its end is torn or damaged. Bytes that were deleted, replaced or truncated are overwritten and
 * freed at the sync that confirms it, at a cost that does not depend on what else is stored.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { RandomStream } from '../core/stream.ts';
import { type Disk, DiskStore } from './disk-store.ts';
import {
  concatByteArrays,
  entryKey,
  PUT_FRAME,
  parseFrame,
  parseValidFrames,
  type StoreFrame,
  TRUNCATE_FRAME,
} from './store-frames.ts';
import { UnsyncedFrames } from './unsynced-frames.ts';

/**
 * What a crash leaves of the bytes written since the last confirmed sync: nothing (`synced`), a random number of whole
 * records from the start (`prefix`), these and a part of the next record (`torn`), or these with one flipped bit
 * (`flipped`).
 */
export type StoreFault = 'synced' | 'prefix' | 'torn' | 'flipped';

/** Size of the buffer of an empty log, bytes. */
const LOG_BYTES_MIN = 256;

/** A simulated disk for one store; it survives crashes of the node. */
export class SimDisk implements Disk {
  /**
   * The frames of the log that survive every crash: the first `logBytes` of a buffer that grows by
   * doubling.
   */
  private log = new Uint8Array(LOG_BYTES_MIN);
  private logBytes = 0;
  /** The frames of table entries that survive every crash, by key. */
  private readonly table = new Map<string, Uint8Array>();
  /** Frames that syncs under way will make durable, in order. */
  private taken: Uint8Array[] = [];
  /** Number of frames that syncs have taken so far. */
  private takenCount = 0;
  private readonly waiting = new UnsyncedFrames();

  /** Appends one frame. */
  append(frame: Uint8Array): void {
    this.waiting.push(frame);
    if (!this.waiting.isOvergrown) return;
    const taken = new Set(this.taken.map((one) => entryKey(parseFrame(one))));
    this.waiting.tidy((key) => this.table.has(key) || taken.has(key));
  }

  /** Begins a sync of everything written so far; returns the argument for {@link endSync}. */
  beginSync(): number {
    const frames = this.waiting.take();
    for (const frame of frames) this.taken.push(frame);
    this.takenCount += frames.length;
    return this.takenCount;
  }

  /** Ends a sync: everything written before it began is now durable. */
  endSync(mark: number): void {
    const count = Math.max(0, mark - (this.takenCount - this.taken.length));
    for (const frame of this.taken.slice(0, count)) this.apply(frame);
    this.taken = this.taken.slice(count);
  }

  /** Applies a crash; the disk holds only what survives. */
  crash(fault: StoreFault, stream: RandomStream): void {
    const unsynced = [...this.taken, ...this.waiting.take()];
    this.taken = [];
    // Only frames that reached the disk take effect, deletions included.
    for (const { whole } of parseValidFrames(survivingBytes(unsynced, fault, stream))) {
      this.apply(whole.slice());
    }
  }

  /** All bytes on the disk, then those that were written but are not synced yet. */
  raw(): Uint8Array {
    return concatByteArrays([
      this.log.subarray(0, this.logBytes),
      ...this.table.values(),
      ...this.taken,
      ...this.waiting.frames,
    ]);
  }

  read(): StoreFrame[] {
    return [
      ...parseValidFrames(this.log.subarray(0, this.logBytes)),
      ...[...this.table.values()].map(parseFrame),
      ...[...this.taken, ...this.waiting.frames].map(parseFrame),
    ];
  }

  /** Applies a frame that has reached the disk and now belongs to it. */
  private apply(frame: Uint8Array): void {
    const one = parseFrame(frame);
    const key = entryKey(one);
    if (key !== undefined) {
      wipe(this.table.get(key));
      if (one.kind === PUT_FRAME) this.table.set(key, frame);
      else this.table.delete(key);
    } else if (one.kind === TRUNCATE_FRAME) {
      wipe(this.log);
      this.log = new Uint8Array(LOG_BYTES_MIN);
      this.logBytes = 0;
    } else this.extendLog(frame);
  }

  private extendLog(frame: Uint8Array): void {
    const end = this.logBytes + frame.length;
    if (end > this.log.length) {
      const wider = new Uint8Array(Math.max(end, 2 * this.log.length));
      wider.set(this.log.subarray(0, this.logBytes));
      wipe(this.log);
      this.log = wider;
    }
    this.log.set(frame, this.logBytes);
    this.logBytes = end;
  }
}

/**
 * The bytes of unsynced frames that are on a disk after a crash; their end may be torn or damaged.
 */
export function survivingBytes(
  unsynced: readonly Uint8Array[],
  fault: StoreFault,
  stream: RandomStream,
): Uint8Array {
  if (fault === 'synced') return new Uint8Array(0);
  const kept = stream.below(unsynced.length + 1);
  let end = unsynced.slice(0, kept).reduce((sum, frame) => sum + frame.length, 0);
  const next = unsynced[kept];
  if (fault === 'torn' && next !== undefined) end += stream.below(next.length);
  const survivor = concatByteArrays(unsynced).slice(0, end);
  if (fault === 'flipped' && end > 0) {
    const bit = stream.below(end * 8);
    survivor[bit >>> 3] = (survivor[bit >>> 3] as number) ^ (1 << (bit & 7));
  }
  return survivor;
}

/** A simulated store. Each start of a node opens a new one on the same disk. */
export class SimStore extends DiskStore {
  private readonly simDisk: SimDisk;
  private readonly later: (call: () => void) => void;

  /** @param later Calls back as an event, unless the node has crashed in between. */
  constructor(disk: SimDisk, later: (call: () => void) => void) {
    super(disk);
    this.simDisk = disk;
    this.later = later;
  }

  protected override syncDisk(done: (error?: string) => void): void {
    const { simDisk } = this;
    const mark = simDisk.beginSync();
    // Data is durable when confirmed, not before: a crash in between loses it.
    this.later(() => {
      simDisk.endSync(mark);
      done();
    });
  }
}
