/**
 * `orrery live FILE`: runs a scenario on real sockets of this machine and prints a verdict like that of
 * `orrery scenario`, with `mode: live` and wall time.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { entryModuleUrl } from '../engine/live/own-form.ts';
import { runDistributed } from '../runner/distributed/coordinator/distributed-run.ts';
import { type Deployment, loadDeployment } from '../runner/distributed/deployment/deployment.ts';
import { refuseClouds } from '../runner/faults/clouds.ts';
import type { LiveSettings } from '../runner/run/live-run.ts';
import { runLiveOnThread } from '../runner/threads/wall-clock-thread.ts';
import { refuseDoubles } from '../scenarios/open/doubles.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { runnerWithPrediction } from './against-sim.ts';
import { executeScenario, type ScenarioRunner } from './execute.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, EVENT_LOOPS_RANGE, numberOption, refuseWithHelp } from './flags.ts';
import { chooseLoops, type LayoutFlags, refuseTwoLayouts } from './live-layout.ts';
import { load, type OpenedScenario } from './load.ts';
import { withReportCopies } from './report-copies.ts';
import { addRunOptions, type RunFlags, refuseInapplicableFlags } from './run-flags.ts';
import { writeRunProcessesFile } from './write-files.ts';

interface OwnFlags extends LayoutFlags, Pick<LiveSettings, 'shape' | 'precision' | 'log'> {
  readonly cpuProfile?: string;
  readonly againstSim?: boolean;
}

type LiveFlags = RunFlags & OwnFlags;

/** Adds the command `orrery live` to the program. */
export function addLiveCommand(program: Command): void {
  const command = addRunOptions(program.command('live'), 'live')
    .argument('[file]', 'scenario file, or its name in scenarios/')
    .summary('run a scenario on real sockets, in real time')
    .description(
      'Runs a scenario on real UDP and TCP sockets of 127.0.0.0/8, with all nodes in\n' +
        'this process, or with --processes in one for each. In this process they share\n' +
        'one event loop, or two where more than 4,000 packets/s are offered. It ' +
        'takes as long as the duration in the scenario; Ctrl-C ends it early and ' +
        'reports the run so far. See docs/how-to/live.md.',
    );
  addFlagOptions<OwnFlags>(command, {
    shape: new Option('--shape <what>', 'links: delay, rate and loss as in the topology; off: none')
      .choices(['links', 'off'])
      .default('links'),
    processes: new Option(
      '--processes [layout]',
      'run one process per node, or per machine of the topology',
    )
      .choices(['node', 'machine'])
      .preset('node'),
    loops: numberOption(
      '--loops <n>',
      'spread the nodes over n event loops of this process',
      EVENT_LOOPS_RANGE,
    ),
    againstSim: new Option(
      '--against-sim',
      'compare with virtual time: latency minus lateness; on one loop, a prediction too',
    ),
    cpuProfile: new Option(
      '--cpu-profile <file>',
      'cost profile for --against-sim (runs/calibration.json)',
    ),
    deployment: new Option(
      '--deployment <file>',
      'use nodes that were started elsewhere (orrery node)',
    ),
    precision: new Option(
      '--precision <level>',
      'high: spin for microseconds; low: 2 ms late, little CPU',
    )
      .choices(['high', 'low'])
      .default('high', 'high on one event loop, low on more'),
    log: new Option('--log <level>', 'write log lines of nodes to stderr').choices([
      'debug',
      'info',
      'warn',
    ]),
  });
  command.action(async (file: string | undefined, flags: LiveFlags) => {
    if (file === undefined) {
      refuseWithHelp(command);
      return;
    }
    refuseInapplicableFlags(command, 'live');
    refuseTwoLayouts(flags);
    const isGiven = (name: string): boolean => command.getOptionValueSource(name) !== 'default';
    await withReportCopies(file, flags, () => runLive(file, flags, isGiven));
  });
}

