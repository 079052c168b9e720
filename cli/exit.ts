/**
 * Exit codes (docs/spec/run-files.md#exit-codes) and the last message of a failing command.
 *
 * 0 all KPIs met, 1 a KPI missed, 2 bad file or flag, or the machine is at fault (a port, a disk,
 * a limit), 3 a bug of ours: our code threw, or an invariant does not hold, 4 not deterministic, 5 time
 * limit, 6 a user's protocol threw or hangs, 130 interrupted. If several hold: 3 > 6 > 4 > 2 > 5 > 130 > 1.
 *
 * @module
 */
import { CommanderError } from 'commander';
import { assert } from '../engine/core/assert.ts';
import { findEnvironmentError } from '../engine/live/environment.ts';
import { IS_RUN_FROM_SOURCE } from '../engine/live/own-form.ts';
import { plainLines } from '../reports/plain-text.ts';
import { type Crash, NodeCrash } from '../runner/crash/crash.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { ConfigError } from '../topologies/files/config-error.ts';
import { crashJson, crashText } from './crash-text.ts';
import { hidePasswords } from './hide-passwords.ts';
import { wrapForStderr } from './terminal.ts';

/** The exit codes; the head of this file says what each means. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 130;

const PRECEDENCE: readonly ExitCode[] = [3, 6, 4, 2, 5, 130, 1, 0];

/**
 * Returns the exit code of a command to which several codes apply; the head of this file gives
 * their precedence.
 */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  assert(
    codes.every((code) => PRECEDENCE.includes(code)),
    `exit codes ${codes.join()}`,
  );
  return PRECEDENCE.find((code) => codes.includes(code)) ?? 0;
}

/** The exit code of a crash: 6 if a user's protocol threw or hangs, 3 for our own code. */
export function exitCodeOfCrash({ by }: Pick<Crash, 'by'>): 3 | 6 {
  return by === 'protocol' ? 6 : 3;
}

/** Sets the exit code of the process, which ends by itself once its output is written. */
export function setExitCode(code: ExitCode): void {
  process.exitCode = code;
}

/** A mistake on the command line, with the words to underline. */
export class FlagError extends Error {
  readonly found: string;
  readonly hint: string;

  constructor(message: string, found: string, hint: string) {
    super(message);
    this.name = 'FlagError';
    this.found = found;
    this.hint = hint;
  }
}

/**
 * The exit code of the first problem; undefined until there is one. Only the first problem is
 * printed, because it is the cause of later ones.
 */
let told: ExitCode | undefined;

/** Prints the first problem of this process, in the form of its kind; returns its exit code. */
export function printFirstProblem(error: unknown, isJson: boolean): ExitCode {
  told ??= printProblem(error, isJson);
  return told;
}

/** Prints a problem as {@link printFirstProblem} does, even if an earlier problem was already printed. */
export function printProblem(error: unknown, isJson: boolean): ExitCode {
  const mistake = describeMistake(error);
  if (mistake !== undefined) {
    if (isJson) process.stdout.write(`${JSON.stringify({ errors: mistake.json }, hidden, 2)}\n`);
    else process.stderr.write(wrapForStderr(plainLines(hidePasswords(mistake.text))));
    return 2;
  }
  const isDebug = process.argv.includes('--debug');
  if (error instanceof NodeCrash) return tellCrash(error.crash, isJson, isDebug);
  const text = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && isDebug ? error.stack : undefined;
  const where = stack ?? '  --debug prints where';
  const lines = [`This is a bug in orrery: ${text}`, `  command: ${commandLineWords()}`, where];
  process.stderr.write(`${plainLines(hidePasswords(lines.join('\n')))}\n`);
  return 3;
}

/** Replacer for `JSON.stringify`: removes passwords of the command line from every text. */
function hidden(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? hidePasswords(value) : value;
}

/** Prints a crash of a run on the main thread, with the command that repeats the run; returns the exit code. */
function tellCrash(crash: Crash, isJson: boolean, isDebug: boolean): ExitCode {
  const how = { repeat: ownCommand(), isDebug };
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ errors: [crashJson(crash, how)] }, null, 2)}\n`);
  } else process.stderr.write(crashText(crash, how));
  return exitCodeOfCrash(crash);
}

/**
 * Describes a mistake of the user, for people and for programs; undefined if the error is a bug of
 * orrery.
 */
function describeMistake(
  error: unknown,
): { readonly text: string; readonly json: readonly unknown[] } | undefined {
  if (error instanceof ConfigError) return { text: `${error.message}\n`, json: error.toJSON() };
  if (error instanceof FlagError) return { text: flagText(error), json: [flagJson(error)] };
  if (error instanceof Refusal) {
    return { text: `orrery: ${error.message}\n`, json: [{ message: error.message }] };
  }
  const machine = findEnvironmentError(error);
  if (machine !== undefined) {
    return { text: `orrery: ${machine.message}\n`, json: [{ message: machine.message }] };
  }
  return error instanceof CommanderError ? { text: '', json: [] } : undefined;
}

function flagJson(error: FlagError): Readonly<Record<string, string>> {
  return { code: 'flag', message: error.message, found: error.found, hint: error.hint };
}

function flagText(error: FlagError): string {
  const shown = ownCommand();
  const found = hidePasswords(error.found);
  const caret = placeOf(found, shown);
  const under = caret < 0 ? '' : `   ${' '.repeat(caret)}${'^'.repeat(found.length)}\n`;
  return `orrery: ${error.message}\n   ${shown}\n${under}   hint: ${error.hint}\n`;
}

/** The words of the command as they were given, without passwords. */
export function commandLineWords(): string {
  return hidePasswords(process.argv.slice(2).join(' '));
}

/** The command line of this process, to be printed: as it was given, without passwords. */
function ownCommand(): string {
  const command = commandLineWords();
  return IS_RUN_FROM_SOURCE
    ? `npm run ${command.replace(/ --/, ' -- --')}`
    : `npx orrery ${command}`;
}

/** The index of `found` in `shown`, where possible as whole words; -1 if it does not occur. */
function placeOf(found: string, shown: string): number {
  const whole = ` ${shown} `.lastIndexOf(` ${found} `);
  return whole < 0 ? shown.lastIndexOf(found) : whole;
}
