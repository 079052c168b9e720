/**
 * `orrery sweep FILE`: runs every combination of the file's `sweep:` with the same seeds, and prints a table. Each
 * result is written to the run's folder when it is known, so that a stopped sweep can continue.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { countWithNoun } from '../reports/format.ts';
import { refuseTwinsAndNetworks } from '../runner/run/planned-runs.ts';
import { readShard, type Shard } from '../runner/sweep/shard.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions, MEMORY_MB_RANGE, numberOption, SEED_COUNT_RANGE } from './flags.ts';
import { load } from './load.ts';
import { queueOption } from './queue-flag.ts';
import { withReportCopies } from './report-copies.ts';
import { addRunOptions, refuseInapplicableFlags } from './run-flags.ts';
import { seedsToRun } from './seeds.ts';
import { runSweepCommand, type SweepFlags, type SweepOwnFlags } from './sweep-run.ts';

/** Adds the command `orrery sweep` to the program. */
export function addSweepCommand(program: Command): void {
  const command = addRunOptions(program.command('sweep'), 'sweep')
    .argument('<file>', 'scenario file with a `sweep:` section')
    .summary('run all combinations of parameter lists')
    .description(
      'Runs every combination of `sweep:` with the same seeds. A sweep that was stopped goes on where it was.',
    );
  addFlagOptions<SweepOwnFlags>(command, {
    adaptive: numberOption(
      '--adaptive <n>',
      'more seeds, up to n, where an interval reaches over its limit',
      SEED_COUNT_RANGE,
    ),
    shard: new Option(
      '--shard <i/n>',
      'run part i of n only; join them with `orrery merge`',
    ).argParser(shard),
    memory: numberOption(
      '--memory <MB>',
      'memory of a thread; a run that needs more fails alone',
      MEMORY_MB_RANGE,
    ),
    queue: queueOption(),
    fresh: new Option('--fresh', 'run everything again, whatever a stopped sweep has left'),
  });
  command.action(async (file: string, flags: SweepFlags) => {
    refuseInapplicableFlags(command, 'sweep');
    await withReportCopies(file, flags, () => runSweep(file, flags));
  });
}

async function runSweep(file: string, flags: SweepFlags): Promise<void> {
  const registry = new ProtocolRegistry();
  const { scenario } = await load(file, flags.set, registry);
  if (scenario.sweep === undefined) {
    throw new FlagError(`${file} has no sweep`, file, 'add `sweep: { path: [values] }`');
  }
  refuseTwinsAndNetworks(scenario, 'a sweep');
  checkAdaptive(flags, seedsToRun(scenario, flags).length);
  setExitCode(await runSweepCommand(file, scenario, { flags, registry }));
}

/** @throws FlagError if `--adaptive` allows fewer seeds than each combination has at first. */
function checkAdaptive({ adaptive }: SweepFlags, first: number): void {
  if (adaptive === undefined || adaptive >= first) return;
  const begins = `combinations begin with ${countWithNoun(first, 'seed')}`;
  const hint = `write --adaptive ${Math.min(2 * first, SEED_COUNT_RANGE.most)}, or leave it out`;
  throw new FlagError(`--adaptive: ${adaptive} is too few, ${begins}`, '--adaptive', hint);
}

function shard(text: string): Shard {
  const found = readShard(text);
  if (found !== undefined) return found;
  const hint = 'write --shard 1/4, --shard 2/4 and so on';
  throw new FlagError(`--shard: "${text}" is not part i of n, both from 1`, text, hint);
}
