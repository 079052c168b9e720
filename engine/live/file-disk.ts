/**
 * Frames of one store in a file: an append log whose frames carry CRC-32C, written behind what is
 * there and made durable by `fdatasync`; a truncation is a new file that takes the old one's name, so
 * that it happens whole or not at all (engine/host/store.ts).
 *
 * Frames wait in memory until the next sync; syncs that are asked for while one is under way are
 * served together. A tail that a crash tore is cut when the file is opened. The file is also written
 * anew when most of it is table entries that were overwritten, so that it stays bounded.
 * Spec: simulation.md 8.1. Frame format: engine/net/sim-store.ts.
 *
 * @module
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RandomStream } from '../core/stream.ts';
import {
  compact,
  concat,
  DELETE,
  type Disk,
  decodeEntry,
  type Frame,
  makeFrame,
  PUT,
  SimDisk,
  type StoreFault,
  TRUNCATE,
  wholeFrames,
} from '../net/sim-store.ts';

/** A file below this size is never written anew for its overwritten entries, bytes. */
const REWRITE_MIN_BYTES = 1 << 20;

/** Learns that frames are durable, or why they are not. */
type SyncDone = (error?: string) => void;

/** See the module. Survives the lives of its node. */
export class FileDisk implements Disk {
  readonly #path: string;
  /** Bytes of the file that hold whole frames. */
  #fileBytes: number;
  /** Size after the file was last written anew. */
  #compactBytes: number;
  #isNameDurable = false;
  /** Being written. */
  #inFlight: readonly Uint8Array[] = [];
  #pending: Uint8Array[] = [];
  #waiting: SyncDone[] = [];
  #work: Promise<void> | undefined;

  /** @param path Of the file; folders are made. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    const bytes = readIfThere(path);
    this.#fileBytes = wholeFrames(bytes).reduce((sum, frame) => sum + frame.bytes, 0);
    this.#compactBytes = this.#fileBytes;
    if (this.#fileBytes < bytes.length) truncateSync(path, this.#fileBytes);
    else closeSync(openSync(path, 'a'));
  }

  append(frame: Uint8Array): void {
    this.#pending.push(frame);
  }

  read(): Frame[] {
    const written = readIfThere(this.#path).subarray(0, this.#fileBytes);
    return [...wholeFrames(written), ...wholeFrames(concat([...this.#inFlight, ...this.#pending]))];
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
      const error = await this.#write(this.#inFlight).then(
        () => undefined,
        (reason: unknown) => (reason instanceof Error ? reason.message : String(reason)),
      );
      // Frames that were refused come first again at the next sync.
      if (error !== undefined) this.#pending = [...this.#inFlight, ...this.#pending];
      this.#inFlight = [];
      for (const done of waiting) done(error);
    }
    this.#work = undefined;
  }

  async #write(frames: readonly Uint8Array[]): Promise<void> {
    const isCut = frames.some((frame) => frame[0] === TRUNCATE);
    const isBloated = this.#fileBytes > Math.max(REWRITE_MIN_BYTES, 2 * this.#compactBytes);
    if (isCut || isBloated) await this.#rewrite(frames);
    else await this.#extend(concat(frames));
  }

  async #extend(bytes: Uint8Array): Promise<void> {
    const file = await open(this.#path, 'r+');
    try {
      await writeAll(file, bytes, this.#fileBytes);
      await file.datasync();
    } finally {
      await file.close();
    }
    if (!this.#isNameDurable) await syncFolder(dirname(this.#path));
    this.#isNameDurable = true;
    this.#fileBytes += bytes.length;
  }

  async #rewrite(frames: readonly Uint8Array[]): Promise<void> {
    const old = readIfThere(this.#path).subarray(0, this.#fileBytes);
    const bytes = dropOverwritten(compact(concat([old, ...frames])));
    const next = `${this.#path}.new`;
    rmSync(next, { force: true });
    const file = await open(next, 'wx');
    try {
      await writeAll(file, bytes, 0);
      await file.datasync();
    } finally {
      await file.close();
    }
    // In one turn with the size: a reader sees either the old file or the new one.
    renameSync(next, this.#path);
    this.#isNameDurable = true;
    this.#fileBytes = bytes.length;
    this.#compactBytes = bytes.length;
    await syncFolder(dirname(this.#path));
  }
}

/** Keeps all records, and of the table what still holds. */
function dropOverwritten(bytes: Uint8Array): Uint8Array {
  const latest = new Map<string, number>();
  const frames = wholeFrames(bytes);
  const keys = frames.map(({ kind, payload }) =>
    kind === PUT || kind === DELETE ? decodeEntry(payload).key : undefined,
  );
  for (const [index, key] of keys.entries()) if (key !== undefined) latest.set(key, index);
  const kept = frames.filter(({ kind }, index) => {
    const key = keys[index];
    return key === undefined || (kind === PUT && latest.get(key) === index);
  });
  return concat(kept.map(({ kind, payload }) => makeFrame(kind, payload)));
}

async function writeAll(file: FileHandle, bytes: Uint8Array, from: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, from + done);
    done += bytesWritten;
  }
}

/** A new name is durable when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function readIfThere(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
    throw error;
  }
}
