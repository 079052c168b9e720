/**
 * Creates the budgets that a node's options ask for.
 *
 * @module
 */
import type { TokenBucketOptions } from '../../_kit/token-bucket.ts';
import type { GatewayOptions } from '../config.ts';
import { type AdmissionControl, CheckFirstAdmission } from './admission.ts';
import type { CookieIssuer } from './cookie-issuer.ts';

/** The budgets of one peer of the gateway that owns `cookies`. */
export function makeAdmissionControl(
  options: GatewayOptions,
  cookies: CookieIssuer,
): AdmissionControl {
  return new CheckFirstAdmission(cookies, readFrameRateLimit(options));
}

/** The limit on frames; undefined if there is none. */
export function readFrameRateLimit({ rateLimit }: GatewayOptions): TokenBucketOptions | undefined {
  const { enabled, perSecond, burst } = rateLimit;
  return enabled ? { perSecond, burst } : undefined;
}
