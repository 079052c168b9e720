/**
 * The files of the machine on which Node runs.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs';
import { isBelowFolder, mayOpenFile, realPath } from '../../topologies/files/file-bounds.ts';
import type { MachineFiles } from '../../topologies/files/machine.ts';

const CHUNK_BYTES = 65_536;

/** The system's files, within the bounds of `topologies/files/file-bounds.ts`. */
export const nodeFiles: MachineFiles = {
  get folder(): string {
    return process.cwd();
  },
  exists: existsSync,
  isFile: (path) => existsSync(path) && statSync(path).isFile(),
  isFolder: (path) => existsSync(path) && statSync(path).isDirectory(),
  namesIn: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
  mayOpen: mayOpenFile,
  realPath,
  isBelow: isBelowFolder,
  read: readFile,
  sha256: (bytes) => createHash('sha256').update(bytes).digest('hex'),
};

/** Reads a file up to its limit, even if the system states a wrong size: a file of /proc states 0 or may never end. */
function readFile(path: string, check: (bytes: number) => void): Uint8Array | undefined {
  // With O_NONBLOCK, opening a pipe that has no writer does not wait for one.
  const opened = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const facts = fstatSync(opened);
    if (!facts.isFile()) return undefined;
    check(facts.size);
    const chunks: Uint8Array[] = [];
    for (let length = 0; ; ) {
      const room = Buffer.allocUnsafe(Math.max(facts.size + 1 - length, CHUNK_BYTES));
      const count = readSync(opened, room);
      if (count === 0) return Buffer.concat(chunks);
      length += count;
      check(length);
      chunks.push(room.subarray(0, count));
    }
  } finally {
    closeSync(opened);
  }
}
