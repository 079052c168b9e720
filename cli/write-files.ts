/**
 * What a run leaves: `runs/<scenario>/<seed or set of seeds>/` (docs/spec/run-files.md#the-folder).
 *
 * @module
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { environmentError } from '../engine/live/environment.ts';
import type { ReportComparison } from '../reports/compare.ts';
import { renderHtml } from '../reports/html/html.ts';
import { renderJson } from '../reports/json.ts';
import { renderJunit } from '../reports/junit.ts';
import { renderMarkdown } from '../reports/markdown.ts';
import { renderPrometheus } from '../reports/prometheus.ts';
import type { Report } from '../reports/report-schema.ts';
import { RUN_COPIES } from '../reports/run-copies.ts';
import { makeWritable, type NamedText, writeWhole } from './whole-files.ts';

/** Where the processes of a run are, for who watches it. */
const PROCESSES = 'processes.json';

/** The scenario with the faults that were injected while it ran. */
export const INTERACTIVE_FILE = 'interactive.yaml';

/** A longer file is not copied into the folder of each run, bytes; imported maps may be that long. */
const COPY_BYTES_MAX = 1e6;

/** Files that the run itself may have written before the reports. */
const RECORDED = ['trace.orr', 'trace.pcapng', PROCESSES] as const;

/** Folder of a run. */
export function runFolder(out: string, name: string, seeds: readonly number[]): string {
  const [first] = seeds;
  return join(out, name, seeds.length === 1 ? `${first}` : `${first}-${seeds.at(-1)}`);
}

/**
 * Makes the folder and removes what an earlier run recorded under the same name.
 * @throws EnvironmentError when nothing can be written there.
 */
export function prepareFolder(folder: string): void {
  makeWritable(folder);
  removeRecorded(folder);
  for (const name of [INTERACTIVE_FILE, ...Object.values(RUN_COPIES)]) {
    rmSync(join(folder, name), { force: true });
  }
}

/** Removes recordings: of an earlier run, or of one that came to nothing. */
export function removeRecorded(folder: string): void {
  for (const name of RECORDED) rmSync(join(folder, name), { force: true });
}

/** Tells where the processes of a run are: a run goes on when that cannot be written. */
export function writeProcesses(folder: string, processes: readonly object[]): void {
  const text = `${JSON.stringify({ coordinator: process.pid, processes }, null, 2)}\n`;
  const part = join(folder, `.${PROCESSES}.part`);
  // Not durable: a disk that takes its time must not delay the faults of the run.
  const problem = problemOf(() => {
    writeFileSync(part, text);
    renameSync(part, join(folder, PROCESSES));
  });
  if (problem !== undefined) process.stderr.write(`orrery: ${problem}\n`);
}

/** What stands in the folder, with sizes where it matters, and what could not be written. */
export interface Written {
  readonly files: readonly string[];
  readonly problems: readonly string[];
}

/** Writes all reports, or, when the disk does not take one of them, none. */
export async function writeFiles(
  folder: string,
  report: Report,
  comparison: ReportComparison | undefined,
): Promise<Written> {
  const options = comparison === undefined ? {} : { comparison };
  const markdown = renderMarkdown(report, options);
  const files: readonly NamedText[] = [
    ['report.html', renderHtml(report, options)],
    ['report.json', renderJson(report)],
    ['report.md', markdown],
    ['junit.xml', renderJunit(report)],
    ['metrics.prom', await renderPrometheus(report)],
    ...copiesOf(report),
  ];
  const lost = problemOf(() => writeWhole(folder, files));
  const summary = process.env['GITHUB_STEP_SUMMARY'] ?? '';
  const unsaid = summary === '' ? undefined : problemOf(() => appendFileSync(summary, markdown));
  const recorded = [...RECORDED, INTERACTIVE_FILE].filter((name) => existsSync(join(folder, name)));
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

/** What the run was made of, so that two runs can be compared line by line; not what has changed since. */
function copiesOf({ scenario }: Report): readonly NamedText[] {
  const isOwn = scenario.topologyFile !== scenario.file;
  return [
    ...copyOf(RUN_COPIES.scenario, scenario.file, scenario.sha256),
    ...(isOwn ? copyOf(RUN_COPIES.topology, scenario.topologyFile, scenario.topologySha256) : []),
  ];
}

function copyOf(name: string, file: string, sha256: string): readonly NamedText[] {
  const { size } = statSync(file, { throwIfNoEntry: false }) ?? { size: 0 };
  if (size === 0 || size > COPY_BYTES_MAX) return [];
  const bytes = readFileSync(file);
  const isSame = createHash('sha256').update(bytes).digest('hex') === sha256;
  return isSame ? [[name, bytes.toString()]] : [];
}

/** What the machine had against it, if it had. */
function problemOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    const known = environmentError(error);
    if (known === undefined) throw error;
    return known.message;
  }
}

function sizeOf(path: string): string {
  const bytes = statSync(path).size;
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
