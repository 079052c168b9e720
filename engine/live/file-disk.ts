/**
 * Frames of one store in a file: an append log whose frames carry CRC-32C, made durable by
 * `fdatasync`. A truncation writes a new file that replaces the old one, so that it happens
 * completely or not at all (engine/host/store.ts).
 *
 * ```text
 *   "orrery-store 01\n"   16 bytes; a file that begins otherwise is refused, never cut
 *   frame, frame, ...     engine/net/store-frames.ts
 * ```
 *
 * Frames wait in memory until the next sync; all syncs that are requested while one is under way are served
 * together. A tail torn by a crash is cut when the file is opened. The file is also rewritten when
 * most of it is overwritten table entries, so that its size is bounded, and when an entry is deleted,
 * so that its value is erased.
 *
 * A replaced file is overwritten before its last name is unlinked (ADR 0024). Until then it is
 * named `.old`, and the file that is being written is named `.new`; opening the store after a crash erases both.
 *
 * ```text
 *   write .new -> link .old -> rename .new -> sync folder -> overwrite .old -> unlink .old
 * ```
 *
 * A failed sync is reported to all callers that wait for it, and its frames count as lost. Linux
 * marks pages clean that it could not write, so a second `fdatasync` on the same file would succeed
 * without them. So after a device error this disk never confirms anything again. If the disk was only
 * full, the next sync writes everything to a new file: the old file may hold part of the
 * refused frames, which would be read after a shorter second attempt. For the same reason, the file that an
 * earlier process left is rewritten before anything is appended
 * (docs/spec/link-model.md#clocks-and-disks-of-hosts).
 *
 * @module
 */
