/**
 * The n-1 attack (blending): formulas for its success, and for its detection by the mix's own loops
 * (Serjantov, Dingledine, Syverson 2002; Loopix, USENIX Security 2017, section 4.2.1).
 *
 * An active adversary around one Poisson mix blocks all other inputs until the pool is almost empty,
 * then admits only the target and takes the next output for it. The blocked inputs include the mix's
 * own loops, which then do not return. loop-alarm.ts raises the alarm for missing loops.
 *
 * @module
 */

/** The state of the attacked mix before and after other inputs are blocked. */
export interface BlendingSetting {
  /** Mean number of messages in the pool before the attack: lambda / mu. */
  readonly rho: number;
  /** Mean number of other messages in the pool down to which the adversary drains it. */
  readonly epsilon: number;
}

/**
 * How long all other inputs are blocked, as a multiple of the mean delay: mu tau = ln(rho / epsilon).
 * @returns 0 when the pool is already small enough.
 */
export function drainTimeInMeanDelays({ rho, epsilon }: BlendingSetting): number {
  return Math.max(0, Math.log(rho / epsilon));
}

/** P(the pool is empty after draining): Poisson with mean epsilon. */
export function emptyPoolProbability(epsilon: number): number {
  return Math.exp(-epsilon);
}

/**
 * P(the next output is the target): the target is one of 1 + K equally likely to leave next, K being
 * Poisson with mean epsilon, because the delays have no memory. E[1 / (1 + K)].
 */
export function blendingSuccess(epsilon: number): number {
  return epsilon === 0 ? 1 : -Math.expm1(-epsilon) / epsilon;
}

/**
 * P(at least one loop of the mix falls into the blocked period): 1 - (epsilon / rho)^(lambda_M /
 * mu).
 * @param loopsPerDelay Loops that the mix sends in one mean delay: lambda_M / mu.
 */
export function detectionProbability(blending: BlendingSetting, loopsPerDelay: number): number {
  return -Math.expm1(-loopsPerDelay * drainTimeInMeanDelays(blending));
}

/** The variant in which the adversary lets a share of all traffic pass, so that some loops return. */
export interface StealthyBlending {
  /** The adversary lets one in this many messages pass; at least 1. */
  readonly dilution: number;
  readonly mu: number;
  /** Rate of the mix's own loops, lambda_M, per unit of time. */
  readonly loopRate: number;
  /** Rate of all other messages through the mix, lambda_R, per unit of time. */
  readonly otherRate: number;
}

/**
 * P(an output is the target) = s mu / (s lambda_M + lambda_R) (Loopix, section 4.2.1); at most 1.
 */
export function stealthyBlendingProbability(blending: StealthyBlending): number {
  const { dilution, mu, loopRate, otherRate } = blending;
  return Math.min(1, (dilution * mu) / (dilution * loopRate + otherRate));
}

/** A threshold pool mix, which flushes after `batch` new messages and retains `kept`, as it is flooded. */
export interface FloodedPool {
  readonly batch: number;
  readonly kept: number;
  /** Flushes that the adversary provokes with its own messages. */
  readonly flushes: number;
}

/**
 * P(the target has left after r flushes) = 1 - (n / (N + n))^r, with N = `batch` and n = `kept`.
 * Without retained messages (n = 0) the attack succeeds after one flush.
 */
export function floodSuccess({ batch, kept, flushes }: FloodedPool): number {
  return 1 - (kept / (batch + kept)) ** flushes;
}
