/**
 * Runs a loaded scenario, judges it, writes the files of the run, and prints the verdict.
 *
 * Result on stdout, progress on stderr. The first Ctrl-C stops the run and reports what there is,
 * marked interrupted; the second ends at once (docs/spec/run-files.md).
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EnvironmentError } from '../engine/live/environment.ts';
import {
  compareReports,
  incomparableReason,
  type ReportComparison,
  withBaselineRule,
} from '../reports/compare.ts';
import { readReport, renderJson } from '../reports/json.ts';
import { chooseExitCode, judgeRun } from '../reports/judge.ts';
import type { SeedResult } from '../reports/model.ts';
import { oneLine, plainLines } from '../reports/plain-text.ts';
import type { Report } from '../reports/report-schema.ts';
import { hasSameResults } from '../reports/same-run.ts';
import { reportSoFar } from '../reports/so-far.ts';
import { renderTerminal, renderVerdictLine, type TerminalOptions } from '../reports/terminal.ts';
import type { Crash } from '../runner/crash/crash.ts';
import { RunPortClient } from '../runner/injection/run-port-client.ts';
import type { Broadcast } from '../runner/recording/broadcast.ts';
import type { RecordingPaths } from '../runner/recording/recordings.ts';
import { readCommit } from '../runner/run/commit.ts';
import { refuseTwinsAndNetworks } from '../runner/run/planned-runs.ts';
import { makeJudgeInput, type RunEnd, type RunRequest } from '../runner/run/run-order.ts';
import { runScenario } from '../runner/threads/run-scenario.ts';
import { commandText } from '../scenarios/command-text.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';
import type { OperatorServer } from '../services/operator/index.ts';
import { formatIssue } from '../topologies/files/config-error.ts';
import type { ProtocolLookup } from '../topologies/files/registry.ts';
import { refuseAbortOnWithoutEffect } from './abort-on.ts';
import { crashJson, crashText } from './crash-text.ts';
import {
  commandLineWords,
  type ExitCode,
  exitCodeOfCrash,
  FlagError,
  worstExitCode,
} from './exit.ts';
import { watchInterrupts } from './interrupt.ts';
import { warnIfCommitUnknown } from './known-commit.ts';
import type { LayoutFlags } from './live-layout.ts';
import type { OpenedScenario } from './load.ts';
import { FaultPalette, withFaultPalette } from './palette.ts';
import { showProgress } from './progress.ts';
import { copyReports, writeJunitErrorCopy } from './report-copies.ts';
import { readReportFile } from './report-file.ts';
import { openOperatorEndpoint, withInjectionPort } from './run-endpoint.ts';
import type { RunFlags } from './run-flags.ts';
import { RunFolder, type RunnerFolder, removeRecordings } from './run-folder.ts';
import { runName } from './run-name.ts';
import { seedsToRun } from './seeds.ts';
import { terminalOptions } from './terminal.ts';
import { startWatch } from './watch.ts';
import { writeErrorReport, writeReportFiles } from './write-files.ts';

/** Flags of a command that runs a scenario once. */
export interface ExecuteFlags extends RunFlags, LayoutFlags {
  readonly shape?: 'links' | 'off' | undefined;
  /** Virtual seconds per second of wall time. */
  readonly speed?: number;
}

/** A way to run a scenario: its command, and the function that runs it. */
export interface ScenarioRunner {
  readonly command: 'scenario' | 'live' | 'emulate';
  readonly run: (order: RunRequest, place: RunnerFolder) => Promise<RunEnd>;
  /** The protocols of the run; absent if no operator can ask its nodes. */
  readonly registry?: ProtocolLookup;
  /** Why pages of the browser view may not inject faults into a run of this kind; absent if they may. */
  readonly bar?: string;
  /** Where the nodes of a live run are placed, as requested by flags; part of the folder's name. */
  readonly layout?: string | undefined;
  /** Flags of this command that change the run, by name. */
  readonly flags?: Readonly<Record<string, string>>;
}

