/**
 * Runs a sweep in its folder, shows progress, and writes the results.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { assert } from '../engine/core/assert.ts';
import { judgeRun } from '../reports/judge.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { makeJudgeInput } from '../runner/run/run-order.ts';
import { KeptRuns } from '../runner/sweep/kept-runs.ts';
import { LocalExecutor } from '../runner/sweep/local-executor.ts';
import { type MergedResults, mergeResults } from '../runner/sweep/merge.ts';
import {
  type KnownResults,
  makeSweepHeader,
  RESULTS_FILE_NAME,
  ResultsFile,
  readResults,
  type SweepHeader,
} from '../runner/sweep/results-file.ts';
import {
  type RunExecutor,
  runSweep,
  type SweepCombination,
  type SweepRequest,
  type SweepRunProgress,
} from '../runner/sweep/run-sweep.ts';
import { combinationsOfShard, type Shard } from '../runner/sweep/shard.ts';
import { isSourceStateKnown, sourceState } from '../runner/sweep/source-state.ts';
import { type CombinationParameters, canonicalJson } from '../scenarios/identity.ts';
import type { Scenario } from '../scenarios/model.ts';
import type { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';
import { ConfigError } from '../topologies/files/config-error.ts';
import { printConflicts } from './conflicts.ts';
import { type ExitCode, worstExitCode } from './exit.ts';
import { watchInterrupts } from './interrupt.ts';
import { warnIfCommitUnknown } from './known-commit.ts';
import { load, makeSweepIssueCollector, type OpenedScenario } from './load.ts';
import { connectToFleet } from './open-fleet.ts';
import type { RunFlags } from './run-flags.ts';
import { RunFolder } from './run-folder.ts';
import { runName } from './run-name.ts';
import { seedsToRun } from './seeds.ts';
import { type CombinationId, CombinationReporter, KEPT_REPORTS_MAX } from './sweep-cell.ts';
import { printEmptyShard } from './sweep-empty.ts';
import { writeSweepFiles } from './sweep-files.ts';
import { type SweepProgressDisplay, showSweepProgress } from './sweep-progress.ts';

/** Flags that only `orrery sweep` has. */
export interface SweepOwnFlags {
  readonly adaptive?: number;
  readonly shard?: Shard;
  /** Memory limit of a worker thread, megabytes. */
  readonly memory?: number;
  readonly fresh?: boolean;
  /** The queue of the fleet that makes the runs; absent if threads of this process make them. */
  readonly queue?: QueueAddress;
}

/** All flags of `orrery sweep`. */
export type SweepFlags = RunFlags & SweepOwnFlags;

/**
 * What a sweep needs besides its file: the flags of the command, and the protocols that the file may name.
 */
export interface SweepContext {
  readonly flags: SweepFlags;
  readonly registry: ProtocolRegistry;
}

/** Runs a sweep; returns the exit code. */
export async function runSweepCommand(
  file: string,
  scenario: Scenario,
  context: SweepContext,
): Promise<ExitCode> {
  const { flags } = context;
  const head = headOf(scenario, flags);
  for (const text of scenario.sweep?.warnings ?? []) process.stderr.write(`orrery: ${text}\n`);
  await checkValues(file, scenario, context);
  const progress = showSweepProgress(scenario.name, flags);
  // The executor is opened before the folder: if the queue does not answer, the last results must
  // not be moved aside.
  const executor = await executorOf(flags, head, (text) => {
    progress.clear();
    process.stderr.write(`orrery: ${text}\n`);
  });
  try {
    const { place, known } = placeOf(scenario, flags, head);
    try {
      const open = (set: CombinationParameters): Promise<OpenedScenario> =>
        load(file, set, context.registry);
      const task = { flags, file, scenario, head, open };
      const code = await sweepInto({ place, known, progress, executor }, task);
      place.pointLatest();
      return code;
    } finally {
      place.release();
    }
  } finally {
    await executor.close();
  }
}

function headOf(scenario: Scenario, flags: SweepFlags): SweepHeader {
  const { name, file, sha256, overrides: set } = scenario;
  const { adaptive, shard } = flags;
  return makeSweepHeader({
    ...{ name, file, sha256, set, commit: warnIfCommitUnknown(sourceState()) },
    seeds: seedsToRun(scenario, flags),
    ...(adaptive === undefined ? {} : { adaptive }),
    ...(shard === undefined ? {} : { shard: `${shard.index}/${shard.count}` }),
  });
}

