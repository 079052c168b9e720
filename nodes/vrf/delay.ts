/**
 * Delays of a mix by verifiable random function (docs/spec/mixnet.md, "Delays by VRF"): the mix
 * cannot choose them, nobody can predict them, and the mix can prove afterwards that it used them.
 *
 * ```text
 * alpha = "orrery/mix-delay/v1" || u64be(epoch) || replay tag (32)
 * delay = -ln(share of the output) * mean, at most 27.63 means           exponential
 * delay = 2 * share of the output * mean                                 uniform, for comparison
 * ```
 * The default is exponential: at equal mean it hides 0.443 bits more per hop than a uniform delay, and the
 * time that a message has already waited says nothing about the time that remains.
 *
 * @module
 */

import type { CryptoProvider } from '../../engine/host/crypto.ts';
import type { Nanoseconds } from '../../engine/host/time.ts';
import { log } from '../../engine/pure/log-exp.ts';
import { concatBytes, readUint32, writeUint64 } from '../_kit/bytes.ts';
import { type VrfPublicKey, verifyVrf } from './ecvrf.ts';
import { DELAY_CAP_MEANS, TAG_LENGTH } from './geometry.ts';

const DELAY_DOMAIN = Uint8Array.from('orrery/mix-delay/v1', (character) => character.charCodeAt(0));
const UINT21_VALUES = 0x20_0000;
/** Step of the share of an output: 2^-53. */
const SHARE_STEP = 1 / 9_007_199_254_740_992;

/** The proof of the delay that a mix owed for one packet, and the delay that was observed. */
export interface DelayAuditInput extends VrfPublicKey {
  readonly epoch: number;
  /** Replay tag of the packet, 32 bytes: known to the mix and to the packet's creator. */
  readonly tag: Uint8Array;
  readonly proof: Uint8Array;
  /** Mean delay, 1 / mu, in ns. */
  readonly meanNs: Nanoseconds;
  /** Distribution of the network's delays; exponential when absent. */
  readonly law?: VrfDelayLaw;
  /** Observed time from arrival to departure, ns. */
  readonly observedNs: Nanoseconds;
  /**
   * Largest difference allowed between the observed and the owed delay: AUDIT_TOLERANCE_NS in
   * virtual time, timer lateness in live runs.
   */
  readonly toleranceNs: Nanoseconds;
}

/** Distributions of the delay: exponential, as in Poisson mixing, and uniform for comparison. */
export const VRF_DELAY_LAWS = ['exponential', 'uniform'] as const;

/** The distribution of delays drawn from the output of a VRF. */
export type VrfDelayLaw = (typeof VRF_DELAY_LAWS)[number];

/** The result of an audit: whether the mix obeyed, with the delay that it owed (ns), or that its proof is invalid. */
export type DelayVerdict =
  | { readonly kind: 'obeyed' | 'too-early' | 'too-late'; readonly expectedNs: Nanoseconds }
  | { readonly kind: 'proof-invalid' };

/** The VRF input for one packet. @param epoch Epoch of the mix key that opened it. */
export function delayVrfInput(epoch: number, tag: Uint8Array): Uint8Array {
  return concatBytes(DELAY_DOMAIN, epochBytes(epoch), tag);
}

/** An epoch as eight bytes, big-endian. */
export function epochBytes(epoch: number): Uint8Array {
  const bytes = new Uint8Array(8);
  writeUint64(bytes, 0, BigInt(epoch));
  return bytes;
}

/**
 * The first eight bytes of an output as a share: 2^-54 .. 1, in steps of 2^-53, from half a step on. Above
 * 0.5 a double cannot represent the half step, so it is rounded; one in 2^53 outputs gives 1, which is not a delay.
 */
export function uniformFromBytes(output: Uint8Array): number {
  const upper = readUint32(output, 0) * UINT21_VALUES + (readUint32(output, 4) >>> 11);
  return (upper + 0.5) * SHARE_STEP;
}

/**
 * The exponentially distributed delay for an output.
 * @param output Output of the function, 64 bytes.
 * @param meanNs Mean delay, 1 / mu, in ns.
 * @returns integer nanoseconds.
 */
export function deriveExponentialDelayNs(output: Uint8Array, meanNs: Nanoseconds): Nanoseconds {
  // The share of an output is never zero. Written as 0 - log, because -log would turn a zero into -0.
  const means = 0 - log(uniformFromBytes(output));
  return Math.round(Math.min(means, DELAY_CAP_MEANS) * meanNs);
}

/**
 * The delay for an output under a distribution; both have the same mean.
 * @returns integer nanoseconds; with the uniform distribution at most two means.
 */
export function deriveVrfDelayNs(
  law: VrfDelayLaw,
  output: Uint8Array,
  meanNs: Nanoseconds,
): Nanoseconds {
  if (law === 'exponential') return deriveExponentialDelayNs(output, meanNs);
  return Math.round(2 * uniformFromBytes(output) * meanNs);
}

/** Recomputes the delay of one packet from key, proof and tag, and compares the observed one. */
export function auditDelay(crypto: CryptoProvider, audit: DelayAuditInput): DelayVerdict {
  if (audit.tag.length !== TAG_LENGTH) return { kind: 'proof-invalid' };
  const output = verifyVrf(crypto, audit, delayVrfInput(audit.epoch, audit.tag), audit.proof);
  if (output === undefined) return { kind: 'proof-invalid' };
  const expectedNs = deriveVrfDelayNs(audit.law ?? 'exponential', output, audit.meanNs);
  return { kind: compared(audit.observedNs - expectedNs, audit.toleranceNs), expectedNs };
}

/** The facts about one hop of a loop that its sender knows. */
export type LoopHop = Omit<DelayAuditInput, 'observedNs' | 'toleranceNs'>;

/** A loop that has returned to its sender, and the time it took. */
export interface LoopAuditInput {
  readonly hops: readonly LoopHop[];
  /** Time from start to return, minus the expected time on links and in processors. */
  readonly observedNs: Nanoseconds;
  /** Tolerance for the whole loop, ns. */
  readonly toleranceNs: Nanoseconds;
}

/**
 * Checks the sum of a loop's delays. The sender sees only this sum, so one mix that is too early
 * and one that is too late can cancel out; a regression over many loops distinguishes them.
 */
export function auditLoop(crypto: CryptoProvider, loop: LoopAuditInput): DelayVerdict {
  let expectedNs = 0;
  for (const hop of loop.hops) {
    const verdict = auditDelay(crypto, { ...hop, observedNs: 0, toleranceNs: 0 });
    if (verdict.kind === 'proof-invalid') return verdict;
    expectedNs += verdict.expectedNs;
  }
  return { kind: compared(loop.observedNs - expectedNs, loop.toleranceNs), expectedNs };
}

function compared(
  excessNs: Nanoseconds,
  toleranceNs: Nanoseconds,
): 'obeyed' | 'too-early' | 'too-late' {
  if (Math.abs(excessNs) <= toleranceNs) return 'obeyed';
  return excessNs < 0 ? 'too-early' : 'too-late';
}
