/**
 * Frames of one store in a file: an append log whose frames carry CRC-32C, written behind what is
 * there and made durable by `fdatasync`; a truncation is a new file that takes the old one's name, so
 * that it happens whole or not at all (engine/host/store.ts).
 *
 * ```text
 *   "orrery-store 01\n"   16 bytes; a file that begins otherwise is refused, never cut
 *   frame, frame, ...     engine/net/sim-store.ts
 * ```
 *
 * Frames wait in memory until the next sync; syncs that are asked for while one is under way are
 * served together. A tail that a crash tore is cut when the file is opened. The file is also written
 * anew when most of it is table entries that were overwritten, so that it stays bounded, and when an
 * entry is deleted, so that its value is gone.
 *
 * A file that was replaced is overwritten before its last name goes (docs/adr/0024). It has the name
 * `.old` meanwhile, beside `.new` for the one being written; whoever opens the store after a crash
 * erases what is left of both.
 *
 * ```text
 *   write .new -> link .old -> rename .new -> sync folder -> overwrite .old -> unlink .old
 * ```
 *
 * A sync that fails is told to all who wait for it, and what it was to make durable counts as lost.
 * Linux marks pages clean that it could not write, so a second `fdatasync` of the same file succeeds
 * without them: after a device error this disk confirms nothing any more, and where there was only no
 * room, the next sync writes everything to a new file: the old one may hold part of what was refused,
 * which would be read behind a shorter second attempt. For the same reason what an earlier process
 * left is written anew before anything is put behind it.
 * Spec: docs/spec/link-model.md#clocks-and-disks-of-hosts.
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
import {
  compact,
  concat,
  DELETE,
  type Disk,
  type Frame,
  latestOf,
  makeFrame,
  PUT,
  RECORD,
  SimDisk,
  type StoreFault,
  TRUNCATE,
  wholeFrames,
  withoutDeleted,
} from '../net/sim-store.ts';
import {
  type DiskFile,
  type DiskFiles,
  FILE_MODE,
  FOLDER_MODE,
  SYSTEM_FILES,
  writeAll,
} from './disk-files.ts';
import { EnvironmentError, isFull, systemCode, systemWords } from './environment.ts';
import { cutFile, eraseFile, eraseUnlessSame, hasNoLinks } from './erase-file.ts';

const MAGIC = 'orrery-store ';
const VERSION = '01';
const HEADER = new TextEncoder().encode(`${MAGIC}${VERSION}\n`);
const KINDS: readonly number[] = [RECORD, PUT, DELETE, TRUNCATE];
/** Refused frames above this number are rid of entries that were overwritten meanwhile. */
const REFUSED_FRAMES_MAX = 256;

/** A file below this size is never written anew for its overwritten entries, bytes. */
const REWRITE_MIN_BYTES = 1 << 20;

/** Learns that frames are durable, or why they are not. */
type SyncDone = (error?: string) => void;

/** See the module. Survives the lives of its node. */
export class FileDisk implements Disk {
  /** Bytes of a torn tail that were cut when the file was opened. */
  readonly cutBytes: number;
  /** Syncs that failed. */
  failures = 0;
  readonly #path: string;
  readonly #files: DiskFiles;
  /** Bytes of the file that hold header and whole frames; 0 while it has no frame. */
  #fileBytes: number;
  /** Size after the file was last written anew. */
  #compactBytes: number;
  /** Pages of the file may be in the cache only: nothing is put behind them. */
  #isSuspect: boolean;
  /** Why nothing is confirmed any more. */
  #broken: string | undefined;
  #isNameDurable = false;
  /** A file that was replaced may still be there. */
  #isOldThere = false;
  /** Being written. */
  #inFlight: readonly Uint8Array[] = [];
  #pending: Uint8Array[] = [];
  #waiting: SyncDone[] = [];
  #work: Promise<void> | undefined;

