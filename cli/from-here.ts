/**
 * `--from-here`: npm runs scripts in the folder of the package, so `npm run scenario mine.yaml` in another
 * folder looks for the file in the wrong place. With the flag, paths are relative to the folder in which npm was
 * called (docs.npmjs.com/cli/commands/npm-run-script, `INIT_CWD`).
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { IS_RUN_FROM_SOURCE } from '../engine/live/own-form.ts';
import { addFromHereToCommands } from '../scenarios/command-text.ts';

const FLAG = '--from-here';

/**
 * Adds the option `--from-here` to all commands, unless the program is installed as a package, where npm does
 * not change the folder.
 */
export function addFromHereOption(commands: readonly Command[]): void {
  if (!IS_RUN_FROM_SOURCE) return;
  const summary = 'paths count from the folder that npm was called in';
  for (const command of commands) command.option(FLAG, summary);
}

/**
 * If the words contain `--from-here`, makes the folder in which npm was called the current folder; to be called
 * before anything reads a path.
 */
export function changeToCallerFolder(words: readonly string[], folder: string | undefined): void {
  if (!IS_RUN_FROM_SOURCE || !words.includes(FLAG)) return;
  addFromHereToCommands();
  // Without npm, the current folder already is that of the caller.
  if (folder !== undefined && folder !== '') process.chdir(folder);
}

/**
 * A hint at `--from-here`, if a word names a file that exists only in the folder in which npm was called; else
 * undefined.
 */
export function fromHereHint(words: readonly string[], folder = ''): string | undefined {
  if (!IS_RUN_FROM_SOURCE || folder === '' || words.includes(FLAG)) return undefined;
  const isThere = (word: string): boolean => existsSync(resolve(folder, word)) && !existsSync(word);
  return words.some(isThere) ? `${FLAG} lets paths count from ${folder}` : undefined;
}
