/**
 * Makes texts from files and packets safe for output in which some characters have effects: on
 * terminals, and in lines that a program reads.
 *
 * @module
 */

/** Matches sequences of characters that control a terminal, end a line, or change the writing direction. */
const CONTROL_CHARACTERS = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** The text as one line, in which each sequence of {@link CONTROL_CHARACTERS} is replaced by a blank. */
export function oneLine(text: string): string {
  return text.replace(CONTROL_CHARACTERS, ' ');
}

/** The text without {@link CONTROL_CHARACTERS}, but with its line ends. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
