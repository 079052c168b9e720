/**
 * What charts say in their titles.
 *
 * @module
 */

/** Keeps a number and its unit on one line: `0.2 %`. */
export function hardSpaces(text: string): string {
  return text.replace(/(\d) (?=\S)/g, '$1\u00a0');
}
