/**
 * What the command line knows of its terminal: width, colour, progress.
 *
 * @module
 */
import { wantsColour, wantsUnicode } from '../reports/colour.ts';
import type { TerminalOptions } from '../reports/terminal.ts';

const WIDTH_WITHOUT_TERMINAL = 80;
const WIDTH_LEAST = 40;

/** How to print the report on stdout. */
export function terminalOptions(flag: 'on' | 'off' | undefined): TerminalOptions {
  const { stdout, env } = process;
  const isTerminal = stdout.isTTY === true;
  return {
    width: isTerminal ? Math.max(WIDTH_LEAST, stdout.columns) : WIDTH_WITHOUT_TERMINAL,
    colour: wantsColour({ flag, environment: env, isTerminal }),
    unicode: wantsUnicode(env),
  };
}

/** True when a progress line may be rewritten on stderr. */
export function hasLiveStderr(): boolean {
  return process.stderr.isTTY === true && (process.env['CI'] ?? '') === '';
}
