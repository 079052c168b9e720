/**
 * Prints which runs of a sweep have two different results.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import type { ResultConflict } from '../runner/sweep/merge.ts';
import type { ExitCode } from './exit.ts';

/** Prints runs with two different results on stderr. @returns exit code 4 if there is such a run. */
export function printConflicts(conflicts: readonly ResultConflict[]): readonly ExitCode[] {
  // The texts may come from anywhere; conflictText keeps each name and value on one line.
  for (const conflict of conflicts) process.stderr.write(conflictText(conflict));
  return conflicts.length === 0 ? [] : [4];
}

function conflictText({ id, seed, parameters, found }: ResultConflict): string {
  const values = Object.entries(parameters).map(([path, value]) => `${path}=${value}`);
  const origins = found.map(([path, fingerprint]) => `  ${fingerprint}  ${path}`);
  const head = `orrery: not deterministic: ${id}, seed ${seed}, ${values.join(' ')}`;
  return `${[head, ...origins].map(oneLine).join('\n')}\n`;
}
