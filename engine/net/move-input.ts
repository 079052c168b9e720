/**
 * Takes the memory that a job names away from the node, in virtual time as live (ADR 0051).
 *
 * @module
 */
import type { JobDefinition } from '../host/compute.ts';

/**
 * Moves the memory that a job names from the node into the input of the job.
 * @returns an input with the moved memory; the arrays of the given input then have length 0.
 */
export function moveJobInput({ transfer }: JobDefinition, input: unknown): unknown {
  if (transfer === undefined) return input;
  return structuredClone(input, { transfer: [...transfer.input(input)] });
}
