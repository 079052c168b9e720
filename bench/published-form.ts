/**
 * The benchmark of the packet pipeline in the form in which comparable projects publish theirs,
 * plus one figure that they omit: whether the results were right.
 *
 * @module
 */

const US_PER_SECOND = 1_000_000;

/** What a run of the benchmark counted, and the time that it took. */
export interface BenchmarkCounts {
  readonly sent: number;
  readonly dropped: number;
  /** Number of returned packets with a wrong result. */
  readonly wrong: number;
  readonly seconds: number;
  /** CPU time of all threads, microseconds. */
  readonly cpuUs: number;
}

/**
 * Writes one line: sent, processed, dropped, elapsed, throughput, mean processing, success rate,
 * and the share of valid results. A wrong result counts neither as a success nor in the throughput.
 */
export function publishedForm({ sent, dropped, wrong, seconds, cpuUs }: BenchmarkCounts): string {
  const processed = sent - dropped;
  const right = processed - wrong;
  const share = (part: number, of: number): string =>
    of === 0 ? '-' : `${Number(((100 * part) / of).toFixed(2))} %`;
  return [
    `sent ${sent}`,
    `processed ${processed}`,
    `dropped ${dropped}`,
    `${seconds.toFixed(2)} s`,
    `${Math.floor(right / seconds)}/s`,
    `${right === 0 ? '-' : (cpuUs / right).toFixed(2)} us CPU a packet (${right === 0 ? '-' : Math.floor((US_PER_SECOND * right) / cpuUs)}/s per core)`,
    `success ${share(right, sent)}`,
    `${share(right, processed)} valid`,
  ].join(', ');
}
