/**
 * Text as a cell of CSV (RFC 4180 section 2) that no spreadsheet computes.
 *
 * @module
 */

/** What a spreadsheet takes for a formula, also in full width, behind a tab or the end of a line. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;
/** Spreadsheets of some countries divide at semicolons or tabs: without quotes, the rest could be a formula. */
const QUOTED = /[",;\t\r\n]/;

/**
 * The cell, in quotes where it needs them. An apostrophe makes a spreadsheet show a formula in place of computing it.
 * @param isNumber True if the text is a number, whose sign begins no formula.
 */
export function csvText(text: string, isNumber = false): string {
  const harmless = FORMULA.test(text) && !isNumber ? `'${text}` : text;
  return QUOTED.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
