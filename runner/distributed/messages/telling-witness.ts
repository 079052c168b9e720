/**
 * The witness of an agent: parts and claims of sums go to the coordinator as random linear checks,
 * since the nodes of one sum run in many processes (ADR 0050). A sum modulo 2^b is linear, so
 * checks of the parts add up to the check of the sum. A claim that is wrong in one element passes a
 * check with a chance of at most 1/2 (only the top bit differs), and all of them with 2^-16.
 *
 * @module
 */
import type { SumClaim } from '../../../engine/host/protocol.ts';
import { RunWitness } from '../../traffic/witness.ts';
import type { AgentReport } from './messages.ts';

/** Checks of a vector. */
const CHECKS = 16;
const BYTES_PER_CHECK = 4;
/** Bytes of all checks of a vector. */
export const SUM_CHECKS_BYTES = CHECKS * BYTES_PER_CHECK;
/** FNV-1a, 32 bits. */
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

/** {@link CHECKS} numbers modulo 2^32, little-endian; factors depend on the name of the sum only. */
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

/** Decodes the check numbers of a sum. */
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

/** xorshift32 (Marsaglia 2003), one generator for each check. */
function nextFactor(state: Uint32Array, check: number): number {
  let x = state[check] as number;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  state[check] = x;
  return x;
}
