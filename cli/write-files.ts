/**
 * Writes the files of a run into its folder (run-folder.ts, docs/spec/run-files.md#the-folder).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { findEnvironmentError } from '../engine/live/environment.ts';
import type { ReportComparison } from '../reports/compare.ts';
import { FLOWS_FILE, flowsCsv } from '../reports/flows-csv.ts';
import { renderHtml } from '../reports/html/html.ts';
import { INPUT_COPY_FILE_NAMES } from '../reports/input-copies.ts';
import { renderJson } from '../reports/json.ts';
import { renderJunit, renderJunitErrors } from '../reports/junit.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import type { SeedResult } from '../reports/model.ts';
import { renderPrometheus } from '../reports/prometheus.ts';
import type { Report } from '../reports/report-schema.ts';
import { labAddressOfRun } from './lab-address.ts';
import { INTERACTIVE_SCENARIO_FILE, PROCESSES_FILE, RECORDING_FILES } from './run-files.ts';
import { type NamedFileContent, writeAllOrNone } from './whole-files.ts';

/** Largest input file that is copied into the folder of a run, bytes; larger ones, such as maps, are not copied. */
const COPY_BYTES_MAX = 1e6;

/** A copy of an input file: where it was read, its text, and its name in the folder of the run. */
type FileCopy = readonly [path: string, text: string, name: string];

/** Writes the list of a run's processes for viewers ({@link PROCESSES_FILE}). If that fails, the run continues. */
export function writeRunProcessesFile(folder: string, processes: readonly object[]): void {
  const text = `${JSON.stringify({ coordinator: process.pid, processes }, null, 2)}\n`;
  const part = join(folder, `.${PROCESSES_FILE}.part`);
  // The file is not synced to disk, because a slow disk must not delay the faults of the run.
  const problem = problemOf(() => {
    writeFileSync(part, text);
    renameSync(part, join(folder, PROCESSES_FILE));
  });
  if (problem !== undefined) process.stderr.write(`orrery: ${problem}\n`);
}

/** Names of the written files, some with sizes, and messages about files that could not be written. */
export interface WrittenFiles {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** Writes all reports or, if one of them cannot be written, none. */
export async function writeReportFiles(
  folder: string,
  report: Report,
  comparison: ReportComparison | undefined,
  seeds: readonly SeedResult[],
): Promise<WrittenFiles> {
  const options = comparison === undefined ? {} : { comparison };
  const copies = copiesOf(report);
  const lab = await labAddressOfRun(report, copies);
  const markdown = renderMarkdown(report, options);
  const files: readonly NamedFileContent[] = [
    ['report.html', renderHtml(report, { ...options, ...(lab !== undefined && { lab }) })],
    ['report.json', renderJson(report)],
    ['report.md', markdown],
    ['junit.xml', renderJunit(report)],
    ['metrics.prom', await renderPrometheus(report)],
    ...(report.flowsLeftOut === undefined ? [] : [[FLOWS_FILE, flowsCsv(seeds)] as const]),
    ...copies.map(([, text, name]) => [name, text] as const),
  ];
  const lost = problemOf(() => writeAllOrNone(folder, files));
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  const unsaid = summary === '' ? undefined : problemOf(() => appendFileSync(summary, markdown));
  const recorded = [...RECORDING_FILES, INTERACTIVE_SCENARIO_FILE].filter((name) =>
    existsSync(join(folder, name)),
  );
  return {
    files: [
      ...(lost === undefined ? files.map(([name]) => name) : []),
      ...recorded.map((name) => `${name} ${sizeOf(join(folder, name))}`),
    ],
    problems: [
      ...(lost === undefined ? [] : [`${lost}; no report was written, the verdict is above`]),
      ...(unsaid === undefined ? [] : [unsaid]),
    ],
  };
}

/**
 * Writes junit.xml with an error for a run without a report, so that readers do not find the results of
 * an earlier run.
 * @returns the text of the file.
 */
export function writeErrorReport(
  folder: string,
  scenario: string,
  problem: { readonly kind: string; readonly message: string },
): string {
  const text = renderJunitErrors(scenario, problem.kind, [problem.message]);
  // A failure of the machine, such as a full disk, is reported elsewhere.
  problemOf(() => writeAllOrNone(folder, [['junit.xml', text]]));
  return text;
}

/**
 * Copies of the input files, so that two runs can be compared line by line. A file that has changed
 * since the run read it is left out.
 */
function copiesOf({ scenario }: Report): readonly FileCopy[] {
  const isOwn = scenario.topologyFile !== scenario.file;
  return [
    ...copyOf(INPUT_COPY_FILE_NAMES.scenario, scenario.file, scenario.sha256),
    ...(isOwn
      ? copyOf(INPUT_COPY_FILE_NAMES.topology, scenario.topologyFile, scenario.topologySha256)
      : []),
  ];
}

function copyOf(name: string, file: string, sha256: string): readonly FileCopy[] {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size === 0 || size > COPY_BYTES_MAX) return [];
  const bytes = readFileSync(file);
  const isSame = createHash('sha256').update(bytes).digest('hex') === sha256;
  return isSame ? [[file, bytes.toString(), name]] : [];
}

/** Runs a function that writes files; returns what went wrong on this machine, if anything. */
function problemOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    const known = findEnvironmentError(error);
    if (known === undefined) throw error;
    return known.message;
  }
}

function sizeOf(path: string): string {
  const bytes = statSync(path).size;
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
