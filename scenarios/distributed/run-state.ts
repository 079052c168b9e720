/**
 * Where the stores of a node stand that somebody else starts: a folder for each run, so that a node
 * that is killed and started anew finds what it wrote, and one of the next run finds nothing.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const PREFIX = 'run-';
const NAME_DIGITS = 16;

/**
 * Makes the folder of a run and removes those of earlier ones.
 * @param state Folder for the stores of one node, over all runs.
 * @param secret Secret of the run; its hash names the run.
 */
export function runStateFolder(state: string, secret: Uint8Array): string {
  const digest = createHash('sha256').update('orrery run').update(secret).digest('hex');
  const name = `${PREFIX}${digest.slice(0, NAME_DIGITS)}`;
  mkdirSync(join(state, name), { recursive: true, mode: 0o700 });
  for (const other of readdirSync(state)) {
    if (!other.startsWith(PREFIX) || other === name) continue;
    rmSync(join(state, other), { recursive: true, force: true });
  }
  return join(state, name);
}
