/**
 * The folder with the prepared programs of agents: one file each, with the code that V8 compiled for it
 * (ADR 0030).
 *
 * A command has such a folder, and the threads and processes that it starts use the same one. If this
 * process has none (a library, a test, no place for a store), two programs are prepared for one run:
 * loading modules one by one, each of seventeen agents would need 0.9 s of CPU to start. The built form
 * needs no preparation.
 *
 * @module
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getEnvironmentData } from 'node:worker_threads';
import { IS_RUN_FROM_SOURCE } from '../../../engine/live/own-form.ts';

/** Location of the bundled programs. */
export interface PreparedAgentPrograms {
  /** The folder; if absent, agents load their modules one by one. */
  readonly folder?: string;
  /** Removes the files that were prepared for one run. */
  dispose(): void;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Must be the same name as in engine/live/prepared.mjs. */
const FOLDER = 'orrery.prepared';
const PREPARE = 'engine/live/prepare.mjs';
/** As in engine/live/prepared.mjs. */
const BUNDLE = 'workers.cjs';
const PROGRAMS = ['agent=cli/agent-start.ts', 'loop=runner/distributed/agent/loop-start.ts'];

/** Finds the bundled programs of agents, or builds them into a folder. */
export async function prepareAgentPrograms(): Promise<PreparedAgentPrograms> {
  const known = getEnvironmentData(FOLDER);
  // The folder may have been deleted: only four are kept, and this process may have started long
  // ago.
  if (typeof known === 'string' && existsSync(join(known, BUNDLE))) {
    return { folder: known, dispose: (): void => undefined };
  }
  if (!IS_RUN_FROM_SOURCE) return { dispose: (): void => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'orrery-agent-'));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    await promisify(execFile)(process.execPath, [PREPARE, folder, ...PROGRAMS], { cwd: ROOT });
    return { folder, dispose };
  } catch {
    // Loading the sources gives a better message.
    dispose();
    return { dispose: (): void => undefined };
  }
}
