/**
 * Reads plain decimal numbers as people write them in files.
 *
 * YAML 1.2 leaves `1_000` as text; `_` between digits is accepted on purpose.
 *
 * @module
 */

/**
 * Reads a decimal number.
 * @param text E.g. `10`, `1_000`, `-2.5`, `1e6`.
 * @returns undefined if the text is not one.
 */
export function readNumber(text: string): number | undefined {
  if (!/\d/.test(text) || /(?<!\d)_|_(?!\d)/.test(text)) return undefined;
  const value = Number(text.replaceAll('_', ''));
  return Number.isNaN(value) ? undefined : value;
}
