/**
 * Secrets that a node shares with others, in a file on its machine that only its owner may read: a line
 * for each, `protocol/purpose` and 64 hex digits. They are derived from the coordinator's key, so that
 * nodes that run alone have equal secrets although no coordinator distributes them (ADR 0079).
 *
 * No message of this module contains a digit of a secret.
 *
 * @module
 */

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../../nodes/_kit/bytes.ts';
import { nodeFiles } from '../../../scenarios/open/node-files.ts';
import { displayPath } from '../../../topologies/files/source.ts';
import { type KeyProblem, readSecretFile, replaceKeyFile } from './deployment-key.ts';

const LINE = /^(\S{1,256}) ([0-9a-f]{64})$/;
/** Longest file, bytes: two secrets for each of 10,000 peers. */
const LENGTH_MAX = 10_000_000;
const HINT = 'npm run node -- TOPOLOGY --new-keys FOLDER makes it where coordinator.key is';

/** Name of the file of a node. */
export function sharedKeyFileName(node: string): string {
  return `shared-${node}.key`;
}

/**
 * Reads the secrets that a node needs.
 * @param folder Absolute.
 * @param names `protocol/purpose` of each; if there are none, no file is read.
 */
export function readSharedKeys(
  folder: string,
  node: string,
  names: readonly string[],
): ReadonlyMap<string, Uint8Array> | KeyProblem {
  if (names.length === 0) return new Map();
  const path = join(folder, sharedKeyFileName(node));
  const shown = displayPath(path, nodeFiles);
  const read = readSecretFile(path, LENGTH_MAX);
  if ('message' in read) return { ...read, hint: existsSync(path) ? read.hint : HINT };
  const found = new Map<string, Uint8Array>();
  for (const [index, line] of read.text.split('\n').entries()) {
    if (line === '') continue;
    const [, name = '', digits = ''] = LINE.exec(line) ?? [];
    const message = `${shown}:${index + 1} is not a name and a secret`;
    if (name === '' || found.has(name)) return { code: 'E103', message, hint: HINT };
    found.set(name, fromHex(digits));
  }
  const missing = names.find((name) => !found.has(name));
  if (missing === undefined) return found;
  return { code: 'E116', message: `${shown} has no secret ${missing}`, hint: HINT };
}

/**
 * Writes the file with the shared secrets of a node, or removes the file if the node shares none.
 * @returns whether the file has changed.
 * @throws Refusal if it cannot be written.
 */
export function writeSharedKeys(
  folder: string,
  node: string,
  secrets: ReadonlyMap<string, Uint8Array>,
): boolean {
  const path = join(folder, sharedKeyFileName(node));
  const text = [...secrets].map(([name, secret]) => `${name} ${toHex(secret)}\n`).join('');
  if (text === '') {
    rmSync(path, { force: true });
    return false;
  }
  const old = readSecretFile(path, LENGTH_MAX);
  if ('text' in old && old.text === text) return false;
  replaceKeyFile(path, text);
  return true;
}
