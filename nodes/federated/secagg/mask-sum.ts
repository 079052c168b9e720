/**
 * Cuts the sum of many masks into jobs: parts of the vector, and within them groups of streams.
 *
 * @module
 */
import { inBatches } from './job-stage.ts';
import type { SumInput, SumOutput } from './jobs.ts';
import { addInto, reduceElements } from './ring.ts';

/** Elements of a part: two pieces of key stream, so that the sum stays in the cache. */
const PART_ELEMENTS = 131_072;
/** Elements times streams of a job: 20 ms where an element costs 3.3 ns. */
const JOB_ELEMENTS = 6_000_000;

/** The jobs that add up these streams over a vector. */
export function maskSumJobs(streams: SumInput['streams'], length: number): readonly SumInput[] {
  const part = Math.min(PART_ELEMENTS, length);
  const groups = inBatches(streams, Math.floor(JOB_ELEMENTS / part));
  const jobs: SumInput[] = [];
  for (let start = 0; start < length; start += part) {
    const count = Math.min(part, length - start);
    for (const group of groups) jobs.push({ streams: group, start, count });
  }
  return jobs;
}

/** Adds what the jobs found to a vector, and reduces it modulo 2^bits. */
export function addSums(vector: Uint32Array, sums: readonly SumOutput[], bits: number): void {
  for (const { start, sum } of sums) addInto(vector.subarray(start, start + sum.length), sum);
  reduceElements(vector, bits);
}
