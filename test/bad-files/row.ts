/**
 * One bad file and what must be said about it.
 *
 * @module
 */
import type { ConfigCode } from '../../topologies/files/config-error.ts';

/** A row of the table. */
export interface BadFile {
  readonly title: string;
  /** The file; `«` and `»` stand around the text under the caret. */
  readonly text: string;
  readonly code: ConfigCode;
  /** Part of the first line of the message, without the position. */
  readonly says: string;
  /** Beginning of the hint. */
  readonly hint?: string;
  /** The mistake concerns the whole file: line 1, column 1, no caret text. */
  readonly isWholeFile?: boolean;
  /** One cause makes several issues; the first one is looked at. */
  readonly isFirstOfMany?: boolean;
  /** The parser only knows where the mistake begins. */
  readonly caretOnly?: string;
}
