/**
 * Texts of files and packets, for places that obey some characters: terminals, and lines that a program reads.
 *
 * @module
 */

/** Characters that a terminal obeys or that end a line, and those that turn the direction of writing. */
const OBEYED = /[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** One line that moves nothing: each run of such characters becomes a blank. */
export function oneLine(text: string): string {
  return text.replace(OBEYED, ' ');
}

/** Several lines that move nothing else. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