const IN_VIRTUAL_TIME: ScenarioRunner = { command: 'scenario', run: runScenario };

/** Runs a scenario, in virtual time by default; returns the exit code. */
export async function executeScenario(
  loaded: OpenedScenario,
  flags: ExecuteFlags,
  runner: ScenarioRunner = IN_VIRTUAL_TIME,
): Promise<ExitCode> {
  refuseAbortOnWithoutEffect(loaded.scenario, flags);
  if (runner.command !== 'scenario') {
    refuseTwinsAndNetworks(loaded.scenario, `orrery ${runner.command}`);
  }
  if (flags.viz === undefined && flags.operatorPort === undefined) {
    return (await runAndReport(loaded, flags, runner)).code;
  }
  const client = new RunPortClient(runner.command === 'scenario' ? (flags.speed ?? null) : null);
  const endpoint = await endpointOf(loaded, flags, runner, client);
  try {
    return await executeWatched(loaded, flags, runner, client);
  } finally {
    await endpoint?.close();
  }
}

/** The endpoint for operators, if the flags ask for one. */
async function endpointOf(
  { scenario }: OpenedScenario,
  { operatorPort, speed = 1 }: ExecuteFlags,
  { registry }: ScenarioRunner,
  client: RunPortClient,
): Promise<OperatorServer | undefined> {
  if (operatorPort === undefined || registry === undefined) return undefined;
  return await openOperatorEndpoint({ scenario, registry, speed, client }, operatorPort);
}

async function executeWatched(
  loaded: OpenedScenario,
  flags: ExecuteFlags,
  runner: ScenarioRunner,
  client: RunPortClient,
): Promise<ExitCode> {
  const { name, twin } = loaded.scenario;
  const injectable = withInjectionPort(runner, client);
  if (flags.viz === undefined) return (await runAndReport(loaded, flags, injectable)).code;
  const reportOf = soFar(loaded, flags, runner);
  const control = new FaultPalette({
    ...loaded,
    ...runner,
    seeds: seedsToRun(loaded.scenario, flags),
    hasTwin: twin !== undefined,
    speed: flags.speed,
    client,
  });
  const isUsed = !control.isBarred || flags.operatorPort !== undefined;
  const watch = await startWatch({ name, reportOf, control }, flags);
  try {
    const acted = withFaultPalette(isUsed ? injectable : runner, control, flags);
    const { code, folder } = await runAndReport(loaded, flags, acted, watch.broadcast);
    // A run without a result has nothing to show, so the server does not stay open for it.
    if (code !== 2 && code !== 3) await watch.finished(folder);
    return code;
  } finally {
    await watch.close();
  }
}

/** Returns a function that makes reports of what a run in progress has measured so far. */
function soFar(
  { scenario, definitions }: OpenedScenario,
  flags: ExecuteFlags,
  { command }: ScenarioRunner,
): (result: SeedResult) => Report {
  const reproduce = repeatCommand(command, scenario.file, flags);
  const facts = { scenario, definitions, commit: readCommit(), reproduce };
  const mode = command === 'scenario' ? 'sim' : command;
  const began = performance.now();
  return (result) => {
    const input = makeJudgeInput(facts, [result], performance.now() - began);
    return reportSoFar({
      ...input,
      mode,
      ...(mode === 'live' ? { cpu: 'real', crypto: scenario.crypto } : {}),
    });
  };
}

/** The result of a run, and its folder. */
interface Ran {
  readonly code: ExitCode;
  readonly folder: string;
}

