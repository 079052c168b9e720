/**
 * Formats text as a cell of CSV (RFC 4180 section 2) that no spreadsheet takes for a formula.
 *
 * @module
 */

/**
 * Characters with which a spreadsheet begins a formula: `=`, `+`, `-`, `@`, also in full width;
 * tab, line end.
 */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/**
 * Characters that need quotes. Some spreadsheets split cells at semicolons or tabs, and the next
 * cell could be a formula.
 */
const QUOTED = /[",;\t\r\n]/;

/**
 * The text as a cell, in quotes if necessary. An apostrophe before a formula makes a spreadsheet
 * show it as text.
 * @param isNumber True if the text is a number, so that a leading sign does not begin a formula.
 */
export function csvCell(text: string, isNumber = false): string {
  const harmless = FORMULA.test(text) && !isNumber ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
