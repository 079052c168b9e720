/**
 * Bytes of what Prio3 sends (draft-irtf-cfrg-vdaf section 7.2), from a circuit alone.
 *
 * ```text
 * report          public share, input shares, each to its aggregator
 * public share    [part of aggregator 0] [part of 1] ...                 32 bytes each, or nothing
 * input share 0   [measurement share] [proof share] [blind]              elements; 32 bytes or nothing
 * input share j   [seed] [blind]                                         32 bytes; 32 or nothing
 * proof           [first value of each wire] [values of the gadget]      elements
 * verifier share  [result] [value of each wire] [of the gadget] [part]   elements; 32 bytes or nothing
 * message         [seed of joint randomness]                             32 bytes or nothing
 * ```
 *
 * Elements are little-endian, of 8 or 16 bytes, and below the modulus. Parts, blinds and the message
 * are there only if the circuit has joint randomness. The geometry of a circuit fixes every length, so no
 * message says its own.
 *
 * @module
 */
import { type AnyCircuit, proofLength, verifierLength } from './flp.ts';
import { SEED_LENGTH } from './geometry.ts';

/** Bytes of a seed that only circuits with joint randomness need. */
function jointSeed({ jointLength }: AnyCircuit): number {
  return jointLength > 0 ? SEED_LENGTH : 0;
}

/** Bytes of the randomness with which a client shares. */
export function randLength(circuit: AnyCircuit, shares: number): number {
  return shares * (SEED_LENGTH + jointSeed(circuit));
}

/** Bytes of an input share: those of aggregator 0 are vectors, those of all others seeds. */
export function inputShareLength(circuit: AnyCircuit, aggregator: number): number {
  const elements = circuit.measurementLength + proofLength(circuit);
  return (aggregator === 0 ? elements * circuit.field.size : SEED_LENGTH) + jointSeed(circuit);
}

/** Bytes of a public share. */
export function publicShareLength(circuit: AnyCircuit, shares: number): number {
  return shares * jointSeed(circuit);
}

/** Bytes of a verifier share. */
export function verifierShareLength(circuit: AnyCircuit): number {
  return verifierLength(circuit) * circuit.field.size + jointSeed(circuit);
}

/** Bytes of a message of verification. */
export function messageLength(circuit: AnyCircuit): number {
  return jointSeed(circuit);
}

/** Bytes of a report: all input shares, and the public share once. */
export function reportLength(circuit: AnyCircuit, shares: number): number {
  let bytes = publicShareLength(circuit, shares);
  for (let j = 0; j < shares; j += 1) bytes += inputShareLength(circuit, j);
  return bytes;
}
