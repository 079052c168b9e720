/**
 * Checks whether the machine is idle enough for a measurement that takes minutes.
 *
 * @module
 */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../scenarios/refusal.ts';

/** Duration of one measurement of the processor use, ms. */
const MEASUREMENT_MS = 2_000;
/** Largest number of measurements: 10 s in all. */
const MEASUREMENTS = 5;
/**
 * Largest number of cores that all programs together may use: with more, the measurement would
 * count their work as ours.
 */
const OTHERS_MAX = 0.4;

/** Measures over `waitMs`, while this process waits, how many cores all programs together use on average. */
export async function measureCoresInUse(waitMs: number, times = cpus): Promise<number> {
  const before = busyMs(times());
  const began = performance.now();
  await pause(waitMs);
  return (busyMs(times()) - before) / (performance.now() - began);
}

/**
 * Waits until the machine has been idle enough for two seconds in a row.
 * @param inUse Measures over `waitMs` how many cores are in use.
 * @throws Refusal if it was too busy for ten seconds.
 */
export async function waitForQuietMachine(
  inUse: (waitMs: number) => Promise<number> = measureCoresInUse,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < MEASUREMENTS; count += 1) {
    least = Math.min(least, await inUse(MEASUREMENT_MS));
    if (least <= OTHERS_MAX) return;
  }
  throw new Refusal(
    `other programs use ${least.toFixed(1)} of ${cpus().length} cores: the machine is too busy to be measured ` +
      `(at most ${OTHERS_MAX}); try again when it is quiet`,
  );
}

function busyMs(cores: ReturnType<typeof cpus>): number {
  return cores.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}
