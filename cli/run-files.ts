/**
 * Names of the files that a run writes into its folder.
 *
 * @module
 */

import { FLOWS_FILE } from '../reports/flows-csv.ts';
import { INPUT_COPY_FILE_NAMES } from '../reports/input-copies.ts';
import { SWEEP_FILES } from '../reports/sweep-file-names.ts';
import { RESULTS_FILE_NAME } from '../runner/sweep/results-file.ts';

/** Name of the file with the addresses of a run's processes, for viewers. */
export const PROCESSES_FILE = 'processes.json';

/** Name of the file that holds the scenario together with the faults that were injected into the run. */
export const INTERACTIVE_SCENARIO_FILE = 'interactive.yaml';

/** Names of files, of which at least one exists in a folder once its run or sweep has a verdict. */
export const VERDICT_FILES = ['report.json', 'sweep.json', RESULTS_FILE_NAME] as const;

/** Names of the report files of a run, and of a sweep. */
export const REPORT_FILES: Readonly<Record<'run' | 'sweep', readonly string[]>> = {
  run: ['report.html', 'report.json', 'report.md', 'junit.xml', 'metrics.prom', FLOWS_FILE],
  sweep: ['sweep.json', ...SWEEP_FILES],
};

/** Names of the files that the run itself may have written before its reports. */
export const RECORDING_FILES = ['trace.orr', 'trace.pcapng', PROCESSES_FILE] as const;

const OTHERS: readonly string[] = [
  ...VERDICT_FILES,
  ...RECORDING_FILES,
  ...REPORT_FILES.run,
  ...REPORT_FILES.sweep,
  ...[INTERACTIVE_SCENARIO_FILE, ...Object.values(INPUT_COPY_FILE_NAMES)],
];

/**
 * True for the name of a file that a run may write: a report, a recording, or the output of an
 * outside program.
 */
export function isRunFile(name: string): boolean {
  if (OTHERS.includes(name)) return true;
  return (
    /\.(?:out|err)\.log$/.test(name) || /^\..+\.part$/.test(name) || /^\.trial-\d+$/.test(name)
  );
}