  /**
   * @param path Of the file; folders are made.
   * @throws EnvironmentError when another version wrote the file; what the file system throws.
   */
  constructor(path: string, files: DiskFiles = SYSTEM_FILES) {
    this.#path = path;
    this.#files = files;
    mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
    this.#eraseLeftovers();
    const bytes = readIfThere(path);
    this.#fileBytes = wholeBytes(bytes, path);
    this.#compactBytes = this.#fileBytes;
    this.#isSuspect = this.#fileBytes > 0;
    this.cutBytes = bytes.length - this.#fileBytes;
    if (this.cutBytes > 0) cutFile(path, this.#fileBytes, bytes.length);
    else closeSync(openSync(path, 'a', FILE_MODE));
    // One that an earlier version left for everybody to read.
    chmodSync(path, FILE_MODE);
  }

  append(frame: Uint8Array): void {
    this.#pending.push(frame);
  }

  read(): Frame[] {
    return [
      ...wholeFrames(this.#durableFrames()),
      ...wholeFrames(concat([...this.#inFlight, ...this.#pending])),
    ];
  }

  /** Bytes of all files of the store. */
  raw(): Uint8Array {
    return concat([this.#path, this.#next, this.#old].map(readIfThere));
  }

  /** Makes everything appended so far durable; `done` is called in a later turn. */
  sync(done: SyncDone): void {
    this.#waiting.push(done);
    this.#work ??= this.#drain();
  }

  /**
   * The node crashed: what no sync was under way for is lost as the fault says, with the same rules
   * as on the simulated disk.
   */
  crash(fault: StoreFault, stream: RandomStream): void {
    const unsynced = new SimDisk();
    for (const frame of this.#pending) unsynced.append(frame);
    unsynced.crash(fault, stream);
    this.#pending = unsynced.read().map(({ kind, payload }) => makeFrame(kind, payload));
    this.#waiting = [];
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#work;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const waiting = this.#waiting;
      this.#waiting = [];
      this.#inFlight = this.#pending;
      this.#pending = [];
      const error = await this.#write();
      if (error !== undefined) this.failures += 1;
      for (const done of waiting) done(error);
    }
    this.#work = undefined;
  }

  /** Writes what is in flight; returns why it is not durable, if so. */
  async #write(): Promise<string | undefined> {
    try {
      if (this.#broken !== undefined) throw new EnvironmentError(this.#broken);
      const isCut = this.#inFlight.some(([kind]) => kind === TRUNCATE || kind === DELETE);
      const isBloated = this.#fileBytes > Math.max(REWRITE_MIN_BYTES, 2 * this.#compactBytes);
      await (isCut || isBloated || this.#isSuspect ? this.#rewrite() : this.#extend());
      if (!this.#isNameDurable) await this.#syncName();
      // Behind the folder: before, a power failure could bring back the name of what is erased here.
      if (this.#isOldThere) this.#eraseLeftovers();
      this.#isOldThere = false;
      return undefined;
    } catch (error) {
      // Told, not forgotten: these frames come first again when somebody asks for the next sync.
      this.#pending = withoutOverwritten([...this.#inFlight, ...this.#pending]);
      this.#inFlight = [];
      return textOf(error, this.#path);
    }
  }

  async #extend(): Promise<void> {
    const header = this.#fileBytes === 0 ? [HEADER] : [];
    const bytes = concat([...header, ...this.#inFlight]);
    if (this.#inFlight.length > 0) {
      const file = await this.#files.open(this.#path, 'r+');
      await this.#finish(file, bytes, this.#fileBytes);
    }
    wipe(bytes);
    this.#landed(this.#fileBytes + (this.#inFlight.length > 0 ? bytes.length : 0));
  }

  async #rewrite(): Promise<void> {
    const all = concat([this.#durableFrames(), ...this.#inFlight]);
    const frames = withoutDeleted(compact(all));
    const bytes = concat([HEADER, frames]);
    this.#eraseLeftovers();
    const file = await this.#files.open(this.#next, 'wx');
    try {
      await this.#finish(file, bytes, 0);
    } catch (error) {
      eraseFile(this.#next);
      throw error;
    }
    wipe(all, frames, bytes);
    this.#isOldThere = true;
    this.#keepOldName();
    // In one turn with the size: a reader sees either the old file or the new one.
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

  /** The file that is about to be replaced keeps a name, so that a crash cannot hide it from erasure. */
  #keepOldName(): void {
    try {
      linkSync(this.#path, this.#old);
    } catch (error) {
      // Without second names a file can only be erased in place, which is no replacement of a whole.
      if (!hasNoLinks(error)) throw error;
    }
  }

  /** What a replacement left behind, of this process or of one that crashed in it. */
  #eraseLeftovers(): void {
    eraseUnlessSame(this.#old, this.#path);
    eraseUnlessSame(this.#next, this.#path);
  }

  /** What was in flight is in the file. */
  #landed(fileBytes: number): void {
    this.#fileBytes = fileBytes;
    wipe(...this.#inFlight);
    this.#inFlight = [];
  }

  async #finish(file: DiskFile, bytes: Uint8Array, from: number): Promise<void> {
    const wasSuspect = this.#isSuspect;
    // Until it is whole: part of it may be in the file, and would be read behind what is shorter.
    this.#isSuspect = true;
    try {
      await writeAll(file, bytes, from);
      await file.datasync().catch((error: unknown) => {
        if (!isFull(error)) this.#broken = textOf(error, this.#path);
        throw error;
      });
      this.#isSuspect = wasSuspect;
    } finally {
      await file.close();
    }
  }

  /** A new name is durable when its folder is. */
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

/** Bytes that can be believed, from the start of a file. */
function wholeBytes(bytes: Uint8Array, path: string): number {
  // A file whose first write was torn, or whose size alone reached the disk, has confirmed nothing.
  const isUnborn = HEADER.subarray(0, bytes.length).every((byte, at) => byte === bytes[at]);
  if (bytes.length < HEADER.length && isUnborn) return 0;
  if (bytes.every((byte) => byte === 0)) return 0;
  if (!isUnborn) throw foreign(path, versionOf(bytes));
  const frames = wholeFrames(bytes.subarray(HEADER.length));
  const strange = frames.find(({ kind }) => !KINDS.includes(kind));
  if (strange !== undefined) throw foreign(path, `with records of kind ${strange.kind}`);
  if (frames.length === 0) return 0;
  return frames.reduce((sum, frame) => sum + frame.bytes, HEADER.length);
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
  const code = systemCode(error);
  const words = code === undefined ? String(error) : systemWords(code);
  return `${path}: ${words}`;
}

/** Frames that wait for a disk that refuses them stay few, however often an entry is written. */
function withoutOverwritten(waiting: Uint8Array[]): Uint8Array[] {
  if (waiting.length <= REFUSED_FRAMES_MAX) return waiting;
  const frames = latestOf(wholeFrames(concat(waiting)));
  return frames.map(({ kind, payload }) => makeFrame(kind, payload));
}

function readIfThere(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}
