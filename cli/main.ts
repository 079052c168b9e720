#!/usr/bin/env node
/**
 * Entry of the command line. It imports the rest dynamically, so that even a failure to load it (such as too
 * many open files) ends with a message of one line.
 *
 * @module
 */
import { findEnvironmentError } from '../engine/live/environment.ts';

/** With a lower limit of open files, loading fails in many ways, and not every error names the reason. */
const OPEN_FILES_MIN = 128;

/**
 * Exit codes with which Node ends without a message: 1 if its thread that loads modules died, 13 if
 * an import never settles.
 */
const WITHOUT_A_WORD: readonly number[] = [1, 13];

// Handles an error of the thread that loads modules, which reaches no `catch` below. Once everything
// is loaded, run-command.ts handles errors.
process.on('uncaughtException', endUnloaded);
process.on('exit', (code) => {
  const isLoading = process.listeners('uncaughtException').includes(endUnloaded);
  if (isLoading && WITHOUT_A_WORD.includes(code)) {
    endUnloaded(new Error('the program could not be loaded'));
  }
});
try {
  const { runCommand } = await import('./run-command.ts');
  await runCommand();
} catch (error) {
  endUnloaded(error);
}

function endUnloaded(error: unknown): never {
  const files = openFilesMax();
  const few =
    files < OPEN_FILES_MIN ? `${files} open files are too few, raise ulimit -n` : undefined;
  const words = findEnvironmentError(error)?.message ?? few;
  const text = error instanceof Error ? error.stack : String(error);
  process.stderr.write(words === undefined ? `${text}\n` : `orrery: ${words}\n`);
  process.exit(words === undefined ? 3 : 2);
}

/**
 * The number of files that this process may open; infinite if the operating system does not say.
 */
function openFilesMax(): number {
  const report = process.report.getReport() as {
    readonly userLimits?: { readonly open_files?: { readonly soft?: unknown } };
  };
  const soft = Number(report.userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? Number.POSITIVE_INFINITY : soft;
}
