/**
 * Checks whether the machine is idle enough for a measurement that takes minutes.
 *
 * @module
 */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal } from '../scenarios/refusal.ts';

/** Duration of one look at the processor use, ms, and the most looks: ten seconds in all. */
const LOOK_MS = 2_000;
const LOOKS = 5;
/** Most cores that other programs may use in all: more would be measured as our own cost. */
const OTHERS_MAX = 0.4;

/** Cores that all programs used in `waitMs`; this process waits meanwhile. */
export async function measureCoresInUse(waitMs: number, times = cpus): Promise<number> {
  const before = busyMs(times());
  const began = performance.now();
  await pause(waitMs);
  return (busyMs(times()) - before) / (performance.now() - began);
}

/**
 * Waits for two quiet seconds.
 * @param inUse Measures over `waitMs` how many cores are in use.
 * @throws Refusal after ten seconds in which there were none.
 */
export async function waitForQuietMachine(
  inUse: (waitMs: number) => Promise<number> = measureCoresInUse,
): Promise<void> {
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < LOOKS; look += 1) {
    least = Math.min(least, await inUse(LOOK_MS));
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
