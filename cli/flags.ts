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
