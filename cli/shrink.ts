/**
 * `orrery shrink RUN`: makes the scenario of a run that broke or missed a limit as small as possible
 * (docs/spec/hunt.md#shrinking).
 *
 * Result on stdout, progress on stderr. Exits with 1 if something broke.
 *
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { oneLine } from '../reports/plain-text.ts';
import { HuntPool, isTimedOut } from '../runner/hunt/hunt-pool.ts';
import { makeBreakFolder } from '../runner/hunt/make-break-folder.ts';
import { breakFolderName } from '../runner/hunt/minimal.ts';
import { mapsAtPath, type ScenarioData } from '../runner/hunt/scenario-data.ts';
import { shrunkBreakText } from '../runner/hunt/shrink-break.ts';
import { shrinkRun } from '../runner/hunt/shrink-found.ts';
import { refuseTwinsAndNetworks } from '../runner/run/planned-runs.ts';
import { commandText, overrideFlags } from '../scenarios/command-text.ts';
import {
  openUntrustedScenario,
  trustedValuesFilter,
  UntrustedFileError,
} from '../scenarios/open/foreign-values.ts';
import { NODE_PLACES } from '../scenarios/open/node-places.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { Refusal } from '../scenarios/refusal.ts';
import { setExitCode } from './exit.ts';
import {
  addFlagOptions,
  collectOverride,
  numberOption,
  refuseWithHelp,
  SEED_RANGE,
} from './flags.ts';
import { budgetOption, workersOption } from './hunt-flags.ts';
import { HuntProgress } from './hunt-progress.ts';
import { watchInterrupts } from './interrupt.ts';
import { labAddress } from './lab-address.ts';
import { load, type OpenedScenario } from './load.ts';
import { refuseUntrustedScenario } from './own-scenario.ts';
import { readReportFile } from './report-file.ts';

interface ShrinkFlags {
  readonly budget: number;
  readonly seed?: number;
  readonly workers: number;
  readonly set: Readonly<Record<string, string>>;
  readonly out: string;
  readonly json?: boolean;
}

/** The scenario file, overridden values and seed of the run to repeat. */
interface Repeated {
  readonly file: string;
  readonly set: Readonly<Record<string, string>>;
  readonly seed: number | undefined;
  /** True if the values come from a report, which is not trusted. */
  readonly isForeign: boolean;
}

/** Adds the command `orrery shrink` to the program. */
export function addShrinkCommand(program: Command): void {
  const command = addFlagOptions<ShrinkFlags>(
    program
      .command('shrink')
      .argument('[run]', 'folder of a run in virtual time, its report.json, or a scenario file'),
    {
      budget: budgetOption('how long to try smaller files, such as 90s or 10m'),
      seed: numberOption('--seed <n>', 'the seed (default: the worst of the run)', SEED_RANGE),
      workers: workersOption(),
      set: new Option('--set <path=value>', 'override a value of the file; repeatable')
        .argParser(collectOverride)
        .default({}, 'none'),
      out: new Option('--out <dir>', 'folder for what is found').default('runs/hunt'),
      json: new Option('--json', 'print the result as JSON on stdout and nothing else'),
    },
  )
    .summary('make the scenario of a broken run as small as possible')
    .description(
      'Repeats a run that broke or missed a limit, and writes the smallest scenario that shows the same.',
    );
  command.action(async (run: string | undefined, flags: ShrinkFlags) => {
    if (run === undefined) refuseWithHelp(command);
    else setExitCode(await runShrink(run, flags));
  });
}

