/**
 * Makes texts from files and packets safe for output in which some characters have effects: on
 * terminals, and in lines that a program reads.
 *
 * @module
 */

/** Matches sequences of characters that control a terminal, end a line, or change the writing direction. */
const OBEYED = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** The text as one line without {@link OBEYED} characters: each sequence of them becomes a blank. */
export function oneLine(text: string): string {
  return text.replace(OBEYED, ' ');
}

/** The text without {@link OBEYED} characters, except its line ends. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
