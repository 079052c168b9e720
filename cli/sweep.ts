/**
 * `orrery sweep FILE`: runs every combination of the file's `sweep:` with the same seeds, and prints a
 * table; results go to the run's folder as they come, and a sweep that was stopped goes on where it was.
 *
 * @module
 */
import type { Command } from 'commander';
import { plural } from '../reports/format.ts';
import { readShard, type Shard } from '../runner/sweep/shard.ts';
import { commandText } from '../scenarios/command-text.ts';
import { ProtocolRegistry } from '../scenarios/open/registry.ts';
import { seedsOf } from './execute.ts';
import { exitWith, FlagError } from './exit.ts';
import {
  hideUseless,
  MEMORY_RANGE,
  refuseUseless,
  SEEDS_RANGE,
  type UselessFlags,
  wholeNumber,
} from './flags.ts';
import { load } from './load.ts';
import { QUEUE_HELP, queueFlag } from './queue-flag.ts';
import { addCopyOptions, withCopies } from './report-copies.ts';
import { addRunOptions } from './scenario.ts';
import { type SweepFlags, sweep } from './sweep-run.ts';

/** Impossible requests are rejected before the sweep runs for an hour. */
const USELESS: UselessFlags = {
  names: new Set([
    '--trace',
    '--no-trace',
    '--pcap',
    '--explain',
    '--baseline',
    '--baseline-report-only',
  ]),
  reason: 'a sweep keeps the reports of its combinations only',
  hint: (flag) => {
    const one = commandText(['scenario', 'FILE'], ['--set PATH=VALUE', flag]);
    return `run one combination with \`${one}\``;
  },
};

/** Adds the command. */
export function addSweep(program: Command): void {
  const command = addCopyOptions(addRunOptions(program.command('sweep')))
    .argument('<file>', 'scenario file with a `sweep:` section')
    .summary('run all combinations of parameter lists')
    .description(
      'Runs every combination of `sweep:` with the same seeds. A sweep that was stopped goes on where it was.',
    )
    .option(
      '--adaptive <n>',
      'more seeds, up to n, where an interval reaches over its limit',
      wholeNumber('--adaptive', SEEDS_RANGE),
    )
    .option('--shard <i/n>', 'run part i of n only; join them with `orrery merge`', shard)
    .option(
      '--memory <MB>',
      'memory of a thread; a run that needs more fails alone',
      wholeNumber('--memory', MEMORY_RANGE),
    )
    .option('--queue <address>', QUEUE_HELP, queueFlag)
    .option('--fresh', 'run everything again, whatever a stopped sweep has left')
    .action(async (file: string, flags: SweepFlags) => {
      refuseUseless(command, USELESS);
      await withCopies(file, flags, () => runSweep(file, flags));
    });
  hideUseless(command, USELESS);
}

async function runSweep(file: string, flags: SweepFlags): Promise<void> {
  const registry = new ProtocolRegistry();
  const { scenario } = await load(file, flags.set, registry);
  if (scenario.sweep === undefined) {
    throw new FlagError(`${file} has no sweep`, file, 'add `sweep: { path: [values] }`');
  }
  checkAdaptive(flags, seedsOf(scenario.seeds, flags).length);
  exitWith(await sweep(file, scenario, { flags, registry }));
}

/** @throws FlagError if there would be fewer seeds at most than there are at first. */
function checkAdaptive({ adaptive }: SweepFlags, first: number): void {
  if (adaptive === undefined || adaptive >= first) return;
  const begins = `combinations begin with ${plural(first, 'seed')}`;
  const hint = `write --adaptive ${Math.min(2 * first, SEEDS_RANGE.most)}, or leave it out`;
  throw new FlagError(`--adaptive: ${adaptive} is too few, ${begins}`, '--adaptive', hint);
}

function shard(text: string): Shard {
  const found = readShard(text);
  if (found !== undefined) return found;
  const hint = 'write --shard 1/4, --shard 2/4 and so on';
  throw new FlagError(`--shard: "${text}" is not part i of n, both from 1`, text, hint);
}
