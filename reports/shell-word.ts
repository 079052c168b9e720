/**
 * A word of a command that a person copies into a shell. Values come from files of others.
 *
 * @module
 */

/** Letters that no shell obeys inside a word. */
const PLAIN = /^[\w./:%=-]+$/;

/** The word as it is where it is plain, else in quotes (POSIX.1-2017, Shell Command Language, 2.2.2). */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
