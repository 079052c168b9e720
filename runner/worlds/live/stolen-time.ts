/**
 * Steal time: the time that the host gave to other guests while this virtual machine wanted to compute.
 * No load average shows it, and no program can prevent it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * Index of the field `steal` in the first line of `/proc/stat`: cpu user nice system idle iowait irq
 * softirq steal.
 */
const STEAL_FIELD = 8;

/** Microseconds of a tick in `/proc/stat`: a hundredth of a second, whatever the tick of the kernel is. */
const US_PER_TICK = 10_000;
const US_PER_MS = 1_000;

/** The time that was stolen from all cores. */
export interface StolenTime {
  readonly stolenUs: number;
  readonly coresUs: number;
}

/**
 * Starts measuring.
 * @returns a function that gives the time stolen since then; undefined if the operating system does not
 *   report it.
 */
export function watchStolenTime(): () => StolenTime | undefined {
  const [ticks, startedAt] = [stolenTicks(), performance.now()];
  return () => {
    const now = stolenTicks();
    if (ticks === undefined || now === undefined) return undefined;
    const wallUs = (performance.now() - startedAt) * US_PER_MS;
    return {
      stolenUs: (now - ticks) * US_PER_TICK,
      coresUs: Math.round(wallUs * availableParallelism()),
    };
  };
}

function stolenTicks(): number | undefined {
  try {
    return parseStolenTicks(readFileSync('/proc/stat', 'utf8'));
  } catch {
    // Only Linux has this file.
    return undefined;
  }
}

/** The stolen ticks of all cores together, from the text of `/proc/stat`. */
export function parseStolenTicks(text: string): number | undefined {
  const [all = ''] = text.split('\n', 1);
  const ticks = Number(all.split(/\s+/)[STEAL_FIELD]);
  return Number.isFinite(ticks) ? ticks : undefined;
}