async function runAndReport(
  loaded: OpenedScenario,
  flags: ExecuteFlags,
  runner: ScenarioRunner,
  broadcast?: Broadcast,
): Promise<Ran> {
  const { scenario } = loaded;
  const baseline = baselineOf(flags, scenario.name);
  const seeds = seedsToRun(scenario, flags);
  const { command, layout, flags: own = {} } = runner;
  const { overrides } = scenario;
  const abortOn = flags.abortOn === undefined ? {} : { 'abort-on': flags.abortOn };
  const name = runName({ command, seeds, overrides, layout, flags: { ...own, ...abortOn } });
  const place = new RunFolder(join(flags.out, scenario.name, name), (text) => {
    process.stderr.write(`orrery: ${text}\n`);
  });
  try {
    const { end, journey } = await runIn(place, { loaded, flags, runner, seeds, broadcast });
    // With --json, stdout contains only the report.
    if (journey !== '')
      (flags.json === true ? process.stderr : process.stdout).write(`${journey}\n`);
    const { folder } = place;
    const recordings = seeds.flatMap((seed) => pathsOf(recordingsOf(flags, folder, seed, seeds)));
    // A reader of this folder must not mistake the results of an earlier run for those of this one.
    if (end.kind !== 'judged')
      writeJunitErrorCopy(flags, writeErrorReport(folder, scenario.name, end));
    const repeat = (seed: number): string =>
      repeatCommand(runner.command, scenario.file, { ...flags, seed, seeds: undefined });
    const context = { flags, folder, baseline, recordings, place, repeat };
    return { code: await judgeAndReport(end, context), folder };
  } finally {
    place.release();
  }
}

/** The scenario, flags and runner of a run to carry out. */
interface Task {
  readonly loaded: OpenedScenario;
  readonly flags: ExecuteFlags;
  readonly runner: ScenarioRunner;
  readonly seeds: readonly number[];
  readonly broadcast: Broadcast | undefined;
}

/** Runs the scenario and shows its progress, until its end or Ctrl-C. */
async function runIn(
  place: RunFolder,
  { loaded, flags, runner, seeds, broadcast }: Task,
): Promise<{ readonly end: RunEnd; readonly journey: string }> {
  const { scenario } = loaded;
  const clock = runner.command === 'live' ? 'wall' : 'virtual';
  const commit = warnIfCommitUnknown(readCommit());
  const progress = showProgress(scenario.name, flags, clock);
  const interrupt = watchInterrupts();
  let journey = '';
  const order: RunRequest = {
    ...loaded,
    seeds,
    recordingsOf: (seed) => ({
      ...recordingsOf(flags, place.folder, seed, seeds),
      // Only the first seed is recorded, so browsers can watch only its run.
      ...(broadcast === undefined || seed !== seeds[0] ? {} : { broadcast }),
    }),
    reproduce: repeatCommand(runner.command, scenario.file, flags),
    commit,
    signal: interrupt.signal,
    endsOnMiss: flags.abortOn === 'fail',
    onProgress: progress.update,
    onNotice: (text) => {
      progress.clear();
      process.stderr.write(`orrery: ${text}\n`);
    },
    onJourneys: (text) => {
      journey = text;
    },
    ...(flags.threads === undefined ? {} : { threads: flags.threads }),
  };
  try {
    const end = await runner.run(order, place);
    // A run that was refused leaves no files; a run that crashed leaves files that show how.
    if (end.kind === 'refused' || end.kind === 'scenario-error') removeRecordings(place.folder);
    return { end, journey };
  } catch (error) {
    removeRecordings(place.folder);
    const message = error instanceof Error ? error.message : String(error);
    writeErrorReport(place.folder, scenario.name, { kind: 'refused', message });
    throw error;
  } finally {
    progress.clear();
    interrupt.dispose();
  }
}

/** What {@link judgeAndReport} needs besides the end of the run. */
export interface RunEndContext {
  readonly flags: ExecuteFlags;
  readonly folder: string;
  readonly baseline: Report | undefined;
  /** Files that the run was to record. */
  readonly recordings?: readonly string[];
  /** The command that repeats a seed. */
  readonly repeat?: (seed: number) => string;
  /** The folder of the run; absent if it contains only the report. */
  readonly place?: RunFolder;
}

/**
 * Judges a run that has ended, writes its files, and prints the verdict or why there is none; returns the exit
 * code.
 */
