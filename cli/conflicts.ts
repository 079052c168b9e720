/**
 * Says which runs of a sweep have two results.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import type { ResultConflict } from '../runner/sweep/merge.ts';
import type { ExitCode } from './exit.ts';

/** Prints runs with two different results on stderr. @returns exit code 4 if there is such a run. */
export function printConflicts(conflicts: readonly ResultConflict[]): readonly ExitCode[] {
  // conflictText puts names and values on one line each, as their file may come from anywhere.
  for (const conflict of conflicts) process.stderr.write(conflictText(conflict));
  return conflicts.length === 0 ? [] : [4];
}

function conflictText({ id, seed, parameters, found }: ResultConflict): string {
  const values = Object.entries(parameters).map(([path, value]) => `${path}=${value}`);
  const origins = found.map(([path, fingerprint]) => `  ${fingerprint}  ${path}`);
  const head = `orrery: not deterministic: ${id}, seed ${seed}, ${values.join(' ')}`;
  return `${[head, ...origins].map(oneLine).join('\n')}\n`;
}
