/**
 * `orrery live FILE`: runs a scenario on real sockets of this machine and prints the same verdict,
 * with `mode: live` and wall time.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { IS_SOURCE } from '../engine/live/own-form.ts';
import { commandText } from '../scenarios/command-text.ts';
import { type DistributedOrder, runDistributed } from '../scenarios/distributed/distributed-run.ts';
import { ProtocolRegistry } from '../scenarios/registry.ts';
import { type LiveOrder, runLive } from '../scenarios/runner/live-run.ts';
import type { RunEnd } from '../scenarios/runner/run-scenario.ts';
import { againstSim } from './against-sim.ts';
import { execute, type RunFlags, type Runner } from './execute.ts';
import { exitWith, FlagError } from './exit.ts';
import { load } from './load.ts';
import { addRunOptions } from './scenario.ts';

type LiveFlags = RunFlags & { readonly againstSim?: boolean; readonly cpuProfile?: string } & Pick<
    LiveOrder,
    'shape' | 'precision' | 'log'
  > &
  Partial<Pick<DistributedOrder, 'processes'>>;

/** Adds the command. */
export function addLive(program: Command): void {
  const command = addRunOptions(program.command('live'))
    .argument('[file]', 'scenario file, or its name in scenarios/')
    .summary('run a scenario on real sockets, in real time')
    .description(
      'Runs a scenario with all nodes in this process on real UDP and TCP sockets of 127.0.0.0/8.\n' +
        'It takes as long as the scenario says; Ctrl-C ends it early and reports what there is.',
    )
    .addOption(
      new Option('--shape <what>', 'links: delay, rate and loss as in the topology; off: none')
        .choices(['links', 'off'])
        .default('links'),
    )
    .addOption(
      new Option('--processes [layout]', 'a process per node, or per machine of the topology')
        .choices(['node', 'machine'])
        .preset('node'),
    )
    .option(
      '--against-sim',
      'predict the run in virtual time and compare (needs npm run calibrate)',
    )
    .option('--cpu-profile <file>', 'cost profile for --against-sim (runs/calibration.json)')
    .addOption(
      new Option('--precision <level>', 'high: spin for microseconds; low: 2 ms late, little CPU')
        .choices(['high', 'low'])
        .default('high'),
    )
    .addOption(
      new Option('--log <level>', 'write log lines of nodes to stderr').choices([
        'debug',
        'info',
        'warn',
      ]),
    );
  command.action(async (file: string | undefined, flags: LiveFlags) => {
    if (file === undefined) {
      command.outputHelp();
      return;
    }
    refuseRecordings(flags);
    const registry = new ProtocolRegistry();
    const loaded = await load(file, flags.set, registry);
    // Many processes that spin would take the processor from each other (spec/simulation.md 9.5).
    const isChosen = command.getOptionValueSource('precision') !== 'default';
    const precision = flags.processes === undefined || isChosen ? flags.precision : 'low';
    const runner = runnerOf({ ...flags, precision }, registry);
    const how = { ...flags, registry, file, overrides: flags.set };
    const isCompared = flags.againstSim === true;
    exitWith(await execute(loaded, flags, isCompared ? await againstSim(runner, how) : runner));
  });
}

/** The module that an agent's process runs, in the form in which this one runs. */
function agentEntryModule(): string {
  return new URL(IS_SOURCE ? './agent-start.ts' : './agent-start.js', import.meta.url).href;
}

/** In this process, or in one for each node. */
function runnerOf(
  { shape = 'links', precision = 'high', log, processes }: LiveFlags,
  registry: ProtocolRegistry,
): Runner {
  const agentEntry = agentEntryModule();
  const how = { registry, shape, precision, agentEntry, ...(log === undefined ? {} : { log }) };
  const run: Runner['run'] =
    processes === undefined
      ? (order): Promise<RunEnd> => runLive({ ...order, ...how })
      : (order): Promise<RunEnd> => runDistributed({ ...order, ...how, processes });
  return { command: 'live', run };
}

/** A datagram loses its identity in the kernel, so packets cannot be followed over their hops. */
function refuseRecordings({ trace, pcap, explain }: LiveFlags): void {
  const asked = [
    ...(trace === 'windows' || trace === 'full' ? ['--trace'] : []),
    ...(pcap === true ? ['--pcap'] : []),
    ...(explain === undefined ? [] : ['--explain']),
  ];
  const [flag] = asked;
  if (flag === undefined) return;
  const hint = `${commandText(['scenario'])} records the same file in virtual time`;
  throw new FlagError(`${flag}: a live run does not follow single packets`, flag, hint);
}
