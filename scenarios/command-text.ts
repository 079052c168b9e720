/**
 * A command in the form that a person can copy: `npm run scenario FILE -- --seed 3` in the
 * repository, `npx orrery scenario FILE --seed 3` where the package is installed.
 *
 * @module
 */
import { basename, dirname, resolve } from 'node:path';
import { IS_RUN_FROM_SOURCE } from '../engine/live/own-form.ts';
import { quoteShellWord } from '../reports/shell-word.ts';
import { SHIPPED_FILE_FOLDERS } from './folders.ts';

/** Flags of this process that its commands need to find the same files. */
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

/** The shortest name by which a command finds a scenario file: shipped files need no folder. */
export function shortScenarioName(file: string): string {
  return dirname(resolve(file)) === resolve(SHIPPED_FILE_FOLDERS.scenarios) ? basename(file) : file;
}

/** The flags that are needed to repeat a run. */
export interface RepeatFlags {
  readonly seed?: number | undefined;
  readonly seeds?: number | undefined;
  /** Largest number of seeds of a combination of a sweep. */
  readonly adaptive?: number | undefined;
  readonly set?: Readonly<Record<string, string>> | undefined;
  /** How the nodes of a live run are divided among processes, as a flag gives it. */
  readonly processes?: string | undefined;
  readonly loops?: number | undefined;
  readonly deployment?: string | undefined;
  readonly shape?: string | undefined;
  readonly abortOn?: string | undefined;
}

/** The command that repeats a run. */
export function repeatCommand(command: string, file: string, repeat: RepeatFlags): string {
  const { seed, seeds, adaptive, abortOn, set = {} } = repeat;
  const flags = [
    ...(seed === undefined ? [] : [`--seed ${seed}`]),
    ...(seeds === undefined ? [] : [`--seeds ${seeds}`]),
    ...(adaptive === undefined ? [] : [`--adaptive ${adaptive}`]),
    ...(abortOn === undefined ? [] : [`--abort-on ${abortOn}`]),
    ...overrideFlags(set),
    ...placeFlags(repeat),
  ];
  return commandText([command, quoteShellWord(shortScenarioName(file))], flags);
}

/** The `--set` flags for these values. */
export function overrideFlags(set: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(set).map(([path, value]) => `--set ${quoteShellWord(`${path}=${value}`)}`);
}

function placeFlags({ processes, loops, deployment, shape }: RepeatFlags): readonly string[] {
  const layout = processes === 'node' ? '--processes' : `--processes ${processes}`;
  return [
    // A flag with its default value goes last, because a following word would be taken for its value.
    ...(shape === 'off' ? ['--shape off'] : []),
    ...(deployment === undefined ? [] : [`--deployment ${deployment}`]),
    ...(loops === undefined ? [] : [`--loops ${loops}`]),
    ...(processes === undefined ? [] : [layout]),
  ];
}
