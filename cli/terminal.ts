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
    width: widthOf(stdout),
    colour: wantsColour({ flag, environment: env, isTerminal }),
    unicode: wantsUnicode(env),
  };
}

/** The width of a terminal in columns; if it reports 0, the width is unknown. */
export function widthOf({ columns = 0 }: { readonly columns?: number }): number {
  return columns === 0 ? WIDTH_WITHOUT_TERMINAL : Math.max(WIDTH_LEAST, columns);
}

/** True when a progress line may be rewritten on stderr. */
export function hasLiveStderr(): boolean {
  return process.stderr.isTTY === true && (process.env['CI'] ?? '') === '';
}
