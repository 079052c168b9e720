/**
 * Makes texts from files and packets safe where some characters have effects: in terminals, and in
 * lines read by a program.
 *
 * @module
 */

/**
 * Characters that control a terminal or end a line, and those that change the writing direction.
 */
const OBEYED = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** One line without such characters: each run of them becomes a blank. */
export function oneLine(text: string): string {
  return text.replace(OBEYED, ' ');
}

/** Several lines without such characters, apart from the line ends. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
