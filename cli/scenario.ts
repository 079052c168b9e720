/**
 * `orrery scenario FILE`: runs a scenario in virtual time and prints the verdict.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { SPEED_MAX } from '../viz/format/control-wire.ts';
import { addAbortOption } from './abort-on.ts';
import { checkDeterminism } from './check-determinism.ts';
import { execute, type RunFlags } from './execute.ts';
import { type ExitCode, exitWith, FlagError, worstOf } from './exit.ts';
import {
  collectOverride,
  JOURNEYS_RANGE,
  refuseWithHelp,
  SEED_RANGE,
  SEEDS_RANGE,
  THREADS_RANGE,
  wholeNumber,
} from './flags.ts';
import { fleetRunner } from './fleet-runner.ts';
import { listMetrics } from './list-metrics.ts';
import { type Loaded, load } from './load.ts';
import { QUEUE_HELP, queueFlag } from './queue-flag.ts';
import { addCopyOptions, withCopies } from './report-copies.ts';
import { runAgain, tellWatcher } from './run-again.ts';
import { addWatchOption } from './watch.ts';

interface ScenarioFlags extends RunFlags {
  readonly queue?: QueueAddress;
  readonly checkDeterminism?: boolean;
  readonly listMetrics?: boolean;
  /** Runs again when a file changes. */
  readonly watch?: boolean;
  readonly cpu?: 'none' | 'calibrated';
  readonly cpuProfile?: string;
}

/** Adds the command. */
export function addScenario(program: Command): void {
  const command = addSingleRunOptions(program.command('scenario'))
    .argument('[file]', 'scenario file, or its name in scenarios/')
    .summary('run a scenario in virtual time')
    .description('Runs a scenario in virtual time, writes runs/<name>/, prints the verdict.')
    .addOption(
      new Option(
        '--cpu <how>',
        'processor time: not modelled, or charged by the profile of orrery calibrate',
      ).choices(['none', 'calibrated']),
    )
    .option(
      '--cpu-profile <file>',
      'cost profile (default: runs/calibration.json); implies --cpu calibrated',
    )
    .option('--speed <factor>', 'with --viz: virtual seconds per second; 0 starts paused', speed)
    .option('--queue <address>', QUEUE_HELP, queueFlag)
    .option('--watch', 'run again when scenario, topology or own protocol change, until Ctrl-C')
    .option('--check-determinism', 'run twice; stop at the first event that differs (exit 4)')
    .option('--list-metrics', 'list the metrics on which a scenario can set limits');
  command.action(async (file: string | undefined, given: ScenarioFlags) => {
    const flags = { ...given, set: withCpu(given) };
    if (flags.speed !== undefined && flags.viz === undefined) {
      const hint =
        'add --viz, or leave --speed out: without a viewer a run goes as fast as possible';
      throw new FlagError('--speed: this run has no viewer', '--speed', hint);
    }
    const registry = new ProtocolRegistry();
    if (flags.listMetrics === true) {
      await listMetrics(registry, flags.json === true);
      return;
    }
    if (file === undefined) {
      refuseWithHelp(command);
      return;
    }
    await runFile(file, flags, registry);
  });
}

async function runFile(
  file: string,
  flags: ScenarioFlags,
  registry: ProtocolRegistry,
): Promise<void> {
  tellWatcher();
  if (flags.watch === true) {
    refuseSingle(flags);
    exitWith(await runAgain(file));
  } else if (flags.checkDeterminism === true) {
    exitWith(await runTwice(await load(file, flags.set, registry), flags));
  } else {
    await withCopies(file, flags, async () =>
      runOnce(await load(file, flags.set, registry), flags),
    );
  }
}

/** @throws FlagError for what only one run can have. */
function refuseSingle({ json, viz }: ScenarioFlags): void {
  if (json !== true && viz === undefined) return;
  const message = '--watch runs again, where --json and --viz are of one run';
  throw new FlagError(message, '--watch', 'leave out one of them');
}

