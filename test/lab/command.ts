/** The command line of this program, in a process of its own. @module */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../architecture/files.ts';

/** Runs a command. @returns what it prints, and the text of the file that its answer names. */
export function orrery<Answer>(...words: readonly string[]): Answer & { readonly text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-lab-'));
  const program = ['--import', 'tsx', 'cli/main.ts', ...words, '--json', '--out', folder];
  const { stdout } = spawnSync(process.execPath, program, { cwd: ROOT, maxBuffer: 1e8 });
  const answer = JSON.parse(stdout.toString()) as Answer & { readonly file?: string };
  const text = answer.file === undefined ? '' : readFileSync(answer.file, 'utf8');
  rmSync(folder, { recursive: true, force: true });
  return { ...answer, text };
}
