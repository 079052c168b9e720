/**
 * `orrery scenario FILE`: runs a scenario in virtual time and prints the verdict.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { RUN_SPEED_MAX } from '../viz/format/control-wire.ts';
import { checkDeterminism } from './check-determinism.ts';
import { executeScenario } from './execute.ts';
import { type ExitCode, FlagError, setExitCode, worstExitCode } from './exit.ts';
import { addFlagOptions, refuseWithHelp } from './flags.ts';
import { openFleetRunner } from './fleet-runner.ts';
import { listMetrics } from './list-metrics.ts';
import { load, type OpenedScenario } from './load.ts';
import { queueOption } from './queue-flag.ts';
import { withReportCopies } from './report-copies.ts';
import { rerunOnChange, sendOpenedFilesToWatcher } from './run-again.ts';
import { addRunOptions, type RunFlags, refuseInapplicableFlags } from './run-flags.ts';

interface OwnFlags {
  readonly queue?: QueueAddress;
  readonly listMetrics?: boolean;
  /** Runs again when a file changes. */
  readonly watch?: boolean;
  readonly cpu?: 'none' | 'calibrated';
  readonly cpuProfile?: string;
  /** Virtual seconds per second of wall time. */
  readonly speed?: number;
}

type ScenarioFlags = RunFlags & OwnFlags;

/** Adds the command `orrery scenario` to the program. */
export function addScenarioCommand(program: Command): void {
  const command = addRunOptions(program.command('scenario'), 'scenario')
    .argument('[file]', 'scenario file, or its name in scenarios/')
    .summary('run a scenario in virtual time')
    .description('Runs a scenario in virtual time, writes runs/<name>/, prints the verdict.');
  addFlagOptions<OwnFlags>(command, {
    cpu: new Option(
      '--cpu <how>',
      'processor time: not modelled, or charged by the profile of orrery calibrate',
    ).choices(['none', 'calibrated']),
    cpuProfile: new Option(
      '--cpu-profile <file>',
      'cost profile (default: runs/calibration.json); implies --cpu calibrated',
    ),
    speed: new Option(
      '--speed <factor>',
      'with --viz: virtual seconds per second; 0 starts paused',
    ).argParser(speed),
    queue: queueOption(),
    watch: new Option(
      '--watch',
      'run again when scenario, topology or own protocol change, until Ctrl-C',
    ),
    listMetrics: new Option(
      '--list-metrics',
      'list the metrics on which a scenario can set limits',
    ),
  });
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
    refuseInapplicableFlags(command, flags.queue === undefined ? 'scenario' : 'fleet');
    await runFile(file, flags, registry);
  });
}

async function runFile(
  file: string,
  flags: ScenarioFlags,
  registry: ProtocolRegistry,
): Promise<void> {
  sendOpenedFilesToWatcher();
  if (flags.watch === true) {
    refuseSingle(flags);
    setExitCode(await rerunOnChange(file));
  } else if (flags.checkDeterminism === true) {
    setExitCode(await runTwice(await load(file, flags.set, registry), flags));
  } else {
    await withReportCopies(file, flags, async () =>
      runOnce(await load(file, flags.set, registry), flags),
    );
  }
}

/** @throws FlagError if `--watch` is combined with `--json` or `--viz`, which are for a single run only. */
function refuseSingle({ json, viz }: ScenarioFlags): void {
  if (json !== true && viz === undefined) return;
  const message = '--watch runs again, where --json and --viz are of one run';
  throw new FlagError(message, '--watch', 'leave out one of them');
}

async function runOnce(loaded: OpenedScenario, flags: ScenarioFlags): Promise<void> {
  const { queue } = flags;
  setExitCode(
    queue === undefined
      ? await executeScenario(loaded, flags)
      : await onFleet(queue, loaded, flags),
  );
}

async function runTwice(loaded: OpenedScenario, flags: ScenarioFlags): Promise<ExitCode> {
  const { viz, junit, report } = flags;
  const useless = Object.entries({ viz, junit, report }).find(([, value]) => value !== undefined);
  if (useless === undefined) return await checkDeterminism(loaded, flags);
  const flag = `--${useless[0]}`;
  const what = viz === undefined ? 'no report' : 'no single run to show';
  const message = `--check-determinism runs twice, so ${flag} has ${what}`;
  throw new FlagError(message, flag, 'leave out one of the two');
}

/** Runs a scenario whose seeds are run by a fleet. */
async function onFleet(
  queue: QueueAddress,
  loaded: OpenedScenario,
  flags: ScenarioFlags,
): Promise<ExitCode> {
  const fleet = await openFleetRunner(queue);
  try {
    const code = await executeScenario(loaded, { ...flags, trace: false }, fleet);
    return worstExitCode([code, ...fleet.codes()]);
  } finally {
    await fleet.close();
  }
}

/** The overrides of `--set`, and those that `--cpu` and `--cpu-profile` stand for. */
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
  if (text.trim() !== '' && value >= 0 && value <= RUN_SPEED_MAX) return value;
  const message = `--speed: "${text}" is not between 0 and ${RUN_SPEED_MAX}`;
  throw new FlagError(message, text, 'write --speed 1 for the pace of the wall clock');
}