async function runLive(
  file: string,
  flags: LiveFlags,
  isGiven: (name: string) => boolean,
): Promise<void> {
  const registry = new ProtocolRegistry();
  const plain = await load(file, flags.set, registry);
  const { loaded, deployment } = deploy(plain, flags.deployment);
  const { loops, repeat } = chooseLoops(flags, loaded.scenario, isGiven('precision'));
  refuseDoubles(loaded.scenario.topology, loaded.scenario.options, registry);
  const isSpread = flags.processes !== undefined || deployment !== undefined || loops > 1;
  if (isSpread) refuseClouds(loaded.scenario);
  // Several event loops or processes that all wait by spinning would slow each other down (docs/how-to/live.md).
  const precision = isSpread && !isGiven('precision') ? 'low' : flags.precision;
  const shape = isGiven('shape') ? flags.shape : (deployment?.shape ?? flags.shape);
  const runner = {
    ...runnerOf({ ...flags, loops, precision, shape }, { registry, deployment }),
    ...namedBy(flags, isGiven),
  };
  const how = { ...flags, ...loaded, loops, registry, file, overrides: flags.set };
  const named = repeat === undefined ? flags : { ...flags, loops: repeat };
  const isCompared = flags.againstSim === true;
  setExitCode(
    await executeScenario(
      loaded,
      named,
      isCompared ? await runnerWithPrediction(runner, how) : runner,
    ),
  );
}

/** The parts of a live run's folder name: where the nodes run, and flags that change the run. */
function namedBy(
  { processes, loops, deployment, shape, precision }: LiveFlags,
  isGiven: (name: string) => boolean,
): Pick<ScenarioRunner, 'layout' | 'flags'> {
  const places = { node: 'processes', machine: 'machines' } as const;
  const layout = processes === undefined ? undefined : places[processes];
  const spread = loops === undefined ? layout : `loops-${loops}`;
  return {
    layout: deployment === undefined ? spread : 'deployment',
    flags: {
      ...(deployment === undefined ? {} : { deployment }),
      ...(shape === 'off' ? { shape } : {}),
      ...(isGiven('precision') && precision !== undefined ? { precision } : {}),
    },
  };
}

/** The runner of live runs: in this process with one or more event loops, or with one process per node. */
function runnerOf(
  { shape = 'links', precision = 'high', log, processes, loops = 1 }: LiveFlags,
  parts: { readonly registry: ProtocolRegistry; readonly deployment: Deployment | undefined },
): ScenarioRunner {
  const { registry, deployment } = parts;
  const how = { shape, precision, ...(log === undefined ? {} : { log }) };
  const isHere = processes === undefined && deployment === undefined;
  if (isHere && loops === 1) {
    return { command: 'live', registry, run: (order) => runLiveOnThread(order, how) };
  }
  const spread = {
    ...how,
    registry,
    processes: isHere ? { loops } : (processes ?? 'node'),
    agentEntry: entryModuleUrl('./agent-start', import.meta.url),
    onNotice: (text: string): void => void process.stderr.write(`orrery: ${text}\n`),
    ...(deployment === undefined ? {} : { deployment }),
  };
  return {
    command: 'live',
    registry,
    run: (order, { folder }) =>
      runDistributed({
        ...order,
        ...spread,
        // If all nodes run in this process, no list of processes is written.
        ...(isHere ? {} : { onProcesses: (entries) => writeRunProcessesFile(folder, entries) }),
      }),
  };
}

/** Places the nodes as the deployment file says. */
function deploy(
  loaded: OpenedScenario,
  file: string | undefined,
): { readonly loaded: OpenedScenario; readonly deployment: Deployment | undefined } {
  if (file === undefined) return { loaded, deployment: undefined };
  const { scenario } = loaded;
  const changed = Object.keys(scenario.overrides).find((path) => path.startsWith('topology'));
  if (changed !== undefined) {
    const hint = 'change the file on every machine';
    throw new FlagError(
      `--deployment: nodes read their own topology file, which --set ${changed} does not change`,
      changed,
      hint,
    );
  }
  const deployment = loadDeployment(file, scenario.topology, { kind: 'coordinator' });
  const topology = deployment.place(scenario.topology);
  return { loaded: { ...loaded, scenario: { ...scenario, topology } }, deployment };
}