/**
 * Checks all values of the sweep before its first run, so that a mistake does not appear after an hour.
 * @throws ConfigError naming each value that the files refuse.
 */
async function checkValues(
  file: string,
  scenario: Scenario,
  { flags, registry }: SweepContext,
): Promise<void> {
  const seen = new Set<string>();
  const blame = makeSweepIssueCollector(file, flags.set);
  // Each value is checked in a combination that will run, because conditions exclude values that conflict.
  for (const cell of scenario.sweep?.cells ?? []) {
    const values = Object.entries(cell).map((entry) => entry.join('='));
    if (values.every((value) => seen.has(value))) continue;
    for (const value of values) seen.add(value);
    await load(file, { ...flags.set, ...cell }, registry).catch((error: unknown) => {
      if (!(error instanceof ConfigError)) throw error;
      blame.add(error, cell);
    });
  }
  blame.throwIfAny();
}

function placeOf(
  { name, overrides, seeds }: Scenario,
  flags: SweepFlags,
  head: SweepHeader,
): { readonly place: RunFolder; readonly known: KnownResults | undefined } {
  const isAsFiled = head.seeds.join() === seeds.join();
  const { adaptive, shard, fresh } = flags;
  const inputs = {
    ...({ command: 'sweep', seeds: head.seeds, overrides } as const),
    ...(shard === undefined ? {} : { layout: `shard-${shard.index}-of-${shard.count}` }),
    flags: {
      ...(isAsFiled ? {} : { seeds: head.seeds.join() }),
      ...(adaptive === undefined ? {} : { adaptive: String(adaptive) }),
    },
  };
  let known: KnownResults | undefined;
  const onNotice = (text: string): void => {
    process.stderr.write(`orrery: ${text}\n`);
  };
  const place = new RunFolder(join(flags.out, name, runName(inputs)), onNotice, (folder) => {
    known = fresh === true ? undefined : unfinished(folder, head);
    return known !== undefined;
  });
  return { place, known };
}

/** The results of a stopped sweep with the same inputs; undefined if there are none. */
function unfinished(folder: string, head: SweepHeader): KnownResults | undefined {
  if (isFinished(folder) || !isSourceStateKnown(head.commit)) return undefined;
  const known = readResults(join(folder, RESULTS_FILE_NAME));
  return known !== undefined && canonicalJson(known.head) === canonicalJson(head)
    ? known
    : undefined;
}

function isFinished(folder: string): boolean {
  const path = join(folder, 'sweep.json');
  if (!existsSync(path)) return false;
  try {
    const document = JSON.parse(readFileSync(path, 'utf8')) as Readonly<Record<string, unknown>>;
    return !('interruptedOf' in document);
  } catch {
    return false;
  }
}

interface SweepTask {
  readonly flags: SweepFlags;
  readonly file: string;
  readonly scenario: Scenario;
  readonly head: SweepHeader;
  /** Opens the scenario with these values of its parameters. */
  readonly open: (set: CombinationParameters) => Promise<OpenedScenario>;
}

/** The known results of a sweep that begins anew: none. */
const NOTHING: Pick<MergedResults, 'lines' | 'conflicts'> = { lines: new Map(), conflicts: [] };

/** The folder of a sweep, and the known results that it continues from. */
interface SweepSite {
  readonly place: RunFolder;
  readonly known: KnownResults | undefined;
  readonly progress: SweepProgressDisplay;
  readonly executor: OpenExecutor;
}

async function sweepInto(
  { place, known, progress, executor }: SweepSite,
  task: SweepTask,
): Promise<ExitCode> {
  const { head } = task;
  const { folder } = place;
  const path = join(folder, RESULTS_FILE_NAME);
  const { lines, conflicts } = known === undefined ? NOTHING : mergeResults([{ path, ...known }]);
  if (known !== undefined) {
    process.stderr.write(`orrery: goes on with ${lines.size} runs in ${folder}\n`);
  }
  const told = printConflicts(conflicts);
  const results = new ResultsFile(path, head, known);
  const interrupt = watchInterrupts('the results so far are kept');
  interrupt.signal.addEventListener('abort', () => executor.stop(), { once: true });
  try {
    const { signal } = interrupt;
    const code = await runCells(task, {
      ...{ place, progress, executor, signal, isStopped: () => signal.aborted },
      store: new KeptRuns({
        ...{ commit: head.commit, known: lines },
        onRun: (line) => results.add(line),
      }),
    });
    const others = await executor.end(signal.aborted);
    return worstExitCode([code, ...(signal.aborted ? [130 as const] : []), ...told, ...others]);
  } finally {
    progress.clear();
    interrupt.dispose();
    results.close();
  }
}

