/**
 * Reads flags that several commands share; if a value is wrong, says what is allowed.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { assert } from '../engine/core/assert.ts';
import { FlagError, setExitCode } from './exit.ts';

/**
 * Prints the help and sets exit code 2, for a command without its required argument: a CI check that names
 * no file must not pass.
 */
export function refuseWithHelp(command: Command): void {
  command.outputHelp({ error: true });
  setExitCode(2);
}

/** For each flag that a command reads, its option or options; a missing or superfluous flag is a type error. */
export type FlagOptions<Flags> = {
  readonly [Flag in keyof Flags]-?: Option | readonly Option[];
};

/** Adds the options of the flags that a command reads. */
export function addFlagOptions<Flags>(command: Command, options: FlagOptions<Flags>): Command {
  for (const [flag, some] of Object.entries<Option | readonly Option[]>(options)) {
    for (const option of [some].flat()) addOptionAs(command, flag, option);
  }
  return command;
}

/** Adds an option; asserts that commander names its value like `flag`. */
export function addOptionAs(command: Command, flag: string, option: Option): void {
  assert(option.attributeName() === flag, `${option.long} would not be read as ${flag}`);
  command.addOption(option);
}

/** Adds the value of one flag `--set path=value` to those of the earlier `--set` flags. */
export function collectOverride(
  text: string,
  previous: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at <= 0) {
    throw new FlagError(`--set: "${text}" has no value`, text, 'write --set traffic.0.rate=1000/s');
  }
  return { ...previous, [text.slice(0, at)]: text.slice(at + 1) };
}

/** The range of a number that a flag accepts, both ends included. */
export interface FlagRange {
  readonly least: number;
  readonly most: number;
}

/**
 * Allowed seeds: integers that a JavaScript number represents exactly, because their decimal digits
 * are part of the names of random streams.
 */
export const SEED_RANGE: FlagRange = { least: 0, most: Number.MAX_SAFE_INTEGER };
/**
 * Allowed number of seeds of a run; more seeds would hardly make intervals narrower, and each
 * result stays in memory.
 */
export const SEED_COUNT_RANGE: FlagRange = { least: 1, most: 10_000 };
/** Allowed number of worker threads: each takes some 60 MB before it runs anything. */
export const THREADS_RANGE: FlagRange = { least: 1, most: 256 };
/** Allowed time, in seconds, after which the run of a lost worker is given to another worker. */
export const LOCK_SECONDS_RANGE: FlagRange = { least: 1, most: 3_600 };
/** Allowed time limit of a worker for one run, in seconds: at most a week. */
export const TIME_LIMIT_SECONDS_RANGE: FlagRange = { least: 1, most: 604_800 };
/** Allowed memory limit of a worker thread, in megabytes: with less, not even a small run fits. */
export const MEMORY_MB_RANGE: FlagRange = { least: 64, most: 1_000_000 };
/** Allowed number of packets to explain; each takes about a kilobyte in the terminal. */
export const EXPLAINED_PACKETS_RANGE: FlagRange = { least: 1, most: 10_000 };
/** Ports to listen on; 0 lets the system choose. */
export const PORT_RANGE: FlagRange = { least: 0, most: 65_535 };
/** Allowed number of event loops in a process. */
export const EVENT_LOOPS_RANGE: FlagRange = { least: 1, most: 64 };

/** An option whose value is a whole number in a range. */
export function numberOption(flags: string, summary: string, range: FlagRange): Option {
  const [flag = ''] = flags.split(' ');
  return new Option(flags, summary).argParser(wholeNumberParser(flag, range));
}

/** Returns a parser for the value of a flag: a whole number in a range. */
export function wholeNumberParser(
  flag: string,
  { least, most }: FlagRange,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const range = `from ${grouped(least)} to ${grouped(most)}`;
    if (text.trim() !== '' && Number.isInteger(value)) {
      if (value >= least && value <= most) return value;
      const message = `${flag}: ${text.trim()} is out of range, ${range} is allowed`;
      throw new FlagError(message, text, `write a whole number ${range}`);
    }
    const digits = text.replace(/[oO]/g, '0').replace(/[lI]/g, '1');
    const guess = /^\d+$/.test(digits) && digits !== text ? `did you mean ${digits}?` : '';
    const hint = guess === '' ? `write a whole number ${range}` : guess;
    throw new FlagError(`${flag}: "${text}" is not a whole number ${range}`, text, hint);
  };
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
