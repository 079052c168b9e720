/**
 * Limits the text of all files that one configuration file names: a short line can name a file of
 * 64 MB, and there can be ten thousand such lines.
 *
 * @module
 */

/** Largest number of characters of all texts together: as many as in four of the largest files. */
const CHARACTERS_MAX = 256_000_000;

/** The message about a text that exceeds the budget. */
export const TEXT_BUDGET_MESSAGE: string = `the files named here have more than ${CHARACTERS_MAX / 1e6} MB together`;

/** Counts the texts that were read for one file. */
export class TextBudget {
  #left = CHARACTERS_MAX;

  /** Takes the length of a text, or of bytes, off the budget. @returns false if the budget is exceeded. */
  take(read: { readonly text: string } | Uint8Array): boolean {
    this.#left -= 'text' in read ? read.text.length : read.length;
    return this.#left >= 0;
  }
}
