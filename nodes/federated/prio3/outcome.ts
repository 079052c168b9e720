/**
 * What an operation of Prio3 gives: a value, or a named reason why there is none.
 *
 * @module
 */

/**
 * Why something was refused: a byte string of another length, an element not below the modulus,
 * a measurement out of range, another number of shares, an aggregator that does not exist, query
 * randomness at which the proof shows nothing, a proof that does not hold, aggregators that derived
 * different joint randomness.
 */
export type Refusal =
  | 'length'
  | 'element'
  | 'measurement'
  | 'share-count'
  | 'aggregator'
  | 'query-point'
  | 'proof'
  | 'joint-randomness';

/** A value, or why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reason: Refusal };

/** An outcome with a value. */
export function taken<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** An outcome without one. */
export function refused(reason: Refusal): { readonly ok: false; readonly reason: Refusal } {
  return { ok: false, reason };
}
