/**
 * Non-breaking spaces in the titles of charts.
 *
 * @module
 */

/** Keeps each number on one line with its unit: `0.2 %`. */
export function withNonBreakingSpaces(text: string): string {
  return text.replace(/(\d) (?=\S)/g, '$1\u00a0');
}