export async function judgeAndReport(end: RunEnd, context: RunEndContext): Promise<ExitCode> {
  if (end.kind !== 'judged') return tellFailure(end, context);
  const judgedAt = performance.now();
  const judged = judgeRun(end.input);
  const { baseline, flags, folder, recordings = [] } = context;
  const comparison = baseline === undefined ? undefined : compareReports(baseline, judged);
  const isGate = comparison !== undefined && flags.baselineReportOnly !== true;
  const report = isGate ? withBaselineRule(comparison, judged) : judged;
  const written = await writeReportFiles(folder, report, comparison, end.input.seeds);
  const { files } = written;
  const problems = [...written.problems, ...copyReports(flags, folder, 'run')];
  if (problems.length === 0) forgetRepeated(context.place, report);
  context.place?.pointLatest();
  const former = context.place?.former;
  const writing = (performance.now() - judgedAt) / 1e3;
  print(report, { flags, folder, written: files, comparison, former, writing });
  const lost = recordings.filter((path) => !existsSync(path)).map((path) => lossOf(report, path));
  const nothing = isGate ? incomparableReason(comparison) : undefined;
  const open = nothing === undefined ? [] : [`--baseline: cannot be compared: ${nothing}`];
  const all = [...problems, ...lost, ...open];
  for (const problem of all) process.stderr.write(`orrery: ${problem}\n`);
  return all.length > 0 ? worstExitCode([chooseExitCode(report), 2]) : chooseExitCode(report);
}

/** Prints why there is no report (the text may come from another machine); returns the exit code. */
function tellFailure(end: Exclude<RunEnd, { kind: 'judged' }>, context: RunEndContext): ExitCode {
  const { flags } = context;
  const isJson = flags.json === true;
  switch (end.kind) {
    case 'refused':
      throw new EnvironmentError(plainLines(end.message));
    case 'scenario-error': {
      const { kind: _kind, ...error } = end;
      if (isJson) printJson({ errors: [error] });
      else process.stderr.write(`${faultText(error)}\n`);
      return 2;
    }
    case 'ended': {
      const message = `seed ${end.seed}: ${end.message}`;
      if (isJson) printJson({ errors: [{ message }] });
      else process.stderr.write(plainLines(`orrery: ${message}\n`));
      return ({ interrupted: 130, 'time-limit': 5, aborted: 1 } as const)[end.ending];
    }
    case 'broken':
      if (end.crash !== undefined) return tellCrash(end.crash, context);
      process.stderr.write(plainLines(`This is a bug in orrery: ${end.message}\n`));
      if (flags.debug === true) process.stderr.write(plainLines(`${end.stack}\n`));
      if (isJson) printJson({ errors: [{ message: end.message }] });
      return 3;
    default:
      return end satisfies never;
  }
}

function tellCrash(crash: Crash, { flags, repeat }: RunEndContext): ExitCode {
  const command = repeat?.(crash.seed) ?? commandLineWords();
  const how = { repeat: command, isDebug: flags.debug === true };
  if (flags.json === true) printJson({ errors: [crashJson(crash, how)] });
  else process.stderr.write(crashText(crash, how));
  return exitCodeOfCrash(crash);
}

/** Deletes the previous run of the folder if its results equal those of this run. */
function forgetRepeated(place: RunFolder | undefined, report: Report): void {
  const path = join(place?.former ?? '', 'report.json');
  if (place?.former === undefined || !existsSync(path)) return;
  const read = readReport(readFileSync(path, 'utf8'));
  if ('report' in read && hasSameResults(read.report, report)) place.dropFormer();
}

/** Why a requested recording is missing. */
function lossOf({ warnings }: Report, path: string): string {
  const name = basename(path);
  const said = warnings.find(({ text }) => text.includes(`${name}: `))?.text;
  const why = said?.slice(said.indexOf(name) + name.length + 2) ?? 'it was not written';
  return `${path}: ${why}`;
}

