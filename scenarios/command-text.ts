/**
 * A command in the form that a person can copy: `npm run scenario FILE -- --seed 3` in the
 * repository, `npx orrery scenario FILE --seed 3` where the package is installed.
 *
 * @module
 */
import { IS_RUN_FROM_SOURCE } from '../engine/live/own-form.ts';
import { quoteShellWord } from '../reports/shell-word.ts';

/** Flags of this process that printed commands need too, or they would not find the same files. */
let ownFlags: readonly string[] = [];

/**
 * Adds `--from-here` to all commands that are printed later, so that their paths are relative to the
 * caller's folder.
 */
export function addFromHereToCommands(): void {
  ownFlags = ['--from-here'];
}

/**
 * The command line of orrery as a user types it: with `npm run` in a working copy, else with `npx orrery`.
 * @param words The command and its arguments.
 * @param flags Its flags.
 */
export function commandText(words: readonly string[], flags: readonly string[] = []): string {
  if (!IS_RUN_FROM_SOURCE) return ['npx orrery', ...words, ...flags].join(' ');
  const all = [...ownFlags, ...flags];
  return ['npm run', ...words, ...(all.length === 0 ? [] : ['--', ...all])].join(' ');
}

/** The `--set` flags for these values. */
export function overrideFlags(set: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(set).map(([path, value]) => `--set ${quoteShellWord(`${path}=${value}`)}`);
}
