/**
 * A closed-form check: a theory, a measurement on the real engine, and the interval in which the
 * measurement must lie (docs/VERIFICATION.md).
 *
 * Intervals are never widened.
 *
 * @module
 */
import type { SeededEngine } from './seeded-engine.ts';

/** The range in which the measured value must lie. */
export type AcceptedRange =
  /** The value must equal the theory. */
  | { readonly kind: 'equal' }
  /**
   * The value must lie within four standard errors of one run around the theory. The mean of n
   * seeds must lie within the same divided by sqrt(n) (docs/VERIFICATION.md#how-to-read-the-table).
   */
  | { readonly kind: 'around'; readonly below: number; readonly above: number }
  /** A bound that holds for each single seed. */
  | { readonly kind: 'within'; readonly low: number; readonly high: number };

/** One value that a check measures, with its theory and the accepted range. */
export interface CheckMeasure {
  /**
   * Label of the row, with its unit last: at most 33 characters, or 23 if there is a published figure.
   * The label of a wrong value may be longer and say what is wrong.
   */
  readonly label: string;
  /** The figure printed in the literature, if there is one. Never judged. */
  readonly published?: number;
  readonly theory: number;
  readonly measured: number;
  readonly accept: AcceptedRange;
  /** Number of decimals to print. */
  readonly digits: number;
}

/** A check of the suite: its theory, and how the engine is measured. */
export interface VerificationCheck {
  /**
   * Number in docs/VERIFICATION.md: `1` to `21`, and `8b`; `P1` and on: privacy (checks/privacy-*).
   */
  readonly id: string;
  readonly name: string;
  /** The formula of the theory, in one line. */
  readonly formula: string;
  /** The smallest relative error, or the kind of error, that makes the check fail. */
  readonly catches: string;
  /** Runs the check on an engine with one seed. */
  run(engine: SeededEngine): readonly CheckMeasure[];
}

/** True for the checks of privacy measures and attacks (docs/PRIVACY.md). */
export function isOfPrivacy({ id }: { readonly id: string }): boolean {
  return id.startsWith('P');
}

/** Accepts only a value that equals the theory. */
export const ACCEPT_EQUAL: AcceptedRange = { kind: 'equal' };

/** Accepts values up to `half` below or above the theory. */
export function acceptPlusMinus(half: number): AcceptedRange {
  return { kind: 'around', below: half, above: half };
}

/** Accepts values up to `high`. */
export function acceptAtMost(high: number): AcceptedRange {
  return { kind: 'within', low: Number.NEGATIVE_INFINITY, high };
}

/** Accepts values between two bounds. */
export function acceptWithin(low: number, high: number): AcceptedRange {
  return { kind: 'within', low, high };
}
