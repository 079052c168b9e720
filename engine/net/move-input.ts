/**
 * Takes the memory that a job names away from the node, in virtual time as live (ADR 0051).
 *
 * @module
 */
import type { JobDefinition } from '../host/compute.ts';

/**
 * Moves the memory that a job names from the node into the input of the job.
 * @returns an input with the memory that moved; in the given one it has length 0.
 */
export function moveJobInput({ transfer }: JobDefinition, input: unknown): unknown {
  if (transfer === undefined) return input;
  return structuredClone(input, { transfer: [...transfer.input(input)] });
}
