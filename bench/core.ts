/**
 * Cost per call of the small parts of the kernel: queue, timer, random streams, fingerprint. It
 * helps to find what became slow, and is not meant for comparing machines.
 *
 * @module
 */
import { Bench } from 'tinybench';
import { Fingerprint } from '../engine/core/fingerprint.ts';
import { Scheduler } from '../engine/core/scheduler.ts';
import { openRandomStream } from '../engine/core/stream.ts';
import { RearmTimer } from '../engine/core/timer.ts';
import type { BenchResult } from './bench-result.ts';

export const name = 'core';

/** Calls per sample, enough to make the cost of reading the clock negligible. */
const BATCH = 1_000;
const NS_PER_MS = 1_000_000;
const TIME_MS = 250;

/** Measures each call; one result line per call. */
export async function run(): Promise<BenchResult[]> {
  const bench = new Bench({ time: TIME_MS, warmupTime: TIME_MS });
  addScheduler(bench);
  addStreams(bench);
  const fingerprint = new Fingerprint(64);
  add(bench, 'fingerprint: event', (i) => fingerprint.event(i * 1_000_003, i & 63, 2, 1_054));
  await bench.run();
  return bench.tasks.map((task) => {
    const { result } = task;
    if (!('latency' in result)) throw new Error(`${task.name} was not measured`);
    const perCall = (ms: number): number => (ms * NS_PER_MS) / BATCH;
    const { p50, min } = result.latency;
    return { name: task.name, unit: 'ns/call', value: perCall(p50), min: perCall(min) };
  });
}

function addScheduler(bench: Bench): void {
  const handler = { fire: (): void => undefined };
  const posted = new Scheduler(handler);
  add(bench, 'scheduler: post and fire', (i) => {
    posted.post(1 + (i & 7), 1, i);
    posted.step();
  });
  const scheduled = new Scheduler(handler);
  add(bench, 'scheduler: schedule and fire', (i) => {
    scheduled.schedule(1 + (i & 7), 1, i, 0);
    scheduled.step();
  });
  const present = new Scheduler(handler);
  add(bench, 'scheduler: schedule for now and fire', (i) => {
    // The clock has to move from time to time: the scheduler refuses endless events at one instant.
    present.schedule((i & 63) === 0 ? 1 : 0, 1, i, 0);
    present.step();
  });
  const cancelled = new Scheduler(handler);
  add(bench, 'scheduler: schedule and cancel', (i) => {
    cancelled.cancel(cancelled.schedule(1 + i, 1, i, 0));
  });
  const timer = new RearmTimer(new Scheduler(handler), () => undefined);
  add(bench, 'timer: re-arm', (i) => timer.rearm(1_000_000 + i));
}

function addStreams(bench: Bench): void {
  const stream = openRandomStream(1, 'bench', 'micro');
  add(bench, 'stream: u32', () => void stream.u32());
  add(bench, 'stream: below(1000)', () => void stream.below(1_000));
  add(bench, 'stream: uniform', () => void stream.uniform());
  add(bench, 'stream: exponential', () => void stream.exponential(1));
  add(bench, 'stream: truncated normal', () => void stream.truncatedNormal(1));
  const names = Array.from({ length: BATCH }, (_, i) => `node-${i}`);
  add(bench, 'stream: open', (i) => void openRandomStream(1, names[i] ?? '', 'micro'));
}

function add(bench: Bench, title: string, call: (i: number) => void): void {
  bench.add(title, () => {
    for (let i = 0; i < BATCH; i += 1) call(i);
  });
}
