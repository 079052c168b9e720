/**
 * Reads reports that people name, which may come from anywhere.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { readReport } from '../reports/json.ts';
import type { Report } from '../reports/report-schema.ts';
import { refuseIrregularFile } from '../scenarios/open/irregular-file.ts';
import { FlagError } from './exit.ts';

/** Largest report that is read, bytes; the report of a run with 10,000 seeds has a fifth of this. */
const BYTES_MAX = 256e6;

/** How messages about a named file are worded. */
interface Named {
  /** The words of the command to underline. */
  readonly found: string;
  /** Begins each message, before the file's name. */
  readonly what: string;
  /** Hint that says what to give instead if there is no such file. */
  readonly hint: string;
}

/**
 * Reads a report.
 * @throws FlagError if there is no such file, or no report of this version in it; Refusal if it is too large.
 */
export function readReportFile(file: string, { found, what, hint }: Named): Report {
  if (!existsSync(file)) throw new FlagError(`${what}${file} not found`, found, hint);
  refuseIrregularFile(file, BYTES_MAX);
  const read = readReport(readFileSync(file, 'utf8'));
  if (read.kind === 'report') return read.report;
  const message = `${what}${file}: ${read.message}`;
  throw new FlagError(message, found, 'give a report.json of this version');
}
