/**
 * The folder with the prepared programs of agents. Each program is one bundled file with the code
 * cache that V8 compiled for it (ADR 0030).
 *
 * A command has such a folder, and the threads and processes that it starts use the same folder. If
 * this process has no such folder (in a library, in a test, or if none can be written), two
 * programs are prepared for this run, because an agent that loads its modules one by one needs 0.9
 * s of processor time to start. The built package needs no preparation.
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

/** Programs of agents that were bundled before the run, so that processes start quickly. */
export interface PreparedAgentPrograms {
  /** The folder with the programs; if absent, agents load their modules one by one. */
  readonly folder?: string;
  /** Removes the files that were prepared for one run. */
  dispose(): void;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The key of the environment data for the folder; must be the same as in engine/live/prepared.mjs. */
const FOLDER = 'orrery.prepared';
const PREPARE = 'engine/live/prepare.mjs';
/** The name of the bundle; must be the same as in engine/live/prepared.mjs. */
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
    // Without prepared programs, agents load their source files, whose errors then explain what is
    // wrong.
    dispose();
    return { dispose: (): void => undefined };
  }
}
