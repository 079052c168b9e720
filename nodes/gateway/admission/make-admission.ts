/**
 * Creates the budgets that a node's options ask for.
 *
 * @module
 */
import type { RateLimit } from '../../_kit/token-bucket.ts';
import type { GatewayOptions } from '../config.ts';
import { type Admission, CheckedAdmission } from './admission.ts';
import type { CookieMint } from './cookie-mint.ts';

/** The budgets of one peer of the gateway that owns `cookies`. */
export function makeAdmission(options: GatewayOptions, cookies: CookieMint): Admission {
  return new CheckedAdmission(cookies, frameRateLimitOf(options));
}

/** The limit on frames; undefined if there is none. */
export function frameRateLimitOf({ rateLimit }: GatewayOptions): RateLimit | undefined {
  const { enabled, perSecond, burst } = rateLimit;
  return enabled ? { perSecond, burst } : undefined;
}
