/**
 * Records which files were read to load a scenario: the hashes of their contents identify what a run was made from.
 *
 * @module
 */
import type { MachineFiles } from './machine.ts';

/** End of the message about a file that may not be opened. */
export const OUTSIDE_FOLDERS_MESSAGE = 'is outside the folders of this run';

let hashes: Set<string> | undefined;

/** Records that a file was read; returns its SHA-256, lower-case hex. */
export function hashAndRecordFileRead(files: MachineFiles, bytes: Uint8Array): string {
  const hash = files.sha256(bytes);
  hashes?.add(hash);
  return hash;
}

/** Runs `work`, which reads files. @returns the result of `work`, and the SHA-256 of each file that it read. */
export function runRecordingFileHashes<Result>(
  work: () => Result,
): readonly [Result, ReadonlySet<string>] {
  const before = hashes;
  const own = new Set<string>();
  hashes = own;
  try {
    return [work(), own];
  } finally {
    hashes = before;
  }
}

let listener: ((path: string) => void) | undefined;

/** From now on, calls `to` with the path of each file that is opened, even if it cannot be read. */
export function setFileOpenedListener(to: (path: string) => void): void {
  listener = to;
}

/** Tells the listener that a file is opened. */
export function announceFileOpened(path: string): void {
  listener?.(path);
}
