/**
 * Files that hold the secret of one process of a deployment: 64 hex digits, readable for their
 * owner only.
 *
 * No message of this module contains a digit of a key.
 *
 * @module
 */

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { fromHex, toHex } from '../../../nodes/_kit/bytes.ts';
import { wipe } from '../../../nodes/_kit/secrets.ts';
import { nodeFiles } from '../../../scenarios/open/node-files.ts';
import { Refusal } from '../../../scenarios/refusal.ts';
import type { ConfigCode } from '../../../topologies/files/config-error.ts';
import { displayPath } from '../../../topologies/files/source.ts';
import { CHANNEL_KEY_LENGTH } from '../channel/handshake.ts';

const OWNER_ONLY = 0o600;
/** The permission bits of a file for group and others, none of which may be set. */
const GROUP_AND_OTHERS = 0o077;
const HEX = new RegExp(`^[0-9A-Fa-f]{${2 * CHANNEL_KEY_LENGTH}}\\s*$`);
/**
 * Longest file that is read, bytes. A key file has 65 bytes, so a much longer file is not a key
 * file.
 */
const LENGTH_MAX = 1_024;
const MAKE_ONE = 'remove it; npm run node -- TOPOLOGY --new-keys FOLDER makes another';

/** A key, or the reason why there is none. */
export type KeyResult = { readonly key: Uint8Array } | KeyProblem;

/** The reason why there is no key, with a hint. */
export interface KeyProblem {
  readonly code: ConfigCode;
  readonly message: string;
  readonly hint: string;
}

/**
 * Reads a key file.
 * @param path Absolute.
 */
export function readKeyFile(path: string): KeyResult {
  const read = readSecretFile(path, LENGTH_MAX);
  if ('message' in read) return read;
  if (HEX.test(read.text)) return { key: fromHex(read.text.trim().toLowerCase()) };
  const digits = 2 * CHANNEL_KEY_LENGTH;
  const words = `does not hold a key, expected ${digits} hex digits and nothing else`;
  return { code: 'E103', message: `${displayPath(path, nodeFiles)} ${words}`, hint: MAKE_ONE };
}

/**
 * Reads a file that only its owner may read.
 * @param path Absolute.
 * @param lengthMax Longest file, bytes; for a longer one, an empty text is returned.
 */
export function readSecretFile(
  path: string,
  lengthMax: number,
): { readonly text: string } | KeyProblem {
  const shown = displayPath(path, nodeFiles);
  if (!existsSync(path)) {
    const hint = 'npm run node -- TOPOLOGY --new-keys FOLDER makes it';
    return { code: 'E116', message: `there is no file ${shown}`, hint };
  }
  let handle: number;
  try {
    // O_NONBLOCK, which Windows lacks, keeps the opening of a named pipe from waiting for a writer.
    handle = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = `${shown} cannot be read (${code ?? 'unknown error'})`;
    return { code: 'E116', message, hint: 'start the command as the owner of the key' };
  }
  try {
    return readOpenedFile(handle, shown, lengthMax);
  } finally {
    closeSync(handle);
  }
}

/** Checks and reads the opened file: nobody can replace it between the check and the read. */
function readOpenedFile(
  handle: number,
  shown: string,
  lengthMax: number,
): { readonly text: string } | KeyProblem {
  const status = fstatSync(handle);
  if (!status.isFile()) {
    return { code: 'E103', message: `${shown} is not a file`, hint: MAKE_ONE };
  }
  // Windows does not have these permission bits.
  if (process.platform !== 'win32' && (status.mode & GROUP_AND_OTHERS) !== 0) {
    const mode = (status.mode & 0o777).toString(8).padStart(4, '0');
    const message = `${shown} has mode ${mode}: others than its owner may use the key`;
    return { code: 'E104', message, hint: `chmod 600 ${shown}` };
  }
  return { text: status.size > lengthMax ? '' : readFileSync(handle, 'latin1') };
}

/**
 * Writes a new key from the system's generator into a new file with mode 0600, and syncs it to
 * disk.
 * @throws Refusal if the file exists (a key is never overwritten) or cannot be written.
 */
export function newKeyFile(path: string): void {
  const shown = displayPath(path, nodeFiles);
  let handle: number;
  try {
    handle = openSync(path, 'wx', OWNER_ONLY);
  } catch (error) {
    throw refusalOf(shown, error);
  }
  const key = new Uint8Array(randomBytes(CHANNEL_KEY_LENGTH));
  try {
    writeSync(handle, `${toHex(key)}\n`);
    fsyncSync(handle);
  } catch (error) {
    rmSync(path, { force: true });
    throw refusalOf(shown, error);
  } finally {
    wipe(key);
    closeSync(handle);
  }
}

/**
 * Replaces a file atomically by a new one with mode 0600; a symbolic link is replaced, not followed.
 * @throws Refusal if it cannot be written.
 */
export function replaceKeyFile(path: string, text: string): void {
  const next = `${path}.new`;
  try {
    // A process that was killed before it renamed its file may have left this one.
    rmSync(next, { force: true });
    writeFileSync(next, text, { mode: OWNER_ONLY, flag: 'wx', flush: true });
    renameSync(next, path);
  } catch (cause) {
    rmSync(next, { force: true });
    throw refusalOf(displayPath(path, nodeFiles), cause);
  }
}

function refusalOf(shown: string, cause: unknown): Refusal {
  const { code } = cause as NodeJS.ErrnoException;
  const isThere = code === 'EEXIST';
  return new Refusal(
    isThere
      ? `${shown} is there already; a key is never overwritten: name another file, or remove it`
      : `${shown} cannot be written (${code ?? 'unknown error'})`,
    { cause },
  );
}