async function runShrink(run: string, flags: ShrinkFlags): Promise<0 | 1 | 130> {
  const { file, set, seed: given, isForeign } = repeatedBy(run, flags);
  const { scenario } = isForeign
    ? await openedBy(file, set, flags)
    : await load(file, set, new ProtocolRegistry());
  refuseTwinsAndNetworks(scenario, 'orrery shrink');
  const seed = given ?? scenario.seeds[0] ?? 1;
  const pool = new HuntPool(flags.workers);
  const interrupt = watchInterrupts('the smallest file so far stays');
  const progress = new HuntProgress(scenario.name, flags);
  try {
    const tried = await pool.try({ kind: 'file', path: file, set, seed, always: false });
    const found = tried?.breaks[0];
    if (tried === undefined || found === undefined) {
      print(flags, { scenario: scenario.name, seed, break: null }, [
        `${scenario.name}, seed ${seed}: nothing broke, and no limit was missed`,
      ]);
      return 0;
    }
    if (!isTimedOut(tried)) pool.expect(tried.wallMs);
    const path = join(flags.out, scenario.name, breakFolderName(found), 'minimal.yaml');
    const means = {
      ...{ files: makeBreakFolder(path, pool), limitMs: flags.budget },
      isStopped: (): boolean => interrupt.signal.aborted,
      onSmaller: (some: ScenarioData): void =>
        progress.shrinking(found, mapsAtPath(some, ['events']).length),
    };
    const left = await shrinkRun({ scenario, seed, tried, found }, means, NODE_PLACES);
    if (left === 'stopped') return 130;
    progress.clear();
    const copies = [[path, readFileSync(path, 'utf8')] as const];
    const { data = [], cpu } = scenario;
    const read = cpu === undefined ? data : [...data, cpu.sha256];
    const lab = await labAddress(path, copies, { seeds: null, set: [], read });
    print(flags, { scenario: scenario.name, seed, break: found, ...left, file: path, lab }, [
      `BROKEN  ${scenario.name}  seed ${seed}  ${oneLine(found.place)}`,
      `  ${oneLine(found.text)}`,
      `  ${shrunkBreakText(left)}: ${path}`,
      `  ${commandText(['scenario', path])}`,
      ...(lab === undefined ? [] : [`  in the Lab: ${lab}`]),
      ...(left?.story === undefined ? [] : [`  what happened: ${left.story}`]),
    ]);
    return 1;
  } finally {
    interrupt.dispose();
    await pool.close();
  }
}

function print({ json }: ShrinkFlags, document: object, lines: readonly string[]): void {
  process.stdout.write(json === true ? `${JSON.stringify(document)}\n` : `${lines.join('\n')}\n`);
}

/** Determines the run to repeat: that of a report, with its worst seed, or that of a scenario file. */
function repeatedBy(run: string, { seed, set }: ShrinkFlags): Repeated {
  const isFolder = statSync(run, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder && !run.endsWith('.json')) return { file: run, set, seed, isForeign: false };
  const path = isFolder ? join(run, 'report.json') : run;
  const hint = 'give the folder of a run, such as runs/failover/latest, or a scenario file';
  const report = readReportFile(path, { found: run, what: '', hint });
  const { scenario, overrides, shownSeed, mode } = report;
  if (mode !== 'sim') {
    throw new Refusal(`${path} is of a run in real time, which cannot be repeated event by event`);
  }
  refuseUntrustedScenario(scenario, [path]);
  const all = { ...overrides, ...set };
  return { file: scenario.file, set: all, seed: seed ?? shownSeed, isForeign: true };
}

/**
 * Opens the scenario of a report. The report's overrides are not trusted: with them, the scenario
 * may open only those files and modules that it also opens without them.
 */
async function openedBy(
  file: string,
  all: Readonly<Record<string, string>>,
  { set }: ShrinkFlags,
): Promise<OpenedScenario> {
  try {
    const own = trustedValuesFilter(file, set)(all);
    return await openUntrustedScenario(file, { all, own }, new ProtocolRegistry());
  } catch (error) {
    if (!(error instanceof UntrustedFileError)) throw error;
    const hint = `if they are your own, repeat them: ${overrideFlags(all).join(' ')}`;
    throw new Refusal(`${error.message}; ${hint}`, { cause: error });
  }
}
