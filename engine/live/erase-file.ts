/**
 * Deletes a file so that its bytes are gone and not only its name: overwritten in place, made
 * durable, then unlinked. Copies that a journal, a snapshot or the wear levelling of the disk keeps
 * are out of reach (docs/LIMITATIONS.md).
 *
 * @module
 */
import {
  closeSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { systemErrorCode } from './environment.ts';

const BLOCK_BYTES = 1 << 16;

/** Overwrites an open file from `from` to `to` with zeros. */
function overwrite(file: number, from: number, to: number): void {
  const zeros = new Uint8Array(Math.min(BLOCK_BYTES, Math.max(0, to - from)));
  for (let at = from; at < to; ) {
    at += writeSync(file, zeros, 0, Math.min(zeros.length, to - at), at);
  }
  fdatasyncSync(file);
}

/** Truncates a file of `to` bytes to `from` bytes, after overwriting the bytes that are cut off. */
export function truncateErasing(path: string, from: number, to: number): void {
  const file = openSync(path, 'r+');
  try {
    overwrite(file, from, to);
    ftruncateSync(file, from);
  } finally {
    closeSync(file);
  }
}

/** Overwrites a file and unlinks it; does nothing if there is no such file. */
export function eraseFile(path: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  const file = openSync(path, 'r+');
  try {
    overwrite(file, 0, there.size);
  } finally {
    closeSync(file);
  }
  rmSync(path, { force: true });
}

/** Like {@link eraseFile}. But if the file is another name of `kept`, only this name is removed. */
export function eraseUnlessSameFile(path: string, kept: string): void {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  const other = statSync(kept, { throwIfNoEntry: false });
  if (other?.ino === there.ino && other.dev === there.dev) rmSync(path, { force: true });
  else eraseFile(path);
}

/** True for the errors of file systems without hard links. */
export function isHardLinkError(error: unknown): boolean {
  return ['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK', 'EOPNOTSUPP'].includes(
    systemErrorCode(error) ?? '',
  );
}
