/**
 * Reads flags that several commands share, and says what is allowed when one is not readable.
 *
 * @module
 */
import type { Command } from 'commander';
import { exitWith, FlagError } from './exit.ts';

/** What a command needs was left out: its help, and exit 2, since a gate without a file is no pass. */
export function refuseWithHelp(command: Command): void {
  command.outputHelp({ error: true });
  exitWith(2);
}

/** Shared flags that a command has no use for: read so that they can be refused with a reason. */
export interface UselessFlags {
  /** Their long names. */
  readonly names: ReadonlySet<string>;
  /** Follows the name of the flag. */
  readonly reason: string;
  readonly hint: (flag: string) => string;
}

/** Offers them neither in help nor in completion. */
export function hideUseless(command: Command, { names }: UselessFlags): void {
  for (const option of command.options) if (names.has(option.long ?? '')) option.hideHelp();
}

/** @throws FlagError that names the first one that was given. */
export function refuseUseless(command: Command, { names, reason, hint }: UselessFlags): void {
  for (const option of command.options) {
    const { long = '' } = option;
    const key = option.attributeName();
    const isGiven = command.getOptionValueSource(key) === 'cli';
    // Its negation, such as --no-trace, asks for nothing.
    if (!names.has(long) || !isGiven || command.getOptionValue(key) === false) continue;
    throw new FlagError(`${long}: ${reason}`, long, hint(long));
  }
}

/** `--set path=value`, repeatable. */
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

/** A whole number of at least `least`. */
export function wholeNumber(flag: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
    const digits = text.replace(/[oO]/g, '0').replace(/[lI]/g, '1');
    const guess = /^\d+$/.test(digits) && digits !== text ? `did you mean ${digits}?` : '';
    const hint = guess === '' ? `write a whole number from ${least}` : guess;
    throw new FlagError(`${flag}: "${text}" is not a whole number from ${least}`, text, hint);
  };
}
