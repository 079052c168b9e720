/**
 * The result format of `npm run bench`, and how a rate is measured: CPU time of the process, one
 * warm-up, median of five with minimum and maximum (docs/spec/workloads.md).
 *
 * Prints nothing; that is the job of main.ts.
 *
 * @module
 */

/** One line of the printed table. */
export interface BenchResult {
  /** The thing measured, for example `hold, 100 pending`. */
  readonly name: string;
  /** Median, in {@link unit}. */
  readonly value: number;
  /** `M events/s`, `ns/packet`, `MB` ...; per second always means per CPU second. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  /** Target value: rates (`.../s`) should be at least this, everything else at most this. */
  readonly target?: number;
  /**
   * The value as a multiple of a reference that was measured alternately with it. If absent,
   * main.ts divides by the calibration loop around the whole run.
   */
  readonly ratio?: number;
  /** For other libraries: name of the line in the same run with which this line is compared. */
  readonly comparedWith?: string;
  /** Remarks on comparability, for example `no FIFO ties, no cancel`. */
  readonly note?: string;
}

/** The interface of a file `bench/<name>.ts` that main.ts lists. */
export interface BenchModule {
  readonly name: string;
  run(): readonly BenchResult[] | Promise<readonly BenchResult[]>;
}

/** A number of operations and the CPU time that they took. */
export interface Sample {
  /** Number of operations. */
  readonly count: number;
  /** CPU time, user and system, microseconds. */
  readonly cpuUs: number;
}

/** Median, minimum and maximum. */
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

/** Millions of operations per CPU second: the median of five runs after one warm-up. */
export function rateOf(run: () => Sample): Spread {
  run();
  const rates = Array.from({ length: RUNS }, () => {
    const { count, cpuUs } = run();
    return count / cpuUs;
  });
  return spreadOf(rates);
}

/** Median, minimum and maximum of some numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[sorted.length >> 1] ?? Number.NaN;
  return { value, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Thrown when other work on the machine disturbed a round; the round is measured again. */
export class DisturbedRound extends Error {
  override readonly name = 'DisturbedRound';
}

/**
 * Throws unless a workload produced exactly the expected result, because the rate of a wrong run
 * means nothing.
 */
export function requireEqual(
  what: string,
  found: number | string,
  expected: number | string,
): void {
  if (found !== expected) throw new Error(`void: ${what} is ${found}, not ${expected}`);
}
