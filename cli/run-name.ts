/**
 * The name of a run's folder below the folder of its scenario: runs with equal inputs have the same name, and runs
 * with different inputs different names (docs/how-to/runs.md). Seeds and command are readable in the name; a hash
 * stands for the other inputs.
 *
 * Contents of files and the code are not inputs here: they change while a user works, and `run-folder.ts` keeps
 * earlier runs of the same name.
 *
 * @module
 */
import { createHash } from 'node:crypto';

/** The inputs of a run that determine its name. */
export interface RunInputs {
  readonly command: 'scenario' | 'live' | 'emulate' | 'sweep';
  readonly seeds: readonly number[];
  /** Values of the scenario file that were changed. */
  readonly overrides: Readonly<Record<string, string>>;
  /** Where the nodes of a live run are placed, as requested by flags, for example `processes`. */
  readonly layout?: string | undefined;
  /** Other flags that change the run, by name. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** Suffix of the name of a run into which pages of the browser view injected faults. */
export const INTERACTIVE_RUN_SUFFIX = 'interactive';

const HASH_DIGITS = 8;

/** The name of a run's folder, made from the run's inputs: `1`, `1-5`, `1-live-processes`, `1-set-9f86d081`. */
export function runName(inputs: RunInputs): string {
  const { command, layout } = inputs;
  const parts = [
    command === 'sweep' ? 'sweep' : seedsText(inputs.seeds),
    ...(command === 'live' || command === 'emulate' ? [command] : []),
    ...(layout === undefined ? [] : [layout]),
  ];
  const rest = restOf(inputs);
  return rest.length === 0 ? parts.join('-') : [...parts, 'set', hashOf(rest)].join('-');
}

function seedsText(seeds: readonly number[]): string {
  return seeds.length === 1 ? `${seeds[0]}` : `${seeds[0]}-${seeds.at(-1)}`;
}

/**
 * The inputs that the readable part does not contain, as text that does not depend on the order of
 * flags.
 */
function restOf({ command, seeds, overrides, flags = {} }: RunInputs): readonly string[] {
  const changed = [
    ...Object.entries(overrides).map(([path, value]) => `set ${path}=${value}`),
    ...Object.entries(flags).map(([name, value]) => `flag ${name}=${value}`),
  ].sort();
  const isRow = seeds.every((seed, at) => seed === (seeds[0] ?? 0) + at);
  return command === 'sweep' || isRow ? changed : [...changed, `seeds ${seeds.join()}`];
}

function hashOf(words: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, HASH_DIGITS);
}
