/**
 * Flags of the commands that hunt and shrink.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { Option } from 'commander';
import { readQuantityAs } from '../topologies/files/quantity.ts';
import { FlagError } from './exit.ts';
import { numberOption, THREADS_RANGE } from './flags.ts';

const BUDGET_DEFAULT_MS = 60_000;
const NS_PER_MS = 1_000_000;

/** Makes the option `--budget`, whose value is read as ms. */
export function budgetOption(summary: string): Option {
  return new Option('--budget <time>', summary)
    .argParser(budgetMs)
    .default(BUDGET_DEFAULT_MS, '60s');
}

/** Makes the option `--workers`; by default one thread per core. */
export function workersOption(): Option {
  const option = numberOption('--workers <n>', 'number of threads', THREADS_RANGE);
  return option.default(availableParallelism(), 'one a core');
}

/** A time such as `10m`, in ms. */
function budgetMs(text: string): number {
  const minutes = /^(\d+(?:\.\d+)?)m$/.exec(text)?.[1];
  const read = readQuantityAs(minutes === undefined ? text : `${minutes}min`, 'time', {});
  if ('value' in read && read.value > 0) return read.value / NS_PER_MS;
  throw new FlagError(`--budget: "${text}" is not a time`, text, 'write e.g. 90s or 10m');
}
