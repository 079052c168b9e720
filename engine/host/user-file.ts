/**
 * Files of the user that options name, such as `prices: ./my.csv` (docs/spec/topology-files.md, "Files in
 * options").
 *
 * @module
 */
import type { ImportMistake } from './importer.ts';

/** The value that a protocol has read from a file of the user, or what is wrong with the file. */
export type UserFileResult<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly ImportMistake[] };

/**
 * How an option reads the file that it names. The schema of the option has it as `meta({ userFile })`, and
 * accepts a {@link FileText}: the loader finds the file, bounds it, and puts its text in place of its path.
 */
export interface UserFileReader<Value = unknown> {
  /** Longest file, in bytes; the loader takes no file of more than 4 MB. */
  readonly bytesMax: number;
  /**
   * Reads the text; a pure function of the text, called in each process and thread that has the node. Nodes with
   * the same file may share the value, which no node may change.
   */
  read(text: string): UserFileResult<Value>;
}

/** The value of the option, in place of the path, when options are checked. */
export interface FileText {
  /** The path as it was written; for messages only. */
  readonly file: string;
  readonly text: string;
}
