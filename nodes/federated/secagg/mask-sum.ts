/**
 * Cuts the sum of many masks into jobs: parts of the vector, and within them groups of streams.
 *
 * @module
 */
import { splitIntoBatches } from './job-stage.ts';
import type { SumMasksInput, SumMasksOutput } from './jobs.ts';
import { addVectorInto, reduceRingElements } from './ring.ts';

/** Number of elements of a part: two pieces of key stream, so that the sum stays in the cache. */
const PART_ELEMENTS = 131_072;
/** Largest product of elements and streams in a job: 20 ms if an element costs 3.3 ns. */
const JOB_ELEMENTS = 6_000_000;

/** The jobs that add up these streams over a vector. */
export function sumMasksJobInputs(
  streams: SumMasksInput['streams'],
  length: number,
): readonly SumMasksInput[] {
  const part = Math.min(PART_ELEMENTS, length);
  const groups = splitIntoBatches(streams, Math.floor(JOB_ELEMENTS / part));
  const jobs: SumMasksInput[] = [];
  for (let start = 0; start < length; start += part) {
    const count = Math.min(part, length - start);
    for (const group of groups) jobs.push({ streams: group, start, count });
  }
  return jobs;
}

/** Adds what the jobs found to a vector, and reduces it modulo 2^bits. */
export function addMaskSums(
  vector: Uint32Array,
  sums: readonly SumMasksOutput[],
  bits: number,
): void {
  for (const { start, sum } of sums) addVectorInto(vector.subarray(start, start + sum.length), sum);
  reduceRingElements(vector, bits);
}
