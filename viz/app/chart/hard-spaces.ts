/**
 * Non-breaking spaces in the titles of charts.
 *
 * @module
 */

/** Keeps each number on one line with the word or unit after it: `0.2 %`. */
export function withNonBreakingSpaces(text: string): string {
  return text.replace(/(\d) (?=\S)/g, '$1\u00a0');
}
