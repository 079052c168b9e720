/**
 * The command that makes the runs of a task on a command line. It names a shipped scenario; for any other one, it is
 * run in the folder that the Lab offers for download.
 *
 * @module
 */
import { SEEDS_PER_NETWORK } from '../../reports/networks.ts';
import { quoteShellWord } from '../../reports/shell-word.ts';
import { seedsInNetworks } from '../../runner/run/planned-runs.ts';
import { commandText, overrideFlags } from '../../scenarios/command-text.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { type LabTask, TOPOLOGIES } from './lab-task.ts';
import { labName } from './tab-files.ts';

type Asked = Pick<Scenario, 'seeds' | 'networks'>;

/** A command, and what it is to run. */
interface Command extends Pick<LabTask, 'files' | 'seeds'> {
  readonly command: 'scenario' | 'sweep' | 'hunt' | 'shrink';
  /** Flags that only this command has. */
  readonly own?: readonly string[];
}

/** The command of a task, with its flags in the order of the command line's own reports. */
export function labCommand(
  { command, own = [], files, seeds }: Command,
  scenario: Asked & Pick<Scenario, 'file' | 'topology'>,
  values: Readonly<Record<string, string>>,
): string {
  const name = labName(scenario.file);
  const topology = scenario.topology.file.replace(/^\//, '');
  const isOwnTopology = topology.startsWith(TOPOLOGIES) && files.has(topology);
  const set = { ...(isOwnTopology && { topology: `./${topology}` }), ...values };
  const flag = seeds === null ? [] : seedFlag(seeds, scenario);
  const all = flag === undefined ? { ...set, seeds: `[${seeds?.join()}]` } : set;
  const flags = [...own, ...(flag ?? []), ...overrideFlags(all)];
  return commandText([command, quoteShellWord(files.has(name) ? `./${name}` : name)], flags);
}

/** The flag that selects these seeds in each network; undefined if no flag can. */
function seedFlag(asked: readonly number[], scenario: Asked): readonly string[] | undefined {
  const { seeds, networks } = scenario;
  const [only, ...others] = seedsInNetworks(scenario, asked);
  if (others.length === 0) return [`--seed ${only}`];
  const own = seeds.slice(0, seeds.length / (networks?.length ?? 1));
  // `--seeds n` asks for the first n of the file or, if it has fewer, for 1 to n.
  const first = asked.map((_, at) => {
    if (asked.length > own.length) return at + 1;
    return networks === undefined ? own[at] : (own[at] ?? 0) % SEEDS_PER_NETWORK;
  });
  return first.join() === asked.join() ? [`--seeds ${asked.length}`] : undefined;
}
