/**
 * The command that repeats a run, as short as it can be.
 *
 * @module
 */
import { basename, dirname, resolve } from 'node:path';
import { quoteShellWord } from '../reports/shell-word.ts';
import { commandText, overrideFlags } from './command-text.ts';
import { SHIPPED_FILE_FOLDERS } from './folders.ts';

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

function placeFlags({ processes, loops, deployment, shape }: RepeatFlags): readonly string[] {
  const layout = processes === 'node' ? '--processes' : `--processes ${processes}`;
  return [
    // A flag without a value goes last, because a word after it would be taken for its value.
    ...(shape === 'off' ? ['--shape off'] : []),
    ...(deployment === undefined ? [] : [`--deployment ${deployment}`]),
    ...(loops === undefined ? [] : [`--loops ${loops}`]),
    ...(processes === undefined ? [] : [layout]),
  ];
}
