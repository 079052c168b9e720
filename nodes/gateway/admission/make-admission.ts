/**
 * Creates the budgets that a node's options ask for: this project's, or a test double's.
 *
 * @module
 */
import type { GatewayOptions } from '../config.ts';
import { type Admission, CheckedAdmission } from './admission.ts';
import type { CookieMint } from './cookie-mint.ts';
import { EagerAdmission } from './double-eager.ts';

/** The budgets of one peer of the gateway that owns `cookies`. */
export function makeAdmission(options: GatewayOptions, cookies: CookieMint): Admission {
  const { enabled, perSecond, burst } = options.rateLimit;
  const rate = enabled ? { perSecond, burst } : undefined;
  switch (options.admission) {
    case 'checked':
      return new CheckedAdmission(cookies, rate);
    case 'eager':
      return new EagerAdmission(rate);
  }
}
