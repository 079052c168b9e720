/**
 * Periods of validity, in seconds since 1970; both ends belong to the period (RFC 5280 section 4.1.2.5).
 *
 * @module
 */

/** A period of validity; both ends, in seconds since 1970, belong to it. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** True if a period contains all of another. */
export function covers(outer: Validity, inner: Validity): boolean {
  return inner.notBefore >= outer.notBefore && inner.notAfter <= outer.notAfter;
}

/** True if a period contains an instant, seconds since 1970. */
export function containsTime({ notBefore, notAfter }: Validity, seconds: number): boolean {
  return seconds >= notBefore && seconds <= notAfter;
}
