/**
 * The description of a bad file and of the message that it must cause.
 *
 * @module
 */
import type { ConfigCode } from '../../topologies/files/config-error.ts';

/** A row in the tables of bad files. */
export interface BadFile {
  readonly title: string;
  /** The content of the file; `«` and `»` enclose the text that the caret must underline. */
  readonly text: string;
  readonly code: ConfigCode;
  /** Text that the first line of the message must contain, without the position. */
  readonly says: string;
  /** How the hint must begin. */
  readonly hint?: string;
  /**
   * The mistake concerns the whole file, so its position is line 1, column 1, and nothing is
   * underlined.
   */
  readonly isWholeFile?: boolean;
  /** One mistake causes several issues; only the first one is compared. */
  readonly isFirstOfMany?: boolean;
  /** The parser only knows where the mistake begins, so only the start is compared. */
  readonly caretOnly?: string;
}
