/**
 * `--junit FILE` and `--report DIR`: copies of a run's reports where a CI looks for them. Copies of an
 * earlier run are replaced before this run begins, so that no stale verdict is read if the command is
 * killed or its files are refused.
 *
 * @module
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { findEnvironmentError } from '../engine/live/environment.ts';
import { renderJunitErrors } from '../reports/junit.ts';
import { ConfigError } from '../topologies/files/config-error.ts';
import { hidePasswords } from './hide-passwords.ts';
import { REPORT_FILES } from './run-files.ts';
import { makeWritableFolder, type NamedFileContent, writeAllOrNone } from './whole-files.ts';

/** The flags that say where to put copies of reports. */
export interface CopyFlags {
  readonly junit?: string;
  readonly report?: string;
}

/**
 * Runs a command, and copies its reports to the paths that the flags name.
 * Until it ends, the copy of its JUnit file says that there is no verdict yet.
 * @param file The scenario, as named on the command line.
 * @throws EnvironmentError if a copy cannot be written, before anything runs.
 */
export async function withReportCopies(
  file: string,
  flags: CopyFlags,
  run: () => Promise<void>,
): Promise<void> {
  if (flags.report !== undefined) {
    makeWritableFolder(flags.report);
    for (const name of Object.values(REPORT_FILES).flat()) {
      rmSync(join(flags.report, name), { force: true });
    }
  }
  if (flags.junit !== undefined) makeWritableFolder(dirname(flags.junit));
  const name = basename(file, extname(file));
  writeJunitErrorCopy(flags, renderJunitErrors(name, 'unfinished', ['the run did not end']));
  try {
    await run();
  } catch (error) {
    const messages = messagesOf(error).map((text) => hidePasswords(text));
    writeJunitErrorCopy(flags, renderJunitErrors(name, 'configuration', messages));
    throw error;
  }
}

function messagesOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.issues.map(({ message }) => message);
  return [error instanceof Error ? error.message : String(error)];
}

/** Writes, to the path of `--junit`, a JUnit file that says why the run has no report. */
export function writeJunitErrorCopy({ junit, report }: CopyFlags, text: string): void {
  if (junit !== undefined) writeAllOrNone(dirname(junit), [[basename(junit), text]]);
  if (report !== undefined) writeAllOrNone(report, [['junit.xml', text]]);
}

/**
 * Copies reports of a finished run or sweep.
 * @returns what could not be written.
 */
export function copyReports(
  { junit, report }: CopyFlags,
  folder: string,
  of: keyof typeof REPORT_FILES,
): readonly string[] {
  const names = REPORT_FILES[of].filter((name) => existsSync(join(folder, name)));
  const read = (name: string, as: string): NamedFileContent => [
    as,
    [readFileSync(join(folder, name))],
  ];
  const ofJunit = names.filter((name) => name.endsWith('junit.xml'));
  return [
    ...(report === undefined ? [] : problemsOf(report, () => names.map((one) => read(one, one)))),
    ...(junit === undefined
      ? []
      : problemsOf(dirname(junit), () => ofJunit.map((name) => read(name, basename(junit))))),
  ];
}

function problemsOf(folder: string, files: () => readonly NamedFileContent[]): readonly string[] {
  try {
    writeAllOrNone(folder, files());
    return [];
  } catch (error) {
    const known = findEnvironmentError(error);
    if (known === undefined) throw error;
    return [known.message];
  }
}
