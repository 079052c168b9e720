/**
 * The result format of `npm run bench`, and how a rate is taken: CPU time of the process, one
 * warm-up, median of five with minimum and maximum (docs/spec/workloads.md).
 *
 * Does not print; main.ts does.
 *
 * @module
 */

/** One line of the table. */
export interface BenchResult {
  /** What was measured, for example `hold, 100 pending`. */
  readonly name: string;
  /** Median, in {@link unit}. */
  readonly value: number;
  /** `M events/s`, `ns/packet`, `MB` ...; per second always means per CPU second. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** Target: at least this for rates (`.../s`), at most this for everything else. */
  readonly target?: number;
  /**
   * Multiple of a reference that was measured in turn with it; if absent, main.ts uses the
   * calibration loop around the whole run.
   */
  readonly ratio?: number;
  /** For peers: name of the line of the same run to which this one is compared. */
  readonly comparedWith?: string;
  /** Remarks on comparability, for example `no FIFO ties, no cancel`. */
  readonly note?: string;
}

/** A file `bench/<name>.ts`; main.ts lists it. */
export interface BenchModule {
  readonly name: string;
  run(): readonly BenchResult[] | Promise<readonly BenchResult[]>;
}

/** Operations done, and the CPU time that they took. */
export interface Sample {
  /** Operations. */
  readonly count: number;
  /** CPU time, user and system, microseconds. */
  readonly cpuUs: number;
}

/** Median, least and largest. */
export interface Spread {
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

const RUNS = 5;

/** CPU time of a piece of work, microseconds. */
export function cpuTimeUs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return used.user + used.system;
}

/** Millions of operations per CPU second: one warm-up, then the median of five. */
export function rateOf(run: () => Sample): Spread {
  run();
  const rates = Array.from({ length: RUNS }, () => {
    const { count, cpuUs } = run();
    return count / cpuUs;
  });
  return spreadOf(rates);
}

/** Median, least and largest of some numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[sorted.length >> 1] ?? Number.NaN;
  return { value, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** A round that other work on the machine disturbed; it is measured again. */
export class DisturbedRound extends Error {
  override readonly name = 'DisturbedRound';
}

/** Throws unless a workload gave exactly the expected result: otherwise its rate is void. */
export function requireEqual(
  what: string,
  found: number | string,
  expected: number | string,
): void {
  if (found !== expected) throw new Error(`void: ${what} is ${found}, not ${expected}`);
}
