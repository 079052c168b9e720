/**
 * Storage of a simulated host, as a disk would keep it: a log of framed records, divided into what
 * was synced and what was written since (engine/host/store.ts,
 * docs/spec/link-model.md#clocks-and-disks-of-hosts).
 *
 * A crash keeps what `sync` confirmed and, by the fault's choice, a random prefix of the rest, or a
 * prefix with its last record torn. Each record is framed with length and CRC-32C (RFC 3720
 * appendix B.4), so a torn or flipped tail is cut off and never returned. The table is written to
 * the same log, as records of its own kind.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import type { RandomStream } from '../core/stream.ts';
import type { Store } from '../host/store.ts';
import { crc32c } from '../pure/crc32c.ts';

/** What remains after a crash of the bytes written since the last confirmed sync. */
export type StoreFault = 'synced' | 'prefix' | 'torn' | 'flipped';

/** Kinds of frames. */
export const RECORD = 1;
export const PUT = 2;
export const DELETE = 3;
export const TRUNCATE = 4;
/** kind (1), length (4), CRC-32C (4). */
const FRAME_BYTES = 9;
const LENGTH_OFFSET = 1;
const CHECKSUM_OFFSET = 5;

/** Where a store keeps its frames; survives crashes of the node. */
export interface Disk {
  /** Appends one frame. */
  append(frame: Uint8Array): void;
  /** All valid frames, oldest first. */
  read(): Frame[];
}

/** Bytes on the simulated disk; outlives the node. */
export class SimDisk implements Disk {
  /**
   * The bytes that survive every crash: the first `durableBytes` of a buffer that grows by
   * doubling.
   */
  private durable = new Uint8Array(256);
  private durableBytes = 0;
  /** Frames written since the last sync, in order. */
  private pending: Uint8Array[] = [];
  private written = 0;

  /** Frames written so far, to be passed to {@link syncUpTo} later. */
  get mark(): number {
    return this.written;
  }

  /** Appends one frame. */
  append(frame: Uint8Array): void {
    this.pending.push(frame);
    this.written += 1;
  }

  /** Makes durable everything written before `mark` was read. */
  syncUpTo(mark: number): void {
    const first = this.written - this.pending.length;
    const frames = this.pending;
    const count = Math.max(0, mark - first);
    let isTruncated = false;
    let isDeleted = false;
    for (let index = 0; index < count; index += 1) {
      const frame = frames[index] as Uint8Array;
      this.extend(frame);
      isTruncated ||= frame[0] === TRUNCATE;
      isDeleted ||= frame[0] === DELETE;
    }
    this.pending = frames.slice(count);
    if (isTruncated) this.replace(compact(this.durableView()));
    if (isDeleted) this.replace(withoutDeleted(this.durableView()));
  }

  /** Applies a crash; the disk holds only what survives. */
  crash(fault: StoreFault, stream: RandomStream): void {
    const rest = concat(this.pending);
    this.pending = [];
    if (fault === 'synced') return;
    const frames = wholeFrames(rest);
    const kept = stream.below(frames.length + 1);
    let end = frames.slice(0, kept).reduce((sum, frame) => sum + frame.bytes, 0);
    const next = frames[kept];
    if (fault === 'torn' && next !== undefined) end += stream.below(next.bytes);
    const survivor = rest.slice(0, end);
    if (fault === 'flipped' && end > 0) {
      const bit = stream.below(end * 8);
      survivor[bit >>> 3] = (survivor[bit >>> 3] as number) ^ (1 << (bit & 7));
    }
    this.extend(survivor);
    // Frames that reached the disk have taken effect, including deletions.
    const isDeleted = wholeFrames(survivor).some(({ kind }) => kind === DELETE);
    if (isDeleted) this.replace(withoutDeleted(compact(this.durableView())));
  }

  /** All bytes on the disk, valid or not. */
  raw(): Uint8Array {
    return concat([this.durable, ...this.pending]);
  }

  /** All valid frames, oldest first; a damaged tail is removed permanently. */
  read(): Frame[] {
    const frames = wholeFrames(this.durableView());
    this.durableBytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    return [...frames, ...wholeFrames(concat(this.pending))];
  }

  private durableView(): Uint8Array {
    return this.durable.subarray(0, this.durableBytes);
  }

  private extend(bytes: Uint8Array): void {
    const end = this.durableBytes + bytes.length;
    if (end > this.durable.length) {
      const wider = new Uint8Array(Math.max(end, 2 * this.durable.length));
      wider.set(this.durableView());
      this.durable = wider;
    }
    this.durable.set(bytes, this.durableBytes);
    this.durableBytes = end;
  }

  private replace(bytes: Uint8Array): void {
    const kept = bytes.slice();
    wipe(this.durable);
    this.durableBytes = 0;
    this.extend(kept);
  }
}

/** A frame that was read back. */
export interface Frame {
  readonly kind: number;
  readonly payload: Uint8Array;
  /** Its length in bytes, including the header. */
  readonly bytes: number;
}

/** A log and a table on a disk, in any world; the world decides when data become durable. */
export abstract class DiskStore implements Store {
  private readonly disk: Disk;
  private readonly table = new Map<string, Uint8Array>();

  constructor(disk: Disk) {
    this.disk = disk;
    for (const frame of disk.read()) this.applyToTable(frame);
  }

  abstract sync(done: (error?: string) => void): void;

  append(record: Uint8Array): void {
    this.disk.append(makeFrame(RECORD, record));
  }

  replay(visit: (record: Uint8Array) => void): void {
    const frames = this.disk.read();
    const start = frames.findLastIndex((frame) => frame.kind === TRUNCATE) + 1;
    for (const frame of frames.slice(start)) {
      if (frame.kind === RECORD) visit(frame.payload.slice());
    }
  }

