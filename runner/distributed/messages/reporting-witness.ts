/**
 * The witness of an agent. The nodes that take part in one sum run in many processes, so parts and
 * claims of sums are sent to the coordinator as random linear checks (ADR 0050). A sum modulo 2^b is
 * linear, so the checks of the parts add up to the check of the sum. A claim that is wrong in one
 * element passes one check with a probability of at most 1/2 (if only the top bit differs), and all 16
 * checks with at most 2^-16.
 *
 * @module
 */
import type { SumClaim } from '../../../engine/host/protocol.ts';
import { RunWitness } from '../../traffic/witness.ts';
import type { AgentReport } from './messages.ts';

/** Number of checks of a vector. */
const CHECKS = 16;
const BYTES_PER_CHECK = 4;
/** Length of all checks of a vector in bytes. */
export const SUM_CHECKS_BYTES = CHECKS * BYTES_PER_CHECK;
/** Constants of the hash function FNV-1a with 32 bits. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x0100_0193;

/** The witness of an agent: reports parts and claims of sums to the coordinator. */
export class ReportingWitness extends RunWitness {
  readonly #tell: (report: AgentReport) => void;

  constructor(tell: (report: AgentReport) => void) {
    super();
    this.#tell = tell;
  }

  override addend(space: string, part: number, vector: Uint32Array): void {
    this.#tell({ type: 'addend', space, part, checks: computeSumChecks(space, vector) });
  }

  override sum({ space, parts, vector, bits, metric }: SumClaim): void {
    const checks = computeSumChecks(space, vector);
    this.#tell({ type: 'sum', space, parts, bits, metric, checks });
  }
}

/**
 * Computes the {@link CHECKS} checks of a vector as numbers modulo 2^32, little-endian. Their random
 * factors depend on `space`, the name of the sum, only.
 */
export function computeSumChecks(space: string, vector: Uint32Array): Uint8Array {
  const sums = new Uint32Array(CHECKS);
  const state = seedOf(space);
  for (const value of vector) {
    for (let check = 0; check < CHECKS; check += 1) {
      sums[check] = (sums[check] as number) + Math.imul(nextFactor(state, check), value);
    }
  }
  return new Uint8Array(sums.buffer);
}

/** Decodes the checks that {@link computeSumChecks} made of a vector. */
export function readSumChecks(checks: Uint8Array): Uint32Array {
  return new Uint32Array(checks.slice().buffer);
}

function seedOf(space: string): Uint32Array {
  let hash = FNV_OFFSET;
  for (let at = 0; at < space.length; at += 1) {
    hash = Math.imul(hash ^ space.charCodeAt(at), FNV_PRIME);
  }
  // The state of a xorshift generator must not be 0.
  return Uint32Array.from({ length: CHECKS }, (_, check) => Math.imul(hash + check, FNV_PRIME) | 1);
}

/** The next random factor of a check: xorshift32 (Marsaglia 2003), one generator for each check. */
function nextFactor(state: Uint32Array, check: number): number {
  let x = state[check] as number;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state[check] = x;
  return x;
}
