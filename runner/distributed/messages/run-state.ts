/**
 * Folders for the stores of a node that somebody else starts. Each run has its own, so that a node that
 * is restarted during a run finds its data, and a node of the next run starts with none.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../../engine/core/assert.ts';

const PREFIX = 'run-';
const NAME_BYTES = 8;
const NAME = /^[0-9a-f]{16}$/;

/** Draws the name of a run. */
export function drawRunName(): string {
  return randomBytes(NAME_BYTES).toString('hex');
}

/**
 * Creates the folder of a run and removes those of earlier runs.
 * @param state Folder for the stores of one node, over all runs.
 * @param run Name of the run as {@link drawRunName} makes it; asserted, because it came over a channel.
 */
export function createRunStateFolder(state: string, run: string): string {
  assert(NAME.test(run), 'the name of a run has 16 hexadecimal digits');
  const name = `${PREFIX}${run}`;
  mkdirSync(join(state, name), { recursive: true, mode: 0o700 });
  for (const other of readdirSync(state)) {
    if (!other.startsWith(PREFIX) || other === name) continue;
    rmSync(join(state, other), { recursive: true, force: true });
  }
  return join(state, name);
}
