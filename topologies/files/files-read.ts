/**
 * Which files a scenario is made of: each file that is read is noted here, and a run is named by their contents.
 *
 * @module
 */
import { createHash } from 'node:crypto';

let hashes: Set<string> | undefined;

/** SHA-256 of a file that was read, lower-case hex. */
export function noteRead(bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest('hex');
  hashes?.add(hash);
  return hash;
}

/** Does work that reads files. @returns what it returns, and the SHA-256 of all that it read. */
export function notingReads<Result>(work: () => Result): readonly [Result, ReadonlySet<string>] {
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

/** Tells of each file of a scenario that is opened from now on, also if nothing can be read there. */
export function hearOpened(to: (path: string) => void): void {
  listener = to;
}

/** A file is opened. */
export function noteOpened(path: string): void {
  listener?.(path);
}