import {
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { wipe } from '../core/secrets.ts';
import type { RandomStream } from '../core/stream.ts';
import type { Disk } from '../net/disk-store.ts';
import { type StoreFault, survivingBytes } from '../net/sim-store.ts';
import {
  concatByteArrays,
  DELETE_FRAME,
  entryKey,
  PUT_FRAME,
  parseFrame,
  parseValidFrames,
  RECORD_FRAME,
  type StoreFrame,
  storeContentFrames,
  TRUNCATE_FRAME,
  withoutVoidFrames,
} from '../net/store-frames.ts';
import { UnsyncedFrames } from '../net/unsynced-frames.ts';
import {
  type DiskFile,
  FILE_MODE,
  type FileOpener,
  FOLDER_MODE,
  SYSTEM_FILE_OPENER,
  writeAll,
} from './disk-files.ts';
import {
  EnvironmentError,
  isDiskFullError,
  systemErrorCode,
  systemErrorText,
} from './environment.ts';
import { eraseFile, eraseUnlessSameFile, isHardLinkError, truncateErasing } from './erase-file.ts';

const MAGIC = 'orrery-store ';
const VERSION = '01';
const HEADER = new TextEncoder().encode(`${MAGIC}${VERSION}\n`);
const KINDS: readonly number[] = [RECORD_FRAME, PUT_FRAME, DELETE_FRAME, TRUNCATE_FRAME];
/**
 * When more refused frames than this wait, the frames of entries that have been overwritten since
 * are removed.
 */
const REFUSED_FRAMES_MAX = 256;

/** Smallest file that is rewritten because of overwritten entries, bytes. */
const REWRITE_MIN_BYTES = 1 << 20;

/** Called when frames are durable, or with the reason why they are not. */
type SyncDone = (error?: string) => void;

/** A disk that keeps the frames of one store in a file; the object stays when the node crashes and restarts. */
export class FileDisk implements Disk {
  /** Bytes of a torn tail that were cut when the file was opened. */
  readonly cutBytes: number;
  /** Number of syncs that failed. */
  failures = 0;
  readonly #path: string;
  readonly #files: FileOpener;
  /** Bytes of header and whole frames in the file; 0 while it has no frame. */
  #fileBytes: number;
  /** Size of the file after it was last rewritten, bytes. */
  #compactBytes: number;
  /** True if the file may hold bytes that are not durable: it is rewritten before anything is appended. */
  #isSuspect: boolean;
  /** The reason why no further sync is confirmed; undefined while the disk works. */
  #broken: string | undefined;
  #isNameDurable = false;
  /** True if a replaced file may still exist. */
  #isOldThere = false;
  /** Frames that are being written. */
  #inFlight: readonly Uint8Array[] = [];
  readonly #pending = new UnsyncedFrames();
  #waiting: SyncDone[] = [];
  #work: Promise<void> | undefined;

  /**
   * @param path Path of the file; its folders are created.
   * @throws EnvironmentError if another version wrote the file; errors of the file system.
   */
  constructor(path: string, files: FileOpener = SYSTEM_FILE_OPENER) {
    this.#path = path;
    this.#files = files;
    mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    this.#eraseLeftovers();
    const bytes = readIfThere(path);
    this.#fileBytes = wholeBytes(bytes, path);
    this.#compactBytes = this.#fileBytes;
    this.#isSuspect = this.#fileBytes > 0;
    this.cutBytes = bytes.length - this.#fileBytes;
    if (this.cutBytes > 0) truncateErasing(path, this.#fileBytes, bytes.length);
    else closeSync(openSync(path, 'a', FILE_MODE));
    // Fixes the mode of a file that an earlier version left readable for everybody.
    chmodSync(path, FILE_MODE);
  }

  append(frame: Uint8Array): void {
    this.#pending.push(frame);
    if (!this.#pending.isOvergrown) return;
    const before = [...parseValidFrames(this.#durableFrames()), ...this.#inFlight.map(parseFrame)];
    const elsewhere = new Set(before.map(entryKey));
    this.#pending.tidy((key) => elsewhere.has(key));
  }

  read(): StoreFrame[] {
    const unsynced = [...this.#inFlight, ...this.#pending.frames];
    return [...parseValidFrames(this.#durableFrames()), ...unsynced.map(parseFrame)];
  }

  /** Bytes that wait in memory for a sync. */
  get waitingBytes(): number {
    return this.#pending.bytes;
  }

  /** The contents of all files of the store. */
  raw(): Uint8Array {
    return concatByteArrays([this.#path, this.#next, this.#old].map(readIfThere));
  }

  /** Makes everything appended so far durable; `done` is called in a later turn. */
  sync(done: SyncDone): void {
    this.#waiting.push(done);
    this.#work ??= this.#drain();
  }

  /**
   * Applies a crash of the node: by the rules of the simulated disk, the fault decides how many of the frames are lost
   * for which no sync was under way.
   */
  crash(fault: StoreFault, stream: RandomStream): void {
    const survivor = survivingBytes(this.#pending.frames, fault, stream);
    this.#pending.replace(parseValidFrames(survivor).map(({ whole }) => whole.slice()));
    this.#waiting = [];
  }

  /** Waits until all started writes have finished. */
  async close(): Promise<void> {
    await this.#work;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#inFlight = this.#pending.take();
      const error = await this.#write();
      if (error !== undefined) this.failures += 1;
      for (const done of waiting) done(error);
    }
    this.#work = undefined;
  }

  /** Writes the frames in flight; returns the reason if they are not durable. */
  async #write(): Promise<string | undefined> {
    try {
      if (this.#broken !== undefined) throw new EnvironmentError(this.#broken);
      const isCut = this.#inFlight.some(
        ([kind]) => kind === TRUNCATE_FRAME || kind === DELETE_FRAME,
      );
      const isBloated = this.#fileBytes > Math.max(REWRITE_MIN_BYTES, 2 * this.#compactBytes);
      await (isCut || isBloated || this.#isSuspect ? this.#rewrite() : this.#extend());
      if (!this.#isNameDurable) await this.#syncName();
      // The old file is erased only after the folder was synced: before that, a power failure could
      // make the old file the current one again.
      if (this.#isOldThere) this.#eraseLeftovers();
      this.#isOldThere = false;
      return undefined;
    } catch (error) {
      // The failure was reported, but the frames are kept, and the next sync writes them before
      // others.
      this.#pending.replace(withoutOverwritten([...this.#inFlight, ...this.#pending.frames]));
      this.#inFlight = [];
      return textOf(error, this.#path);
    }
  }

  async #extend(): Promise<void> {
    const header = this.#fileBytes === 0 ? [HEADER] : [];
    const bytes = concatByteArrays([...header, ...this.#inFlight]);
    if (this.#inFlight.length > 0) {
      const file = await this.#files.open(this.#path, 'r+');
      await this.#finish(file, bytes, this.#fileBytes);
    }
    wipe(bytes);
    this.#landed(this.#fileBytes + (this.#inFlight.length > 0 ? bytes.length : 0));
  }

  async #rewrite(): Promise<void> {
    const before = this.#durableFrames();
    const all = [...parseValidFrames(before), ...this.#inFlight.map(parseFrame)];
    const bytes = concatByteArrays([HEADER, ...storeContentFrames(all).map(({ whole }) => whole)]);
    this.#eraseLeftovers();
    const file = await this.#files.open(this.#next, 'wx');
    try {
      await this.#finish(file, bytes, 0);
    } catch (error) {
      eraseFile(this.#next);
      throw error;
    }
    wipe(before, bytes);
    this.#isOldThere = true;
    this.#keepOldName();
    // In the same turn as the update of the size, so that a reader sees either the old or the new
    // file.
    renameSync(this.#next, this.#path);
    this.#isSuspect = false;
    this.#isNameDurable = false;
    this.#compactBytes = bytes.length;
    this.#landed(bytes.length);
  }

  get #next(): string {
    return `${this.#path}.new`;
  }

  get #old(): string {
    return `${this.#path}.old`;
  }

  /** Gives the file that will be replaced a second name, by which it is found and erased even after a crash. */
  #keepOldName(): void {
    try {
      linkSync(this.#path, this.#old);
    } catch (error) {
      // Without hard links the old file has no second name: after a crash its contents may stay on the disk.
      if (!isHardLinkError(error)) throw error;
    }
  }

  /**
   * Erases the files that a replacement has left, in this process or in an earlier process that crashed.
   */
  #eraseLeftovers(): void {
    eraseUnlessSameFile(this.#old, this.#path);
    eraseUnlessSameFile(this.#next, this.#path);
  }

  /** Called when the frames in flight are durable in the file. */
  #landed(fileBytes: number): void {
    this.#fileBytes = fileBytes;
    for (const frame of this.#inFlight) wipe(frame);
    this.#inFlight = [];
  }

  async #finish(file: DiskFile, bytes: Uint8Array, from: number): Promise<void> {
    const wasSuspect = this.#isSuspect;
    // The file is suspect until the write is complete: a part of the frames may be in the file, and would
    // be read after shorter frames.
    this.#isSuspect = true;
    try {
      await writeAll(file, bytes, from);
      await file.datasync().catch((error: unknown) => {
        if (!isDiskFullError(error)) this.#broken = textOf(error, this.#path);
        throw error;
      });
      this.#isSuspect = wasSuspect;
    } finally {
      await file.close();
    }
  }

  /** Syncs the folder of the file, without which the file's name is not durable. */
  async #syncName(): Promise<void> {
    const folder = await this.#files.open(dirname(this.#path), 'r');
    try {
      await folder.sync().catch((error: unknown) => {
        this.#broken = textOf(error, this.#path);
        throw error;
      });
    } finally {
      await folder.close();
    }
    this.#isNameDurable = true;
  }

  #durableFrames(): Uint8Array {
    return readIfThere(this.#path).subarray(
      Math.min(HEADER.length, this.#fileBytes),
      this.#fileBytes,
    );
  }
}

/** Length of the valid part, from the start of a file. */
function wholeBytes(bytes: Uint8Array, path: string): number {
  // A file whose first write was torn, or of which only the size reached the disk, contains no
  // confirmed data.
  const isUnborn = HEADER.subarray(0, bytes.length).every((byte, at) => byte === bytes[at]);
  if (bytes.length < HEADER.length && isUnborn) return 0;
  if (bytes.every((byte) => byte === 0)) return 0;
  if (!isUnborn) throw foreign(path, versionOf(bytes));
  const frames = parseValidFrames(bytes.subarray(HEADER.length));
  const strange = frames.find(({ kind }) => !KINDS.includes(kind));
  if (strange !== undefined) throw foreign(path, `with records of kind ${strange.kind}`);
  if (frames.length === 0) return 0;
  return frames.reduce((sum, { whole }) => sum + whole.length, HEADER.length);
}

function versionOf(bytes: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, HEADER.length));
  const [, version] = text.startsWith(MAGIC) ? (/ (\d+)\n/.exec(text) ?? []) : [];
  return version === undefined ? 'of no known format' : `of format ${version}`;
}

function foreign(path: string, what: string): EnvironmentError {
  const words = `a store ${what}, this version reads and writes format ${VERSION}`;
  return new EnvironmentError(
    `${path}: ${words}; use the version that wrote it, or another folder`,
  );
}

function textOf(error: unknown, path: string): string {
  if (error instanceof EnvironmentError) return error.message;
  const code = systemErrorCode(error);
  const words = code === undefined ? String(error) : systemErrorText(code);
  return `${path}: ${words}`;
}

/**
 * Removes overwritten frames, so that the number of frames that wait for a full disk is bounded by the entries.
 */
function withoutOverwritten(waiting: readonly Uint8Array[]): readonly Uint8Array[] {
  if (waiting.length <= REFUSED_FRAMES_MAX) return waiting;
  return withoutVoidFrames(waiting.map(parseFrame)).map(({ whole }) => whole);
}

function readIfThere(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}
