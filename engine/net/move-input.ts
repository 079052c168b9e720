/**
 * Moves the memory that a job names out of the hands of the node, in both worlds alike
 * (ADR 0051).
 *
 * @module
 */
import type { JobDefinition } from '../host/compute.ts';

/** @returns the input with the memory that moves; the one given has lost it. */
export function moveInput({ transfer }: JobDefinition, input: unknown): unknown {
  if (transfer === undefined) return input;
  return structuredClone(input, { transfer: [...transfer.input(input)] });
}
