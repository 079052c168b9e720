/**
 * Refuses anything that is not a file, or is too large to be read.
 *
 * @module
 */
import { statSync } from 'node:fs';
import { displayPath } from '../../topologies/files/source.ts';
import { Refusal } from '../refusal.ts';
import { nodeFiles } from './node-files.ts';

/**
 * Checks a file from an untrusted source before it is opened: reading a pipe might never end.
 * @throws Refusal unless it is a regular file of at most `bytesMax`; the system's error if it does not
 *   exist.
 */
export function refuseIrregularFile(path: string, bytesMax = Number.POSITIVE_INFINITY): void {
  const status = statSync(path);
  if (!status.isFile()) throw new Refusal(`${displayPath(path, nodeFiles)} is no file`);
  if (status.size <= bytesMax) return;
  const [size, most] = [status.size, bytesMax].map((bytes) => Math.ceil(bytes / 1e6));
  throw new Refusal(`${displayPath(path, nodeFiles)} is ${size} MB, the limit is ${most} MB`);
}