  truncate(): void {
    this.disk.append(makeFrame(TRUNCATE, new Uint8Array(0)));
  }

  put(key: string, value: Uint8Array): void {
    const frame = makeFrame(PUT, encodeEntry(key, value));
    this.disk.append(frame);
    wipe(this.table.get(key));
    this.table.set(key, value.slice());
  }

  get(key: string): Uint8Array | undefined {
    return this.table.get(key)?.slice();
  }

  delete(key: string): void {
    this.disk.append(makeFrame(DELETE, encodeEntry(key, new Uint8Array(0))));
    wipe(this.table.get(key));
    this.table.delete(key);
  }

  private applyToTable(frame: Frame): void {
    if (frame.kind !== PUT && frame.kind !== DELETE) return;
    const { key, value } = decodeEntry(frame.payload);
    if (frame.kind === PUT) this.table.set(key, value);
    else this.table.delete(key);
  }
}

/** A simulated {@link Store}. Each start of a node opens a new one on the same disk. */
export class SimStore extends DiskStore {
  private readonly simDisk: SimDisk;
  private readonly later: (call: () => void) => void;

  /** @param later Calls back as an event, unless the node has crashed in between. */
  constructor(disk: SimDisk, later: (call: () => void) => void) {
    super(disk);
    this.simDisk = disk;
    this.later = later;
  }

  sync(done: (error?: string) => void): void {
    const { simDisk } = this;
    const { mark } = simDisk;
    // Data is durable when confirmed, not before: a crash in between loses it.
    this.later(() => {
      simDisk.syncUpTo(mark);
      done();
    });
  }
}

/** Kind, length, checksum, payload. */
// hot: once per packet of a mix; byte by byte, since taking a view of a short array moves it out of
// the heap.
export function makeFrame(kind: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_BYTES + payload.length);
  frame[0] = kind;
  writeUint32(frame, LENGTH_OFFSET, payload.length);
  frame.set(payload, FRAME_BYTES);
  writeUint32(frame, CHECKSUM_OFFSET, frameChecksum(frame, 0, frame.length));
  return frame;
}

/** The checksum covers kind, length and payload, so that a flipped length is detected too. */
function frameChecksum(bytes: Uint8Array, start: number, end: number): number {
  const head = crc32c(bytes, 0, start, start + CHECKSUM_OFFSET);
  return crc32c(bytes, head, start + FRAME_BYTES, end);
}

function writeUint32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

/** Frames from the start up to the first invalid one. */
export function wholeFrames(bytes: Uint8Array): Frame[] {
  const frames: Frame[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  while (at + FRAME_BYTES <= bytes.length) {
    const length = view.getUint32(at + LENGTH_OFFSET);
    const end = at + FRAME_BYTES + length;
    if (end > bytes.length) break;
    if (view.getUint32(at + CHECKSUM_OFFSET) !== frameChecksum(bytes, at, end)) break;
    const payload = bytes.subarray(at + FRAME_BYTES, end);
    frames.push({ kind: bytes[at] as number, payload, bytes: end - at });
    at = end;
  }
  return frames;
}

/** Drops records before the last truncation, and overwritten table entries. */
export function compact(bytes: Uint8Array): Uint8Array {
  const frames = wholeFrames(bytes);
  const cut = frames.findLastIndex((frame) => frame.kind === TRUNCATE);
  if (cut < 0) return bytes;
  const table = new Map<string, Uint8Array>();
  for (const frame of frames.slice(0, cut)) {
    if (frame.kind !== PUT && frame.kind !== DELETE) continue;
    const { key } = decodeEntry(frame.payload);
    table.delete(key);
    if (frame.kind === PUT) table.set(key, makeFrame(PUT, frame.payload));
  }
  const kept = frames.slice(cut + 1).map((frame) => makeFrame(frame.kind, frame.payload));
  return concat([...table.values(), ...kept]);
}

/**
 * Keeps all records, and only those table entries that are still valid: no deleted or replaced
 * value.
 */
export function withoutDeleted(bytes: Uint8Array): Uint8Array {
  const kept = latestOf(wholeFrames(bytes)).filter(({ kind }) => kind !== DELETE);
  return concat(kept.map(({ kind, payload }) => makeFrame(kind, payload)));
}

/** All frames except those of table entries that a later frame overwrites. */
export function latestOf(frames: readonly Frame[]): readonly Frame[] {
  const latest = new Map<string, number>();
  const keys = frames.map(({ kind, payload }) =>
    kind === PUT || kind === DELETE ? decodeEntry(payload).key : undefined,
  );
  for (const [index, key] of keys.entries()) if (key !== undefined) latest.set(key, index);
  return frames.filter((_, index) => {
    const key = keys[index];
    return key === undefined || latest.get(key) === index;
  });
}

function encodeEntry(key: string, value: Uint8Array): Uint8Array {
  const name = new TextEncoder().encode(key);
  const entry = new Uint8Array(2 + name.length + value.length);
  new DataView(entry.buffer).setUint16(0, name.length);
  entry.set(name, 2);
  entry.set(value, 2 + name.length);
  return entry;
}

/** Key and value of a table frame. */
function decodeEntry(entry: Uint8Array): { key: string; value: Uint8Array } {
  const length = new DataView(entry.buffer, entry.byteOffset, entry.length).getUint16(0);
  const key = new TextDecoder().decode(entry.subarray(2, 2 + length));
  return { key, value: entry.slice(2 + length) };
}

/** Concatenates all parts. */
export function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
