/**
 * `orrery worker --queue ADDRESS`: makes runs for all commands that use the queue, until it is stopped.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { oneLine } from '../reports/plain-text.ts';
import { FleetWorker } from '../runner/fleet/fleet-worker.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { sourceState } from '../runner/sweep/source-state.ts';
import { FlagError } from './exit.ts';
import {
  addFlagOptions,
  LOCK_SECONDS_RANGE,
  MEMORY_MB_RANGE,
  numberOption,
  THREADS_RANGE,
  TIME_LIMIT_SECONDS_RANGE,
} from './flags.ts';
import { watchInterrupts } from './interrupt.ts';
import { openQueue, queueOption } from './queue-flag.ts';

interface WorkerFlags {
  readonly queue?: QueueAddress;
  readonly threads?: number;
  readonly memory?: number;
  readonly lock?: number;
  readonly timeLimit?: number;
  /**
   * The flag `--debug`. Not read through this field: code that prints errors looks for the flag on the command line.
   */
  readonly debug?: boolean;
}

/** Adds the command `orrery worker` to the program. */
export function addWorkerCommand(program: Command): void {
  addFlagOptions<WorkerFlags>(program.command('worker'), {
    queue: queueOption(),
    threads: numberOption('--threads <n>', 'runs at once (default: all cores)', THREADS_RANGE),
    memory: numberOption(
      '--memory <MB>',
      'memory of a thread; a run that needs more fails alone',
      MEMORY_MB_RANGE,
    ),
    lock: numberOption(
      '--lock <s>',
      'time after which the run of a worker that is gone goes to another (default: 30)',
      LOCK_SECONDS_RANGE,
    ),
    timeLimit: numberOption(
      '--time-limit <s>',
      'longest time of a run, which then fails alone (default: 3600)',
      TIME_LIMIT_SECONDS_RANGE,
    ),
    debug: new Option('--debug', 'print stack traces of internal errors'),
  })
    .summary('make runs for the sweeps of a fleet')
    .description(
      'Takes runs from a queue and makes them, from the files of this folder. Jobs name files and hashes; no code comes with them.',
    )
    .action(async (flags: WorkerFlags) => {
      await work(flags);
    });
}

async function work({ queue, threads, memory, lock, timeLimit }: WorkerFlags): Promise<void> {
  if (queue === undefined) {
    throw new FlagError('--queue is missing', 'worker', 'write --queue redis://HOST:PORT');
  }
  const engine = await openQueue(queue);
  const commit = sourceState();
  const count = threads ?? availableParallelism();
  const worker = new FleetWorker({
    ...{ engine, commit, threads: count, memoryMb: memory },
    lockMs: lock === undefined ? undefined : lock * 1_000,
    timeLimitMs: timeLimit === undefined ? undefined : timeLimit * 1_000,
    onNotice: (text): void => {
      // A notice may quote a job whose texts come from another machine, so it is reduced to one
      // line.
      process.stderr.write(`orrery: ${oneLine(text)}\n`);
    },
  });
  try {
    await worker.start();
    process.stdout.write(`worker of commit ${commit}, ${count} at once, at ${queue.shown}\n`);
    const { signal, dispose } = watchInterrupts('runs that have begun end first');
    await new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    dispose();
  } finally {
    await worker.close();
    await engine.close();
  }
}
