/**
 * Properties of the terminal on which a command runs: its width, and whether it shows colour and rewritten lines.
 *
 * @module
 */
import { wantsColour, wantsUnicode } from '../reports/colour.ts';
import type { TerminalOptions } from '../reports/terminal.ts';
import { foldIntoLines } from '../reports/terminal-layout.ts';

const WIDTH_WITHOUT_TERMINAL = 80;
const WIDTH_LEAST = 40;
const HINT = '   hint: ';
/** Indent of the further lines of a wrapped message, columns. */
const MESSAGE_INDENT = 3;

/** How to print the report on stdout. @param flag The value of the colour flag, if it was given. */
export function terminalOptions(flag: 'on' | 'off' | undefined): TerminalOptions {
  const { stdout, env } = process;
  const isTerminal = stdout.isTTY === true;
  return {
    width: readTerminalWidth(stdout),
    colour: wantsColour({ flag, environment: env, isTerminal }),
    unicode: wantsUnicode(env),
  };
}

/** The width of a terminal in columns. Some terminals report 0; their width is unknown. */
export function readTerminalWidth({ columns = 0 }: { readonly columns?: number }): number {
  return columns === 0 ? WIDTH_WITHOUT_TERMINAL : Math.max(WIDTH_LEAST, columns);
}

/** True when a progress line may be rewritten on stderr. */
export function canRewriteStderrLine(): boolean {
  const { CI: ci = '', TERM: term } = process.env;
  return process.stderr.isTTY === true && ci === '' && term !== 'dumb';
}

/**
 * Wraps a message for stderr to the width of the terminal. If stderr is not a terminal but read by
 * a program, the message stays as it is.
 */
export function wrapForStderr(text: string): string {
  return process.stderr.isTTY === true
    ? wrapMessage(text, readTerminalWidth(process.stderr))
    : text;
}

/**
 * Wraps sentences and hints. Quoted lines of files and commands are not wrapped, because carets
 * below them point into them.
 */
export function wrapMessage(text: string, width: number): string {
  const lines = text.split('\n').flatMap((line) => {
    const isHint = line.startsWith(HINT);
    if (line.length <= width || (line.startsWith(' ') && !isHint)) return [line];
    const indent = isHint ? HINT.length : MESSAGE_INDENT;
    return foldIntoLines(line.split(' '), { width, indent, gap: ' ' });
  });
  return lines.join('\n');
}
