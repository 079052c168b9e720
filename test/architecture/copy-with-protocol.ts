/**
 * A copy of the repository, as it is or with a protocol that `npm run new:protocol` has written.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './files.ts';

const LEFT_OUT = new Set(['.git', 'node_modules', 'runs', 'dist', 'coverage']);

/** How a program ended, and all that it printed. */
export interface Ran {
  readonly status: number;
  readonly text: string;
}

/** Runs a program in a folder. */
export function runIn(folder: string, program: string, args: readonly string[]): Ran {
  const environment = { ...process.env, NO_COLOR: '1' };
  const options = { cwd: folder, encoding: 'utf8', env: environment } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status: status ?? 1, text: `${stdout}${stderr}` };
}

/** Path of a program of the repository's packages. */
export const bin = (name: string): string => join(ROOT, 'node_modules/.bin', name);

/** Copies the repository as it is. @returns the folder, to be removed by the caller. */
export function copyOfRepository(): string {
  const copy = mkdtempSync(join(tmpdir(), 'orrery-protocol-'));
  for (const entry of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(entry)) cpSync(join(ROOT, entry), join(copy, entry), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Such a copy with a protocol. @returns its folder, to be removed by the caller. */
export function copyWithProtocol(name: string): string {
  const copy = copyOfRepository();
  const made = runIn(copy, process.execPath, ['--import', 'tsx', 'tools/new-protocol.ts', name]);
  if (made.status !== 0) throw new Error(made.text);
  return copy;
}