/** The executor that makes the runs of a sweep, and how to stop and close it. */
interface OpenExecutor extends RunExecutor {
  stop(): void;
  /** Called at the end of a sweep, stopped or not. @returns exit codes of problems found by then. */
  end(isStopped: boolean): Promise<readonly ExitCode[]>;
  close(): Promise<void>;
}

async function executorOf(
  flags: SweepFlags,
  { commit }: SweepHeader,
  onNotice: (text: string) => void,
): Promise<OpenExecutor> {
  if (flags.queue !== undefined) return await fleetOf(flags.queue, commit, flags.fresh === true);
  const threads = flags.threads ?? availableParallelism();
  const local = new LocalExecutor({ threads, memoryMb: flags.memory, onNotice });
  return {
    room: local.room,
    run: (cell, seed) => local.run(cell, seed),
    stop: () => local.stop(),
    end: () => Promise.resolve([]),
    close: () => local.close(),
  };
}

async function fleetOf(
  queue: QueueAddress,
  commit: string,
  isFresh: boolean,
): Promise<OpenExecutor> {
  const { fleet, tellConflicts: tell, close } = await connectToFleet(queue, commit, isFresh);
  return {
    ...{ room: fleet.room, isForeign: fleet.isForeign },
    run: (cell, seed) => fleet.run(cell, seed),
    stop: () => fleet.stop(),
    end: async (isStopped): Promise<readonly ExitCode[]> => {
      if (!isStopped) await fleet.forget();
      return tell();
    },
    close,
  };
}

/** The executor that makes the runs of a sweep, and the folder to which their results go. */
interface CellRunner extends Required<Pick<SweepRequest, 'executor' | 'store' | 'signal'>> {
  readonly place: RunFolder;
  readonly progress: SweepProgressDisplay;
  /** True if the sweep was stopped before all runs had a result. */
  readonly isStopped: () => boolean;
}

/** Runs all combinations, reports each of them, and writes the files of the sweep; returns the exit code. */
async function runCells(task: SweepTask, runner: CellRunner): Promise<ExitCode> {
  const { file, flags, scenario, head } = task;
  const { place, progress, isStopped, ...parts } = runner;
  const cells = cellsOf(scenario, head, flags.shard);
  if (cells.length === 0) {
    assert(flags.shard !== undefined, 'only a part of a sweep has no combination');
    printEmptyShard(scenario, flags.shard, { flags, place, seeds: head.seeds });
    return 0;
  }
  const teller = new CombinationReporter({ folder: place.folder, flags, scenario, progress });
  const threads = flags.threads ?? availableParallelism();
  const workers = flags.queue === undefined ? threads : Number.POSITIVE_INFINITY;
  const size = { cells: cells.length, workers };
  const count = await runSweep({
    ...parts,
    cells,
    open: async ({ index, parameters }) => {
      try {
        const loaded = await task.open({ ...flags.set, ...parameters });
        return { ...loaded, index, parameters, isKept: index < KEPT_REPORTS_MAX };
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        // Each value was accepted in at least one combination; nevertheless this combination may be
        // refused.
        const blame = makeSweepIssueCollector(file, flags.set);
        blame.add(error, parameters);
        teller.refused({ index, parameters }, blame.error() ?? error);
        return undefined;
      }
    },
    ...{ seeds: head.seeds, adaptive: head.adaptive },
    judge: (cell, results) => {
      const seeds = results.map(({ seed }) => seed);
      const ran = seeds.length > head.seeds.length ? seeds : head.seeds;
      const facts = { ...cell, commit: head.commit, reproduce: reproduceOf(cell, flags, ran) };
      const wallMs = results.reduce((sum, result) => sum + result.wallMs, 0);
      return judgeRun(makeJudgeInput(facts, results, wallMs));
    },
    onCell: (cell, end) => teller.ended(cell, end),
    onProgress: (state) => progress.update({ ...state, ...teller.state, ...size }),
  });
  progress.clear();
  // If one combination were not reported, the sweep would look as if it had passed.
  assert(teller.rows.length === cells.length || isStopped(), 'each combination has ended');
  const code = await teller.code();
  writeSweepFiles(scenario, teller.rows, {
    ...{ flags, place, head },
    interruptedOf: isStopped() ? cells.length : undefined,
    goesOn: parts.signal.aborted,
    saved: savedText(count, head, cells.length),
  });
  return code;
}

