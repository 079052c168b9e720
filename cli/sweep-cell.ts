/**
 * Handles combinations that have ended: writes a report for each of the first hundred, prints a line for each
 * combination without a result, and determines the exit code of the sweep.
 *
 * @module
 */
import { join } from 'node:path';
import { EnvironmentError } from '../engine/live/environment.ts';
import { renderJson } from '../reports/json.ts';
import { chooseExitCode } from '../reports/judge.ts';
import { plainLines } from '../reports/plain-text.ts';
import { brokenRow, type SweepRow, sweepRow } from '../reports/sweep.ts';
import { chooseWorseCombination, type WorstCombination } from '../reports/sweep-progress.ts';
import type { CombinationEnd, RunFailure, SweepCombination } from '../runner/sweep/run-sweep.ts';
import type { Scenario } from '../scenarios/model.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';
import type { ConfigError } from '../topologies/files/config-error.ts';
import { judgeAndReport } from './execute.ts';
import { type ExitCode, worstExitCode } from './exit.ts';
import type { RunFlags } from './run-flags.ts';
import type { SweepProgressDisplay, SweepState } from './sweep-progress.ts';
import { wrapForStderr } from './terminal.ts';
import { makeWritableFolder, writeAllOrNone } from './whole-files.ts';

/** Number of combinations whose reports are kept; each takes 0.1 to 0.5 MB. */
export const KEPT_REPORTS_MAX = 100;

interface TellerParts {
  readonly folder: string;
  readonly flags: RunFlags;
  readonly scenario: Scenario;
  readonly progress: SweepProgressDisplay;
}

/** Collects the combinations of a sweep that have ended: their table rows, reports and exit codes. */
export class CombinationReporter {
  readonly #parts: TellerParts;
  readonly #rows = new Map<number, SweepRow>();
  readonly #codes: (ExitCode | Promise<ExitCode>)[] = [];
  #missed = 0;
  #broke = 0;
  #worst: WorstCombination | undefined;
  readonly #doneSeconds: number[] = [];

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  /** Rows in the order of the combinations. */
  get rows(): readonly SweepRow[] {
    return [...this.#rows].sort(([a], [b]) => a - b).map(([, row]) => row);
  }

  /** The part of the sweep's progress that counts combinations. */
  get state(): Pick<SweepState, 'cellsDone' | 'missed' | 'broke' | 'worst' | 'doneSeconds'> {
    const [cellsDone, worst, doneSeconds] = [this.#rows.size, this.#worst, this.#doneSeconds];
    return { cellsDone, missed: this.#missed, broke: this.#broke, worst, doneSeconds };
  }

  /** The worst exit code, once all reports are written. */
  async code(): Promise<ExitCode> {
    return worstExitCode(await Promise.all(this.#codes));
  }

  ended(cell: SweepCombination, end: CombinationEnd): void {
    const { folder } = this.#parts;
    if (end.kind === 'left') return;
    if (end.kind === 'failed') {
      this.#failed(cell, end.failure);
      return;
    }
    const { report } = end;
    const kept = cell.isKept ? `${cell.index + 1}` : undefined;
    if (kept !== undefined) {
      makeWritableFolder(join(folder, kept));
      writeAllOrNone(join(folder, kept), [['report.json', renderJson(report)]]);
    }
    if (!report.pass) this.#missed += 1;
    const row = sweepRow(cell.parameters, report, kept);
    this.#rows.set(cell.index, row);
    this.#worst = chooseWorseCombination(this.#worst, row);
    for (const one of report.perSeed.map(({ wallSeconds }) => wallSeconds))
      this.#doneSeconds.push(one);
    this.#codes.push(chooseExitCode(report));
  }

  /** Called for a combination whose values the files do not allow together. */
  refused(cell: CombinationId, error: ConfigError): void {
    // The first line of the error has position and message; the other lines quote the file.
    this.#broken(cell, error.message.split('\n', 1)[0] ?? '');
    process.stderr.write(wrapForStderr(plainLines(`${error.message}\n`)));
    this.#codes.push(2);
  }

  #failed(cell: CombinationId, failure: RunFailure): void {
    const { flags } = this.#parts;
    const repeat = this.#broken(cell, failureText(failure));
    this.#codes.push(
      judgeAndReport(failure, { flags, folder: '', baseline: undefined, repeat }).catch(ofMachine),
    );
  }

  /**
   * Adds a row for a combination without a result: without such rows, an incomplete sweep would look complete.
   * @returns the command that repeats one of its seeds.
   */
  #broken({ index, parameters }: CombinationId, broke: string): (seed: number) => string {
    const { flags, progress, scenario } = this.#parts;
    // A combination that is run alone has no adaptive seeds.
    const own = { ...flags, adaptive: undefined, set: { ...flags.set, ...parameters } };
    const reproduce = repeatCommand('scenario', scenario.file, own);
    this.#broke += 1;
    this.#rows.set(index, brokenRow(parameters, { broke, reproduce }));
    progress.clear();
    return (seed): string =>
      repeatCommand('scenario', scenario.file, { ...own, seed, seeds: undefined });
  }
}

/** Identifies a combination, even if its scenario could not be loaded: its index among all, and its parameters. */
export type CombinationId = Pick<SweepCombination, 'index' | 'parameters'>;

/** Prints a problem of the machine, such as a full disk. The results of other runs are kept. */
function ofMachine(error: unknown): ExitCode {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(wrapForStderr(`orrery: ${error.message}\n`));
  return 2;
}

/** Text that says why a combination has no result. */
function failureText(failure: RunFailure): string {
  const crash = failure.kind === 'broken' ? failure.crash : undefined;
  if (crash === undefined) return failure.message;
  return `${crash.node ?? crash.protocol}: ${crash.error}`;
}
