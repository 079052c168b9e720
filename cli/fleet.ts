/**
 * `orrery fleet --queue ADDRESS`: shows the workers of a fleet, the runs per second, and the runs that are
 * left.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { countWithNoun } from '../reports/format.ts';
import { oneLine } from '../reports/plain-text.ts';
import type { FleetQueueServer } from '../runner/fleet/fleet-engine.ts';
import { jobsQueueName, SWEEP_HEADER_QUEUE_NAME } from '../runner/fleet/fleet-executor.ts';
import {
  type FleetWorkerState,
  readFleetSweepHeader,
  readFleetWorkerState,
} from '../runner/fleet/fleet-job.ts';
import { WORKER_ALIVE_INTERVAL_MS, WORKERS_QUEUE_NAME } from '../runner/fleet/fleet-worker.ts';
import type { QueueAddress } from '../runner/fleet/queue-address.ts';
import { FlagError } from './exit.ts';
import { addFlagOptions } from './flags.ts';
import { openQueue, queueOption } from './queue-flag.ts';

interface FleetFlags {
  readonly queue?: QueueAddress;
  readonly json?: boolean;
  /**
   * The flag `--debug`. Not read through this field: code that prints errors looks for the flag on the
   * command line.
   */
  readonly debug?: boolean;
}

/** A worker that has not announced itself for this time, ms, counts as gone. */
const GONE_MS = 3 * WORKER_ALIVE_INTERVAL_MS;
/** Time between two readings of the state, from which the rate of runs is computed, ms. */
const RATE_MS = WORKER_ALIVE_INTERVAL_MS;

/**
 * The state of a fleet: its commit, the numbers of waiting, running, done and failed runs, and its
 * workers.
 */
export interface FleetState {
  readonly commit: string | null;
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  readonly failed: number;
  readonly workers: readonly FleetWorkerState[];
}

/** Adds the command `orrery fleet` to the program. */
export function addFleetCommand(program: Command): void {
  addFlagOptions<FleetFlags>(program.command('fleet'), {
    queue: queueOption(),
    json: new Option('--json', 'print one JSON document on stdout and nothing else'),
    debug: new Option('--debug', 'print stack traces of internal errors'),
  })
    .summary('show the workers of a fleet, and what is left')
    .description('Shows the workers that use a queue, their rate, and the runs that are left.')
    .action(async (flags: FleetFlags) => {
      await show(flags);
    });
}

async function show({ queue, json }: FleetFlags): Promise<void> {
  if (queue === undefined) {
    throw new FlagError('--queue is missing', 'fleet', 'write --queue redis://HOST:PORT');
  }
  const engine = await openQueue(queue);
  try {
    const before = await stateOf(engine);
    await new Promise((resolve) => setTimeout(resolve, RATE_MS));
    const now = await stateOf(engine);
    const rate = Math.max(0, now.done - before.done) / (RATE_MS / 1e3);
    if (json === true) process.stdout.write(`${JSON.stringify({ ...now, rate }, null, 2)}\n`);
    else process.stdout.write(fleetText(now, rate));
  } finally {
    await engine.close();
  }
}

async function stateOf(engine: FleetQueueServer): Promise<FleetState> {
  const head = readFleetSweepHeader(
    (await engine.queue(SWEEP_HEADER_QUEUE_NAME).getJob('head'))?.data,
  );
  const jobs = head === undefined ? undefined : engine.queue(jobsQueueName(head.commit));
  const counts = (await jobs?.getJobCounts('wait', 'active', 'completed', 'failed')) ?? {};
  const listed = await engine.queue(WORKERS_QUEUE_NAME).getJobs(['wait']);
  const nowMs = Date.now();
  const workers = listed
    .flatMap((job) => readFleetWorkerState(job?.data) ?? [])
    .filter(({ atMs }) => nowMs - atMs < GONE_MS)
    .sort((a, b) => (`${a.host} ${a.pid}` < `${b.host} ${b.pid}` ? -1 : 1));
  return {
    commit: head?.commit ?? null,
    waiting: counts['wait'] ?? 0,
    running: counts['active'] ?? 0,
    done: counts['completed'] ?? 0,
    failed: counts['failed'] ?? 0,
    workers,
  };
}

/** The state of a fleet as text. @param rate Runs per second. */
export function fleetText(state: FleetState, rate: number): string {
  const { commit, waiting, running, done, failed, workers } = state;
  const left = waiting + running;
  const time = rate > 0 ? `, ~${Math.ceil(left / rate)} s left` : '';
  const threads = workers.reduce((sum, one) => sum + one.threads, 0);
  const lines = [
    commit === null ? 'no sweep has asked for runs yet' : `commit ${commit}`,
    `${done} runs done, ${running} running, ${waiting} waiting${failed === 0 ? '' : `, ${failed} failed`}`,
    `${rate.toFixed(1)} runs/s${time}`,
    `${countWithNoun(workers.length, 'worker')}, ${countWithNoun(threads, 'thread')}`,
    ...workers.map((one) => {
      const other = one.commit === commit ? '' : `  commit ${one.commit}`;
      return `  ${one.host} ${one.pid}  ${countWithNoun(one.threads, 'thread')}  ${one.done} done${other}`;
    }),
  ];
  return `${lines.map(oneLine).join('\n')}\n`;
}
