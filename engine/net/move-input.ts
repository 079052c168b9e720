/**
 * Moves buffers of a job's input away from the node, in virtual time just as in live runs, where a
 * thread takes them (ADR 0051).
 *
 * @module
 */
import type { JobDefinition } from '../host/compute.ts';

/**
 * Moves the buffers that the job's `transfer` names from the node into the input of the job.
 * @returns an input with the moved buffers; the buffers of the given input then have length 0.
 */
export function moveJobInput({ transfer }: JobDefinition, input: unknown): unknown {
  if (transfer === undefined) return input;
  return structuredClone(input, { transfer: [...transfer.input(input)] });
}
