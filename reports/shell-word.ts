/**
 * Quotes a word of a command that a person copies into a shell. Its text may come from an untrusted
 * file.
 *
 * @module
 */

/** Matches words without characters that are special in a shell. */
const PLAIN = /^[\w./:%=-]+$/;

/** The word itself if it is plain, else in quotes (POSIX.1-2017, Shell Command Language, 2.2.2). */
export function quoteShellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
