/** How the process of an agent starts: from the bundled program, with and without compiled code. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type PreparedAgentPrograms,
  prepareAgentPrograms,
} from '../../../../runner/distributed/processes/prepared-agents.ts';

const ENTRY = fileURLToPath(new URL('../../../../cli/agent-start-entry.mjs', import.meta.url));
const FOLDER = 'orrery.prepared';
const before = getEnvironmentData(FOLDER);
let prepared: PreparedAgentPrograms;
let cache: string;

beforeAll(async () => {
  // As in a process without a store of bundled programs.
  setEnvironmentData(FOLDER, undefined);
  prepared = await prepareAgentPrograms();
  cache = join(prepared.folder ?? '', 'agent.cache');
}, 60_000);
afterAll(() => {
  prepared.dispose();
  setEnvironmentData(FOLDER, before);
});

/** Without instructions, the process reports that when it has loaded everything, and ends. */
function expectStart(...words: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, [ENTRY, ...words], { input: '' });
  expect(stderr.toString()).toBe('an agent is started only by its coordinator\n');
  expect(status).toBe(3);
}

it('keeps what was compiled of it, and starts with that', () => {
  expect(existsSync(cache)).toBe(false);
  expectStart(prepared.folder ?? '');
  expect(statSync(cache).size).toBeGreaterThan(100_000);
  const { mtimeMs } = statSync(cache);
  expectStart(prepared.folder ?? '');
  expect(statSync(cache).mtimeMs).toBe(mtimeMs);
});

it('replaces compiled code that this Node refuses', () => {
  writeFileSync(cache, 'of another version');
  expectStart(prepared.folder ?? '');
  expect(statSync(cache).size).toBeGreaterThan(100_000);
});

it('starts module by module where the folder is gone, and where there was none', () => {
  rmSync(prepared.folder ?? '', { recursive: true });
  expectStart(prepared.folder ?? '');
  expectStart();
});

it('is the one of this process where there is one', async () => {
  const one = await prepareAgentPrograms();
  setEnvironmentData(FOLDER, one.folder as string);
  const same = await prepareAgentPrograms();
  expect(same.folder).toBe(one.folder);
  same.dispose();
  expect(existsSync(one.folder ?? '')).toBe(true);
  one.dispose();
  expect(existsSync(one.folder ?? '')).toBe(false);
  setEnvironmentData(FOLDER, undefined);
});