async function runOnce(loaded: Loaded, flags: ScenarioFlags): Promise<void> {
  const { queue } = flags;
  exitWith(
    queue === undefined ? await execute(loaded, flags) : await onFleet(queue, loaded, flags),
  );
}

async function runTwice(loaded: Loaded, flags: ScenarioFlags): Promise<ExitCode> {
  const { queue, viz, junit, report } = flags;
  if (queue !== undefined) return await onFleet(queue, loaded, flags);
  const useless = Object.entries({ viz, junit, report }).find(([, value]) => value !== undefined);
  if (useless === undefined) return await checkDeterminism(loaded, flags);
  const flag = `--${useless[0]}`;
  const what = viz === undefined ? 'no report' : 'no single run to show';
  const message = `--check-determinism runs twice, so ${flag} has ${what}`;
  throw new FlagError(message, flag, 'leave out one of the two');
}

/** A run whose seeds a fleet makes. */
async function onFleet(
  queue: QueueAddress,
  loaded: Loaded,
  flags: ScenarioFlags,
): Promise<ExitCode> {
  const { trace, pcap, explain, viz, checkDeterminism, abortOn } = flags;
  const own = {
    ...{ trace, pcap, explain, viz, 'check-determinism': checkDeterminism },
    'abort-on': abortOn,
  };
  const fleet = await fleetRunner(queue, own);
  try {
    const code = await execute(loaded, { ...flags, trace: false }, fleet);
    return worstOf([code, ...fleet.codes()]);
  } finally {
    await fleet.close();
  }
}

/** `--cpu` and `--cpu-profile` change the scenario as `--set` does, and are repeated like it. */
function withCpu({ set, cpu, cpuProfile }: ScenarioFlags): Readonly<Record<string, string>> {
  const chosen = cpu ?? (cpuProfile === undefined ? undefined : 'calibrated');
  return {
    ...set,
    ...(chosen === undefined ? {} : { cpu: chosen }),
    ...(cpuProfile === undefined ? {} : { cpuProfile }),
  };
}

function speed(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= SPEED_MAX) return value;
  const message = `--speed: "${text}" is not between 0 and ${SPEED_MAX}`;
  throw new FlagError(message, text, 'write --speed 1 for the pace of the wall clock');
}

/** Adds the options of commands that run a scenario once, seeds apart. */
export function addSingleRunOptions(command: Command): Command {
  return addAbortOption(addCopyOptions(addWatchOption(addRunOptions(command))));
}

/** Options of every command that runs something. */
export function addRunOptions(command: Command): Command {
  return command
    .option('--seed <n>', 'run only this seed', wholeNumber('--seed', SEED_RANGE))
    .option(
      '--seeds <n>',
      'run n seeds: the first n of the file, or 1 to n',
      wholeNumber('--seeds', SEEDS_RANGE),
    )
    .addOption(
      new Option('--set <path=value>', 'override a value of the file; repeatable')
        .argParser(collectOverride)
        .default({}, 'none'),
    )
    .option('--out <dir>', 'folder for the files of the run', 'runs')
    .addOption(
      new Option('--trace [extent]', 'record trace.orr: around faults, or everything')
        .choices(['windows', 'full'])
        .preset('windows'),
    )
    .option('--no-trace', 'record no trace')
    .option('--pcap', 'write trace.pcapng')
    .option(
      '--explain <n>',
      'print the journey of the first n packets',
      wholeNumber('--explain', JOURNEYS_RANGE),
    )
    .option(
      '--baseline <report.json>',
      'compare with an earlier report, paired by seed; fail if significantly worse',
    )
    .option('--baseline-report-only', 'compare with the baseline without failing')
    .option(
      '--threads <n>',
      'maximum number of worker threads',
      wholeNumber('--threads', THREADS_RANGE),
    )
    .option('--json', 'print the report as JSON on stdout and nothing else')
    .option('-q, --quiet', 'print the first line only')
    .option('--color', 'always use colour')
    .option('--no-color', 'never use colour')
    .option('--debug', 'print stack traces of internal errors');
}
