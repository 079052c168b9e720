/**
 * The command line as one file that node starts in a quarter of the time that it takes from source.
 * It does what the sources do, threads included; only a user's TypeScript needs the sources' loader.
 *
 * @module
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AgentProgram, agentProgram } from '../scenarios/distributed/agent-bundle.ts';

/** A folder inside the repository, so that packages are found from there. */
function cacheFolder(): string {
  const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url));
  mkdirSync(cache, { recursive: true });
  return mkdtempSync(join(cache, 'orrery-test-'));
}

/** Makes the file; whoever asks for it removes it. */
export async function commandLine(): Promise<AgentProgram> {
  const program = await agentProgram(new URL('../cli/main.ts', import.meta.url).href);
  const folder = cacheFolder();
  const path = join(folder, 'main.mjs');
  copyFileSync(program.path, path);
  program.dispose();
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What node starts with to run the command line from its sources. */
export const FROM_SOURCE: readonly string[] = ['--import', 'tsx', 'cli/main.ts'];
