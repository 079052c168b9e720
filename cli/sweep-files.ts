/**
 * Prints and writes the results of a sweep at its end.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../engine/live/environment.ts';
import {
  renderSweepTable,
  renderSweepVerdict,
  type SweepResult,
  type SweepRow,
} from '../reports/sweep.ts';
import { SWEEP_FILES } from '../reports/sweep-file-names.ts';
import { sweepFiles } from '../reports/sweep-files.ts';
import { foldIntoLines, toAscii } from '../reports/terminal-layout.ts';
import { RESULTS_FILE_NAME, type SweepHeader } from '../runner/sweep/results-file.ts';
import type { Scenario } from '../scenarios/model.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';
import { readQuantity } from '../topologies/files/units.ts';
import { copyReports } from './report-copies.ts';
import type { RunFlags } from './run-flags.ts';
import type { RunFolder } from './run-folder.ts';
import { terminalOptions } from './terminal.ts';
import { writeAllOrNone } from './whole-files.ts';

/** Prints the table of a sweep, and writes its files. */
export function writeSweepFiles(
  scenario: Scenario,
  rows: readonly SweepRow[],
  how: {
    readonly flags: RunFlags;
    readonly place: RunFolder;
    /** The seeds with which each combination begins, and the largest number of seeds that one combination may get. */
    readonly head: Pick<SweepHeader, 'seeds' | 'adaptive'>;
    readonly interruptedOf: number | undefined;
    /** True if the same command would continue the sweep. */
    readonly goesOn: boolean;
    /** Text that says how many runs adaptive seeds have saved. */
    readonly saved: string | undefined;
  },
): void {
  const { flags, place, head, interruptedOf, saved, goesOn } = how;
  const { seeds, adaptive } = head;
  const { folder } = place;
  const result = {
    name: scenario.name,
    question: scenario.question,
    seeds,
    rows,
    reproduce: repeatCommand('sweep', scenario.file, { ...flags, adaptive }),
    ...(interruptedOf === undefined ? {} : { interruptedOf }),
  };
  const json = `${JSON.stringify(result, null, 2)}\n`;
  const text = flags.json === true ? json : tableText(result, flags);
  // The table is printed before the files are written, so that the rows are not lost if the disk is
  // full.
  process.stdout.write(text);
  writeAllOrNone(folder, [['sweep.json', json], ...sweepFiles(result, readQuantity)]);
  const [problem] = copyReports(flags, folder, 'sweep');
  if (problem !== undefined) throw new EnvironmentError(problem);
  forgetRepeated(place, json);
  if (flags.json === true || flags.quiet === true) return;
  if (saved !== undefined) process.stdout.write(`\n  ${saved}\n`);
  const [forPeople, forPrograms] = [SWEEP_FILES.slice(0, 2), SWEEP_FILES.slice(2)];
  process.stdout.write(
    `\n${filesText(`${folder}/`, [...forPeople, 'sweep.json', RESULTS_FILE_NAME])}`,
  );
  process.stdout.write(filesText('for other programs', forPrograms));
  if (goesOn) {
    process.stdout.write('  the same command goes on where this sweep was stopped\n');
  }
  if (place.former !== undefined) process.stdout.write(`  before it  ${place.former}\n`);
}

function tableText(result: SweepResult, { quiet }: RunFlags): string {
  const render = quiet === true ? renderSweepVerdict : renderSweepTable;
  return render(result, terminalOptions(undefined));
}

/** Names of files, in lines that fit the terminal. */
function filesText(title: string, names: readonly string[]): string {
  const { width, unicode } = terminalOptions(undefined);
  const [first = '', ...rest] = names;
  const fit = { width: width - 2, indent: 0, gap: ' · ' };
  const lines = foldIntoLines([`${title}  ${first}`, ...rest], fit);
  const text = lines.map((line) => `  ${line}\n`).join('');
  return unicode ? text : toAscii(text);
}

/** Deletes the previous sweep of the folder if it has the same results as this sweep. */
function forgetRepeated(place: RunFolder, json: string): void {
  const path = join(place.former ?? '', 'sweep.json');
  if (place.former === undefined || !existsSync(path)) return;
  if (readFileSync(path, 'utf8') === json) place.dropFormer();
}
