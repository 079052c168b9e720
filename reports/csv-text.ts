/**
 * Text as a cell of CSV (RFC 4180 section 2) that no spreadsheet takes for a formula.
 *
 * @module
 */

/** Characters with which a formula may begin in a spreadsheet: signs, also in full width, tab, line end. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Characters that need quotes. Some spreadsheets divide at semicolons or tabs, and a formula could follow. */
const QUOTED = /[",;\t\r\n]/;

/**
 * The cell, in quotes where it needs them. An apostrophe makes a spreadsheet show a formula in place of computing it.
 * @param isNumber True if the text is a number, whose sign begins no formula.
 */
export function csvCell(text: string, isNumber = false): string {
  const harmless = FORMULA.test(text) && !isNumber ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