/**
 * Judges and writes a sweep whose runs were made elsewhere, from their merged results.
 * @throws Refusal if runs are missing, saying how many.
 */
export async function finishMergedSweep(
  task: SweepTask,
  { lines: known, conflicts }: Pick<MergedResults, 'lines' | 'conflicts'>,
): Promise<ExitCode> {
  const { scenario, flags, head } = task;
  let missing = 0;
  const executor: RunExecutor = {
    room: Number.POSITIVE_INFINITY,
    run: (_cell, seed) => {
      missing += 1;
      return Promise.resolve({ kind: 'ended', ending: 'interrupted', seed, message: 'missing' });
    },
  };
  // Conflicts are printed first, because no other problem of the parts is worse.
  const told = printConflicts(conflicts);
  const { place } = placeOf(scenario, { ...flags, fresh: true }, head);
  try {
    const progress = showSweepProgress(scenario.name, flags);
    const { signal } = new AbortController();
    const isStopped = (): boolean => missing > 0;
    const store = new KeptRuns({ commit: head.commit, known, onRun: (): void => undefined });
    const parts = { place, progress, executor, store, signal, isStopped };
    const code = await runCells(task, parts);
    // The results are written only after the combinations were accepted, so that no sweep continues
    // from refused results.
    const results = new ResultsFile(join(place.folder, RESULTS_FILE_NAME), head);
    for (const line of known.values()) results.add(line);
    results.close();
    place.pointLatest();
    if (missing === 0) return worstExitCode([code, ...told]);
    const text = `${missing} runs are missing: not all parts have ended, or one is not here`;
    if (conflicts.length === 0) throw new Refusal(text);
    process.stderr.write(`orrery: ${text}\n`);
    return worstExitCode([2, ...told]);
  } finally {
    place.release();
  }
}

function cellsOf(
  scenario: Scenario,
  { commit, set }: SweepHeader,
  shard: Shard | undefined,
): readonly CombinationId[] {
  const all = (scenario.sweep?.cells ?? []).map((parameters, index) => ({ index, parameters }));
  return shard === undefined ? all : combinationsOfShard(all, shard, { commit, set });
}

/** The command that runs a combination alone, with exactly these seeds. */
function reproduceOf(
  { scenario, parameters }: Pick<SweepCombination, 'scenario' | 'parameters'>,
  flags: RunFlags,
  seeds: readonly number[],
): string {
  const set: CombinationParameters = { ...flags.set, ...parameters };
  const { file } = scenario;
  const asked = flagsForSeeds(seeds, scenario.seeds);
  if (asked !== undefined) return repeatCommand('scenario', file, { set, ...asked });
  return repeatCommand('scenario', file, { set: { ...set, seeds: `[${seeds.join()}]` } });
}

/**
 * The flags of a command that requests exactly these seeds.
 * @returns no flags if the scenario file has the same seeds; undefined if no flag can request them.
 */
export function flagsForSeeds(
  seeds: readonly number[],
  seedsInFile: readonly number[],
): Pick<RunFlags, 'seed' | 'seeds'> | undefined {
  if (seeds.join() === seedsInFile.join()) return {};
  const [first = 1] = seeds;
  if (seeds.length === 1) return { seed: first };
  const isCount = seeds.every((seed, index) => seed === index + 1);
  return isCount ? { seeds: seeds.length } : undefined;
}

/** A text that says how many runs adaptive seeds have saved. */
function savedText(
  { runsDone }: SweepRunProgress,
  head: SweepHeader,
  cells: number,
): string | undefined {
  if (head.adaptive === undefined) return undefined;
  const most = cells * Math.max(head.adaptive, head.seeds.length);
  return `${runsDone} runs decided what ${most} would have: ${most - runsDone} saved`;
}
