/**
 * Time that the host gave to other guests while this machine wanted to compute: no load average shows
 * it, and no program can do anything against it.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const TICK_MS = 10;
/** Of the first line of `/proc/stat`: cpu user nice system idle iowait irq softirq steal. */
const STEAL_FIELD = 8;

/**
 * Starts to watch.
 * @returns the share of all cores' time that was stolen since; undefined where the system does not tell.
 */
export function watchStolenTime(): () => number | undefined {
  const [ticks, startedAt] = [stolenTicks(), performance.now()];
  return () => {
    const now = stolenTicks();
    if (ticks === undefined || now === undefined) return undefined;
    const coreMs = (performance.now() - startedAt) * availableParallelism();
    return ((now - ticks) * TICK_MS) / coreMs;
  };
}

function stolenTicks(): number | undefined {
  try {
    const [cpu = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const ticks = Number(cpu.split(/\s+/)[STEAL_FIELD]);
    return Number.isFinite(ticks) ? ticks : undefined;
  } catch {
    // Another system.
    return undefined;
  }
}