/** The text for a fault that could not be carried out: like a mistake in the file, with its line. */
function faultText(error: Omit<Extract<RunEnd, { kind: 'scenario-error' }>, 'kind'>): string {
  const { file, line, column, message } = error;
  const place = { file, line, column, path: '', code: 'E111', message } as const;
  // The file was read before the run, but somebody may have deleted it since.
  const text = existsSync(file) ? readFileSync(file, 'utf8').split('\n')[line - 1] : undefined;
  if (text === undefined) return formatIssue({ ...place, endColumn: column + 1 });
  return formatIssue({ ...place, sourceLine: text, endColumn: text.trimEnd().length + 1 });
}

function printJson(document: object): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function print(
  report: Report,
  context: {
    readonly flags: ExecuteFlags;
    readonly folder: string;
    readonly written: readonly string[];
    readonly comparison: ReportComparison | undefined;
    /** The folder to which the previous run was moved. */
    readonly former: string | undefined;
    /** Seconds that judging and writing took. */
    readonly writing: number;
  },
): void {
  const { flags, folder, written, comparison, former, writing } = context;
  if (flags.json === true) {
    process.stdout.write(renderJson(report));
    return;
  }
  const colour = flags.color === undefined ? undefined : flags.color ? 'on' : 'off';
  const options = {
    ...terminalOptions(isColourGiven() ? colour : undefined),
    written: { folder, files: written },
    ...besides(report, writing),
    ...(comparison === undefined ? {} : { comparison }),
    ...(former === undefined ? {} : { next: `before it  ${former}  ${commandText(['compare'])}` }),
  };
  const text =
    flags.quiet === true ? renderVerdictLine(report, options) : renderTerminal(report, options);
  process.stdout.write(text);
}

/** When this process began its current run, in seconds since the process started. */
let beganAt = 0;

/**
 * The seconds that the command took for loading and writing, which are not part of the run itself.
 */
function besides({ timing }: Report, writing: number): Pick<TerminalOptions, 'besides'> {
  const now = performance.now() / 1e3;
  const taken = now - beganAt;
  beganAt = now;
  if (timing === undefined) return {};
  return { besides: { loading: Math.max(0, taken - timing.runningSeconds - writing), writing } };
}

/** True if the command line has a colour flag; commander sets `color` even without, since `--no-color` exists. */
function isColourGiven(): boolean {
  return process.argv.includes('--color') || process.argv.includes('--no-color');
}

function recordingsOf(
  flags: ExecuteFlags,
  folder: string,
  seed: number,
  seeds: readonly number[],
): RecordingPaths {
  // Only one run has a trace: that of the only seed or, on request, that of the first seed.
  const isShown = seed === seeds[0];
  const isTraced = flags.trace !== false && isShown && (seeds.length === 1 || isTraceGiven());
  const extent = flags.trace === 'full' ? 'full' : 'windows';
  return {
    ...(isTraced ? { trace: { path: join(folder, 'trace.orr'), extent } } : {}),
    ...(flags.pcap === true && isShown ? { pcapPath: join(folder, 'trace.pcapng') } : {}),
    ...(flags.explain !== undefined && isShown ? { explain: flags.explain } : {}),
  };
}

function pathsOf({ trace, pcapPath }: RecordingPaths): readonly string[] {
  return [trace?.path, pcapPath].filter((path) => path !== undefined);
}

function isTraceGiven(): boolean {
  return process.argv.some((word) => word === '--trace' || word.startsWith('--trace='));
}

function baselineOf({ baseline: file }: ExecuteFlags, scenario: string): Report | undefined {
  if (file === undefined) return undefined;
  const hint = 'give the report.json of a run of this scenario';
  const report = readReportFile(file, { found: file, what: '--baseline: ', hint });
  const { name } = report.scenario;
  if (name === scenario) return report;
  throw new FlagError(`--baseline: ${file} is a report of ${oneLine(name)}`, file, hint);
}
